/** Links by which something of a record is sent on: made, listed and ended. */
import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';

export type LinkState = 'open' | 'used-up' | 'expired' | 'revoked' | 'reach' | 'passcode';

/** Times are RFC 3339. */
export interface SentLink {
  readonly id: string;
  /** Null where it is not theirs to pass on any more. */
  readonly label: string | null;
  readonly own: boolean;
  readonly state: LinkState;
  readonly guarded: boolean;
  readonly files: number;
  readonly madeAt: string;
  readonly expiresAt: string;
  readonly endedAt: string | null;
  readonly most: number | null;
  readonly opened: number;
  readonly firstAt: string | null;
  readonly lastAt: string | null;
}

export interface LinkAsked {
  readonly chart: string;
  readonly documents: readonly string[];
  readonly summary: boolean;
  readonly label: string;
  readonly days: number;
  readonly passcode?: string;
  readonly openings?: number;
}

export interface MadeLink {
  readonly id: string;
  /** Told this once. */
  readonly link: string;
  readonly expiresAt: string;
}

export function linksOf(chart: string) {
  return queryOptions({
    queryKey: ['links', chart],
    queryFn: async ({ signal }) => {
      const told = await ask(`/links?chart=${encodeURIComponent(chart)}`, { signal });
      return (JSON.parse(told) as { links: SentLink[] }).links;
    },
  });
}

/** Takes a touch. Throws `ApiError`. */
export async function makeLink(body: LinkAsked): Promise<MadeLink> {
  return JSON.parse(await ask('/links', { method: 'POST', body })) as MadeLink;
}

export async function endLink(id: string): Promise<void> {
  await ask(`/links/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
