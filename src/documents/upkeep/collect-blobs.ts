/**
 * Removing what nobody will ask for: what a writing left that never ended, blobs of shredded charts, and
 * blobs that no record names, which is what a writing leaves whose record was never written.
 */
import type { Pool } from 'pg';
import type { Clock } from '../../base/clock.ts';
import { PosternError } from '../../base/errors.ts';
import type { BlobId, PracticeId } from '../../base/ids.ts';
import { forgetBlobs, notedAmong, shreddedBlobs } from '../../chart/index.ts';
import { appendLine, operatorLine } from '../../ledger/index.ts';
import type { BlobPlace, BlobStore } from '../blobs/blob-store.ts';

export interface CollectWork {
  readonly owner: Pool;
  readonly store: BlobStore;
  readonly clock: Clock;
  /** Practices of this installation: what lies there of another is left alone. */
  readonly practices: readonly PracticeId[];
}

export interface Collected {
  readonly unfinished: number;
  readonly shredded: number;
  readonly unnamed: number;
  /** Of practices that this database does not know. */
  readonly foreign: number;
}

/** No writing lasts so long: an upload has a day, and clocks may differ. */
const AGE_MS = 26 * 3_600_000;
const BATCH = 500;
/**
 * So many are no accident of uploads that broke off, if they are a tenth of all: the database is not theirs.
 */
const MANY = 100;
const SHARE = 0.1;

/**
 * Authority: the operator's. Throws `conflict` where so much is named by no record that the database may be
 * older than the store, before any of that is removed, unless `all` says so.
 */
export async function collectBlobs(work: CollectWork, { all = false } = {}): Promise<Collected> {
  const before = new Date(work.clock.now().getTime() - AGE_MS);
  const unfinished = await work.store.sweep(before);
  let shredded = 0;
  for (const practiceId of work.practices) shredded += await collectShredded(work, practiceId);
  const { unnamed, total, foreign } = await unnamedBlobs(work, before);
  if (!all && unnamed.length > MANY && unnamed.length > total * SHARE) throw tooMany(unnamed.length, total);
  for (const place of unnamed) await work.store.remove(place);
  for (const practiceId of new Set(unnamed.map((place) => place.practiceId))) await note(work, practiceId);
  return { unfinished, shredded, unnamed: unnamed.length, foreign };
}

async function collectShredded(work: CollectWork, practiceId: PracticeId): Promise<number> {
  let removed = 0;
  for (;;) {
    const blobIds = await shreddedBlobs(work.owner, practiceId, BATCH);
    if (blobIds.length === 0) break;
    for (const blobId of blobIds) await work.store.remove({ practiceId, blobId });
    await forgetBlobs(work.owner, practiceId, blobIds);
    removed += blobIds.length;
  }
  if (removed > 0) await note(work, practiceId);
  return removed;
}

interface Unnamed {
  readonly unnamed: BlobPlace[];
  /** Blobs of all ages, of practices that are known. */
  readonly total: number;
  readonly foreign: number;
}

async function unnamedBlobs({ owner, store, practices }: CollectWork, before: Date): Promise<Unnamed> {
  const known = new Set(practices);
  const unnamed: BlobPlace[] = [];
  let [total, foreign] = [0, 0];
  const old = new Map<PracticeId, BlobId[]>();
  const settle = async (practiceId: PracticeId) => {
    const blobIds = old.get(practiceId) ?? [];
    old.delete(practiceId);
    const noted = await notedAmong(owner, practiceId, blobIds);
    for (const blobId of blobIds) if (!noted.has(blobId)) unnamed.push({ practiceId, blobId });
  };
  for await (const { practiceId, blobId, writtenAt } of store.list()) {
    if (!known.has(practiceId)) {
      foreign += 1;
      continue;
    }
    total += 1;
    if (writtenAt >= before) continue;
    const waiting = old.get(practiceId) ?? [];
    old.set(practiceId, waiting);
    if (waiting.push(blobId) >= BATCH) await settle(practiceId);
  }
  for (const practiceId of [...old.keys()]) await settle(practiceId);
  return { unnamed, total, foreign };
}

async function note({ owner }: CollectWork, practiceId: PracticeId): Promise<void> {
  await appendLine(owner, operatorLine({ practiceId, client: 'postern blobs', action: 'collect-files' }));
}

function tooMany(count: number, total: number): PosternError {
  return new PosternError(
    'conflict',
    `${count} of ${total} blobs are named by no record. The database may be older than the store of files, ` +
      'as after a restore; nothing of them was removed. If none is wanted: postern blobs collect --all',
  );
}
