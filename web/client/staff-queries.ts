/** Who works in the practice, and who can reach what. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';

export interface StaffRole {
  readonly id: string;
  readonly role: string;
  readonly since: string;
  readonly until: string | null;
}

export interface StaffPerson {
  readonly account: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly disabled: boolean;
  readonly you: boolean;
  readonly roles: readonly StaffRole[];
  /** Whether they also hold a record of their own here, or act for somebody. */
  readonly atHome: boolean;
}

export const staffList = queryOptions({
  queryKey: ['staff'],
  queryFn: async ({ signal }) =>
    (JSON.parse(await ask('/staff', { signal })) as { people: readonly StaffPerson[] }).people,
  staleTime: 0,
});

/** In place of one that they hold where that is said. */
export async function giveRole(account: string, role: string, instead: string | null): Promise<void> {
  await ask(`/staff/${account}/roles`, { method: 'POST', body: { role, instead } });
}

export async function endRole(account: string, id: string): Promise<void> {
  await ask(`/staff/${account}/roles/${id}`, { method: 'DELETE' });
}

export async function leavePractice(account: string, keepOwnRecord: boolean): Promise<void> {
  await ask(`/staff/${account}/leave`, { method: 'POST', body: { keepOwnRecord } });
}

export interface ReviewedGrant {
  readonly id: string;
  readonly account: string;
  readonly name: string | null;
  readonly role: string;
  readonly chart: string | null;
  readonly sections: readonly string[];
  readonly since: string;
  readonly until: string | null;
  readonly givenBy: string | null;
  readonly lastUsed: string | null;
}

export interface GrantReview {
  readonly counts: Readonly<Record<string, number>>;
  readonly grants: readonly ReviewedGrant[];
  readonly next: string | null;
  /** Whether `lastUsed` says anything; null is never then. */
  readonly tellsLastUse: boolean;
}

export function grantReview(of: string) {
  return infiniteQueryOptions({
    queryKey: ['review', of],
    queryFn: async ({ pageParam, signal }) => {
      const after = pageParam === '' ? '' : `&after=${pageParam}`;
      return JSON.parse(await ask(`/reviews/grants?of=${of}${after}`, { signal })) as GrantReview;
    },
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
  });
}
