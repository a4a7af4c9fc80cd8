/**
 * What PostgreSQL's own catalog says of the walls, for every table there is: one that is added without them
 * fails here. What the server role may do is printed to server-role.txt, which is checked in, so that a
 * change of privileges is seen in review; `UPDATE=1` prints it anew.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

const FILE = new URL('server-role.txt', import.meta.url);

const HEAD = `What the server role may do in the database: nothing else is granted to it or to PUBLIC.

Printed from PostgreSQL's catalog by test/authz/catalog.test.ts (UPDATE=1 prints it anew). Rows are those
that a table's policies let through; "in its practice" marks a restrictive boundary around the practice.

`;

/** Tables whose rows the server role never changes or removes, whatever a policy says. */
const APPEND_ONLY = ['access_line', 'access_leaf', 'access_line_chart', 'checkpoint', 'incident', 'shred'];

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

async function ask<Row extends object>(query: string, values: unknown[] = []): Promise<Row[]> {
  const { rows } = await database.owner.query<Row>(query, values);
  return rows;
}

interface Table {
  name: string;
  kind: 'table' | 'view' | 'sequence' | 'foreign table';
  row_security: boolean;
  forced: boolean;
  has_practice: boolean;
  security_invoker: boolean;
  privileges: string[];
  /** Privileges on single columns beyond those on the whole. */
  column_privileges: boolean;
  maintains: boolean;
}

function tables(): Promise<Table[]> {
  return ask<Table>(
    `select
       c.relname as name,
       case c.relkind when 'v' then 'view' when 'm' then 'view' when 'S' then 'sequence'
         when 'f' then 'foreign table' else 'table' end as kind,
       c.relrowsecurity as row_security,
       c.relforcerowsecurity as forced,
       exists (
         select from pg_attribute a
         where a.attrelid = c.oid and a.attname = 'practice_id' and not a.attisdropped) as has_practice,
       coalesce('security_invoker=true' = any (c.reloptions), false) as security_invoker,
       array(
         select p.privilege
         from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'])
           with ordinality p (privilege, place)
         where case c.relkind
           when 'S' then has_sequence_privilege($1, c.oid, 'usage, select, update') and p.privilege = 'select'
           else has_table_privilege($1, c.oid, p.privilege) end
         order by p.place) as privileges,
       exists (
         select from pg_attribute a
         where a.attrelid = c.oid and a.attacl is not null) as column_privileges,
       exists (
         select from aclexplode(c.relacl) x
         where x.grantee in (0, to_regrole($1))
           and x.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
       ) as maintains
     from pg_class c
     where c.relnamespace = 'postern'::regnamespace
       and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
     order by c.relname`,
    [database.serverRole],
  );
}

interface Policy {
  table: string;
  name: string;
  permissive: boolean;
  command: string;
  roles: string[];
  using: string | null;
  check: string | null;
}

function policies(): Promise<Policy[]> {
  return ask<Policy>(
    `select p.tablename as table, p.policyname as name, p.permissive = 'PERMISSIVE' as permissive,
       lower(p.cmd) as command, p.roles::text[] as roles, p.qual as using, p.with_check as check
     from pg_policies p
     where p.schemaname = 'postern'
     order by p.tablename, p.policyname`,
  );
}

interface Routine {
  signature: string;
  definer: boolean;
  search_path: string | null;
  to_server: boolean;
  to_public: boolean;
}

function routines(): Promise<Routine[]> {
  return ask<Routine>(
    `select
       p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as signature,
       p.prosecdef as definer,
       (select s from unnest(p.proconfig) s where s like 'search_path=%') as search_path,
       has_function_privilege($1, p.oid, 'execute') as to_server,
       exists (
         select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x where x.grantee = 0
       ) as to_public
     from pg_proc p
     where p.pronamespace = 'postern'::regnamespace
     order by 1`,
    [database.serverRole],
  );
}

const isBoundary = ({ permissive, command, using, check }: Policy) =>
  !permissive &&
  command === 'all' &&
  using === check &&
  /^\(practice_id = \( SELECT (postern\.)?reach_practice\(\) AS reach_practice\)\)$/.test(using ?? '');

