/**
 * Copying blobs from one store to another while both serve. What has a name in a store is whole, so whoever
 * was killed begins again and goes past what is there. Nothing is removed: the store before is given up by
 * the operator, when everything has opened from the new one.
 */
import { Readable } from 'node:stream';
import { PosternError } from '../../base/errors.ts';
import type { BlobStore, OpenBlob, StoredBlob } from '../blobs/blob-store.ts';

export interface Move {
  readonly from: BlobStore;
  readonly to: BlobStore;
  readonly signal: AbortSignal;
  readonly onProgress?: (copied: number) => void;
}

export interface Moved {
  readonly copied: number;
  readonly bytes: number;
  /** Were there already. */
  readonly standing: number;
  /** There is something else of that name in the new store. */
  readonly differing: readonly StoredBlob[];
}

const AT_ONCE = 4;
const PIECE_BYTES = 256 * 1024;

/** Throws what either store throws, and the signal's reason; what was copied by then stays. */
export async function moveBlobs({ from, to, signal, onProgress = () => undefined }: Move): Promise<Moved> {
  const there = new Map<string, number>();
  for await (const { blobId, bytes } of to.list()) there.set(blobId, bytes);
  const differing: StoredBlob[] = [];
  let [copied, total, standing] = [0, 0, 0];
  const move = async (blob: StoredBlob) => {
    signal.throwIfAborted();
    const bytes = there.get(blob.blobId) ?? null;
    if (bytes === blob.bytes) standing += 1;
    else if (bytes !== null) differing.push(blob);
    else if (await copy(blob, { from, to, signal })) {
      copied += 1;
      total += blob.bytes;
      onProgress(copied);
    }
  };
  await eachOf(from.list(), AT_ONCE, move);
  return { copied, bytes: total, standing, differing };
}

/** Whether it was there to be copied, and not in the new store before. */
async function copy(blob: StoredBlob, { from, to, signal }: Move): Promise<boolean> {
  const open = await from.open(blob);
  // Removed since it was listed.
  if (open === null) return false;
  try {
    await to.put(blob, Readable.from(piecesOf(open), { objectMode: false }), signal);
    return true;
  } catch (error) {
    // Another that moves was faster.
    if (error instanceof PosternError && error.code === 'conflict') return false;
    throw error;
  } finally {
    await open.close();
  }
}

async function* piecesOf({ source }: OpenBlob): AsyncGenerator<Buffer> {
  for (let at = 0; at < source.size; at += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, source.size - at);
    const piece = await source.read(at, length);
    if (piece.length !== length)
      throw new PosternError('unavailable', 'A blob went away while it was moved.');
    yield piece;
  }
}

async function eachOf<T>(
  items: AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  let failed = false;
  // One asks for the next at a time.
  let asking: Promise<unknown> = Promise.resolve();
  const next = () => {
    const asked = asking.then(() => iterator.next());
    asking = asked.catch(() => undefined);
    return asked;
  };
  const worker = async () => {
    try {
      for (let item = await next(); !failed && !item.done; item = await next()) await work(item.value);
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const workers = Array.from({ length: atOnce }, worker);
  await Promise.allSettled(workers);
  await iterator.return?.();
  await Promise.all(workers);
}
