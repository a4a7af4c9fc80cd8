/**
 * One server at a time on a data folder. The lock file names the process that holds it: its id and the
 * moment it started, since ids are used again. A lock whose process is gone is taken over.
 */
import { execFile } from 'node:child_process';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { PosternError } from '../base/errors.ts';
import { newId } from '../base/ids.ts';

const run = promisify(execFile);

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
  const own: Holder = { pid: process.pid, started: await startOf(process.pid) };
  const text = `${JSON.stringify(own)}\n`;
  const draft = `${path}.${newId()}`;
  await writeFile(draft, text, { mode: 0o600 });
  try {
    // Whoever loses a race sees a live holder on its next turn.
    for (let turn = 0; turn < 10; turn += 1) {
      if (await claim(draft, path)) return { release: () => release(path, text) };
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
  if (holder !== null && (await isAlive(holder))) {
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

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return (await startOf(holder.pid)) === holder.started;
}

async function startOf(pid: number): Promise<string> {
  if (process.platform !== 'linux') {
    const asked = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => null);
    return asked === null ? 'unknown' : asked.stdout.trim();
  }
  const [stat, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
  ]);
  // The name in parentheses may hold spaces; the state follows it, and 19 fields on the start in clock ticks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const gone = fields[0] === 'Z' || fields[0] === '';
  return gone ? 'gone' : `${boot.trim()} ${fields[19] ?? 'unknown'}`;
}
