/**
 * A key vault on a PKCS#11 token (a smart card, an HSM, SoftHSM). Root keys are AES keys that never leave the
 * token, labelled `postern-root-v1`, `postern-root-v2` and so on; the token itself wraps and unwraps.
 *
 * The token's calls are made in line: a key is wrapped or unwrapped when a practice's keys are loaded or
 * rotated, not when a record is read.
 */
import { randomBytes } from 'node:crypto';
import { PosternError } from '../base/errors.ts';
import { parseTokenAddress } from './pkcs11-address.ts';
import { type KeyHandle, TokenSession } from './pkcs11-token.ts';
import { refusal } from './private-file.ts';
import {
  closedVault,
  currentVersionInUse,
  type KeyVault,
  noSuchVersion,
  type VaultOptions,
  type WrappedByRoot,
} from './vault.ts';
import { doesNotUnwrap, joinWrapped, splitWrapped, WRAP_NONCE_BYTES } from './wrap.ts';

const LABEL = /^postern-root-v([1-9][0-9]{0,8})$/;

const labelOf = (version: number) => `postern-root-v${version}`;

/** Opens the vault; makes a first root key on the token where it has none and `create` is not `false`. */
export async function openPkcs11Vault(url: string, { create = true }: VaultOptions = {}): Promise<KeyVault> {
  const address = parseTokenAddress(url);
  const session = await TokenSession.open(address);
  try {
    if (rootKeysOn(session).size === 0) {
      if (!create) throw refusal(`The PKCS#11 token "${address.tokenLabel}" holds no root key of Postern.`);
      makeRootKey(session, 1);
    }
    return new Pkcs11Vault(session);
  } catch (error) {
    session.close();
    throw error;
  }
}

class Pkcs11Vault implements KeyVault {
  readonly kind = 'pkcs11';
  #session: TokenSession | null;

  constructor(session: TokenSession) {
    this.#session = session;
  }

  currentVersion(): number {
    return newest(rootKeysOn(this.#open()));
  }

  async wrap(key: Uint8Array, purpose: Uint8Array): Promise<WrappedByRoot> {
    const session = this.#open();
    const keys = rootKeysOn(session);
    const version = newest(keys);
    const nonce = randomBytes(WRAP_NONCE_BYTES);
    return { version, wrapped: joinWrapped(nonce, session.encrypt(keys.get(version)!, nonce, purpose, key)) };
  }

  async unwrap(version: number, wrapped: Uint8Array, purpose: Uint8Array): Promise<Buffer> {
    const session = this.#open();
    const handle = rootKeysOn(session).get(version);
    if (handle === undefined) throw noSuchVersion(version);
    const { nonce, sealed, tag } = splitWrapped(wrapped);
    const key = session.decrypt(handle, nonce, purpose, Buffer.concat([sealed, tag]));
    if (key === null) throw doesNotUnwrap();
    return key;
  }

  async rotate(): Promise<number> {
    const session = this.#open();
    const version = newest(rootKeysOn(session)) + 1;
    makeRootKey(session, version);
    return version;
  }

  async retire(version: number): Promise<void> {
    const session = this.#open();
    const keys = rootKeysOn(session);
    const handle = keys.get(version);
    if (handle === undefined) throw noSuchVersion(version);
    if (version === newest(keys)) throw currentVersionInUse();
    session.destroyKey(handle);
  }

  async close(): Promise<void> {
    this.#session?.close();
    this.#session = null;
  }

  #open(): TokenSession {
    if (this.#session === null) throw closedVault();
    return this.#session;
  }
}

/** Looked up anew each time: another process may have rotated. */
function rootKeysOn(session: TokenSession): Map<number, KeyHandle> {
  const keys = new Map<number, KeyHandle>();
  for (const { label, handle } of session.listKeys()) {
    const version = Number(LABEL.exec(label)?.[1] ?? 0);
    if (version === 0) continue;
    if (keys.has(version)) throw refusal(`The PKCS#11 token holds more than one key labelled ${label}.`);
    if (session.isExtractable(handle)) {
      throw refusal(`The key ${label} of the PKCS#11 token could leave it. Use a token that made its own.`);
    }
    keys.set(version, handle);
  }
  return keys;
}

/**
 * Two processes that rotate at once would give two keys one label: the one that notices takes its own back.
 */
function makeRootKey(session: TokenSession, version: number): void {
  const label = labelOf(version);
  const handle = session.generateKey(label);
  if (session.listKeys().filter((key) => key.label === label).length === 1) return;
  session.destroyKey(handle);
  throw new PosternError('conflict', 'Another process is changing the root keys of this token. Try again.');
}

function newest(keys: ReadonlyMap<number, KeyHandle>): number {
  if (keys.size === 0) throw refusal('The PKCS#11 token holds no root key of Postern any more.');
  return Math.max(...keys.keys());
}
