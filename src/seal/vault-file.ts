/** A key vault that is a file readable by its owner alone. The default, and enough for one practice. */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { readPrivateFile, refusal } from './private-file.ts';
import { replacePrivateFile, whileLocked } from './replace-file.ts';
import { formatRootKeys, newestVersion, parseRootKeys, type RootKeys } from './root-key-file.ts';
import {
  closedVault,
  currentVersionInUse,
  type KeyVault,
  noSuchVersion,
  type VaultOptions,
  type WrappedByRoot,
} from './vault.ts';
import { unwrapBytes, wrapKey } from './wrap.ts';

/** Opens the vault, with a first root key where there is no file yet and `create` is not `false`. */
export async function openFileVault(path: string, { create = true }: VaultOptions = {}): Promise<KeyVault> {
  const keys = (await load(path)) ?? (create ? await createFile(path) : null);
  if (keys === null) {
    throw refusal(`There is no key file at ${path}. Restore it from its copy, or name the right one.`);
  }
  return new FileVault(path, keys);
}

class FileVault implements KeyVault {
  readonly kind = 'file';
  readonly #path: string;
  #keys: RootKeys | null;

  constructor(path: string, keys: RootKeys) {
    this.#path = path;
    this.#keys = keys;
  }

  currentVersion(): number {
    return newestVersion(this.#open());
  }

  /** Looks at the file first: another process may have rotated, or retired what this one remembers. */
  async wrap(key: Uint8Array, purpose: Uint8Array): Promise<WrappedByRoot> {
    const keys = await this.#reload();
    const version = newestVersion(keys);
    return { version, wrapped: wrapKey(keys.get(version)!, key, purpose) };
  }

  async unwrap(version: number, wrapped: Uint8Array, purpose: Uint8Array): Promise<Buffer> {
    const kek = this.#open().get(version) ?? (await this.#reload()).get(version);
    if (kek === undefined) throw noSuchVersion(version);
    return unwrapBytes(kek, wrapped, purpose);
  }

  async rotate(): Promise<number> {
    return this.#change((keys) => {
      keys.set(newestVersion(keys) + 1, newRootKey());
    });
  }

  async retire(version: number): Promise<void> {
    await this.#change((keys) => {
      if (!keys.has(version)) throw noSuchVersion(version);
      if (version === newestVersion(keys)) throw currentVersionInUse();
      keys.delete(version);
    });
  }

  async close(): Promise<void> {
    this.#keys = null;
  }

  /** Applies a change to the file as it stands now and answers its newest version. */
  #change(edit: (keys: Map<number, KeyObject>) => void): Promise<number> {
    this.#open();
    return whileLocked(this.#path, async () => {
      const keys = new Map(await this.#reload());
      edit(keys);
      await replacePrivateFile(this.#path, formatRootKeys(keys));
      this.#keys = keys;
      return newestVersion(keys);
    });
  }

  async #reload(): Promise<RootKeys> {
    this.#open();
    const keys = await load(this.#path);
    if (keys === null) throw refusal(`The key file ${this.#path} is gone. Restore it from its copy.`);
    this.#keys = keys;
    return keys;
  }

  #open(): RootKeys {
    if (this.#keys === null) throw closedVault();
    return this.#keys;
  }
}

async function load(path: string): Promise<RootKeys | null> {
  const text = await readPrivateFile(path);
  return text === null ? null : parseRootKeys(text, path);
}

/** Two servers that start at once make one file: the second finds the first's under the lock. */
function createFile(path: string): Promise<RootKeys> {
  return whileLocked(path, async () => {
    const standing = await load(path);
    if (standing !== null) return standing;
    await replacePrivateFile(path, formatRootKeys(new Map([[1, newRootKey()]])));
    const made = await load(path);
    if (made === null) throw refusal(`The key file ${path} could not be made.`);
    return made;
  });
}

function newRootKey(): KeyObject {
  const bytes = randomBytes(32);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}
