/**
 * Launches out of the portal or the desk (EHR launch, SMART App Launch 2.2): a handle that stands for who
 * launches which app for which patient, works once and for five minutes.
 */
import type { AccountId, ChartId, PracticeId } from '../base/ids.ts';
import { newSecretToken } from '../seal/index.ts';
import type { AuthorizationServer } from './authorization-server.ts';

export interface Launch {
  readonly practiceId: PracticeId;
  readonly accountId: AccountId;
  readonly clientId: string;
  readonly chartId: ChartId | null;
}

const LAUNCH_SECONDS = 300;

export async function makeLaunch({ kept, clock }: AuthorizationServer, launch: Launch): Promise<string> {
  const handle = newSecretToken();
  const until = clock.now().getTime() + LAUNCH_SECONDS * 1000;
  await kept('Launch').upsert(handle, { ...launch, until } as never, LAUNCH_SECONDS);
  return handle;
}

/** Null for a handle that is unknown, used or too old. */
export async function findLaunch(
  { kept, clock }: AuthorizationServer,
  handle: string,
): Promise<Launch | null> {
  const found = (await kept('Launch').find(handle)) as
    | (Launch & { consumed?: number; until: number })
    | undefined;
  if (found === undefined || found.consumed !== undefined || found.until <= clock.now().getTime())
    return null;
  return found;
}

/** Uses it up. Throws where somebody was faster. */
export async function takeLaunch({ kept }: AuthorizationServer, handle: string): Promise<void> {
  await kept('Launch').consume(handle);
}
