/** The apps that somebody let in, and those that may be opened for a patient. */
import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';

/** As `GET /apps` answers. */
export interface ConnectedApp {
  readonly id: string;
  readonly name: string;
  /** The chart it was let in for; null where it was let in for whatever is open to the person. */
  readonly patient: string | null;
  readonly may: readonly { readonly category: string; readonly reads: boolean; readonly writes: boolean }[];
  /** Whether it sees what is especially protected too. */
  readonly sensitive: boolean;
  readonly since: string;
  readonly until: string;
  /** By type of record, out of the access log. */
  readonly read: readonly { readonly category: string; readonly times: number; readonly last: string }[];
}

export const connectedAppsQuery = queryOptions({
  queryKey: ['apps'],
  queryFn: async ({ signal }) =>
    (JSON.parse(await ask('/apps', { signal })) as { apps: readonly ConnectedApp[] }).apps,
  staleTime: 0,
});

/** Leaves it that of what it has, and no more. */
export async function leaveAppLess(
  id: string,
  left: { categories: readonly string[]; writes: boolean; sensitive: boolean },
): Promise<void> {
  await ask(`/apps/${id}`, { method: 'PATCH', body: left });
}

export async function disconnectApp(id: string): Promise<void> {
  await ask(`/apps/${id}`, { method: 'DELETE' });
}

/** As `GET /launches` answers: an app that can be opened for a patient. */
export interface LaunchableApp {
  readonly client: string;
  readonly name: string;
}

export const launchableAppsQuery = queryOptions({
  queryKey: ['launches'],
  queryFn: async ({ signal }) =>
    (JSON.parse(await ask('/launches', { signal })) as { apps: readonly LaunchableApp[] }).apps,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Where the browser goes to open that app for that chart; the address works once. */
export async function launchApp(client: string, patient: string): Promise<string> {
  const answer = await ask('/launches', { method: 'POST', body: { client, patient } });
  return (JSON.parse(answer) as { to: string }).to;
}
