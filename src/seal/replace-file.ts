/**
 * Replacing a private file as a whole, and only by one process at a time: two rotations at once would each
 * keep the other's new key out of the file, and what it had wrapped by then would be lost.
 */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf, refusal } from './private-file.ts';

const LOCK_ATTEMPTS = 50;
const LOCK_PAUSE_MS = 100;

/** Runs `work` while no other process that uses this function works on the same path. */
export async function whileLocked<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const lock = `${path}.lock`;
  await takeLock(path, lock);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(path: string, lock: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const file = await open(lock, 'wx', 0o600);
      await file.close();
      return;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw refusal(`${lock} cannot be made (${codeOf(error)}).`, error);
      if (attempt === LOCK_ATTEMPTS) {
        throw refusal(
          `Another process is changing ${path}. If none is, remove what it left: rm ${lock}`,
          error,
        );
      }
      await pause(LOCK_PAUSE_MS);
    }
  }
}

/** Writes the file with mode 0600; after a crash the old or the new text stands, never a part. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncFolder(dirname(path));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
