/**
 * A new root key: every practice key is wrapped by it, then the earlier ones are destroyed. Servers hold
 * practice keys unwrapped and notice nothing. Killed at any point it is finished by running it again.
 */
import { PosternError } from '../../base/errors.ts';
import { INSTALLATION } from '../../gate/index.ts';
import { appendLine } from '../../ledger/index.ts';
import { rewrapPracticeKeys, type WrappedPracticeKey } from '../../seal/index.ts';
import { asOwner, type KeyWork, keyLine, storedKeys, whileAlone } from './key-work.ts';

export interface RootRotation {
  readonly version: number;
  readonly rewrapped: number;
  /** Root keys destroyed; backups of wrapped keys from before need them, and are of no use any more. */
  readonly retired: readonly number[];
}

export async function rotateRoot({ owner, vault }: Omit<KeyWork, 'keychain'>): Promise<RootRotation> {
  return whileAlone(owner, async () => {
    const version = await vault.rotate();
    let rewrapped = 0;
    for (let settled = false; !settled; ) {
      const changed = await rewrapPracticeKeys(vault, await storedKeys(owner, null));
      for (const key of changed) await replaceKey(owner, key);
      rewrapped += changed.length;
      // A practice that is being made may have been wrapped before the rotation and be stored after the look;
      // from the moment that none is left, the trigger practice_key_live refuses what comes late.
      settled = await asOwner(owner, async (client) => {
        await client.query('lock table postern.practice_key in share row exclusive mode');
        const keys = await storedKeys(client, null);
        if (!keys.every(({ rootVersion }) => rootVersion === version)) return false;
        await appendLine(client, keyLine(INSTALLATION, 'rotate-root-key'));
        return true;
      });
    }
    const retired: number[] = [];
    for (let earlier = 1; earlier < version; earlier += 1) {
      if (await retire(vault, earlier)) retired.push(earlier);
    }
    return { version, rewrapped, retired };
  });
}

async function replaceKey(owner: KeyWork['owner'], key: WrappedPracticeKey): Promise<void> {
  await owner.query(
    `update postern.practice_key
     set root_version = $4, wrapped = $5
     where practice_id = $1
       and purpose = $2
       and version = $3
       and retired_at is null`,
    [key.practiceId, key.purpose, key.version, key.rootVersion, key.wrapped],
  );
}

/** Whether it was there to be destroyed. */
async function retire(vault: KeyWork['vault'], version: number): Promise<boolean> {
  try {
    await vault.retire(version);
    return true;
  } catch (error) {
    if (error instanceof PosternError && error.code === 'not-configured') return false;
    throw error;
  }
}
