/** A whole record as one zip: asked for, followed, fetched and taken back. */
import { queryOptions } from '@tanstack/react-query';
import { ask } from '../ask.ts';

/** As the server tells of one; counts of the whole are null until they are known. */
export interface Archive {
  readonly id: string;
  /** Null of one that failed. */
  readonly chart: string | null;
  readonly state: 'waiting' | 'working' | 'ready' | 'failed';
  readonly resources: number;
  readonly files: number;
  readonly bytes: number;
  readonly filesInAll: number | null;
  readonly bytesInAll: number | null;
  /** Bytes of the zip; null until it is there. */
  readonly size: number | null;
  readonly expiresAt: string;
  readonly failure: string | null;
}

const LOOK_MS = 1500;

export function isUnderWay({ state }: Archive): boolean {
  return state === 'waiting' || state === 'working';
}

/** One's own, the newest first; asked again while one is being made. */
export const archivesQuery = queryOptions({
  queryKey: ['archives'],
  queryFn: async ({ signal }) => {
    const { archives } = JSON.parse(await ask('/archives', { signal })) as { archives: Archive[] };
    return archives;
  },
  staleTime: 0,
  refetchInterval: ({ state: { data } }) => (data?.some(isUnderWay) === true ? LOOK_MS : false),
});

/** Takes a touch. Throws `ApiError`. */
export async function beginArchive(chart: string, language: string): Promise<void> {
  await ask('/archives', { method: 'POST', body: { chart, language } });
}

/** Stops it where it is being made; what there is of it is gone. */
export async function removeArchive(id: string): Promise<void> {
  await ask(`/archives/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** Where a browser fetches it from. */
export function archiveAddress(id: string): string {
  return `/archives/${encodeURIComponent(id)}/record.zip`;
}
