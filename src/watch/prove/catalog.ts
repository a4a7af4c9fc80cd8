/**
 * The walls in the database, as PostgreSQL's own catalog tells them: row security, policies, privileges,
 * functions, triggers, views. `catalog.txt` says how the migrations build them; whatever differs is found.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import { PosternError } from '../../base/errors.ts';
import { checkServerRole } from '../../db/index.ts';
import type { Judge } from './finding.ts';

export const EXPECTED_CATALOG = join(import.meta.dirname, 'catalog.txt');

export interface CatalogParts {
  readonly owner: Pool;
  readonly server: Pool;
  readonly serverRole: string;
}

const MEND =
  'Stop the server; see who changed it and when, and set it back to what src/db/migrations make. ' +
  'Where no migration did it, whoever did has the owner’s password.';

export async function proveCatalog(parts: CatalogParts, judge: Judge): Promise<void> {
  const expected = byName(
    (await readFile(EXPECTED_CATALOG, 'utf8'))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
  const standing = byName(await catalogLines(parts.owner, parts.serverRole));
  for (const [name, line] of expected) {
    const found = standing.get(name);
    const how = found === undefined ? 'is gone' : 'is not as the migrations made it';
    judge.expect('catalog', found === line, name, `The ${kindOf(name)} ${how}.`, MEND);
  }
  for (const name of standing.keys()) {
    if (!expected.has(name))
      judge.fail('catalog', name, `The ${kindOf(name)} was made by no migration.`, MEND);
  }
  await checkServerRole(parts.server).then(
    () => judge.looked('catalog'),
    (error: unknown) => {
      if (!(error instanceof PosternError)) throw error;
      judge.fail('catalog', `role ${parts.serverRole}`, error.message, 'Take those rights from it again.');
    },
  );
}

function byName(lines: readonly string[]): Map<string, string> {
  return new Map(lines.map((line) => [line.split(': ', 1)[0]!, line]));
}

function kindOf(name: string): string {
  return name.split(' ', 1)[0]!;
}

/** One line for each wall, in order: what it is, a colon, and how it stands. */
export async function catalogLines(owner: Pool, serverRole: string): Promise<string[]> {
  const client = await owner.connect();
  let sound = false;
  try {
    await client.query('begin read only');
    // Without a path every name is written whole.
    await client.query("set local search_path = ''");
    const lines: string[] = [];
    for (const text of [TABLES, POLICIES, FUNCTIONS, TRIGGERS, VIEWS, RULES, SCHEMAS]) {
      lines.push(...(await linesOf(client, text, serverRole)));
    }
    await client.query('commit');
    sound = true;
    return lines.sort();
  } finally {
    client.release(!sound);
  }
}

async function linesOf(client: PoolClient, text: string, serverRole: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; how: string; body: string | null }>(text, [serverRole]);
  return rows.map(({ name, how, body }) => {
    const digest = body === null ? '' : ` sha256 ${createHash('sha256').update(body).digest('hex')}`;
    return `${name}: ${`${how}${digest}`.replace(/\s+/g, ' ').trim()}`;
  });
}

/** Names of roles differ between installations. */
const ROLE = `case
    when x.grantee = 0 then 'everybody'
    when x.grantee = to_regrole($1) then 'server'
    else 'another'
  end`;

/** Privileges of all but the owner. */
const granted = (acl: string, owner: string) => `coalesce((
    select string_agg(${ROLE} || ' ' || lower(x.privilege_type), ', ' order by 1)
    from pg_catalog.aclexplode(${acl}) x (grantor, grantee, privilege_type, is_grantable)
    where x.grantee <> ${owner}), 'nothing granted')`;

const TABLES = `
select 'table ' || c.relname as name,
  case c.relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end
    || case when c.relrowsecurity then ', row security' else ', NO row security' end
    || case when c.relforcerowsecurity then ' forced' else ' not forced' end
    || ', owner ' || case when c.relowner = current_user::regrole then 'ours' else 'another' end
    || ', ' || ${granted('c.relacl', 'c.relowner')}
    || coalesce((
      select ', on columns: ' || string_agg(a.attname, ', ' order by a.attname)
      from pg_catalog.pg_attribute a
      where a.attrelid = c.oid and a.attacl is not null), '') as how,
  null as body
from pg_catalog.pg_class c
where c.relnamespace = 'postern'::regnamespace
  and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')`;

const POLICIES = `
select 'policy ' || p.tablename || '.' || p.policyname as name,
  lower(p.permissive) || ' ' || lower(p.cmd) || ' to '
    || (
      select string_agg(
        case r
          when $1 then 'server'
          when current_user then 'owner'
          when 'public' then 'everybody'
          else 'another' end,
        ', ' order by 1)
      from unnest(p.roles::text[]) r)
    || coalesce(' using ' || p.qual, '')
    || coalesce(' check ' || p.with_check, '') as how,
  null as body
from pg_catalog.pg_policies p
where p.schemaname = 'postern'`;

const FUNCTIONS = `
select 'function ' || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')' as name,
  case when p.prosecdef then 'as its owner' else 'as its caller' end
    || ', ' || coalesce(array_to_string(p.proconfig, ' '), 'no settings')
    || ', ' || ${granted("coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))", 'p.proowner')} as how,
  p.prosrc as body
from pg_catalog.pg_proc p
where p.pronamespace = 'postern'::regnamespace
union all
select 'function ' || n.nspname || '.' || p.proname,
  'of another schema, as its owner, open to the server',
  null
from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where p.prosecdef
  and p.pronamespace <> 'postern'::regnamespace
  and pg_catalog.has_schema_privilege($1, n.oid, 'usage')
  and pg_catalog.has_function_privilege($1, p.oid, 'execute')`;

const TRIGGERS = `
select 'trigger ' || c.relname || '.' || t.tgname as name,
  case t.tgenabled when 'O' then 'enabled' else 'NOT enabled' end || ' '
    || pg_catalog.pg_get_triggerdef(t.oid) as how,
  null as body
from pg_catalog.pg_trigger t
  join pg_catalog.pg_class c on c.oid = t.tgrelid
where c.relnamespace = 'postern'::regnamespace
  and not t.tgisinternal
  and $1::text is not null`;

const VIEWS = `
select 'view ' || c.relname as name,
  coalesce(array_to_string(c.reloptions, ' '), 'no options') as how,
  pg_catalog.pg_get_viewdef(c.oid) as body
from pg_catalog.pg_class c
where c.relnamespace = 'postern'::regnamespace
  and c.relkind in ('v', 'm')
  and $1::text is not null`;

const RULES = `
select 'rule ' || c.relname || '.' || r.rulename as name, 'rewrites statements' as how, null as body
from pg_catalog.pg_rewrite r
  join pg_catalog.pg_class c on c.oid = r.ev_class
where c.relnamespace = 'postern'::regnamespace
  and r.rulename <> '_RETURN'
  and $1::text is not null`;

const SCHEMAS = `
select 'schema ' || n.nspname as name, ${granted('n.nspacl', 'n.nspowner')} as how, null as body
from pg_catalog.pg_namespace n
where n.nspname = 'postern'`;
