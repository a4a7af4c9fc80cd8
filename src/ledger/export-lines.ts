/**
 * The access log as JSON lines, in the order of its leaves, with what an outsider needs to check it without
 * this database: every line whole, the number and hash of its leaf, and at the end the checkpoint that covers
 * them. docs/spec/access-log.md has the recipe.
 */
import type { PracticeId } from '../base/ids.ts';
import { type Queryable, type StoredRow, storedColumns } from './line.ts';

const PAGE = 1000;

interface ExportRow extends StoredRow {
  seq: string;
  leaf_hash: Buffer;
}

function lineJson(row: ExportRow): string {
  const line = {
    seq: Number(row.seq),
    leafHash: row.leaf_hash.toString('base64'),
    practice: row.practice_id,
    id: row.id,
    atMicros: row.at_micros,
    session: row.session_hash?.toString('hex') ?? null,
    account: row.account_id,
    behalfOf: row.behalf_of,
    purpose: row.purpose,
    action: row.action,
    outcome: row.outcome,
    client: row.client,
    address: row.address,
    detail: row.detail?.toString('base64') ?? null,
    bytes: row.bytes,
    closes: row.closes,
  };
  // The entries as PostgreSQL writes them: a number in them must not pass through a rounding parser.
  return `${JSON.stringify(line).slice(0, -1)},"entries":${row.entries_text}}`;
}

async function countLeaves(tx: Queryable, practiceId: PracticeId): Promise<number> {
  const { rows } = await tx.query(
    `select coalesce(max(f.seq) + 1, 0) as leaves
     from postern.access_leaf f
     where f.practice_id = $1`,
    [practiceId],
  );
  return Number((rows[0] as { leaves: string }).leaves);
}

/**
 * Yields one JSON text per line (without newline) of leaves `from` to `to` (exclusive; all where not given),
 * then one `{"checkpoint": note}` with the newest. The caller's transaction decides what can be seen; it
 * should be repeatable read, so that all pages are of one moment.
 */
export async function* exportLines(
  tx: Queryable,
  practiceId: PracticeId,
  range: { from?: number; to?: number } = {},
): AsyncGenerator<string> {
  const end = Math.min(range.to ?? Number.MAX_SAFE_INTEGER, await countLeaves(tx, practiceId));
  for (let from = range.from ?? 0; from < end; from += PAGE) {
    const { rows } = await tx.query(
      `select f.seq, f.leaf_hash, ${storedColumns('l')}
       from postern.access_leaf f
         join postern.stored_line l on l.practice_id = f.practice_id and l.id = f.line_id
       where f.practice_id = $1
         and f.seq >= $2
         and f.seq < $3
       order by f.seq`,
      [practiceId, from, Math.min(end, from + PAGE)],
    );
    for (const row of rows as ExportRow[]) yield lineJson(row);
  }
  const { rows } = await tx.query(
    `select c.note
     from postern.checkpoint c
     where c.practice_id = $1
     order by c.size desc
     limit 1`,
    [practiceId],
  );
  const [newest] = rows as { note: string }[];
  if (newest !== undefined) yield JSON.stringify({ checkpoint: newest.note });
}
