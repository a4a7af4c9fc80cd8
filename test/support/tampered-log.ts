/** A log with a history, and the hand of somebody who owns its database but not the key that signs. */
import { rm } from 'node:fs/promises';
import { expect } from 'vitest';
import {
  type FindingKind,
  leafHash,
  leafOf,
  type StoredRow,
  storedColumns,
  storedLine,
  TileStore,
} from '../../src/ledger/index.ts';
import { openTestLog, type TestLog } from './access-log.ts';
import type { FreshDatabase } from './database.ts';

export interface Victim {
  log: TestLog;
  /** The checkpoint of all twelve lines, kept by somebody. */
  kept: string;
  /** Runs SQL as the owner; $1 is the practice. */
  sql(text: string, ...values: unknown[]): Promise<void>;
  id(seq: number): string;
  kinds(options?: Parameters<TestLog['verify']>[0]): Promise<FindingKind[]>;
}

/**
 * A log of twelve lines under three checkpoints of 4, 8 and 12; found sound before anything is done to
 * victim.
 */
export async function openVictim(database: FreshDatabase): Promise<Victim> {
  const log = await openTestLog(database);
  for (let i = 0; i < 3; i += 1) {
    await log.write(4);
    await log.sequence();
  }
  const kept = await log.newestNote();
  const control = await log.verify({ earlier: [kept] });
  expect(control).toMatchObject({
    sound: true,
    lines: 12,
    pending: 0,
    checkpoint: { size: 12 },
    findings: [],
  });
  const { rows } = await database.owner.query(
    'select line_id from postern.access_leaf where practice_id = $1 order by seq',
    [log.practiceId],
  );
  return {
    log,
    kept,
    sql: async (text, ...values) => {
      await database.owner.query(text, [log.practiceId, ...values]);
    },
    id: (seq) => rows[seq].line_id,
    kinds: async (options) => [...new Set((await log.verify(options)).findings.map(({ kind }) => kind))],
  };
}

/**
 * What the owner can do after he changed lines: leaves and tiles that fit them, and no checkpoint that does
 * not.
 */
export async function rewriteConsistently(
  database: FreshDatabase,
  { log, sql }: Victim,
  keepCheckpointsUpTo = 0,
): Promise<void> {
  const { rows } = await database.owner.query(
    `select ${storedColumns('l')} from postern.access_leaf f
       join postern.stored_line l on l.practice_id = f.practice_id and l.id = f.line_id
     where f.practice_id = $1 order by f.seq`,
    [log.practiceId],
  );
  const lines = (rows as StoredRow[]).map(storedLine);
  const leaves = lines.map(leafOf);
  await sql('delete from postern.access_leaf where practice_id = $1');
  for (const [seq, leaf] of leaves.entries()) {
    await sql('insert into postern.access_leaf values ($1, $2, $3, $4)', seq, lines[seq]!.id, leafHash(leaf));
  }
  await sql('delete from postern.checkpoint where practice_id = $1 and size > $2', keepCheckpointsUpTo);
  await rm(log.directory, { recursive: true, force: true });
  await new TileStore(log.directory).append(0, leaves);
}

export const swapLeaves = async ({ sql, id }: Victim, a: number, b: number) => {
  const [idA, idB] = [id(a), id(b)];
  await sql(
    'update postern.access_leaf set line_id = gen_random_uuid() where practice_id = $1 and seq = $2',
    a,
  );
  await sql('update postern.access_leaf set line_id = $2 where practice_id = $1 and seq = $3', idA, b);
  await sql('update postern.access_leaf set line_id = $2 where practice_id = $1 and seq = $3', idB, a);
};

/** Takes a leaf away and closes the gap. */
export const dropLeaf = async ({ sql }: Victim, seq: number) => {
  await sql('delete from postern.access_leaf where practice_id = $1 and seq = $2', seq);
  await sql('update postern.access_leaf set seq = seq + 1000 where practice_id = $1 and seq > $2', seq);
  await sql('update postern.access_leaf set seq = seq - 1001 where practice_id = $1 and seq > 1000');
};
