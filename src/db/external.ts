/** An external PostgreSQL, reached as its owner; the server's own role is made or asked for. */
import type { Pool } from 'pg';
import { PosternError } from '../base/errors.ts';
import { type Connection, makePool } from './pools.ts';
import { checkOwner, closeDatabase, serverRoleOf } from './roles.ts';
import { derivePassword, ensureServerLogin } from './server-login.ts';

export interface ExternalDatabase {
  readonly ownerConnection: Connection;
  readonly serverConnection: Connection;
  readonly serverRole: string;
}

export interface ExternalOptions {
  /** Throws where no installation is in it, before anything is made. */
  readonly standing?: boolean;
}

/** Checks the database and its owner, and makes sure that the server can log in. */
export async function openExternal(
  databaseUrl: string,
  { standing = false }: ExternalOptions = {},
): Promise<ExternalDatabase> {
  const url = new URL(databaseUrl);
  if (url.password === '') {
    throw new PosternError(
      'not-configured',
      'POSTERN_DATABASE_URL must hold a password: postgres://USER:PASSWORD@HOST/NAME.',
    );
  }
  const serverRole = serverRoleOf(decodeURIComponent(url.pathname.slice(1)));
  const password = derivePassword(decodeURIComponent(url.password), serverRole);
  const ownerConnection = { connectionString: url.href };
  url.username = encodeURIComponent(serverRole);
  url.password = password;
  const serverConnection = { connectionString: url.href };
  const owner = makePool(ownerConnection, { max: 1 });
  try {
    await checkOwner(owner);
    if (standing) await checkStanding(owner, url);
    await ensureServerLogin(owner, serverConnection, serverRole, password);
    await closeDatabase(owner, serverRole);
  } catch (error) {
    throw explainConnection(error, url);
  } finally {
    await owner.end();
  }
  return { ownerConnection, serverConnection, serverRole };
}

async function checkStanding(owner: Pool, { host }: URL): Promise<void> {
  const { rows } = await owner.query<{ found: boolean }>(
    "select to_regclass('postern.practice') is not null as found",
  );
  if (rows[0]?.found === true) return;
  throw new PosternError(
    'not-configured',
    `There is no installation in the database at ${host}. Correct POSTERN_DATABASE_URL; postern serve ` +
      'makes a new one.',
  );
}

/** One sentence for why the database was not reached; it names the host, never user or password. */
function explainConnection(error: unknown, url: URL): unknown {
  if (error instanceof PosternError) return error;
  const reason = reasonOf(error as { code?: string; message?: string });
  if (reason === null) return error;
  return new PosternError('not-configured', `The database at ${url.host} ${reason}.`, { cause: error });
}

function reasonOf({ code, message }: { code?: string; message?: string }): string | null {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return 'does not answer; start it, or correct POSTERN_DATABASE_URL';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'was not found under that name; correct POSTERN_DATABASE_URL';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'cannot be reached from here; check the network';
    case '28P01':
    case '28000':
      return 'refused the user or password of POSTERN_DATABASE_URL';
    case '3D000':
      return 'has no database of the name in POSTERN_DATABASE_URL';
    default:
      return message === 'timeout exceeded when trying to connect' ? 'did not answer in time' : null;
  }
}
