/**
 * Devices: browsers that an account has signed in with, known again by a secret in a cookie. It proves
 * nothing about who sits there; it parts the owner's tries from those of strangers, names the device in the
 * list of sessions, and tells when a new one comes.
 */
import { PosternError } from '../../base/errors.ts';
import type { AccountId } from '../../base/ids.ts';
import { withoutSession } from '../../db/index.ts';
import type { Post } from '../../post/index.ts';
import {
  labelledContext,
  newSecretToken,
  openBytes,
  type PracticeKeys,
  sealBytes,
  secretTokenHash,
} from '../../seal/index.ts';
import type { DoorParts } from '../parts.ts';
import { type BrowserName, sayBrowser } from './browser-name.ts';

/** What is kept of a device, sealed. */
export interface DeviceNote extends BrowserName {
  readonly network: string;
}

/** A device after somebody signed in with it. */
export interface SignedInDevice {
  /** What its cookie is to hold. */
  readonly secret: string;
  /** Hex of the secret's SHA-256: what names the device in the terms of sessions. */
  readonly hash: string;
  readonly isNew: boolean;
}

export interface DeviceParts extends Pick<DoorParts, 'server' | 'keychain' | 'clock'> {
  readonly post: Pick<Post, 'enqueue'>;
}

export class Devices {
  readonly #parts: DeviceParts;

  constructor(parts: DeviceParts) {
    this.#parts = parts;
  }

  /** The hash of a device that the account has signed in with; null for any other secret. */
  async known(accountId: AccountId, secret: string | null): Promise<string | null> {
    // Asked for in any case: that an address has no account must cost as much.
    const hash = secretTokenHash(secret ?? newSecretToken());
    return (await this.noteOf(accountId, hash)) === null ? null : hash;
  }

  /**
   * Notes a sign-in. A secret that nobody has signed in with here gets no place: whoever planted it would be
   * taken for the owner's device. The owner is told of a new device by mail, unless another mail has said so.
   */
  async note(
    accountId: AccountId,
    secret: string | null,
    note: DeviceNote,
    isTold = false,
  ): Promise<SignedInDevice> {
    const found = secret === null ? null : await this.#find(accountId, secretTokenHash(secret));
    const kept = secret !== null && found?.known === true ? secret : newSecretToken();
    const hash = secretTokenHash(kept);
    const keys = await this.#parts.keychain.installation();
    const content = Buffer.from(JSON.stringify(note));
    const isNew = found === null || open(keys, accountId, hash, found.sealed) === null;
    const sealed = sealBytes(keys.logSealingKey(1), contextOf(accountId, hash), content);
    const { server, clock, post } = this.#parts;
    const at = clock.now();
    await withoutSession(server, async (tx) => {
      const values = [accountId, Buffer.from(hash, 'hex'), sealed, at];
      await tx.query('select postern.device_put($1, $2, $3, $4)', values);
      const facts = { device: sayBrowser(note), at };
      if (isNew && !isTold) await post.enqueue(tx as never, { kind: 'new-device', facts, to: { accountId } });
    });
    return { secret: kept, hash, isNew };
  }

  /** What was noted of a device at its last sign-in; null where the account has none of that hash. */
  async noteOf(accountId: AccountId, hash: string): Promise<DeviceNote | null> {
    const keys = await this.#parts.keychain.installation();
    return open(keys, accountId, hash, (await this.#find(accountId, hash)).sealed);
  }

  async #find(accountId: AccountId, hash: string): Promise<{ sealed: Buffer | null; known: boolean }> {
    const { rows } = await this.#parts.server.query<{ sealed: Buffer | null; known: boolean }>(
      'select d.sealed, d.known from postern.device_find($1, $2) d',
      [accountId, Buffer.from(hash, 'hex')],
    );
    return rows[0]!;
  }
}

/** A row that does not open was written by hand, and is as good as none. */
function open(keys: PracticeKeys, accountId: AccountId, hash: string, sealed: Buffer | null) {
  if (sealed === null) return null;
  try {
    const bytes = openBytes(keys.logSealingKey(1), contextOf(accountId, hash), sealed);
    return JSON.parse(bytes.toString()) as DeviceNote;
  } catch (error) {
    if (error instanceof PosternError && error.code === 'damaged') return null;
    throw error;
  }
}

function contextOf(accountId: AccountId, hash: string): Buffer {
  return labelledContext('postern/device/v1', accountId, hash);
}
