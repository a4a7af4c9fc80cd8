/**
 * One server at a time on a data folder. The lock file names the process that holds it: its id and the
 * moment it started, since ids are used again. A lock whose process is gone is taken over.
 */
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { PosternError } from '../base/errors.ts';
import { newId } from '../base/ids.ts';
import { findProcess } from './process.ts';

export interface Lock {
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  /** When the process started, in the system's own words; compared, never read. */
  readonly started: string;
}

/** Takes the lock or throws `conflict` naming the process that holds it. */
export async function takeLock(path: string): Promise<Lock> {
  const own: Holder = { pid: process.pid, started: (await findProcess(process.pid))?.started ?? '' };
  const text = `${JSON.stringify({ ...own, nonce: newId() })}\n`;
  const draft = `${path}.${newId()}`;
  await writeFile(draft, text, { mode: 0o600 });
  try {
    // Whoever loses a race sees a live holder on its next turn.
    for (let turn = 0; turn < 10; turn += 1) {
      if ((await claim(draft, path)) && (turn === 0 || (await isKept(path, text)))) {
        return { release: () => release(path, text) };
      }
      await clearStale(path);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new PosternError('conflict', `The lock file ${path} cannot be taken; is another Postern starting?`);
}

/** A link appears whole or not at all, so nobody reads a lock that is half written. */
async function claim(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function clearStale(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return;
  const holder = parseHolder(text);
  if (holder !== null && (await findProcess(holder.pid))?.started === holder.started) {
    throw new PosternError(
      'conflict',
      `Another Postern (process ${holder.pid}) is using this data folder; stop it, or set POSTERN_DATA.`,
    );
  }
  await takeAway(path, text);
}

/** Moves the stale lock aside; if another process replaced it meanwhile, its lock is put back. */
async function takeAway(path: string, stale: string): Promise<void> {
  const aside = `${path}.${newId()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/**
 * Whether a lock taken over is still ours a moment later: one who read the stale lock before us may just have
 * moved ours aside.
 */
async function isKept(path: string, own: string): Promise<boolean> {
  await delay(50);
  return (await readFile(path, 'utf8').catch(() => null)) === own;
}

async function release(path: string, own: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === own) await rm(path, { force: true });
}

function parseHolder(text: string): Holder | null {
  try {
    const { pid, started } = JSON.parse(text) as Holder;
    return Number.isInteger(pid) && pid > 0 && typeof started === 'string' ? { pid, started } : null;
  } catch {
    return null;
  }
}
