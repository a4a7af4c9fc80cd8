/**
 * An external PostgreSQL: a second cluster, reached by URL over a port, in which an administrator made the
 * owner as the guide says. Nothing but the URL is known to Postern.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asSuperuser } from './bootstrap.ts';
import { type Database, openDatabase } from './database.ts';
import { type FleetingPlace, startFleeting } from './fleeting.ts';
import { migrate } from './migrate.ts';
import { ownerFault, serverRoleOf } from './roles.ts';
import { derivePassword, scramVerifier } from './server-login.ts';
import { withoutSession } from './transaction.ts';

let folder: string;
let place: FleetingPlace;
let stop: () => Promise<void>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-external-'));
  ({ place, stop } = await startFleeting(join(folder, 'data'), { loopback: true }));
});
afterAll(async () => {
  await stop();
  await rm(folder, { recursive: true, force: true });
});

const administer = (...statements: string[]) =>
  asSuperuser(place, place.passwords, 'postgres', async (client) => {
    for (const statement of statements) await client.query(statement);
  });

/** What an administrator runs once, and the URL he then hands over. */
async function provide(name: string, attributes: string): Promise<string> {
  await administer(
    `create role ${name} login password 'pass word/${name}' ${attributes}`,
    `create database ${name} owner ${name}`,
  );
  return urlOf(name, `pass word/${name}`);
}

const urlOf = (name: string, password: string) =>
  `postgres://${name}:${encodeURIComponent(password)}@127.0.0.1:${place.port}/${name}`;

const open = (databaseUrl: string) => openDatabase({ dataFolder: join(folder, 'unused'), databaseUrl });

async function refusalOf(databaseUrl: string): Promise<string> {
  const error = await open(databaseUrl).then(
    async (database) => {
      await database.close();
      return null;
    },
    (refusal: { code: string; message: string }) => refusal,
  );
  expect(error).toMatchObject({ code: 'not-configured' });
  return error!.message;
}

test('a command makes nothing in an external database that holds no installation', async () => {
  const databaseUrl = await provide('vacant', 'createrole');
  const opening = openDatabase({ dataFolder: join(folder, 'absent'), databaseUrl }, { attach: true });
  await expect(opening).rejects.toThrow(
    `There is no installation in the database at 127.0.0.1:${place.port}.`,
  );
  const made = await asSuperuser(place, place.passwords, 'postgres', (client) =>
    client.query('select from pg_roles where rolname = $1', [serverRoleOf('vacant')]),
  );
  expect(made.rowCount).toBe(0);
  await expect(stat(join(folder, 'absent'))).rejects.toThrow('ENOENT');
});

