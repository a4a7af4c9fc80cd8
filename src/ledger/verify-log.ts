/**
 * Verification of a practice's access log: whether every line is what it was when it was signed. Needs the
 * log's public key and believes nothing else; one earlier checkpoint, kept by anyone, is enough to find
 * whatever was done to lines below it, also by somebody who owns the database and the files and rewrote both.
 */
import type { Pool } from 'pg';
import { PosternError } from '../base/errors.ts';
import type { PracticeId } from '../base/ids.ts';
import { type Checkpoint, logOrigin, openCheckpoint } from './checkpoint.ts';
import { CheckpointFile } from './checkpoint-file.ts';
import {
  chooseReference,
  compareBeyond,
  compareWithReference,
  findForks,
  type Reference,
} from './compare-log.ts';
import { type Finding, finding, type VerifyReport } from './finding.ts';
import type { Queryable } from './line.ts';
import { checkTiles, type DatabaseLog, readBundles, readDatabaseLog } from './log-source.ts';
import { rootOf } from './merkle.ts';
import { ed25519NoteKey, type NoteKey } from './note.ts';
import { gatherHeads, type SignedHeads } from './signed-heads.ts';
import { TILE_WIDTH, type Tile } from './tile-layout.ts';
import { TileStore } from './tile-store.ts';

export interface VerifyOptions {
  /** Connections of the owner, or of the server role with the `session` of one who sees lines. */
  pool: Pool;
  practiceId: PracticeId;
  /** The log's public keys, 32 bytes each: the present one and those before rotations. */
  publicKeys: readonly Buffer[];
  /** Notes of checkpoints that somebody kept. */
  earlier?: readonly string[];
  /** The directory of this log: checkpoints and tiles. */
  directory?: string;
  /** The literal of `set local postern.session`, where `pool` is the server role's. */
  session?: string;
}

const MAX_FINDINGS = 1000;

/**
 * Verifies the log. Throws `invalid` where an `earlier` note is not a checkpoint that this log's key signed:
 * nothing could be concluded from it.
 */
export async function verifyLog(options: VerifyOptions): Promise<VerifyReport> {
  const origin = logOrigin(options.practiceId);
  const keys = options.publicKeys.map((key) => ed25519NoteKey(origin, key));
  const earlier = (options.earlier ?? []).map((note) => openEarlier(note, origin, keys));
  // The files first: they follow the database, so a database read later may be ahead of them but not behind.
  const file = options.directory === undefined ? [] : await new CheckpointFile(options.directory).notes();
  return inSnapshot(options, async (tx) => {
    const database = await readDatabaseLog(tx, options.practiceId);
    const heads = gatherHeads(database, file, earlier, origin, keys);
    const store = options.directory === undefined ? null : new TileStore(options.directory);
    const { reference, findings } = await compare(database, heads, store);
    findings.push(...(await findIndexDamage(tx, options.practiceId)));
    if (store !== null) {
      const newest = earlier.reduce((size, kept) => Math.max(size, kept.size), 0);
      if (heads.inFile < newest) {
        findings.push(finding('damaged-file', 'The file of checkpoints ends before the earlier checkpoint.'));
      }
    }
    return report(options.practiceId, database, heads.all, reference, [...heads.findings, ...findings]);
  });
}

async function compare(
  database: DatabaseLog,
  heads: SignedHeads,
  store: TileStore | null,
): Promise<{ reference: Reference; findings: Finding[] }> {
  const findings: Finding[] = [];
  const places = [database.leaves, database.lines];
  if (store !== null) {
    const { bundles, findings: damage } = await readBundles(store, heads.inFile);
    findings.push(...damage);
    places.unshift(bundles);
  }
  const reference = chooseReference(places, heads.all);
  const claimed = heads.all.at(-1)?.size ?? 0;
  findings.push(...findForks(reference, heads.all));
  findings.push(...compareWithReference(database, reference));
  findings.push(...compareBeyond(database, reference, heads.all));
  findings.push(...findStrays(database, reference));
  if (heads.inDatabase < claimed) {
    const message = `The database knows ${heads.inDatabase} signed lines; ${claimed} were signed.`;
    findings.push(finding('rollback', message, { seq: heads.inDatabase, upTo: claimed - 1 }));
  }
  if (store !== null) {
    const size = Math.min(heads.inFile, reference.size);
    findings.push(...compareBundles(places[0]!.hashes, reference, size));
    findings.push(...(await checkTiles(store, size, (tile) => tileHashes(reference, tile))));
  }
  return { reference, findings };
}