describe('every table', () => {
  test('has row security, forced upon its owner too, and a policy', async () => {
    const standing = await policies();
    const found = (await tables()).filter(({ kind }) => kind === 'table');
    expect(found.length).toBeGreaterThan(20);
    for (const { name, row_security, forced } of found) {
      const its = standing.filter(({ table }) => table === name).length;
      expect({ name, row_security, forced, policies: its > 0 }).toEqual({
        name,
        row_security: true,
        forced: true,
        policies: true,
      });
    }
  });

  test('that the server role reaches is cut off at the practice, by a restrictive policy', async () => {
    const standing = await policies();
    const reached = (await tables()).filter(
      ({ kind, privileges }) => kind === 'table' && privileges.length > 0,
    );
    expect(reached.length).toBeGreaterThan(10);
    for (const { name, has_practice } of reached) {
      const boundary = standing.filter((policy) => policy.table === name && isBoundary(policy));
      expect({ name, has_practice, boundaries: boundary.length }).toEqual({
        name,
        has_practice: true,
        boundaries: 1,
      });
      expect(boundary[0]?.roles, name).toEqual([database.serverRole]);
    }
  });

  test('has policies for named roles alone, none of which is for everybody', async () => {
    for (const { table, name, roles } of await policies()) {
      const owner = database.ownerConnection.user;
      const expected = name === 'owner_only' || name === 'migrations' ? [owner] : [database.serverRole];
      expect(roles, `${name} on ${table}`).toEqual(expected);
    }
  });

  test('is written only through policies that check what is written', async () => {
    const writing = (await policies()).filter(
      ({ command, roles }) =>
        roles.includes(database.serverRole) && ['all', 'insert', 'update'].includes(command),
    );
    expect(writing.length).toBeGreaterThan(10);
    for (const { table, name, check } of writing) {
      expect(check, `${name} on ${table}`).not.toBeNull();
      expect(check, `${name} on ${table}`).not.toBe('true');
    }
  });

  test('lets the server role see rows by a policy that asks about the session', async () => {
    const seeing = (await policies()).filter(({ roles }) => roles.includes(database.serverRole));
    for (const { table, name, using, check } of seeing) {
      for (const rule of [using, check]) {
        if (rule !== null)
          expect(rule, `${name} on ${table}`).toMatch(
            /reach_keys\(\)|reach_practice\(\)|narrowed_types\(\)| FROM postern/,
          );
      }
    }
  });
});