describe('an external database whose owner may create roles', () => {
  let database: Database;
  let url: string;
  beforeAll(async () => {
    url = await provide('clinic', 'createrole');
    database = await open(url);
  });
  afterAll(() => database.close());

  test('is migrated and served by a role of its own', async () => {
    const { owner, serverRole } = database;
    expect((await migrate(owner, { serverRole })).length).toBeGreaterThan(0);
    expect(database.kind).toBe('external');
    const seen = await withoutSession(database.server, (transaction) =>
      transaction.query('select current_user as role'),
    );
    expect(seen.rows).toEqual([{ role: 'clinic_server' }]);
  });

  test('is opened by several processes at once without one locking the other out', async () => {
    const others = await Promise.all([open(url), open(url)]);
    for (const other of [...others, database]) {
      expect((await other.server.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    }
    await Promise.all(others.map((other) => other.close()));
  });

  test('whose owner changed his password gives the server a new one too', async () => {
    await administer("alter role clinic password 'next'");
    const reopened = await open(urlOf('clinic', 'next'));
    expect((await reopened.server.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await reopened.close();
    await administer("alter role clinic password 'pass word/clinic'");
    await (await open(url)).close();
  });

  test('starts again where its server made large objects, and removes them', async () => {
    await database.server.query('select lo_create(0) from generate_series(1, 1500)');
    await (await open(url)).close();
    const { rows } = await database.server.query('select from pg_largeobject_metadata');
    expect(rows).toEqual([]);
  });

  test('gives its server no right that the row policies do not expect', async () => {
    const { server } = database;
    const forbidden = [
      'create table postern.mine (x integer)',
      'create table public.mine (x integer)',
      'create temporary table mine (x integer)',
      'create schema mine',
      'create role mine',
      'create database mine',
      'set role clinic',
      'set session authorization clinic',
      'alter role clinic_server bypassrls',
      'select number from postern.migration',
      'alter table postern.migration disable row level security',
    ];
    for (const statement of forbidden) {
      await expect(server.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    }
  });

  test.each([
    ['is a superuser', 'alter role clinic_server superuser', 'alter role clinic_server nosuperuser'],
    ['bypasses row security', 'alter role clinic_server bypassrls', 'alter role clinic_server nobypassrls'],
    [
      'is a member of another role',
      'grant pg_read_all_data to clinic_server',
      'revoke pg_read_all_data from clinic_server',
    ],
    [
      'may create objects',
      'grant create on database clinic to clinic_server',
      'revoke create on database clinic from clinic_server',
    ],
    ['owns 1 objects', 'create database theirs owner clinic_server', 'drop database theirs'],
  ])('is not served when the role of the server %s', async (fault, loosen, tighten) => {
    await administer(loosen);
    expect(await refusalOf(url)).toContain(`clinic_server ${fault}, and must not`);
    await administer(tighten);
    await (await open(url)).close();
  });
});

describe('an external database whose owner may not create roles', () => {
  test('is refused with the one statement that an administrator must run, and opens after it', async () => {
    const url = await provide('plain', 'nocreaterole');
    const refusal = await refusalOf(url);
    const statement = /run once: (create role .*);$/.exec(refusal)![1]!;
    expect(statement).toContain('"plain_server" login nosuperuser');
    expect(statement).toContain("password 'SCRAM-SHA-256$4096:");
    await administer(statement);
    const database = await open(url);
    await migrate(database.owner, { serverRole: database.serverRole });
    await database.close();
  });
});

describe('an external database is refused', () => {
  test('when its owner is a superuser, or does not own it', async () => {
    const url = await provide('loose', 'superuser');
    expect(await refusalOf(url)).toMatch(/loose .* is a superuser or bypasses row security/);
    await administer(
      'alter role loose nosuperuser',
      'create role other',
      'alter database loose owner to other',
    );
    expect(await refusalOf(url)).toContain('alter database "loose" owner to "loose"');
  });

  test('when it is older than PostgreSQL 16', () => {
    const sound = { version: 160_000, role: 'a', database: 'b', unbound: false, owns: true };
    expect(ownerFault(sound)).toBe(null);
    expect(ownerFault({ ...sound, version: 150_013 })).toBe(
      'The database runs PostgreSQL 15; Postern needs 16 or newer.',
    );
  });

  test('when it cannot be reached, in a sentence without user and password', async () => {
    const wrong = [
      [urlOf('clinic', 'guess-secret'), 'refused the user or password'],
      [urlOf('clinic', 'pass word/clinic').replace(/clinic$/, 'nowhere'), 'has no database of the name'],
      ['postgres://clinic:guess-secret@127.0.0.1:9/clinic', 'does not answer'],
      ['postgres://clinic:guess-secret@no-host.invalid/clinic', 'was not found under that name'],
      ['postgres://clinic@127.0.0.1/clinic', 'must hold a password'],
    ] as const;
    for (const [url, reason] of wrong) {
      const refusal = await refusalOf(url);
      expect(refusal).toContain(reason);
      expect(refusal).not.toContain('guess-secret');
    }
  });
});

describe('the password of the server', () => {
  test('follows from the owner’s and the role’s name, and is neither of them', () => {
    const one = derivePassword('secret', 'a_server');
    expect(derivePassword('secret', 'a_server')).toBe(one);
    expect(derivePassword('secret', 'b_server')).not.toBe(one);
    expect(derivePassword('other', 'a_server')).not.toBe(one);
    expect(one).toMatch(/^[A-Za-z0-9_-]{32}$/);
  });

  test('is told to PostgreSQL as the verifier that PostgreSQL itself would store', async () => {
    const stored = async (client: pg.Client) => {
      await client.query("create role verified password 'correct horse'");
      const found = await client.query<{ rolpassword: string }>(
        "select rolpassword from pg_authid where rolname = 'verified'",
      );
      return found.rows[0]!.rolpassword;
    };
    const verifier = await asSuperuser(place, place.passwords, 'postgres', stored);
    const salt = Buffer.from(/:(.*?)\$/.exec(verifier)![1]!, 'base64');
    expect(scramVerifier('correct horse', salt)).toBe(verifier);
  });

  test('belongs to a role whose name PostgreSQL does not cut', () => {
    expect(serverRoleOf('postern')).toBe('postern_server');
    expect(serverRoleOf('d'.repeat(63))).toHaveLength(63);
  });
});
