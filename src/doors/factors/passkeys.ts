/**
 * Ceremonies of passkeys (https://www.w3.org/TR/webauthn-3/): discoverable, with the person verified by the
 * device. The challenge is a ticket: it says what it is for and for whom, so that an answer to one ceremony
 * is none to another.
 */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { PosternError } from '../../base/errors.ts';
import type { AccountId, SessionHash } from '../../base/ids.ts';
import { INSTALLATION } from '../../gate/index.ts';
import { mac } from '../../seal/index.ts';
import { type DoorParts, secondsOf } from '../parts.ts';
import type { Claims, Tickets } from '../signing-in/tickets.ts';
import { bare, type FactorStore, type Kept, type Passkey, passkeysOf, type Tell } from './factor-store.ts';
import { type RelyingParty, relyingPartyOf } from './relying-party.ts';

/** 300 modules, loaded by the first ceremony: most commands hold none, and all would wait for them. */
const webauthn = () => import('@simplewebauthn/server');

/** Time to find the key in the drawer. */
const CHALLENGE_SECONDS = 300;
/** EdDSA, ES256 and RS256: what every authenticator has one of. */
const ALGORITHMS = [-8, -7, -257];

/** Who makes or shows a passkey within a session. */
export interface Holder {
  readonly accountId: AccountId;
  readonly sessionHash: SessionHash;
}

export class Passkeys {
  readonly #parts: DoorParts;
  readonly #store: FactorStore;
  readonly #tickets: Tickets;
  readonly #party: RelyingParty | null;

  constructor(parts: DoorParts, store: FactorStore, tickets: Tickets) {
    this.#parts = parts;
    this.#store = store;
    this.#tickets = tickets;
    this.#party = relyingPartyOf(parts.publicUrl);
  }

  /** The origin whose pages passkeys work for; null where the installation's address has no name. */
  get origin(): string | null {
    return this.#party?.origin ?? null;
  }

