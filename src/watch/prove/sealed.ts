/**
 * Whether what is kept is sealed. Canaries are looked for, in every column of every table, in the words in
 * which they came in; and of all practices, rows are drawn whose bytes must look like an envelope's. Nothing
 * of a patient is opened for it.
 */
import type { Pool } from 'pg';
import type { Judge } from './finding.ts';
import type { World } from './world.ts';

const READABLE =
  'Stop the server and keep a copy of the database apart: whoever got one reads these. Find what wrote it ' +
  'unsealed, and write it anew.';
/** Rows that are drawn from a table, newest and by chance. */
const SAMPLE = 400;
/** Shorter ones say too little about how their bytes are spread. */
const LEAST_BYTES = 64;

export async function proveSealed(owner: Pool, judge: Judge, world: World): Promise<void> {
  await findCanaries(owner, judge, world);
  for (const { table, column } of await sealedColumns(owner)) await drawRows(owner, judge, table, column);
}

/** Every table with rows of the canaries' practices, as text and as bytes. */
async function findCanaries(owner: Pool, judge: Judge, world: World): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `select quote_ident(c.relname) as name
     from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'practice_id' and not a.attisdropped
     where c.relnamespace = 'postern'::regnamespace
       and c.relkind in ('r', 'p')
     order by 1`,
  );
  const hex = Buffer.from('cnry-').toString('hex');
  for (const { name } of rows) {
    const found = await owner.query<{ count: number }>(
      `select count(*)::integer as count
       from postern.${name} t
       where t.practice_id = any ($1)
         and (t::text like '%cnry-%' or t::text like '%' || $2 || '%' or t::text like '%Y25yeS%')`,
      [[world.here, world.elsewhere], hex],
    );
    const readable = found.rows[0]!.count;
    const sentence = `${readable} rows of canaries can be read by whoever has the database.`;
    judge.expect('sealed', readable === 0, `table ${name}`, sentence, READABLE);
  }
}

/** Columns that hold envelopes and wrapped keys. */
async function sealedColumns(owner: Pool): Promise<{ table: string; column: string }[]> {
  const { rows } = await owner.query<{ table: string; column: string }>(
    `select quote_ident(c.relname) as table, quote_ident(a.attname) as column
     from pg_class c
       join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
     where c.relnamespace = 'postern'::regnamespace
       and c.relkind in ('r', 'p')
       and a.atttypid = 'bytea'::regtype
       and a.attname in ('sealed', 'wrapped', 'reason', 'detail')
     order by 1, 2`,
  );
  return rows;
}

async function drawRows(owner: Pool, judge: Judge, table: string, column: string): Promise<void> {
  const { rows: known } = await owner.query<{ rows: number }>(
    'select greatest(c.reltuples, 0)::float8 as rows from pg_class c where c.oid = $1::regclass',
    [`postern.${table}`],
  );
  const percent = Math.min(100, (200 * SAMPLE) / Math.max(known[0]!.rows, 1));
  const { rows } = await owner.query<{ bytes: Buffer }>(
    `with drawn as (
       (select t.${column} as bytes
        from postern.${table} t
        where t.${column} is not null
        order by t.ctid desc
        limit $1)
       union all
       (select t.${column}
        from postern.${table} t tablesample system ($2)
        where t.${column} is not null
        limit $1)
     )
     select substring(d.bytes from 1 for 4096) as bytes
     from drawn d`,
    [SAMPLE, percent],
  );
  const readable = rows.filter(({ bytes }) => isReadable(bytes)).length;
  judge.looked('sealed', Math.max(rows.length - readable, 1));
  if (readable === 0) return;
  const sentence = `${readable} of ${rows.length} rows that were drawn are not sealed: their bytes are text.`;
  judge.fail('sealed', `table ${table}, column ${column}`, sentence, READABLE);
}

/**
 * Whether bytes are no ciphertext. In ciphertext each bit is as often set as not: of 64 bytes, fewer than 12
 * with their highest bit set are met once in some ten million; text in Latin letters has next to none, and
 * compressed or encoded content begins with a signature.
 */
export function isReadable(bytes: Buffer): boolean {
  if (bytes.length < LEAST_BYTES)
    return bytes.length > 0 && bytes.every((byte) => byte < 0x7f && (byte >= 0x20 || LINE_BYTES.has(byte)));
  const high = bytes.reduce((count, byte) => count + (byte >> 7), 0) / bytes.length;
  const slack = 3 / Math.sqrt(bytes.length);
  return high < 0.5 - slack || high > 0.5 + slack || SIGNATURES.some((each) => bytes.indexOf(each) === 0);
}

/** Tab and ends of lines. */
const LINE_BYTES = new Set([9, 10, 13]);

/** Of content that is packed and looks like chance; four bytes at least, or chance begins with them too. */
const SIGNATURES = ['%PDF-', '\x89PNG', 'PK\x03\x04', '\xff\xd8\xff\xe0', '\x1f\x8b\x08\x00'].map((text) =>
  Buffer.from(text, 'latin1'),
);
