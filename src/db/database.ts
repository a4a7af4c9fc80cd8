/**
 * Opening the database: the embedded PostgreSQL, or an external one by `POSTERN_DATABASE_URL`. What comes
 * back is the same for both, down to the rights of the two roles, so nothing else asks which one it is.
 */
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Configuration } from '../base/configuration.ts';
import { PosternError } from '../base/errors.ts';
import { bootstrap, EMBEDDED_DATABASE, OWNER_ROLE } from './bootstrap.ts';
import { embeddedPasswords, type Passwords, prepareFolder, writePrivateFile } from './data-folder.ts';
import { type EmbeddedCluster, startEmbedded } from './embedded.ts';
import { openExternal } from './external.ts';
import { takeLock } from './lock.ts';
import { type Connection, makePool } from './pools.ts';
import { checkServerRole, serverRoleOf } from './roles.ts';

export interface Database {
  /** Two connections as the role that owns and migrates; no request is ever answered through it. */
  readonly owner: pg.Pool;
  /** Connections as the role the server runs as: row policies bind it and it owns nothing. */
  readonly server: pg.Pool;
  readonly serverRole: string;
  /** For a connection of one's own, such as one that listens. */
  readonly ownerConnection: Connection;
  readonly serverConnection: Connection;
  readonly kind: 'embedded' | 'external';
  /**
   * Settles when an embedded PostgreSQL that this process started has ended, be it by `close`; never for any
   * other.
   */
  readonly ended: Promise<void>;
  /** Closes the pools and stops what was started. Repeatable. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /**
   * Uses the embedded PostgreSQL that a running server started, where there is one, instead of starting it;
   * for commands beside a server. Where none runs, one is started for the command. Nothing is made anew:
   * `openDatabase` throws where no installation is there.
   */
  readonly attach?: boolean;
  /** Connections of the server's pool; 16 when not given. */
  readonly poolSize?: number;
  /** Told what was changed about the data folder. */
  readonly say?: (remark: string) => void;
  /** Settings that replace Postern's own for an embedded PostgreSQL; for tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** How long connections may take to be given back when all is closed. */
const CLOSE_MS = 3000;
const OWNER_CONNECTIONS = 2;
const SERVER_CONNECTIONS = 16;

/**
 * Opens the database; `migrate` comes next. Throws `not-configured` or `conflict` with one sentence and its
 * mend: folder not writable, disk full, data of another PostgreSQL, another server on the same data, an owner
 * or a server role with rights it must not have.
 */
export async function openDatabase(
  configuration: Pick<Configuration, 'dataFolder' | 'databaseUrl'>,
  options: OpenOptions = {},
): Promise<Database> {
  if (configuration.databaseUrl !== null) {
    // Logs and checkpoints lie in it all the same.
    if (options.attach !== true) await prepareFolder(configuration.dataFolder, options.say);
    const external = await openExternal(configuration.databaseUrl, { standing: options.attach === true });
    return finish({ ...external, kind: 'external', stop: async () => undefined }, options);
  }
  const running = options.attach === true ? await findRunning(configuration.dataFolder) : null;
  if (running !== null) return finish({ ...running, stop: async () => undefined }, options);
  if (options.attach === true) await checkStanding(configuration.dataFolder);
  return openEmbedded(configuration.dataFolder, options);
}

interface Opened {
  readonly kind: 'embedded' | 'external';
  readonly ownerConnection: Connection;
  readonly serverConnection: Connection;
  readonly serverRole: string;
  readonly ended?: Promise<void>;
  stop(): Promise<void>;
}

async function finish(opened: Opened, options: OpenOptions): Promise<Database> {
  const { stop, ended, ...rest } = opened;
  const owner = makePool(opened.ownerConnection, { max: OWNER_CONNECTIONS, statementTimeoutMs: 0 });
  const server = makePool(opened.serverConnection, { max: options.poolSize ?? SERVER_CONNECTIONS });
  let closing: Promise<void> | null = null;
  const closeAll = async () => {
    // Whoever still holds a connection then loses it.
    await Promise.race([
      Promise.allSettled([owner.end(), server.end()]),
      delay(CLOSE_MS, null, { ref: false }),
    ]);
    await stop();
  };
  const close = () => {
    closing ??= closeAll();
    return closing;
  };
  try {
    await checkServerRole(server);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...rest, owner, server, ended: ended ?? new Promise(() => undefined), close };
}

async function openEmbedded(dataFolder: string, options: OpenOptions): Promise<Database> {
  await prepareFolder(dataFolder, options.say);
  const lock = await takeLock(join(dataFolder, 'postern.lock'));
  const connectionPath = join(dataFolder, 'postgres-connection.json');
  let starting: Promise<EmbeddedCluster> | null = null;
  const stop = async () => {
    await rm(connectionPath, { force: true });
    const started = await starting?.catch(() => null);
    await started?.stop();
    await lock.release();
    stops.delete(stop);
  };
  stops.add(stop);
  try {
    const passwords = await embeddedPasswords(dataFolder);
    starting = startEmbedded({ dataFolder, passwords, settings: options.settings ?? {} });
    const cluster = await starting;
    await bootstrap(cluster, passwords);
    const { host, port, pid } = cluster;
    await writePrivateFile(connectionPath, `${JSON.stringify({ host, port, pid })}\n`);
    return await finish({ ...connections({ host, port }, passwords), ended: cluster.ended, stop }, options);
  } catch (error) {
    await stop();
    throw error;
  }
}

const stops = new Set<() => Promise<void>>();

/** Stops every PostgreSQL that this process started; for a process that must end before its work has. */
export async function stopEmbedded(): Promise<void> {
  await Promise.allSettled([...stops].map((stop) => stop()));
}

/** Throws `not-configured` where no server has ever made an installation. */
async function checkStanding(dataFolder: string): Promise<void> {
  try {
    await stat(join(dataFolder, 'postgres', 'PG_VERSION'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw ofAnother(dataFolder, error);
    throw new PosternError(
      'not-configured',
      `There is no installation in ${dataFolder}. Set POSTERN_DATA to where yours is, or run this in ` +
        'the folder of its .env; npm start (with the demo) and postern serve make a new one.',
      { cause: error },
    );
  }
}

function ofAnother(dataFolder: string, cause: unknown): PosternError {
  return new PosternError(
    'not-configured',
    `${dataFolder} belongs to another user; run this as the user who runs the server.`,
    { cause },
  );
}

function connections(place: { host: string; port: number }, passwords: Passwords) {
  const serverRole = serverRoleOf(EMBEDDED_DATABASE);
  const { host, port } = place;
  return {
    kind: 'embedded' as const,
    serverRole,
    ownerConnection: { host, port, database: EMBEDDED_DATABASE, user: OWNER_ROLE, password: passwords.owner },
    serverConnection: {
      host,
      port,
      database: EMBEDDED_DATABASE,
      user: serverRole,
      password: passwords.server,
    },
  };
}

/** The embedded PostgreSQL of a server that runs on this data folder, or `null` where none answers. */
async function findRunning(dataFolder: string): Promise<Omit<Opened, 'stop'> | null> {
  const text = await readFile(join(dataFolder, 'postgres-connection.json'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      throw ofAnother(dataFolder, error);
    },
  );
  if (text === null) return null;
  const place = JSON.parse(text) as { host: string; port: number };
  const found = connections(place, await embeddedPasswords(dataFolder));
  const probe = new pg.Client({ ...found.ownerConnection, connectionTimeoutMillis: 5000 });
  probe.on('error', () => undefined);
  try {
    await probe.connect();
    return found;
  } catch {
    // What a killed server left behind; opening it starts with the lock.
    return null;
  } finally {
    await probe.end().catch(() => undefined);
  }
}
