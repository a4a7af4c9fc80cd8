/** Whom the practice asked in, and who is on the way back in: asked, made and taken back at the desk. */
import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';

/** As `GET /invitations` answers; times are RFC 3339. */
export interface Invitation {
  readonly id: string;
  readonly as: 'patient' | 'proxy' | 'staff';
  readonly role: string;
  readonly chart: string | null;
  readonly way: 'mail' | 'letter';
  readonly name: string;
  readonly email: string | null;
  readonly madeAt: string;
  readonly expires: string;
  readonly state: 'open' | 'proved' | 'used' | 'ended' | 'expired';
  /** Where the letter is; null for a mail, and for what works no more. */
  readonly letter: string | null;
  readonly invitedBy?: { readonly id: string; readonly name: string | null };
}

export interface Invitations {
  /** Whether mails go out; if not, they wait for a mail server. */
  readonly mails: boolean;
  readonly invitations: readonly Invitation[];
}

/** Of the practice, newest first; or to one chart. */
export function invitations(chart: string | null) {
  return queryOptions({
    queryKey: ['invitations', chart],
    queryFn: async ({ signal }) => {
      const path = chart === null ? '/invitations' : `/invitations?chart=${chart}`;
      return JSON.parse(await ask(path, { signal })) as Invitations;
    },
    staleTime: 0,
  });
}

export interface InvitationAsked {
  readonly as: Invitation['as'];
  readonly role?: string;
  readonly way: Invitation['way'];
  readonly chart?: string;
  readonly name?: string;
  readonly email?: string;
  readonly language?: string;
  /** What was shown, of whoever is to act for the patient. */
  readonly reason?: string;
  readonly until?: string;
}

export async function invite(asked: InvitationAsked): Promise<Invitation> {
  return JSON.parse(await ask('/invitations', { method: 'POST', body: asked })) as Invitation;
}

export async function takeInvitationBack(id: string): Promise<void> {
  await ask(`/invitations/${id}`, { method: 'DELETE' });
}

/** Somebody who lost every way to sign in, whom the practice has seen. */
export interface WaitingRecovery {
  readonly account: string;
  readonly name: string | null;
  readonly chart: string | null;
  readonly checked: string;
  readonly by: { readonly id: string; readonly name: string | null };
  readonly at: string;
  /** From then on the code works. */
  readonly ready: string;
  readonly expires: string;
}

export const waitingRecoveries = queryOptions({
  queryKey: ['recoveries'],
  queryFn: async ({ signal }) => {
    const { recoveries } = JSON.parse(await ask('/recoveries', { signal })) as {
      recoveries: readonly WaitingRecovery[];
    };
    return recoveries;
  },
  staleTime: 0,
});

export interface HandedOver {
  /** To be handed over; it is nowhere else. */
  readonly code: string;
  readonly ready: string;
  readonly expires: string;
}

/** `chart` is the record for which they come, null for who works here. */
export async function handOverRecovery(
  account: string,
  chart: string | null,
  checked: string,
): Promise<HandedOver> {
  const body = { account, checked, ...(chart === null ? {} : { chart }) };
  return JSON.parse(await ask('/recoveries', { method: 'POST', body })) as HandedOver;
}

export async function takeRecoveryBack(account: string): Promise<void> {
  await ask(`/recoveries/${account}`, { method: 'DELETE' });
}
