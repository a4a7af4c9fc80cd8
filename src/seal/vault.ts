/** The key vault: the one place of the root keys. Everything else hangs from what it wraps. */
import { PosternError } from '../base/errors.ts';
import { refusal } from './private-file.ts';

export interface KeyVault {
  readonly kind: 'file' | 'pkcs11';

  /** The version that wrapped last or would wrap next, as of the last look at the vault. */
  currentVersion(): number;

  /** Wraps 32 bytes under the current root key. `purpose` must be given again to unwrap. */
  wrap(key: Uint8Array, purpose: Uint8Array): Promise<WrappedByRoot>;

  /**
   * The 32 bytes again; the caller wipes them. Throws `damaged` where purpose, version or bytes do not fit,
   * `not-configured` where the vault has no such version.
   */
  unwrap(version: number, wrapped: Uint8Array, purpose: Uint8Array): Promise<Buffer>;

  /** Makes a new root key and answers its version. Earlier ones stay and keep unwrapping. */
  rotate(): Promise<number>;

  /**
   * Destroys an earlier root key: what is still wrapped by it can never be opened again. Throws `conflict`
   * for the current one, `not-configured` for one it does not have.
   */
  retire(version: number): Promise<void>;

  /** Lets go of the keys; later calls throw `unavailable`. May be called twice. */
  close(): Promise<void>;
}

export interface WrappedByRoot {
  readonly version: number;
  readonly wrapped: Buffer;
}

export interface VaultOptions {
  /**
   * Whether to make the first root key where there is none (the default). A server that already has practices
   * says `false`: an absent root key is then a mistake to report and not a place to start from.
   */
  readonly create?: boolean;
}

export function closedVault(): PosternError {
  return new PosternError('unavailable', 'The key vault is closed.');
}

export function noSuchVersion(version: number): PosternError {
  return refusal(`The key vault has no root key of version ${version}. Is it the vault of this data?`);
}

export function currentVersionInUse(): PosternError {
  return new PosternError('conflict', 'The current root key cannot be retired. Rotate first.');
}
