/**
 * The two roles of a database. The owner migrates and owns; the server logs in as a role that owns nothing,
 * is a member of nothing, and may neither bypass row security nor create objects. What is asserted here is
 * asserted at every start, whoever made the role.
 */
import type pg from 'pg';
import { PosternError } from '../base/errors.ts';

type Queryable = Pick<pg.Pool, 'query'>;

/** The oldest PostgreSQL that Postern runs on. */
const LEAST_MAJOR_VERSION = 16;
const LONGEST_NAME = 63;
/** Any number, as long as nothing else in the database waits for the same one. */
const CLOSING_LOCK = 7_067_837_015;

/** The name of the server's role in the database of that name. */
export function serverRoleOf(database: string): string {
  return `${database.slice(0, LONGEST_NAME - '_server'.length)}_server`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  if (text.includes('\\') || text.includes('\0')) throw new Error('Broken invariant: text needs no escapes');
  return `'${text.replaceAll("'", "''")}'`;
}

/** Attributes of the server's role, as `create role` and `alter role` say them. */
export const SERVER_ATTRIBUTES =
  'login nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls';

/**
 * Takes from everybody what PostgreSQL gives everybody in a new database, and lets the server's role in.
 * Repeatable; the caller owns the database.
 */
export async function closeDatabase(owner: Queryable, serverRole: string): Promise<void> {
  const found = await owner.query<{ name: string }>('select current_database() as name');
  const database = quoteName(found.rows[0]!.name);
  // One transaction under a lock: processes that start together would trip over one another's grants.
  await owner.query(`
    select pg_advisory_xact_lock(${CLOSING_LOCK});
    revoke all on database ${database} from public;
    grant connect on database ${database} to ${quoteName(serverRole)};
    do $$
    begin
      revoke all on schema public from public;
    exception
      -- Where the schema is gone, or another role's, it is not ours to close.
      when insufficient_privilege or invalid_schema_name then null;
    end
    $$`);
}

export interface OwnerStanding {
  /** As `server_version_num` says it. */
  readonly version: number;
  readonly role: string;
  readonly database: string;
  /** A superuser, or one who bypasses row security. */
  readonly unbound: boolean;
  readonly owns: boolean;
}

/** Refuses an owner that row policies do not bind, that owns too little, or a PostgreSQL too old. */
export async function checkOwner(owner: Queryable): Promise<void> {
  const answer = await owner.query<OwnerStanding>(`
    select current_setting('server_version_num')::integer as version,
      current_user as role,
      current_database() as database,
      r.rolsuper or r.rolbypassrls as unbound,
      d.datdba = r.oid as owns
    from pg_roles r, pg_database d
    where r.rolname = current_user
      and d.datname = current_database()`);
  const fault = ownerFault(answer.rows[0]!);
  if (fault !== null) throw new PosternError('not-configured', fault);
}

/** What is wrong with the owner, with its mend, or `null`. */
export function ownerFault({ version, role, database, unbound, owns }: OwnerStanding): string | null {
  const major = Math.floor(version / 10_000);
  if (major < LEAST_MAJOR_VERSION) {
    return `The database runs PostgreSQL ${major}; Postern needs ${LEAST_MAJOR_VERSION} or newer.`;
  }
  if (unbound) {
    return (
      `The role ${role} of POSTERN_DATABASE_URL is a superuser or bypasses row security; use an ordinary ` +
      `role that owns the database: create role postern login password '...'; ` +
      `alter database ${quoteName(database)} owner to postern;`
    );
  }
  if (owns) return null;
  return (
    `The role ${role} of POSTERN_DATABASE_URL must own its database; let an administrator run: ` +
    `alter database ${quoteName(database)} owner to ${quoteName(role)};`
  );
}

interface Standing {
  readonly role: string;
  readonly attribute: string | null;
  readonly owned: number;
  readonly memberships: number;
  readonly creates: boolean;
}

const STANDING = `
  select r.rolname as role,
    case
      when r.rolsuper then 'is a superuser'
      when r.rolbypassrls then 'bypasses row security'
      when r.rolcreaterole then 'may create roles'
      when r.rolcreatedb then 'may create databases'
      when r.rolreplication then 'may replicate'
    end as attribute,
    (select count(*)::integer
      from pg_shdepend d
      where d.refclassid = 'pg_authid'::regclass
        and d.refobjid = r.oid
        and d.classid <> 'pg_largeobject'::regclass
        and d.deptype = 'o') as owned,
    (select count(*)::integer
      from pg_auth_members m
      where m.member = r.oid) as memberships,
    has_database_privilege(current_database(), 'create')
      or has_database_privilege(current_database(), 'temporary')
      or exists (
        select
        from pg_namespace n
        where has_schema_privilege(n.oid, 'create')) as creates
  from pg_roles r
  where r.rolname = current_user`;

/** Asserts, through the server's own pool, that its role is as harmless as the row policies assume. */
export async function checkServerRole(server: Queryable): Promise<void> {
  await removeLargeObjects(server);
  const answer = await server.query<Standing>(STANDING);
  const fault = faultOf(answer.rows[0]!);
  if (fault === null) return;
  throw new PosternError(
    'not-configured',
    `Postern refuses to serve: its database role ${answer.rows[0]!.role} ${fault}, and must not.`,
  );
}

/** As many as PostgreSQL can lock in one transaction, with its own settings, and to spare. */
const LARGE_OBJECTS_AT_ONCE = 1000;

/**
 * Removes what the role made of the one kind of object that every role may make. In an external database its
 * owner cannot take that right away, and whoever once got to use it would keep the server from starting.
 */
async function removeLargeObjects(server: Queryable): Promise<void> {
  for (let removed = LARGE_OBJECTS_AT_ONCE; removed === LARGE_OBJECTS_AT_ONCE; ) {
    const { rowCount } = await server.query(`
      select lo_unlink(o.oid)
      from (
          select m.oid
          from pg_largeobject_metadata m, pg_roles r
          where r.oid = m.lomowner
            and r.rolname = current_user
          limit ${LARGE_OBJECTS_AT_ONCE}
        ) o`);
    removed = rowCount ?? 0;
  }
}

function faultOf(standing: Standing): string | null {
  if (standing.attribute !== null) return standing.attribute;
  if (standing.owned > 0) return `owns ${standing.owned} objects`;
  if (standing.memberships > 0) return 'is a member of another role';
  if (standing.creates) return 'may create objects';
  return null;
}
