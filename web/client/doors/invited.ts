/** Coming in by an invitation: what its code is for, proving it, and taking it. */
import { ApiError } from '../api-error.ts';
import { ask } from '../ask.ts';
import type { PracticeName } from '../session.ts';

/** As `POST /invited` answers. */
export interface Invited {
  readonly practice: PracticeName;
  readonly as: 'patient' | 'proxy' | 'staff';
  readonly role: string;
  readonly prove: 'own-birth-date' | 'patients-birth-date' | 'nothing';
  readonly email: 'known' | 'wanted';
  /** Asked of whom somebody shares a record with, once their address has been shown. */
  readonly name: 'known' | 'wanted';
  readonly triesLeft: number;
}

/** Throws `ApiError`: `invalid` for every code that does not work, whatever the reason. */
export async function lookAtInvitation(code: string): Promise<Invited> {
  return JSON.parse(await ask('/invited', { method: 'POST', body: { code } })) as Invited;
}

export interface Proof {
  readonly code: string;
  /** `YYYY-MM-DD`. */
  readonly birthDate?: string;
  readonly email?: string;
  readonly name?: string;
  readonly language?: string;
}

export type ProofOutcome =
  /** A session in which a passkey can be made, and nothing else. */
  | 'in'
  /** A mail with a new link has gone to the address, whoever it belongs to. */
  | 'mailed'
  /** The person signs in here already: they do that, and take the invitation then. */
  | 'known'
  /** The date is not that of the record. */
  | 'wrong';

/** Throws `ApiError` for whatever else. */
export async function proveInvitation(proof: Proof): Promise<ProofOutcome> {
  try {
    const answer = await ask('/invited/proof', { method: 'POST', body: { ...proof, cookie: true } });
    return 'mail' in (JSON.parse(answer) as object) ? 'mailed' : 'in';
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return 'known';
    if (error instanceof ApiError && error.status === 422) return 'wrong';
    throw error;
  }
}

/** For the account that is signed in. Answers where the date was wrong. */
export async function acceptInvitation(code: string, birthDate: string | null): Promise<'taken' | 'wrong'> {
  try {
    const body = { code, ...(birthDate === null ? {} : { birthDate }) };
    await ask('/invited/acceptance', { method: 'POST', body });
    return 'taken';
  } catch (error) {
    if (error instanceof ApiError && error.status === 422) return 'wrong';
    throw error;
  }
}
