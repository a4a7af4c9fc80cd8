/**
 * Files that hold secrets: read only where nobody else could have read or replaced them, and every refusal
 * says how to mend it.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PosternError } from '../base/errors.ts';

const SIZE_LIMIT = 64 * 1024;
const OTHERS_MAY = 0o077;
const OTHERS_MAY_WRITE = 0o022;
const STICKY = 0o1000;

/**
 * The text of a private file, or `null` where there is none. Throws `not-configured` where it is not private.
 */
export async function readPrivateFile(path: string): Promise<string | null> {
  const file = await openForReading(path);
  if (file === null) return null;
  try {
    // The descriptor is asked, not the path, so that what is checked is what is read.
    checkFile(path, await file.stat());
    await checkFolder(path);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function openForReading(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw refusal(`The key file ${path} cannot be read (${codeOf(error)}).`, error);
  }
}

function checkFile(path: string, stats: Stats): void {
  if (!stats.isFile()) throw refusal(`${path} is not a file.`);
  if (stats.size > SIZE_LIMIT) throw refusal(`${path} is too large for a key file.`);
  const own = ownUser();
  if (own === null) return;
  if (stats.uid !== own) {
    throw refusal(
      `The key file ${path} belongs to user ${stats.uid}, not to user ${own} who runs Postern: ` +
        `run Postern as its owner, or run: chown ${own} ${path}`,
    );
  }
  if ((stats.mode & OTHERS_MAY) !== 0) {
    throw refusal(`The key file ${path} can be read or changed by others. Run: chmod 600 ${path}`);
  }
}

/** Whoever may write the folder may put another file in its place; a symbolic link is followed first. */
async function checkFolder(path: string): Promise<void> {
  if (ownUser() === null) return;
  for (const folder of new Set([dirname(path), dirname(await realpath(path))])) {
    const { mode } = await stat(folder);
    if ((mode & OTHERS_MAY_WRITE) === 0 || (mode & STICKY) !== 0) continue;
    throw refusal(`The folder ${folder} of the key file can be changed by others. Run: chmod go-w ${folder}`);
  }
}

/** `null` on systems without numeric users, where file modes say nothing. */
function ownUser(): number | null {
  return process.geteuid?.() ?? null;
}

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}

export function refusal(message: string, cause?: unknown): PosternError {
  return new PosternError('not-configured', message, { cause });
}
