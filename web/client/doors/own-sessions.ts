/** Where the account is signed in; a fresh touch; going to another practice. */
import { queryOptions } from '@tanstack/react-query';
import { ask } from '../ask.ts';
import { enter, type PracticeName, type SignedIn } from '../session.ts';
import { type Asking, showPasskey } from './ceremonies.ts';

export interface OwnSession {
  readonly id: string;
  readonly current: boolean;
  readonly practice: PracticeName | null;
  readonly openedAt: string;
  readonly seenAt: string | null;
  readonly until: string;
  readonly methods: readonly string[];
  readonly browser: string | null;
  readonly system: string | null;
  readonly network: string | null;
}

export const ownSessionsQuery = queryOptions({
  queryKey: ['account', 'sessions'],
  queryFn: async ({ signal }) => {
    const answer = JSON.parse(await ask('/account/sessions', { signal })) as { sessions: OwnSession[] };
    return answer.sessions;
  },
  staleTime: 0,
});

export async function endSession(id: string): Promise<void> {
  await ask(`/account/sessions/${id}`, { method: 'DELETE' });
}

/** All but this one. */
export async function endOtherSessions(): Promise<void> {
  await ask('/account/sessions', { method: 'DELETE' });
}

/** The session that asks is over with it. */
export function toPractice(slug: string): Promise<SignedIn> {
  return enter('/account/practice', {}, slug);
}

export interface TouchWays {
  readonly passkey: Asking | null;
  /** Whether a passphrase and a code would do. */
  readonly passphrase: boolean;
}

export async function waysToTouch(): Promise<TouchWays> {
  const asked = await ask('/account/touch/options', { method: 'POST', body: {} });
  const { options, origin, passphrase } = JSON.parse(asked) as {
    options: Asking['options'] | null;
    origin: string | null;
    passphrase: boolean;
  };
  return { passkey: options === null ? null : { options, origin }, passphrase };
}

export async function touchByPasskey(asking: Asking): Promise<void> {
  const response = await showPasskey(asking);
  await ask('/account/touch', { method: 'POST', body: { response } });
}

export async function touchByPassphrase(passphrase: string, code: string): Promise<void> {
  await ask('/account/touch', { method: 'POST', body: { passphrase, code } });
}