describe('the server role', () => {
  test('may do what server-role.txt says, and nothing else', async () => {
    const printed = await printServerRole();
    if (process.env.UPDATE === '1') await writeFile(FILE, printed);
    expect(await readFile(FILE, 'utf8')).toBe(printed);
  });

  test('cannot change, remove or empty the access log', async () => {
    for (const table of APPEND_ONLY) {
      for (const statement of [
        `update postern.${table} set practice_id = practice_id`,
        `delete from postern.${table}`,
        `truncate postern.${table}`,
        `drop table postern.${table}`,
        `alter table postern.${table} disable row level security`,
        `drop policy practice_boundary on postern.${table}`,
      ]) {
        await expect(database.server.query(statement), statement).rejects.toMatchObject({ code: '42501' });
      }
    }
  });

  test('makes no large object, the one kind that PostgreSQL lets every role make', async () => {
    for (const maker of ['lo_create(0)', 'lo_creat(-1)', "lo_from_bytea(0, '')", "lo_import('/etc/hosts')"]) {
      const made = database.server.query(`select ${maker}`);
      await expect(made, maker).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('truncates, references or triggers nothing, and holds no privilege on single columns', async () => {
    for (const { name, column_privileges, maintains } of await tables()) {
      expect({ name, column_privileges, maintains }).toEqual({
        name,
        column_privileges: false,
        maintains: false,
      });
    }
  });

  test('owns nothing, is a member of nothing, and has no attribute beyond logging in', async () => {
    const [role] = await ask(
      `select r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolreplication, r.rolinherit,
         r.rolcanlogin,
         (select count(*)::integer from pg_auth_members m where m.member = r.oid) as memberships,
         (select count(*)::integer from pg_shdepend d
          where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.deptype = 'o') as owned
       from pg_roles r
       where r.rolname = $1`,
      [database.serverRole],
    );
    expect(role).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      rolinherit: false,
      rolcanlogin: true,
      memberships: 0,
      owned: 0,
    });
  });

  test.each([
    'create table postern.mine (a integer)',
    'create table public.mine (a integer)',
    'create temporary table mine (a integer)',
    'create schema mine',
    'create function postern.mine() returns integer language sql as $$ select 1 $$',
    'create role mine',
    'create database mine',
    'create extension pgcrypto',
    'create publication mine for all tables',
    'set session_replication_role = replica',
    "copy (select 1) to program 'true'",
    "select pg_read_file('postgresql.conf')",
    'comment on table postern.resource is null',
    'create policy mine on postern.resource using (true)',
  ])('cannot say: %s', async (statement) => {
    await expect(database.server.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  test('cannot become the owner', async () => {
    const statement = `set role ${database.ownerConnection.user}`;
    await expect(database.server.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  test('passes nothing on that it was given', async () => {
    // PostgreSQL only warns; that nothing came of it is what the lists above say.
    const before = await tables();
    await database.server.query('grant select on postern.resource to public').catch(() => undefined);
    expect(await tables()).toEqual(before);
    const leaked = await ask(
      "select from pg_class c, aclexplode(c.relacl) x where c.relname = 'resource' and x.grantee = 0",
    );
    expect(leaked).toEqual([]);
  });

  test('is not let past row security by turning it off', async () => {
    const client = await database.server.connect();
    try {
      await client.query('set row_security = off');
      await expect(client.query('select from postern.resource')).rejects.toMatchObject({ code: '42501' });
    } finally {
      client.release(true);
    }
  });
});

describe('every function', () => {
  test('that runs as its owner looks names up in our schema, and last in the temporary one', async () => {
    const definers = (await routines()).filter(({ definer }) => definer);
    expect(definers.length).toBeGreaterThan(20);
    for (const { signature, search_path } of definers) {
      expect(search_path, signature).toBe('search_path=postern, pg_temp');
    }
  });

  test('is executable by nobody to whom it was not given', async () => {
    for (const { signature, to_public } of await routines()) expect(to_public, signature).toBe(false);
  });

  test('of another schema that runs as its owner is there for nobody', async () => {
    const others = await ask(
      `select p.oid::regprocedure::text as signature
       from pg_proc p
       where p.prosecdef
         and p.pronamespace <> 'postern'::regnamespace
         and has_function_privilege($1, p.oid, 'execute')`,
      [database.serverRole],
    );
    expect(others).toEqual([]);
  });
});

test('every view goes by the row policies of whoever asks', async () => {
  const views = (await tables()).filter(({ kind }) => kind === 'view');
  expect(views.length).toBeGreaterThan(0);
  for (const { name, security_invoker } of views) expect(security_invoker, name).toBe(true);
});

test('nothing of ours is given to everybody', async () => {
  const leaked = await ask(
    `select 'schema ' || n.nspname as what, x.privilege_type
     from pg_namespace n, aclexplode(n.nspacl) x
     where n.nspname in ('postern', 'public') and x.grantee = 0
     union all
     select 'table ' || c.relname, x.privilege_type
     from pg_class c, aclexplode(c.relacl) x
     where c.relnamespace = 'postern'::regnamespace and x.grantee = 0
     union all
     select 'database', x.privilege_type
     from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
     where d.datname = current_database() and x.grantee = 0
     union all
     select 'default', x.privilege_type
     from pg_default_acl a, aclexplode(a.defaclacl) x
     where x.grantee in (0, to_regrole($1))`,
    [database.serverRole],
  );
  expect(leaked).toEqual([]);
});

async function printServerRole(): Promise<string> {
  const standing = await policies();
  const lines = ['Tables and views'];
  for (const { name, kind, privileges } of await tables()) {
    const bounded = standing.some((policy) => policy.table === name && isBoundary(policy));
    const where =
      kind === 'view' ? ' (a view: by the policies of its table)' : bounded ? ' in its practice' : '';
    lines.push(`  ${name.padEnd(22)}${privileges.length === 0 ? '-' : `${privileges.join(', ')}${where}`}`);
  }
  lines.push('', 'Functions that run as the owner');
  const all = await routines();
  for (const { signature } of all.filter((one) => one.definer && one.to_server)) lines.push(`  ${signature}`);
  lines.push('', 'Functions that run as the server role itself');
  for (const { signature } of all.filter((one) => !one.definer && one.to_server))
    lines.push(`  ${signature}`);
  lines.push('', 'Functions that it may not call');
  for (const { signature } of all.filter((one) => !one.to_server)) lines.push(`  ${signature}`);
  return `${HEAD}${lines.join('\n')}\n`;
}
