/**
 * The embedded PostgreSQL: one cluster under the data folder, run as a child of this process, reached through
 * a Unix socket in a private folder (or, where no socket can be had, through a free port of the loopback).
 *
 * A child that outlived its parent, because the parent was killed, is stopped before a new one starts. The
 * caller holds the data folder's lock, so no living Postern owns that child.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PosternError } from '../base/errors.ts';
import { type Binaries, EMBEDDED_MAJOR_VERSION, findBinaries } from './binaries.ts';
import { diskFull, explainFileError, type Passwords, writePrivateFile } from './data-folder.ts';
import { chooseEndpoint, type Endpoint, loopbackEndpoint } from './endpoint.ts';
import { findProcess } from './process.ts';
import { chooseRunner, type Runner } from './run-as.ts';
import { DURABLE, MODEST, QUIET_LOG, settingArguments } from './settings.ts';

export interface EmbeddedCluster extends Endpoint {
  /** The process id of the postmaster. */
  readonly pid: number;
  /** Settles when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly dataFolder: string;
  readonly passwords: Passwords;
  /** Settings that replace Postern's own; for tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Listens on a port of the loopback although a socket could be had; for tests. */
  readonly loopback?: boolean;
}

/** The role that initialises the cluster and makes the others; nothing runs as it afterwards. */
export const SUPERUSER = 'postgres';

const START_SECONDS = 120;

interface Place {
  readonly binaries: Binaries;
  readonly runner: Runner;
  readonly data: string;
  readonly logPath: string;
}

/** Starts the cluster, initialising it on first use and recovering it where it was cut off. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedCluster> {
  const binaries = await findBinaries();
  const { dataFolder, passwords } = options;
  const runner = await chooseRunner(dataFolder, [join(binaries.folder, 'bin'), join(binaries.folder, 'lib')]);
  const logs = join(dataFolder, 'logs');
  await mkdir(logs, { recursive: true, mode: 0o700 });
  const place = { binaries, runner, data: join(dataFolder, 'postgres'), logPath: join(logs, 'postgres.log') };
  await rotateLog(place.logPath);
  if (await isInitialised(place.data)) await stopOrphan(place);
  else await initialise(place, dataFolder, passwords.superuser);
  const endpoint =
    options.loopback === true ? await loopbackEndpoint() : await chooseEndpoint(dataFolder, runner.own);
  const settings = settingArguments(QUIET_LOG, MODEST, DURABLE, options.settings ?? {}, endpoint.settings);
  return launch(place, endpoint, settings);
}

/** Whether a whole cluster lies there. Throws `not-configured` for one of another major version. */
async function isInitialised(data: string): Promise<boolean> {
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw explainFileError(error, data);
  });
  if (version === null) {
    const files = await readdir(data).catch(() => []);
    if (files.length === 0) return false;
    throw new PosternError('not-configured', `${data} holds no whole database; restore it from a backup.`);
  }
  const major = Number.parseInt(version, 10);
  if (major === EMBEDDED_MAJOR_VERSION) return true;
  const mend =
    major > EMBEDDED_MAJOR_VERSION
      ? 'use the Postern that wrote it, or a newer one'
      : 'restore it from a backup into a new data folder';
  throw new PosternError(
    'not-configured',
    `The data in ${data} was written by PostgreSQL ${major}, and this Postern has ` +
      `${EMBEDDED_MAJOR_VERSION}; ${mend}.`,
  );
}