  /** What a browser is asked with to sign in, whoever it is. */
  async signInOptions(): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return this.#requestOptions('passkey-sign-in', {}, []);
  }

  /** The same for a fresh touch within a session, of a passkey of its account. */
  async touchOptions(holder: Holder): Promise<PublicKeyCredentialRequestOptionsJSON | null> {
    const passkeys = passkeysOf(await this.#store.of(holder.accountId));
    if (passkeys.length === 0 || this.#party === null) return null;
    return this.#requestOptions('passkey-touch', claimsOf(holder), passkeys);
  }

  /** What a browser is asked with to make a passkey. */
  async makeOptions(holder: Holder, person: { readonly email: string; readonly name: string }) {
    const party = this.#assertParty();
    const challenge = await this.#tickets.make('passkey-make', claimsOf(holder), CHALLENGE_SECONDS);
    const standing = passkeysOf(await this.#store.of(holder.accountId));
    const { generateRegistrationOptions } = await webauthn();
    const options: PublicKeyCredentialCreationOptionsJSON = await generateRegistrationOptions({
      rpName: 'Postern',
      rpID: party.id,
      userName: person.email,
      userDisplayName: person.name,
      userID: Uint8Array.from(await this.#userHandle(holder.accountId)),
      challenge: Uint8Array.from(Buffer.from(challenge, 'base64url')),
      timeout: CHALLENGE_SECONDS * 1000,
      attestationType: 'none',
      excludeCredentials: descriptorsOf(standing),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
    });
    return options;
  }

  /**
   * Takes the passkey that a browser made and answers it as it is kept. Throws `invalid` where it was made
   * for another ceremony, session, site or origin, without the person verified, or twice; `conflict` where it
   * is here already.
   */
  async make(
    holder: Holder,
    response: RegistrationResponseJSON,
    name: string,
    tell?: Tell,
  ): Promise<Kept<Passkey>> {
    const party = this.#assertParty();
    const ticket = challengeIn(response);
    const claims = ticket === null ? null : await this.#tickets.read('passkey-make', ticket);
    if (ticket === null || claims === null || !isFor(claims, holder)) throw notMade();
    const { verifyRegistrationResponse } = await webauthn();
    const verified = await verifyRegistrationResponse({
      response,
      expectedChallenge: ticket,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }).catch((cause: unknown) => {
      throw notMade(cause);
    });
    if (!verified.verified) throw notMade();
    const { credential, credentialDeviceType } = verified.registrationInfo;
    if (!(await this.#tickets.use(ticket, claims))) throw notMade();
    const passkey: Passkey = {
      kind: 'passkey',
      name,
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: (credential.transports ?? []).filter((each) => /^[a-z-]{1,20}$/.test(each)).slice(0, 8),
      synced: credentialDeviceType === 'multiDevice',
      madeAt: secondsOf(this.#parts.clock),
      usedAt: null,
    };
    const id = await this.#store.put(holder.accountId, passkey, tell);
    return { ...passkey, id, accountId: holder.accountId, version: 1 };
  }

  /**
   * The passkey that a browser signed in with; null where it does not sign in, whatever the reason. `holder`
   * where it is a touch within a session: then only a passkey of its account counts.
   */
  async check(response: AuthenticationResponseJSON, holder: Holder | null): Promise<Kept<Passkey> | null> {
    const party = this.#assertParty();
    const purpose = holder === null ? 'passkey-sign-in' : 'passkey-touch';
    const ticket = challengeIn(response);
    const claims = ticket === null ? null : await this.#tickets.read(purpose, ticket);
    if (ticket === null || claims === null || (holder !== null && !isFor(claims, holder))) return null;
    const passkey = await this.#store.findPasskey(String(response.id));
    if (passkey === null || (holder !== null && passkey.accountId !== holder.accountId)) return null;
    const { userHandle } = response.response;
    const handle = (await this.#userHandle(passkey.accountId)).toString('base64url');
    if (userHandle !== undefined && userHandle !== null && userHandle !== handle) return null;
    const counter = await this.#verifiedCounter(party, response, ticket, passkey);
    if (counter === null || !(await this.#tickets.use(ticket, claims))) return null;
    return (await this.#noteUse(passkey, counter)) ? passkey : null;
  }

  /** The counter of a genuine answer; null for any other. Where it stands is looked at after that. */
  async #verifiedCounter(
    party: RelyingParty,
    response: AuthenticationResponseJSON,
    ticket: string,
    { credentialId, publicKey }: Passkey,
  ): Promise<number | null> {
    const key = Uint8Array.from(Buffer.from(publicKey, 'base64url'));
    const { verifyAuthenticationResponse } = await webauthn();
    const verified = await verifyAuthenticationResponse({
      response,
      expectedChallenge: ticket,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: { id: credentialId, publicKey: key, counter: 0 },
    }).catch(() => null);
    return verified?.verified === true ? verified.authenticationInfo.newCounter : null;
  }

  /**
   * Notes a use. False where the counter did not go up: then two devices hold the key, one of them a copy
   * (WebAuthn section 6.1.1), and neither can be told from the other. Passkeys that are synced do not count.
   */
  async #noteUse(read: Kept<Passkey>, counter: number): Promise<boolean> {
    let passkey: Kept<Passkey> | null = read;
    for (let round = 0; round < 5 && passkey !== null; round += 1) {
      if ((counter > 0 || passkey.counter > 0) && counter <= passkey.counter) {
        await this.#parts.server.query('select postern.incident_open($1, $2, $3, null, null)', [
          INSTALLATION,
          'passkey-copied',
          passkey.accountId,
        ]);
        return false;
      }
      const used = { ...bare(passkey), counter, usedAt: secondsOf(this.#parts.clock) };
      if (await this.#store.change(passkey, used)) return true;
      passkey = await this.#store.findPasskey(passkey.credentialId);
    }
    // Synced, and used by many at once: what was not noted is the time, and nothing to tell copies by.
    return passkey !== null && counter === 0 && passkey.counter === 0;
  }

  async #requestOptions(
    purpose: 'passkey-sign-in' | 'passkey-touch',
    claims: Claims,
    passkeys: readonly Passkey[],
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const party = this.#assertParty();
    const challenge = await this.#tickets.make(purpose, claims, CHALLENGE_SECONDS);
    const { generateAuthenticationOptions } = await webauthn();
    return generateAuthenticationOptions({
      rpID: party.id,
      challenge: Uint8Array.from(Buffer.from(challenge, 'base64url')),
      timeout: CHALLENGE_SECONDS * 1000,
      userVerification: 'required',
      ...(passkeys.length === 0 ? {} : { allowCredentials: descriptorsOf(passkeys) }),
    });
  }

  #assertParty(): RelyingParty {
    if (this.#party !== null) return this.#party;
    const text = 'Passkeys need an address with a name and TLS; this installation has neither or only one.';
    throw new PosternError('conflict', text);
  }

  /** What authenticators know an account by: it says nothing to anybody else. */
  async #userHandle(accountId: AccountId): Promise<Buffer> {
    const keys = await this.#parts.keychain.installation();
    return mac(keys.indexKey(1), 'postern/user-handle/v1', accountId);
  }
}

/**
 * The challenge that an answer was made for; null where it cannot be told, or where a page of another site
 * framed ours.
 */
function challengeIn(response: RegistrationResponseJSON | AuthenticationResponseJSON): string | null {
  try {
    const text = Buffer.from(response.response.clientDataJSON, 'base64url').toString();
    const { challenge, crossOrigin } = JSON.parse(text) as { challenge?: unknown; crossOrigin?: unknown };
    return typeof challenge === 'string' && crossOrigin !== true ? challenge : null;
  } catch {
    return null;
  }
}

function claimsOf({ accountId, sessionHash }: Holder): Claims {
  return { account: accountId, session: sessionHash };
}

function isFor(claims: Claims, { accountId, sessionHash }: Holder): boolean {
  return claims.account === accountId && claims.session === sessionHash;
}

function descriptorsOf(passkeys: readonly Passkey[]) {
  return passkeys.map(({ credentialId, transports }) => ({ id: credentialId, transports: [...transports] }));
}

function notMade(cause?: unknown): PosternError {
  return new PosternError('invalid', 'No passkey was made. Try again.', { cause });
}
