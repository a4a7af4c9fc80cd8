/**
 * The roles and the database of the embedded cluster, made by its superuser at each start: repeatable, so a
 * first start that was cut off is completed by the next. Afterwards nothing connects as the superuser.
 */
import pg from 'pg';
import type { Passwords } from './data-folder.ts';
import { SUPERUSER } from './embedded.ts';
import { type Connection, connectionSettings } from './pools.ts';
import { closeDatabase, quoteName, quoteText, SERVER_ATTRIBUTES, serverRoleOf } from './roles.ts';
import { scramVerifier } from './server-login.ts';

export const EMBEDDED_DATABASE = 'postern';
export const OWNER_ROLE = 'postern_owner';

const OWNER_ATTRIBUTES = 'login nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls';

interface Place {
  readonly host: string;
  readonly port: number;
}

/** Makes roles and database where they are missing. */
export async function bootstrap(place: Place, passwords: Passwords): Promise<void> {
  await asSuperuser(place, passwords, 'postgres', async (client) => {
    await ensureRole(client, OWNER_ROLE, OWNER_ATTRIBUTES, passwords.owner);
    await ensureRole(client, serverRoleOf(EMBEDDED_DATABASE), SERVER_ATTRIBUTES, passwords.server);
    const found = await client.query('select from pg_database where datname = $1', [EMBEDDED_DATABASE]);
    if (found.rows.length === 0) {
      await client.query(`create database ${quoteName(EMBEDDED_DATABASE)} owner ${quoteName(OWNER_ROLE)}`);
    }
    await client.query('revoke all on database postgres, template1 from public');
  });
  await asSuperuser(place, passwords, EMBEDDED_DATABASE, async (client) => {
    await closeDatabase(client, serverRoleOf(EMBEDDED_DATABASE));
    await closeLargeObjects(client);
  });
}

/** Runs the work on one connection of the superuser. */
export async function asSuperuser<T>(
  place: Place,
  passwords: Pick<Passwords, 'superuser'>,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { host, port } = place;
  const connection: Connection = { host, port, database, user: SUPERUSER, password: passwords.superuser };
  const client = new pg.Client(connectionSettings(connection, 60_000));
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function ensureRole(
  client: pg.Client,
  role: string,
  attributes: string,
  password: string,
): Promise<void> {
  const found = await client.query('select from pg_roles where rolname = $1', [role]);
  if (found.rows.length > 0) return;
  const verifier = quoteText(scramVerifier(password));
  await client.query(`create role ${quoteName(role)} ${attributes} password ${verifier}`);
}

/** Large objects are the one kind of object that every role may create, beside all rights on schemas. */
async function closeLargeObjects(client: pg.Client): Promise<void> {
  await client.query(`
    do $$
    declare
      maker regprocedure;
    begin
      for maker in
        select p.oid
        from pg_proc p
        where p.pronamespace = 'pg_catalog'::regnamespace
          and p.proname in ('lo_create', 'lo_creat', 'lo_from_bytea')
          and has_function_privilege('postern_server', p.oid, 'execute')
      loop
        execute format('revoke execute on function %s from public', maker);
      end loop;
    end
    $$`);
}
