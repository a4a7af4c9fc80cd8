/**
 * The keys of one practice, unwrapped and in memory: what wraps its chart keys, what its practice-wide index
 * and its MACs are made with, and what signs and seals its access log. Each has versions; the newest is used
 * for new work and the older ones keep opening what they sealed.
 */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { invariant, PosternError } from '../base/errors.ts';
import type { PracticeId } from '../base/ids.ts';
import { deriveBytes, deriveKey } from './derivation.ts';
import { chartKeyPurpose, type KeyPlace, practiceKeyPurpose } from './key-purpose.ts';
import { createSigner, type Signer } from './signature.ts';
import type { KeyVault } from './vault.ts';
import { unwrapBytes, wrapKey } from './wrap.ts';

export const KEY_PURPOSES = ['chart', 'index', 'mac', 'log'] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** A practice key as it is stored: worth nothing without the root key of `rootVersion`. */
export interface WrappedPracticeKey {
  readonly practiceId: PracticeId;
  readonly purpose: KeyPurpose;
  /** From 1, for each purpose on its own. */
  readonly version: number;
  readonly rootVersion: number;
  readonly wrapped: Buffer;
}

/** A chart key as it is stored, and the version of the practice key that wrapped it. */
export interface WrappedChartKey {
  readonly wrapped: Buffer;
  readonly practiceKeyVersion: number;
}

const REDACTED = '[PracticeKeys]';

/**
 * Room-internal: the chart-wrapping key is the key ring's alone, so it is no method that others could call.
 */
export let chartWrappingKey: (keys: PracticeKeys, version: number) => KeyObject;

export class PracticeKeys {
  readonly practiceId: PracticeId;
  readonly #keys: ReadonlyMap<KeyPurpose, Map<number, KeyObject>>;
  readonly #signers = new Map<number, Signer>();

  static {
    chartWrappingKey = (keys, version) => keys.#key('chart', version);
  }

  /** Room-internal; others call `createPracticeKeys` or `loadPracticeKeys`. */
  constructor(practiceId: PracticeId) {
    this.practiceId = practiceId;
    this.#keys = new Map(KEY_PURPOSES.map((purpose) => [purpose, new Map<number, KeyObject>()]));
  }

