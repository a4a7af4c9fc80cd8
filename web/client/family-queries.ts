/** Who can see whose record: asked, given, changed and ended. */
import { queryOptions } from '@tanstack/react-query';
import { ApiError } from './api-error.ts';
import { ask } from './ask.ts';

/** One person with one record; times are RFC 3339. */
export interface FamilyPerson {
  readonly id: string;
  readonly account: string;
  readonly name: string | null;
  readonly role: string;
  readonly sections: readonly string[];
  readonly since: string;
  readonly until: string | null;
  /** When what is sensitive closes, where that is before the end. */
  readonly sensitiveUntil: string | null;
  readonly given: 'practice' | 'you' | 'other';
  readonly you: boolean;
  readonly mayEnd: boolean;
  readonly mayChange: boolean;
}

/** Access that waits for whoever types its code. */
export interface StandingOffer {
  readonly id: string;
  readonly sections: readonly string[];
  readonly until: string | null;
  readonly expires: string;
}

export interface FamilyRecord {
  readonly chart: string;
  /** What of it may be passed on. */
  readonly shares: readonly string[];
  /** What of that they may pass on in turn who are given it. */
  readonly passedOn: readonly string[];
  /** As what the desk may register somebody. */
  readonly registers: readonly string[];
  readonly people: readonly FamilyPerson[];
  readonly offers: readonly StandingOffer[];
}

/** A record that is open to whoever asks, of somebody they act for. */
export interface ActingFor {
  readonly id: string;
  readonly chart: string;
  readonly role: string;
  readonly sections: readonly string[];
  readonly until: string | null;
  readonly sensitiveUntil: string | null;
}

interface OwnFamily {
  readonly records: readonly FamilyRecord[];
  readonly acting: readonly ActingFor[];
}

export const ownFamily = queryOptions({
  queryKey: ['family'],
  queryFn: async ({ signal }) => JSON.parse(await ask('/family', { signal })) as OwnFamily,
  staleTime: 0,
});

/** For the desk. */
export function familyOfChart(chart: string) {
  return queryOptions({
    queryKey: ['family', chart],
    queryFn: async ({ signal }) => {
      const { records } = JSON.parse(await ask(`/family?chart=${chart}`, { signal })) as OwnFamily;
      return records[0]!;
    },
    staleTime: 0,
  });
}

export interface AccessAsked {
  readonly sections: readonly string[];
  readonly until: string | null;
}

/** To somebody who is seen with a record already. */
export async function giveAccess(chart: string, account: string, access: AccessAsked): Promise<void> {
  await ask('/family', { method: 'POST', body: { chart, account, ...access } });
}

export interface OfferMade {
  /** Typed by who signs in here. */
  readonly code: string;
  readonly expires: string;
  /** For who does not yet; null where the record does not say on which day the patient was born. */
  readonly link: string | null;
}

/** What whoever is to have it gets from whom gives it. */
export async function offerAccess(chart: string, access: AccessAsked): Promise<OfferMade> {
  return JSON.parse(await ask('/family', { method: 'POST', body: { chart, ...access } }));
}

export async function acceptOffer(code: string): Promise<void> {
  await ask('/family/accept', { method: 'POST', body: { code } });
}

export async function changeAccess(id: string, access: AccessAsked): Promise<void> {
  await ask(`/family/${id}`, { method: 'PATCH', body: access });
}

export async function endAccess(id: string): Promise<void> {
  await ask(`/family/${id}`, { method: 'DELETE' });
}

export async function takeOfferBack(id: string): Promise<void> {
  await ask(`/family/offers/${id}`, { method: 'DELETE' });
}

/** At the desk. */
export async function registerFamily(
  chart: string,
  asked: { role: string; email: string; reason: string; until: string | null },
): Promise<void> {
  await ask('/family', { method: 'POST', body: { chart, ...asked } });
}

/** Whether the person has to confirm that it is them, and then do it again. */
export function needsTouch(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403;
}
