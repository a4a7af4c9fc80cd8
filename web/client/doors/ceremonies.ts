/** What a browser does with a passkey, and in which few ways that goes wrong. */
import {
  type AuthenticationResponseJSON,
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
  WebAuthnError,
} from '@simplewebauthn/browser';

/** As the server asks for a ceremony. */
export interface Ceremony<Options> {
  readonly options: Options;
  /** The address whose pages may hold it; null where the installation's has no name. */
  readonly origin: string | null;
}

export type Asking = Ceremony<PublicKeyCredentialRequestOptionsJSON>;
export type Making = Ceremony<PublicKeyCredentialCreationOptionsJSON>;

export type CeremonyFailure =
  /** The person closed what the browser showed, took too long, or has no passkey here. */
  | 'not-done'
  /** There is a passkey of this account on this device already. */
  | 'known'
  /** This browser knows no passkeys, or the installation's address can have none. */
  | 'no-passkeys'
  /** Passkeys belong to another address, which `origin` says. */
  | 'elsewhere'
  /** Another ceremony took its place: nobody need be told. */
  | 'dropped';

export class CeremonyError extends Error {
  override readonly name = 'CeremonyError';
  readonly failure: CeremonyFailure;
  readonly origin: string | null;

  constructor(failure: CeremonyFailure, origin: string | null = null, cause?: unknown) {
    super(`The ceremony ended: ${failure}`, { cause });
    this.failure = failure;
    this.origin = origin;
  }
}

/** Has the person show a passkey. `quietly` offers it among what a browser fills into a field. */
export async function showPasskey(
  { options, origin }: Asking,
  quietly = false,
): Promise<AuthenticationResponseJSON> {
  assertHere(origin);
  return startAuthentication({ optionsJSON: options, useBrowserAutofill: quietly }).catch(tell);
}

/** Has the person make a passkey. */
export async function makePasskey({ options, origin }: Making): Promise<RegistrationResponseJSON> {
  assertHere(origin);
  return startRegistration({ optionsJSON: options }).catch(tell);
}

/** Whether passkeys can be offered among what a browser fills in. */
export function fillsPasskeys(): Promise<boolean> {
  return browserSupportsWebAuthnAutofill();
}

/** Ends a ceremony that waits for somebody. */
export function dropCeremony(): void {
  WebAuthnAbortService.cancelCeremony();
}

function assertHere(origin: string | null): void {
  if (origin !== null && origin !== location.origin) throw new CeremonyError('elsewhere', origin);
  if (origin === null || !browserSupportsWebAuthn()) throw new CeremonyError('no-passkeys');
}

function tell(cause: unknown): never {
  const code = cause instanceof WebAuthnError ? cause.code : null;
  if (code === 'ERROR_CEREMONY_ABORTED') throw new CeremonyError('dropped', null, cause);
  if (code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED') throw new CeremonyError('known', null, cause);
  throw new CeremonyError('not-done', null, cause);
}