function openEarlier(note: string, origin: string, keys: readonly NoteKey[]): Checkpoint {
  try {
    return openCheckpoint(note, origin, keys);
  } catch (cause) {
    throw new PosternError('invalid', 'The earlier checkpoint is not one that the key of this log signed.', {
      cause,
    });
  }
}

function findStrays(database: DatabaseLog, reference: Reference): Finding[] {
  const signed = new Set(reference.ids.slice(0, reference.size));
  return database.strays
    .filter((line) => line.behind && !signed.has(line.id))
    .map(({ id }) =>
      finding('insertion', 'A line stands before lines that were signed without it.', { lineId: id }),
    );
}

function compareBundles(bundles: readonly (Buffer | null)[], reference: Reference, size: number): Finding[] {
  const findings: Finding[] = [];
  for (let seq = 0; seq < size; seq += 1) {
    const hash = bundles[seq];
    if (hash == null || hash.equals(reference.hashes[seq]!)) continue;
    const message = 'An entry bundle holds another leaf than was signed.';
    findings.push(finding('damaged-file', message, { seq, lineId: reference.ids[seq] ?? null }));
  }
  return findings;
}

function tileHashes(reference: Reference, tile: Tile): Buffer[] {
  const span = TILE_WIDTH ** tile.level;
  const first = tile.index * TILE_WIDTH * span;
  return Array.from({ length: tile.width }, (_, i) => {
    const begin = first + i * span;
    if (tile.level === 0) return reference.hashes[begin]!;
    return rootOf(reference.hashes.slice(begin, begin + span) as Buffer[]);
  });
}

/** The list by which a chart's lines are found must name the charts that the signed lines name. */
async function findIndexDamage(tx: Queryable, practiceId: PracticeId): Promise<Finding[]> {
  const { rows } = await tx.query(
    `with named as (
       select distinct (e.entry ->> 0)::uuid as chart_id, l.id as line_id
       from postern.access_leaf f
         join postern.access_line l on l.practice_id = f.practice_id and l.id = f.line_id
         cross join jsonb_array_elements(
           case jsonb_typeof(l.entries) when 'array' then l.entries else '[]' end) e (entry)
       where f.practice_id = $1
         and pg_input_is_valid(e.entry ->> 0, 'uuid')
     ), listed as (
       select c.chart_id, c.line_id
       from postern.access_line_chart c
       where c.practice_id = $1
     )
     select coalesce(n.line_id, i.line_id) as line_id, i.line_id is null as missing
     from named n
       full join listed i on i.chart_id = n.chart_id and i.line_id = n.line_id
     where n.line_id is null or i.line_id is null
     limit ${MAX_FINDINGS}`,
    [practiceId],
  );
  return (rows as { line_id: string; missing: boolean }[]).map(({ line_id, missing }) =>
    finding(
      'damaged-index',
      missing
        ? 'The list of a chart lacks a line that names it.'
        : 'The list of a chart has a line that does not.',
      { lineId: line_id },
    ),
  );
}

function report(
  practiceId: PracticeId,
  database: DatabaseLog,
  heads: readonly Checkpoint[],
  reference: Reference,
  found: readonly Finding[],
): VerifyReport {
  const signed = new Set(reference.ids.slice(0, reference.size));
  const pending = database.strays.filter((line) => !line.behind && !signed.has(line.id));
  const newest = heads.at(-1);
  return {
    practiceId,
    sound: found.length === 0,
    lines: database.lineCount,
    pending: pending.length,
    pendingSince: pending[0]?.at ?? null,
    checkpoint: newest ? { size: newest.size, root: newest.root.toString('base64') } : null,
    checkpoints: heads.length,
    findings: found.slice(0, MAX_FINDINGS),
    moreFindings: Math.max(0, found.length - MAX_FINDINGS),
  };
}

/** One moment of the database for everything that is read. */
async function inSnapshot<T>(options: VerifyOptions, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await options.pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query("select set_config('postern.session', $1, true)", [options.session ?? '']);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    failure = error instanceof Error ? error : new Error('not an error', { cause: error });
    throw error;
  } finally {
    client.release(failure);
  }
}