  /** The newest version of a purpose: what new work uses. */
  currentVersion(purpose: KeyPurpose): number {
    const versions = [...this.#keys.get(purpose)!.keys()];
    invariant(versions.length > 0, `a practice has a ${purpose} key`);
    return Math.max(...versions);
  }

  /** Every version in memory, oldest first. */
  versions(purpose: KeyPurpose): number[] {
    return [...this.#keys.get(purpose)!.keys()].sort((a, b) => a - b);
  }

  /** The key of the practice-wide blind index. */
  indexKey(version = this.currentVersion('index')): KeyObject {
    return this.#key('index', version);
  }

  /** The key that grants, roles and sessions carry a MAC under. */
  macKey(version = this.currentVersion('mac')): KeyObject {
    return this.#key('mac', version);
  }

  /** What the keys of background jobs are wrapped under. */
  jobWrappingKey(version = this.currentVersion('mac')): KeyObject {
    return deriveKey(this.#key('mac', version), 'postern/job-wrapping-key/v1');
  }

  /** What signs the checkpoints of the practice's access log. */
  logSigner(version = this.currentVersion('log')): Signer {
    const standing = this.#signers.get(version);
    if (standing !== undefined) return standing;
    const seed = deriveBytes(this.#key('log', version), 'postern/log-signing-seed/v1');
    const signer = createSigner(seed);
    seed.fill(0);
    this.#signers.set(version, signer);
    return signer;
  }

  /** The key under which free text in the access log is sealed. */
  logSealingKey(version = this.currentVersion('log')): KeyObject {
    return deriveKey(this.#key('log', version), 'postern/log-sealing-key/v1');
  }

  /**
   * Makes the next version of a purpose and answers its stored form. It is not used yet: store it, and once
   * that is durable hand it to `adopt`, here and in every other process.
   */
  async addVersion(vault: KeyVault, purpose: KeyPurpose): Promise<WrappedPracticeKey> {
    return newPracticeKey(vault, this.practiceId, purpose, this.currentVersion(purpose) + 1);
  }

  /** Takes a stored key into use; one that is known already is left as it is. */
  async adopt(vault: KeyVault, stored: WrappedPracticeKey): Promise<void> {
    if (stored.practiceId !== this.practiceId) throw strangeKey();
    const versions = this.#keys.get(stored.purpose);
    if (versions === undefined) throw strangeKey();
    if (versions.has(stored.version)) return;
    const bytes = await unwrapPracticeKey(vault, stored);
    versions.set(stored.version, createSecretKey(bytes));
    bytes.fill(0);
  }

  /** Rewraps a chart key under the newest practice key, for rotation. Opens nothing and asks nobody. */
  rewrapChartKey(place: KeyPlace, key: WrappedChartKey): WrappedChartKey {
    const purpose = chartKeyPurpose(this.practiceId, place);
    const bytes = unwrapBytes(this.#key('chart', key.practiceKeyVersion), key.wrapped, purpose);
    const practiceKeyVersion = this.currentVersion('chart');
    const wrapped = wrapKey(this.#key('chart', practiceKeyVersion), bytes, purpose);
    bytes.fill(0);
    return { wrapped, practiceKeyVersion };
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }

  #key(purpose: KeyPurpose, version: number): KeyObject {
    const key = this.#keys.get(purpose)!.get(version);
    if (key !== undefined) return key;
    throw new PosternError('unavailable', `Version ${version} of a practice's ${purpose} key is not loaded.`);
  }
}

/** Makes the first keys of a practice. `stored` must be durable before anything is sealed under them. */
export async function createPracticeKeys(
  vault: KeyVault,
  practiceId: PracticeId,
): Promise<{ keys: PracticeKeys; stored: WrappedPracticeKey[] }> {
  const stored: WrappedPracticeKey[] = [];
  for (const purpose of KEY_PURPOSES) stored.push(await newPracticeKey(vault, practiceId, purpose, 1));
  return { keys: await loadPracticeKeys(vault, practiceId, stored), stored };
}

/** Unwraps the stored keys of a practice. Throws `damaged` on another practice's key or a missing purpose. */
export async function loadPracticeKeys(
  vault: KeyVault,
  practiceId: PracticeId,
  stored: readonly WrappedPracticeKey[],
): Promise<PracticeKeys> {
  const keys = new PracticeKeys(practiceId);
  for (const row of stored) await keys.adopt(vault, row);
  const missing = KEY_PURPOSES.find((purpose) => keys.versions(purpose).length === 0);
  if (missing !== undefined) throw new PosternError('damaged', `A practice's ${missing} key is missing.`);
  return keys;
}

/**
 * Wraps anew what an older root key wrapped, and answers the rows that changed; the root key is not touched.
 */
export async function rewrapPracticeKeys(
  vault: KeyVault,
  stored: readonly WrappedPracticeKey[],
): Promise<WrappedPracticeKey[]> {
  const changed: WrappedPracticeKey[] = [];
  for (const row of stored) {
    if (row.rootVersion === vault.currentVersion()) continue;
    const bytes = await unwrapPracticeKey(vault, row);
    changed.push(await wrapPracticeKey(vault, row, bytes));
    bytes.fill(0);
  }
  return changed;
}

async function newPracticeKey(
  vault: KeyVault,
  practiceId: PracticeId,
  purpose: KeyPurpose,
  version: number,
): Promise<WrappedPracticeKey> {
  const bytes = randomBytes(32);
  const row = await wrapPracticeKey(vault, { practiceId, purpose, version }, bytes);
  bytes.fill(0);
  return row;
}

async function wrapPracticeKey(
  vault: KeyVault,
  { practiceId, purpose, version }: Pick<WrappedPracticeKey, 'practiceId' | 'purpose' | 'version'>,
  bytes: Buffer,
): Promise<WrappedPracticeKey> {
  const name = practiceKeyPurpose(practiceId, purpose, version);
  const { version: rootVersion, wrapped } = await vault.wrap(bytes, name);
  return { practiceId, purpose, version, rootVersion, wrapped };
}

async function unwrapPracticeKey(vault: KeyVault, row: WrappedPracticeKey): Promise<Buffer> {
  const name = practiceKeyPurpose(row.practiceId, row.purpose, row.version);
  try {
    return await vault.unwrap(row.rootVersion, row.wrapped, name);
  } catch (error) {
    if (!(error instanceof PosternError) || error.code !== 'damaged') throw error;
    // Far more often than a damaged key it is somebody else's: another account's, or another machine's.
    const text =
      'The root key does not open the keys of this data: it is that of other data, or they are damaged. ' +
      'Name the right one by POSTERN_KEY_VAULT, or bring it back from its copy.';
    throw new PosternError('damaged', text, { cause: error });
  }
}

function strangeKey(): PosternError {
  return new PosternError('damaged', 'A stored practice key belongs to another practice or purpose.');
}
