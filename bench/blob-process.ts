/**
 * A process that puts and gets large files in a store and says how much memory it came to take, and how long
 * it took: sealed as they go through, or as they are. In a process of its own, since memory that was once
 * taken is not given back.
 */
import { createSecretKey, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { BlobSetting } from '../src/base/blob-setting.ts';
import { type BlobId, newId, type PracticeId } from '../src/base/ids.ts';
import { type BlobPlace, type BlobStore, openBlobStore } from '../src/documents/index.ts';
import { openRange, sealStream } from '../src/seal/index.ts';

export interface BlobTask {
  readonly store: BlobSetting;
  readonly sealed: boolean;
  readonly files: number;
  readonly bytes: number;
  /** Whether all are put at once, and none is finished before each has begun. */
  readonly atOnce: boolean;
}

export interface BlobResult {
  readonly putMs: number;
  readonly getMs: number;
  /** Beyond what it took before. */
  readonly grownBytes: number;
  readonly restBytes: number;
}

const PIECE = Buffer.from(randomBytes(65_536));
const key = createSecretKey(randomBytes(32));
const context = Buffer.from('bench');
const never = new AbortController().signal;

function* pieces(bytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes; at += PIECE.length)
    yield PIECE.subarray(0, Math.min(PIECE.length, bytes - at));
}

async function put(store: BlobStore, place: BlobPlace, { bytes, sealed }: BlobTask): Promise<void> {
  const source = Readable.from(pieces(bytes), { objectMode: false });
  await store.put(place, sealed ? source.pipe(sealStream(key, context)) : source, never);
}

async function get(store: BlobStore, place: BlobPlace, { bytes, sealed }: BlobTask): Promise<void> {
  const blob = await store.open(place);
  if (blob === null) throw new Error('What was put is not there.');
  let got = 0;
  try {
    if (sealed) {
      for await (const piece of openRange(key, context, blob.source, 0, bytes)) got += piece.length;
    } else {
      for (; got < bytes; got += 131_072) await blob.source.read(got, Math.min(131_072, bytes - got));
      got = bytes;
    }
  } finally {
    await blob.close();
  }
  if (got !== bytes) throw new Error('What was put is not whole.');
}

async function timed(task: BlobTask, each: (place: BlobPlace) => Promise<void>, places: BlobPlace[]) {
  const start = performance.now();
  if (task.atOnce) await Promise.all(places.map(each));
  else for (const place of places) await each(place);
  return performance.now() - start;
}

const task = JSON.parse(process.argv[2]!) as BlobTask;
const store = await openBlobStore(task.store);
await store.assertPrivate();
const practiceId = newId<PracticeId>();
const placesOf = (count: number) =>
  Array.from({ length: count }, () => ({ practiceId, blobId: newId<BlobId>() }));
// Code is loaded and compiled, and connections stand.
for (const place of placesOf(3)) {
  await put(store, place, { ...task, bytes: 300_000 });
  await get(store, place, { ...task, bytes: 300_000 });
  await store.remove(place);
}
const restBytes = process.resourceUsage().maxRSS * 1024;
const places = placesOf(task.files);
const putMs = await timed(task, (place) => put(store, place, task), places);
const getMs = await timed(task, (place) => get(store, place, task), places);
const grownBytes = process.resourceUsage().maxRSS * 1024 - restBytes;
for (const place of places) await store.remove(place);
const result: BlobResult = { putMs, getMs, grownBytes, restBytes };
process.stdout.write(JSON.stringify(result));
process.exit(0);
