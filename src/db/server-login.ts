/**
 * How the server's role logs in to an external database.
 *
 * Its password is derived from the owner's, so that several processes that share a POSTERN_DATABASE_URL agree
 * without storing anything, and a new owner password brings a new server password at the next start. Whoever
 * holds the owner's password could set the server's anyway. PostgreSQL is only ever told the verifier (RFC
 * 5803 as PostgreSQL stores it), so no statement, log or error holds a password.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes, scryptSync } from 'node:crypto';
import pg from 'pg';
import { PosternError } from '../base/errors.ts';
import { type Connection, connectionSettings } from './pools.ts';
import { quoteName, quoteText, SERVER_ATTRIBUTES } from './roles.ts';

const ITERATIONS = 4096;

/** The server's password that belongs to the owner's. */
export function derivePassword(ownerPassword: string, serverRole: string): string {
  return scryptSync(ownerPassword, `postern server role ${serverRole}`, 24).toString('base64url');
}

/** `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`. The password must be plain ASCII. */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const keyed = (label: string) => createHmac('sha256', salted).update(label).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64');
  const server = keyed('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${server}`;
}

/**
 * Makes sure that the server can log in: tries it, and where it cannot, lets the owner make the role or set
 * its password. Throws `not-configured` with the statement an administrator must run where the owner may not.
 */
export async function ensureServerLogin(
  owner: pg.Pool,
  connection: Connection,
  role: string,
  password: string,
): Promise<void> {
  if (await canLogIn(connection)) return;
  const exists = await owner.query('select from pg_roles where rolname = $1', [role]);
  const verb = exists.rows.length === 0 ? 'create' : 'alter';
  const statement =
    `${verb} role ${quoteName(role)} ${SERVER_ATTRIBUTES} ` +
    `password ${quoteText(scramVerifier(password))}`;
  try {
    await owner.query(verb === 'create' ? statement : passwordOnly(role, password));
  } catch (error) {
    const code = (error as { code?: string }).code;
    // Another process made it meanwhile, with the same password.
    if (code === '42710' || code === '23505' || code === 'XX000') return;
    if (code !== '42501') throw error;
    throw new PosternError(
      'not-configured',
      `The server needs a role of its own and the owner may not ${verb} one; let an administrator run ` +
        `once: ${statement};`,
    );
  }
}

/** An owner with CREATEROLE may not name every attribute of a role it did not make. */
function passwordOnly(role: string, password: string): string {
  return `alter role ${quoteName(role)} login password ${quoteText(scramVerifier(password))}`;
}

async function canLogIn(connection: Connection): Promise<boolean> {
  const client = new pg.Client(connectionSettings(connection, 10_000));
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code;
    // Wrong password, no such role, no way in for that role, not let into this database.
    if (code === '28P01' || code === '28000' || code === '42501' || code === '3D000') return code === '42501';
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
