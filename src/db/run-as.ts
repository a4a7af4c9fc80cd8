/**
 * Whom PostgreSQL runs as. It refuses to run as root, so where Postern does, it runs as the user `postgres`.
 *
 * The data folder lets that user's group pass, and nothing more. A project that root cloned into a private
 * folder (`/root/x`, mode 0700 somewhere on the way) is out of its reach all the same. Then, and only then,
 * the programs get one capability, CAP_DAC_READ_SEARCH, to pass those folders; see docs/adr/0020 and
 * docs/security/exceptions.md for what it costs.
 */
import { type ChildProcess, execFile, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { chmod, chown, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { PosternError } from '../base/errors.ts';

const run = promisify(execFile);

/** Starts PostgreSQL's programs, and gives them the files they must own. */
export interface Runner {
  start(program: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Makes the path the property of whoever the programs run as. */
  own(path: string): Promise<void>;
  /** Why the programs run as they do, in a few words for the log. */
  readonly description: string;
}

/**
 * The runner for programs that must pass the data folder and read the others. Throws `not-configured` where
 * root has no user to run them as, or none that reaches the folders.
 */
export async function chooseRunner(dataFolder: string, programs: readonly string[]): Promise<Runner> {
  if (process.getuid?.() !== 0) return { ...plainRunner, description: 'as the user who started Postern' };
  const user = await postgresUser();
  await letPass(user, dataFolder);
  const folders = [dataFolder, ...programs];
  if (reaches(user, folders)) return userRunner(user);
  const passage = passageArguments(user);
  if (passageWorks(passage, folders)) return passageRunner(user, passage);
  throw new PosternError(
    'not-configured',
    'PostgreSQL does not run as root, and the user postgres cannot reach this folder; move the project (or ' +
      'point POSTERN_DATA) to a folder others may pass, such as /opt, or start Postern as an ordinary user.',
  );
}

/** What PostgreSQL owns lies below a folder that is root's: its user may walk through, not look around. */
async function letPass({ gid }: User, dataFolder: string): Promise<void> {
  const { uid } = await stat(dataFolder);
  await chown(dataFolder, uid, gid);
  await chmod(dataFolder, 0o710);
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

const plainRunner = {
  start: (program: string, args: readonly string[], options: SpawnOptions = {}) =>
    spawn(program, args, { env: environment, ...options }),
  own: async () => undefined,
};

function userRunner(user: User): Runner {
  return {
    start: (program, args, options = {}) => spawn(program, args, { env: environment, ...options, ...user }),
    own: (path) => chown(path, user.uid, user.gid),
    description: 'as the user postgres',
  };
}

function passageRunner(user: User, passage: readonly string[]): Runner {
  return {
    start: (program, args, options = {}) =>
      spawn('setpriv', [...passage, program, ...args], { env: environment, ...options }),
    own: (path) => chown(path, user.uid, user.gid),
    description: 'as the user postgres with CAP_DAC_READ_SEARCH',
  };
}

/**
 * That user, with the one capability, and no way to gain another. `no_setuid_fixup` lets access(2), by which
 * the programs look for one another, count it; what root held is gone with the exec that follows.
 */
function passageArguments({ uid, gid }: User): string[] {
  return [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--no-new-privs',
    '--securebits=+no_setuid_fixup,+noroot',
    '--inh-caps=-all,+dac_read_search',
    '--ambient-caps=-all,+dac_read_search',
    '--bounding-set=-all,+dac_read_search',
    '--',
  ];
}

/** Asks the system itself, so that access lists count: the first may be passed, the others read as well. */
const PROBE = [
  '-c',
  '[ -x "$1" ] || exit 1; shift; for folder; do [ -x "$folder" ] && [ -r "$folder" ] || exit 1; done',
  'probe',
];

function reaches(user: User, folders: readonly string[]): boolean {
  return spawnSync('/bin/sh', [...PROBE, ...folders], { ...user, stdio: 'ignore', cwd: '/' }).status === 0;
}

function passageWorks(passage: readonly string[], folders: readonly string[]): boolean {
  const probe = spawnSync('setpriv', [...passage, '/bin/sh', ...PROBE, ...folders], {
    stdio: 'ignore',
    cwd: '/',
  });
  return probe.status === 0;
}

async function postgresUser(): Promise<User> {
  const found = await lookUp();
  if (found !== null) return found;
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/bin/false',
      'postgres',
    ]);
  } catch (cause) {
    throw noUser(cause);
  }
  const created = await lookUp();
  if (created === null) throw noUser(undefined);
  return created;
}

async function lookUp(): Promise<User | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

function noUser(cause: unknown): PosternError {
  return new PosternError(
    'not-configured',
    'PostgreSQL does not run as root, and no user called postgres could be made; create it (useradd ' +
      '--system postgres) or start Postern as an ordinary user.',
    { cause },
  );
}
