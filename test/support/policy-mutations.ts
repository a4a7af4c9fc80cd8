/**
 * The walls of a database and how each is loosened: read from PostgreSQL's own catalog, so that a wall that
 * is added is loosened too.
 */
import type { FreshDatabase } from './database.ts';

export interface Mutation {
  /** The table, view or function. */
  readonly about: string;
  /** What is loosened, in words. */
  readonly what: string;
  readonly loosen: string;
  readonly restore: string;
  /** Whether it makes no difference, because the server role writes no row of the table anyway. */
  readonly idle: boolean;
}

/** Conditions within a policy that are loosened apart. */
const PARTS: readonly {
  readonly tables: readonly string[];
  readonly policies: readonly string[];
  readonly what: string;
  readonly part: RegExp;
  readonly instead: string;
}[] = [
  {
    tables: ['access_line'],
    policies: ['insert_own'],
    what: 'whatever the transaction',
    part: /xid = pg_current_xact_id\(\)/,
    instead: 'true',
  },
  {
    tables: ['access_line'],
    policies: ['insert_own'],
    what: 'whatever the time',
    part: /at >= \(clock_timestamp\(\)[\s\S]*?at <= \(clock_timestamp\(\) \+ [^)]*\)/,
    instead: 'true',
  },
  {
    tables: ['deposit'],
    policies: ['reach_insert'],
    what: 'whoever the partner',
    part: /'a\/'::text \|\| \(partner\)::text/,
    instead: "'w/' || practice_id || '/7'",
  },
  {
    tables: ['deposit'],
    policies: ['reach_insert'],
    what: 'whatever the state',
    part: /state = 'waiting'::text/,
    instead: 'true',
  },
  {
    tables: ['resource', 'resource_version'],
    policies: ['reach_read'],
    what: 'with files as records',
    part: /'o'::text/,
    instead: "'r'",
  },
  {
    tables: ['chart_token', 'practice_token', 'date_range'],
    policies: ['reach_read', 'reach_insert', 'reach_delete'],
    what: 'with notes for everybody',
    part: /WHEN \(section = 5\) THEN [\s\S]*?(?=\s+ELSE)/,
    instead: 'WHEN (section = 5) THEN true',
  },
];

interface PolicyRow {
  table: string;
  name: string;
  using: string | null;
  check: string | null;
  written: boolean;
}

export async function mutationsOf(database: FreshDatabase): Promise<Mutation[]> {
  const { rows: policies } = await database.owner.query<PolicyRow>(
    `select p.tablename as table, p.policyname as name, p.qual as using, p.with_check as check,
       has_table_privilege($1, to_regclass('postern.' || p.tablename)::oid, 'insert, update') as written
     from pg_policies p
     where p.schemaname = 'postern'
       and has_table_privilege(
         $1, to_regclass('postern.' || p.tablename)::oid, 'select, insert, update, delete')
     order by p.tablename, p.policyname`,
    [database.serverRole],
  );
  const tables = [...new Set(policies.map(({ table }) => table))];
  return [
    ...tables.flatMap((table) => [
      {
        about: table,
        what: `${table} without row security`,
        loosen: `alter table postern.${table} disable row level security`,
        restore: `alter table postern.${table} enable row level security`,
        idle: false,
      },
      ...policies
        .filter((policy) => policy.table === table)
        .flatMap((policy) => [...loosened(policy, database), ...inPart(policy)]),
    ]),
    ...(await otherMutations(database)),
  ];
}

/** Each half of a policy lets everything through; the owner's own is everybody's. */
function loosened({ table, name, using, check, written }: PolicyRow, database: FreshDatabase): Mutation[] {
  const alter = `alter policy ${name} on postern.${table}`;
  const half = (clause: string, text: string | null): Mutation[] =>
    text === null || text === 'true'
      ? []
      : [
          {
            about: table,
            what: `${table}.${name} ${clause} (true)`,
            loosen: `${alter} ${clause} (true)`,
            restore: `${alter} ${clause} (${text})`,
            idle: clause === 'with check' && !written,
          },
        ];
  const own = {
    about: table,
    what: `${table}.${name} to everybody`,
    loosen: `${alter} to public`,
    restore: `${alter} to ${database.ownerConnection.user}`,
    idle: false,
  };
  return [...half('using', using), ...half('with check', check), ...(name === 'owner_only' ? [own] : [])];
}

function inPart({ table, name, using, check }: PolicyRow): Mutation[] {
  const parts = PARTS.filter((each) => each.tables.includes(table) && each.policies.includes(name));
  return parts.map(({ what, part, instead }) => {
    const [clause, text] = using === null ? ['with check', check!] : ['using', using];
    if (!part.test(text)) throw new Error(`${table}.${name} is not written as it was: ${text}`);
    const alter = `alter policy ${name} on postern.${table} ${clause}`;
    return {
      about: table,
      what: `${table}.${name} ${what}`,
      loosen: `${alter} (${text.replace(part, instead)})`,
      restore: `${alter} (${text})`,
      idle: false,
    };
  });
}

async function otherMutations({ owner }: FreshDatabase): Promise<Mutation[]> {
  const defined = async (name: string) => {
    const { rows } = await owner.query<{ text: string }>('select pg_get_functiondef($1::regproc) as text', [
      `postern.${name}`,
    ]);
    return rows[0]!.text;
  };
  const without = async (about: string, what: string, part: string, instead: string): Promise<Mutation> => {
    const restore = await defined(about);
    const loosen = restore.replace(part, instead);
    if (loosen === restore) throw new Error(`${about} is not written as it was: ${part}`);
    return { about, what: `${about} ${what}`, loosen, restore, idle: false };
  };
  const read = 'alter function postern.read_resource';
  return [
    await without('reach_keys', 'whatever the time', 'and r.expires_at > clock_timestamp()', ''),
    await without(
      'reach_open',
      'whatever the signature',
      '(reach_mac(p_payload) = p_mac) is not true',
      'false',
    ),
    await without(
      'types_index',
      'whatever one may write',
      "and reach_keys() && keys_of('w', r.practice_id, r.chart_id, r.section, r.author)",
      '',
    ),
    await without('owner_stands', 'whatever one may write', 'and reach_keys() &&', 'or reach_keys() &&'),
    await without(
      'types_show',
      'whatever one may read',
      'and h.keys && keys_of(',
      'and true or h.keys && keys_of(',
    ),
    {
      about: 'read_resource',
      what: 'read_resource as its owner',
      loosen: `${read} security definer`,
      restore: `${read} security invoker`,
      idle: false,
    },
    {
      about: 'stored_line',
      what: 'stored_line as its owner',
      loosen: 'alter view postern.stored_line set (security_invoker = false)',
      restore: 'alter view postern.stored_line set (security_invoker = true)',
      idle: false,
    },
  ];
}
