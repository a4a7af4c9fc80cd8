/** How the account of the session signs in, and changing that. */
import { queryOptions } from '@tanstack/react-query';
import { ApiError } from '../api-error.ts';
import { ask } from '../ask.ts';
import type { PracticeName } from '../session.ts';
import { type Making, makePasskey } from './ceremonies.ts';

export interface OwnPasskey {
  readonly id: string;
  readonly name: string;
  readonly madeAt: string;
  readonly usedAt: string | null;
  /** Kept by the person's account with the maker of the device, and so on their other devices too. */
  readonly synced: boolean;
  readonly transports: readonly string[];
}

/** As `GET /account/factors` answers. */
export interface OwnFactors {
  readonly account: { readonly name: string | null; readonly email: string | null };
  /** Whether there is a way in that is enough. */
  readonly enough: boolean;
  readonly origin: string | null;
  readonly practices: readonly PracticeName[];
  readonly passkeys: readonly OwnPasskey[];
  readonly passphrase: { readonly setAt: string; readonly usedAt: string | null } | null;
  readonly totp: { readonly madeAt: string; readonly usedAt: string | null } | null;
  readonly recoveryCodes: { readonly madeAt: string; readonly left: number } | null;
}

export const factorsQuery = queryOptions({
  queryKey: ['account', 'factors'],
  queryFn: async ({ signal }) => JSON.parse(await ask('/account/factors', { signal })) as OwnFactors,
  staleTime: 0,
});

/** Makes a passkey on this device, or on one that the browser finds. Throws `CeremonyError`, `ApiError`. */
export async function addPasskey(name: string): Promise<OwnPasskey> {
  const asked = await ask('/account/passkeys/options', { method: 'POST', body: {} });
  const response = await makePasskey(JSON.parse(asked) as Making);
  const body = { response, name };
  return JSON.parse(await ask('/account/passkeys', { method: 'POST', body })) as OwnPasskey;
}

export async function renamePasskey(id: string, name: string): Promise<void> {
  await ask(`/account/passkeys/${id}`, { method: 'PATCH', body: { name } });
}

export async function removePasskey(id: string): Promise<void> {
  await ask(`/account/passkeys/${id}`, { method: 'DELETE' });
}

export type PassphraseProblem =
  | 'not-current'
  | 'too-short'
  | 'too-long'
  | 'common'
  | 'repeats'
  | 'sequence'
  | 'about-you';

/** Null where it was taken. Where another stands, that one is `current`. */
export async function setPassphrase(passphrase: string, current?: string): Promise<PassphraseProblem | null> {
  try {
    await ask('/account/passphrase', { method: 'PUT', body: { passphrase, current } });
    return null;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 422) throw error;
    return (JSON.parse(error.said) as { problem: PassphraseProblem }).problem;
  }
}

/** Takes the passphrase away, and the app and the codes that served beside it. */
export async function removePassphrase(): Promise<void> {
  await ask('/account/passphrase', { method: 'DELETE' });
}

export interface CodeAppOffer {
  /** In letters, to be typed. */
  readonly secret: string;
  /** To be drawn as a QR code. */
  readonly uri: string;
  readonly ticket: string;
}

export async function offerCodeApp(): Promise<CodeAppOffer> {
  return JSON.parse(await ask('/account/totp', { method: 'POST', body: {} })) as CodeAppOffer;
}

/** Recovery codes, shown this once, where the account had none; else null. */
export async function confirmCodeApp(ticket: string, code: string): Promise<readonly string[] | null> {
  const answer = await ask('/account/totp/confirm', { method: 'POST', body: { ticket, code } });
  return (JSON.parse(answer) as { recoveryCodes: string[] | null }).recoveryCodes;
}

export async function newRecoveryCodes(): Promise<readonly string[]> {
  const answer = await ask('/account/recovery-codes', { method: 'POST', body: {} });
  return (JSON.parse(answer) as { recoveryCodes: string[] }).recoveryCodes;
}