/** Built aside and moved into place, so that a first start that is cut off leaves nothing half made. */
async function initialise(place: Place, dataFolder: string, password: string): Promise<void> {
  const draft = join(dataFolder, 'postgres.new');
  const passwordPath = join(dataFolder, 'postgres.password');
  try {
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { mode: 0o700 });
    await place.runner.own(draft);
    await writePrivateFile(passwordPath, `${password}\n`);
    await place.runner.own(passwordPath);
    await runProgram(place, place.binaries.initdb, [
      `--pgdata=${draft}`,
      `--pwfile=${passwordPath}`,
      `--username=${SUPERUSER}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
      '--no-instructions',
      '--set=max_connections=100',
      '--set=shared_buffers=128MB',
    ]);
    await rename(draft, place.data);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    throw explainFileError(error, dataFolder);
  } finally {
    await rm(passwordPath, { force: true }).catch(() => undefined);
  }
}

/**
 * Stops the postmaster that outlived its parent. Where the pid file names a process that is none (its id went
 * to another, as in a container that was started again), PostgreSQL would refuse to start, so the file goes;
 * children that still hold the data are noticed by their shared memory all the same.
 */
async function stopOrphan(place: Place): Promise<void> {
  const pidPath = join(place.data, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(pidPath, 'utf8').catch(() => ''), 10);
  if (!Number.isInteger(pid)) return;
  if ((await findProcess(pid))?.name === 'postgres') {
    await runProgram(place, place.binaries.pgCtl, ['stop', '-D', place.data, '-m', 'fast', '-w', '-t', '60']);
  } else {
    await rm(pidPath, { force: true });
  }
}

/** Runs a program of PostgreSQL to its end; throws one sentence made from what it said. */
async function runProgram(place: Place, program: string, args: readonly string[]): Promise<void> {
  const child = place.runner.start(program, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const code = await endOf(child);
  if (code !== 0) throw explainFailure(said, place);
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

async function launch(place: Place, endpoint: Endpoint, settings: string[]): Promise<EmbeddedCluster> {
  const log = await open(place.logPath, 'a', 0o600);
  const from = (await log.stat()).size;
  // Its own process group, so that Ctrl-C on a terminal reaches Postern alone, which then stops it in order.
  const child = place.runner.start(place.binaries.postgres, ['-D', place.data, ...settings], {
    stdio: ['ignore', log.fd, log.fd],
    cwd: '/',
    detached: true,
  });
  await log.close();
  let over = false;
  const ended = endOf(child).then(
    () => {
      over = true;
    },
    () => {
      over = true;
    },
  );
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!(await isReady(place.data, child.pid))) {
    if (over) throw explainFailure((await readFile(place.logPath, 'utf8')).slice(from), place);
    if (Date.now() > deadline) {
      child.kill('SIGQUIT');
      throw new PosternError('unavailable', `PostgreSQL did not start; its log is ${place.logPath}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  return {
    ...endpoint,
    pid: child.pid ?? 0,
    ended,
    // Fast shutdown: sessions are ended, what is committed is flushed.
    stop: async () => {
      if (!over) child.kill('SIGINT');
      await ended;
      await endpoint.remove();
    },
  };
}

/** The postmaster writes its state as the eighth line of its pid file. */
async function isReady(data: string, pid: number | undefined): Promise<boolean> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

function explainFailure(said: string, place: Place): PosternError {
  const cause = new Error(said.trim().slice(-2000));
  if (/No space left on device|Disk quota exceeded/i.test(said)) return diskFull(place.data, cause);
  if (/incompatible with server|initialized by PostgreSQL version/i.test(said)) {
    return new PosternError(
      'not-configured',
      `The data in ${place.data} was written by another version of PostgreSQL.`,
      { cause },
    );
  }
  if (/lock file "postmaster\.pid" already exists|pre-existing shared memory/i.test(said)) {
    return new PosternError(
      'conflict',
      `Another PostgreSQL is using ${place.data}; stop it, or set POSTERN_DATA.`,
      { cause },
    );
  }
  if (/Permission denied|Read-only file system|wrong ownership/i.test(said)) {
    return new PosternError(
      'not-configured',
      `PostgreSQL may not use ${place.data}; give it back to the user who made it, or set POSTERN_DATA.`,
      { cause },
    );
  }
  const last = said.trim().split('\n').at(-1) ?? '';
  return new PosternError('unavailable', `PostgreSQL did not start: ${last} (its log: ${place.logPath})`, {
    cause,
  });
}

/** One log before this one is kept. */
async function rotateLog(path: string): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > 5 * 1024 * 1024) await rename(path, `${path}.1`);
}
