/**
 * Where the embedded PostgreSQL listens. A Unix socket in a folder that only its user may enter, under the
 * data folder or, where that path is too long for a socket, in a private folder of the system's temporary
 * one. Where no socket can be bound at all, a free port of the loopback. Never both, and never beyond this
 * machine; a password is asked for in either case.
 */
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Endpoint {
  /** A folder with a socket, or the loopback's address. */
  readonly host: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Removes what was made for it. */
  remove(): Promise<void>;
}

/** The shortest `sun_path` among the systems we run on, less its terminating zero. */
const LONGEST_SOCKET_PATH = 103;
/** Part of the socket's name only; nothing listens on it. */
const SOCKET_PORT = 5432;

export async function chooseEndpoint(
  dataFolder: string,
  own: (path: string) => Promise<void>,
): Promise<Endpoint> {
  for (const place of [underData, underTemporary]) {
    const folder = await place(dataFolder).catch(() => null);
    if (folder === null) continue;
    if (await canBind(join(folder, 'probe'))) {
      await own(folder);
      return socketEndpoint(folder);
    }
    await rm(folder, { recursive: true, force: true });
  }
  return loopbackEndpoint();
}

/** `null` where the path would be too long. */
async function underData(dataFolder: string): Promise<string | null> {
  const folder = join(dataFolder, 'socket');
  if (socketPath(folder).length > LONGEST_SOCKET_PATH) return null;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

async function underTemporary(): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-'));
  await chmod(folder, 0o700);
  return socketPath(folder).length > LONGEST_SOCKET_PATH ? null : folder;
}

function socketPath(folder: string): string {
  // The lock file beside the socket has the longer name.
  return join(folder, `.s.PGSQL.${SOCKET_PORT}.lock`);
}

function canBind(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(path, () => server.close(() => resolve(true)));
  });
}

function socketEndpoint(folder: string): Endpoint {
  return {
    host: folder,
    port: SOCKET_PORT,
    settings: {
      listen_addresses: '',
      // A list whose entries may be quoted, and must be where a path holds a comma.
      unix_socket_directories: `"${folder.replaceAll('"', '""')}"`,
      unix_socket_permissions: '0700',
      port: String(SOCKET_PORT),
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function loopbackEndpoint(): Promise<Endpoint> {
  const port = await freePort();
  return {
    host: '127.0.0.1',
    port,
    settings: { listen_addresses: '127.0.0.1', unix_socket_directories: '', port: String(port) },
    remove: async () => undefined,
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
