/**
 * The places that each hold the log of a practice, read whole for verification: the lines and leaves in the
 * database, and the entry bundles beside it. None is believed; `compare-log.ts` holds them against what was
 * signed.
 */
import type { PracticeId } from '../base/ids.ts';
import { type Finding, finding } from './finding.ts';
import { leafOf, lineIdOfLeaf } from './leaf.ts';
import { type Queryable, type StoredRow, storedColumns, storedLine } from './line.ts';
import { leafHash } from './merkle.ts';
import { entriesPath, TILE_WIDTH, type Tile, tilePath, tilesGrown, tileWidth } from './tile-layout.ts';
import type { TileStore } from './tile-store.ts';

/** Leaves in order; `null` where the place has nothing for that number. */
export interface LeafSequence {
  ids: (string | null)[];
  hashes: (Buffer | null)[];
}

export interface StrayLine {
  id: string;
  at: Date;
  /** It stands before a line that is a leaf, where no line may come any more. */
  behind: boolean;
}

export interface DatabaseLog {
  /** As the leaf rows say. */
  leaves: LeafSequence;
  /** As the lines themselves hash; same ids and numbers as `leaves`. */
  lines: LeafSequence;
  /** Lines without a leaf, oldest first. */
  strays: StrayLine[];
  lineCount: number;
  checkpoints: { size: number; root: Buffer; note: string }[];
}

const PAGE = 2000;

export async function readDatabaseLog(tx: Queryable, practiceId: PracticeId): Promise<DatabaseLog> {
  const { leaves, lines } = await readLeaves(tx, practiceId);
  const counted = await tx.query(
    `select count(*) as lines
     from postern.access_line l
     where l.practice_id = $1`,
    [practiceId],
  );
  const checkpoints = await tx.query(
    `select c.size, c.root, c.note
     from postern.checkpoint c
     where c.practice_id = $1
     order by c.size`,
    [practiceId],
  );
  return {
    leaves,
    lines,
    strays: await readStrays(tx, practiceId),
    lineCount: Number((counted.rows[0] as { lines: string }).lines),
    checkpoints: (checkpoints.rows as { size: string; root: Buffer; note: string }[]).map((row) => ({
      ...row,
      size: Number(row.size),
    })),
  };
}

type LeafRow = StoredRow & { seq: string; line_id: string; leaf_hash: Buffer };

async function readLeaves(
  tx: Queryable,
  practiceId: PracticeId,
): Promise<{ leaves: LeafSequence; lines: LeafSequence }> {
  const leaves: LeafSequence = { ids: [], hashes: [] };
  const lines: LeafSequence = { ids: [], hashes: [] };
  for (let above = -1; ; ) {
    const { rows } = await tx.query(
      `select f.seq, f.line_id, f.leaf_hash, ${storedColumns('l')}
       from postern.access_leaf f
         left join postern.stored_line l on l.practice_id = f.practice_id and l.id = f.line_id
       where f.practice_id = $1
         and f.seq > $2
       order by f.seq
       limit ${PAGE}`,
      [practiceId, above],
    );
    for (const row of rows as LeafRow[]) {
      above = Number(row.seq);
      pad(leaves, above);
      pad(lines, above);
      leaves.ids.push(row.line_id);
      leaves.hashes.push(row.leaf_hash);
      lines.ids.push(row.line_id);
      lines.hashes.push(row.id === null ? null : leafHash(leafOf(storedLine(row))));
    }
    if (rows.length < PAGE) return { leaves, lines };
  }
}

function pad(sequence: LeafSequence, length: number): void {
  while (sequence.ids.length < length) {
    sequence.ids.push(null);
    sequence.hashes.push(null);
  }
}

async function readStrays(tx: Queryable, practiceId: PracticeId): Promise<StrayLine[]> {
  const { rows } = await tx.query(
    `with last as (
       select l.xid, l.id
       from postern.access_leaf f
         join postern.access_line l on l.practice_id = f.practice_id and l.id = f.line_id
       where f.practice_id = $1
       order by f.seq desc
       limit 1
     )
     select
       l.id,
       l.at,
       coalesce(
         l.xid = '0' or (l.xid, l.id) < ((select last.xid from last), (select last.id from last)),
         false) as behind
     from postern.access_line l
     where l.practice_id = $1
       and not exists (
         select from postern.access_leaf f where f.practice_id = l.practice_id and f.line_id = l.id)
     order by l.at, l.id`,
    [practiceId],
  );
  return rows as StrayLine[];
}

/** The leaves in the entry bundles of a log of this size, and what is wrong with bundles and tiles. */
export async function readBundles(
  store: TileStore,
  size: number,
): Promise<{ bundles: LeafSequence; findings: Finding[] }> {
  const bundles: LeafSequence = { ids: [], hashes: [] };
  const findings: Finding[] = [];
  for (let index = 0; index * TILE_WIDTH < size; index += 1) {
    const width = tileWidth(size, 0, index);
    const leaves = await store.entries(index, width);
    if (leaves === null) findings.push(damaged(entriesPath(index, width), index * TILE_WIDTH, width));
    for (let i = 0; i < width; i += 1) {
      const leaf = leaves?.[i] ?? null;
      bundles.ids.push(leaf === null ? null : lineIdOfLeaf(leaf));
      bundles.hashes.push(leaf === null ? null : leafHash(leaf));
    }
  }
  return { bundles, findings };
}

/** Holds every tile against the hashes it must consist of; only for leaves that are known to be right. */
export async function checkTiles(
  store: TileStore,
  size: number,
  expected: (tile: Tile) => readonly Buffer[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const tile of tilesGrown(0, size)) {
    const hashes = await store.hashes(tile);
    const right = expected(tile);
    if (hashes === null || hashes.some((hash, i) => !hash.equals(right[i]!))) {
      const span = TILE_WIDTH ** tile.level;
      findings.push(damaged(tilePath(tile), tile.index * TILE_WIDTH * span, tile.width * span));
    }
  }
  return findings;
}

function damaged(file: string, seq: number, leaves: number): Finding {
  const upTo = seq + leaves - 1;
  return finding('damaged-file', `The file ${file} is missing or is not what was signed.`, { seq, upTo });
}
