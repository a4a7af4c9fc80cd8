/**
 * The data folder (`POSTERN_DATA`): made if it is not there, private to its owner, writable, with room left.
 * Everything in it that is a secret is a file of mode 0600.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PosternError } from '../base/errors.ts';
import { newId } from '../base/ids.ts';

/** Below this PostgreSQL cannot be counted on to write its next checkpoint. */
const LEAST_FREE_BYTES = 64 * 1024 * 1024;

const OTHERS_MAY = 0o077;
const OWNER_MAY_WRITE = 0o200;
const ANYBODY_MAY_WRITE = 0o002;
/** What root leaves to the group of the user that PostgreSQL runs as (`run-as.ts`). */
const GROUP_MAY_PASS = 0o010;

/**
 * Makes sure that the folder is there, private, and can be written. One that stands open is closed; throws
 * `not-configured` where that cannot be done, or where anybody could have put into it what is there. `say` is
 * told what was changed.
 */
export async function prepareFolder(
  folder: string,
  say: (remark: string) => void = () => undefined,
): Promise<void> {
  try {
    const asRoot = process.getuid?.() === 0;
    // The folders above are passed by the user that PostgreSQL runs as where root runs Postern.
    await makeFolder(folder, 0o700, asRoot ? 0o711 : 0o700);
    await closeFolder(folder, asRoot ? GROUP_MAY_PASS : 0, say);
    const probe = join(folder, `.probe-${newId()}`);
    await writePrivateFile(probe, 'probe');
    await rm(probe);
  } catch (error) {
    throw explainFileError(error, folder);
  }
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < LEAST_FREE_BYTES) throw diskFull(folder);
}

/** As `mkdir -p`. Node's own never ends where a folder cannot be made although the one above is there. */
async function makeFolder(folder: string, mode: number, modeAbove: number): Promise<void> {
  if (await isFolder(folder)) return;
  const above = dirname(folder);
  if (above !== folder && !(await isFolder(above))) await makeFolder(above, modeAbove, modeAbove);
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await isFolder(folder))) return;
    if (code !== 'ENOENT' && code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    const why = code === 'ENOENT' ? `cannot be made (${code})` : 'is a file, or lies below one';
    throw new PosternError(
      'not-configured',
      `The data folder ${folder} ${why}; set POSTERN_DATA to a folder elsewhere.`,
      { cause: error },
    );
  }
}

/** Throws what keeps one from looking; a link that leads nowhere is no folder. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}

async function closeFolder(folder: string, left: number, say: (remark: string) => void): Promise<void> {
  const { mode } = await stat(folder);
  if ((mode & OWNER_MAY_WRITE) === 0) {
    throw new PosternError(
      'not-configured',
      `The data folder ${folder} may only be read; run chmod 700 ${folder}, or set POSTERN_DATA.`,
    );
  }
  if ((mode & OTHERS_MAY & ~left) === 0) return;
  if ((mode & ANYBODY_MAY_WRITE) !== 0 && (await readdir(folder)).length > 0) {
    throw new PosternError(
      'not-configured',
      `Anybody can write to the data folder ${folder}. Make sure that what is in it is yours, and run: ` +
        `chmod 700 ${folder}`,
    );
  }
  await chmod(folder, 0o700 | (mode & left));
  say(`Others could look into the data folder ${folder}; it is now open to its owner alone (mode 0700).`);
}

/** Writes a file of mode 0600 whole or not at all, and waits until the disk has it. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${newId()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await rename(draft, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), 'r');
  await folder.sync().catch(() => undefined);
  await folder.close();
}

export interface Passwords {
  readonly superuser: string;
  readonly owner: string;
  readonly server: string;
}

/** The passwords of the embedded cluster's three roles, made on the first call. */
export async function embeddedPasswords(dataFolder: string): Promise<Passwords> {
  const path = join(dataFolder, 'postgres-passwords.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw explainFileError(error, path);
  });
  if (text !== null) return JSON.parse(text) as Passwords;
  const passwords = { superuser: newPassword(), owner: newPassword(), server: newPassword() };
  await writePrivateFile(path, `${JSON.stringify(passwords)}\n`);
  return passwords;
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** One sentence for what the file system refused; anything else comes back as it was. */
export function explainFileError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(path, error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST') {
    return new PosternError(
      'not-configured',
      `The data folder cannot be written (${path}: ${code}); change its owner, or set POSTERN_DATA.`,
      { cause: error },
    );
  }
  return error;
}

export function diskFull(path: string, cause?: unknown): PosternError {
  return new PosternError(
    'not-configured',
    `The disk that holds ${path} is full; free some space or set POSTERN_DATA to a folder elsewhere.`,
    { cause },
  );
}
