/**
 * An authenticator in software (https://www.w3.org/TR/webauthn-3/#sctn-authenticator-model): it makes
 * discoverable ES256 passkeys and signs with them, in real CBOR, COSE and authenticator data, as a browser
 * would hand them over. Every part of what it says can be said wrong.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface SoftPasskey {
  readonly credentialId: Buffer;
  readonly rpId: string;
  readonly userHandle: Buffer;
  readonly privateKey: KeyObject;
  counter: number;
}

/** What is said otherwise than it is. */
export interface Lie {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly userPresent?: boolean;
  readonly userVerified?: boolean;
  readonly counter?: number;
  readonly userHandle?: Buffer | null;
  /** Signs with this instead of the passkey's own key. */
  readonly privateKey?: KeyObject;
  readonly credentialId?: Buffer;
}

interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id?: string };
  readonly user: { readonly id: string };
  readonly excludeCredentials?: readonly { readonly id: string }[];
}

interface RequestOptions {
  readonly challenge: string;
  readonly rpId?: string;
  readonly allowCredentials?: readonly { readonly id: string }[];
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;
const BACKED_UP = 0x10;
const ATTESTED = 0x40;

export class SoftwareAuthenticator {
  readonly passkeys: SoftPasskey[] = [];
  readonly #origin: string;
  /** Synced passkeys never count. */
  readonly #synced: boolean;

  constructor(origin: string, { synced = false } = {}) {
    this.#origin = origin;
    this.#synced = synced;
  }

  /** As `navigator.credentials.create` answers, in JSON. */
  create(options: CreationOptions, lie: Lie = {}): object {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const passkey: SoftPasskey = {
      credentialId: lie.credentialId ?? randomBytes(32),
      rpId: options.rp.id ?? '',
      userHandle: Buffer.from(options.user.id, 'base64url'),
      privateKey,
      counter: this.#synced ? 0 : 1,
    };
    this.passkeys.push(passkey);
    const { x, y } = publicKey.export({ format: 'jwk' });
    const cose = cborMap([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x!, 'base64url')],
      [-3, Buffer.from(y!, 'base64url')],
    ]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(passkey.credentialId.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, passkey.credentialId, cose]);
    const data = Buffer.concat([this.#data(passkey, lie, ATTESTED), attested]);
    const attestation = cborMap([
      ['fmt', 'none'],
      ['attStmt', cborMap([])],
      ['authData', data],
    ]);
    const id = passkey.credentialId.toString('base64url');
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: this.#clientData('webauthn.create', options.challenge, lie).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
        transports: ['internal'],
      },
    };
  }

  /** As `navigator.credentials.get` answers, in JSON, with the passkey that is asked for or the newest. */
  get(options: RequestOptions, lie: Lie = {}): object {
    const wanted = options.allowCredentials?.map(({ id }) => id);
    const fits = ({ credentialId }: SoftPasskey) =>
      wanted?.includes(credentialId.toString('base64url')) ?? true;
    const passkey = this.passkeys.findLast(fits) ?? this.passkeys.at(-1);
    if (passkey === undefined) throw new Error('The authenticator has no passkey');
    if (!this.#synced) passkey.counter += 1;
    const data = this.#data(passkey, lie, 0);
    const clientData = this.#clientData('webauthn.get', options.challenge, lie);
    const signed = Buffer.concat([data, createHash('sha256').update(clientData).digest()]);
    const id = (lie.credentialId ?? passkey.credentialId).toString('base64url');
    const userHandle = lie.userHandle === undefined ? passkey.userHandle : lie.userHandle;
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', signed, lie.privateKey ?? passkey.privateKey).toString('base64url'),
        ...(userHandle === null ? {} : { userHandle: userHandle.toString('base64url') }),
      },
    };
  }

  #data(passkey: SoftPasskey, lie: Lie, flags: number): Buffer {
    const { userPresent = true, userVerified = true, counter = passkey.counter } = lie;
    const counted = Buffer.alloc(4);
    counted.writeUInt32BE(counter);
    const backup = this.#synced ? BACKUP_ELIGIBLE | BACKED_UP : 0;
    const all = flags | backup | (userPresent ? PRESENT : 0) | (userVerified ? VERIFIED : 0);
    const party = createHash('sha256')
      .update(lie.rpId ?? passkey.rpId)
      .digest();
    return Buffer.concat([party, Buffer.from([all]), counted]);
  }

  #clientData(type: string, challenge: string, lie: Lie): Buffer {
    const { origin = this.#origin, crossOrigin = false } = lie;
    const said = { type: lie.type ?? type, challenge: lie.challenge ?? challenge, origin, crossOrigin };
    return Buffer.from(JSON.stringify(said));
  }
}

/** CBOR (RFC 8949) as far as authenticators need it; the value of `attStmt` is encoded already. */
function cborMap(entries: readonly (readonly [string | number, string | number | Buffer])[]): Buffer {
  const items = entries.flatMap(([key, value]) => [
    cbor(key),
    key === 'attStmt' ? (value as Buffer) : cbor(value),
  ]);
  return Buffer.concat([head(5, entries.length), ...items]);
}

function cbor(value: string | number | Buffer): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  const bytes = Buffer.from(value as string);
  return Buffer.concat([head(typeof value === 'string' ? 3 : 2, bytes.length), bytes]);
}

function head(major: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(major << 5) | count]);
  if (count < 256) return Buffer.from([(major << 5) | 24, count]);
  return Buffer.from([(major << 5) | 25, count >> 8, count & 0xff]);
}
