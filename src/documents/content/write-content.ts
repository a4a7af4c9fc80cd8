/**
 * Writing a file's content as stretches. An envelope is never gone on with: what was sealed once under a key
 * and a nonce must not be sealed again as something else, and a process that was killed does not know how
 * far it came. So a connection that is lost ends a stretch, and what comes later begins another.
 */
import { type BlobId, newId } from '../../base/ids.ts';
import type { Stretch } from '../../chart/index.ts';
import { type ContentPlace, StretchWriter } from './stretch-writer.ts';

/** Plaintext bytes of a stretch at most, which is what a killed process loses: 64 MiB. */
export const STRETCH_BYTES = 64 * 1024 * 1024;

export interface WriteOptions {
  /** Ends the writing at once; the stretch that is being written is gone. */
  readonly signal: AbortSignal;
  /** Called before a stretch is begun, with the name that its blob will have. */
  onBegin?(name: BlobId): Promise<void>;
  /** Called as soon as a stretch is durable; whoever notes it there can go on from its end. */
  onStretch(stretch: Stretch): Promise<void>;
  readonly stretchBytes?: number;
}

/**
 * Resolves when all of the source is durable. Where the source fails (a connection is lost), what has come is
 * kept as a stretch, and the failure is thrown then. Throws what the store, the key and `onStretch` throw.
 */
export async function writeContent(
  place: ContentPlace,
  source: AsyncIterable<Uint8Array>,
  { signal, onBegin, onStretch, stretchBytes = STRETCH_BYTES }: WriteOptions,
): Promise<void> {
  const pieces = source[Symbol.asyncIterator]();
  let writer: StretchWriter | null = null;
  const finish = async () => {
    if (writer === null) return;
    const stretch = await writer.finish();
    writer = null;
    await onStretch(stretch);
  };
  const begin = async () => {
    const name = newId<BlobId>();
    await onBegin?.(name);
    return new StretchWriter(place, name, signal);
  };
  const take = async (piece: Uint8Array) => {
    for (let rest = piece; rest.length > 0; ) {
      writer ??= await begin();
      const part = rest.subarray(0, stretchBytes - writer.bytes);
      rest = rest.subarray(part.length);
      await writer.write(part);
      if (writer.bytes === stretchBytes) await finish();
    }
  };
  try {
    for (;;) {
      const next = await nextOf(pieces, finish);
      if (next.done) break;
      await take(next.value);
    }
    await finish();
  } finally {
    await (writer as StretchWriter | null)?.abandon();
    await pieces.return?.();
  }
}

/** The next piece; where there is none because the source failed, what came before is finished first. */
async function nextOf(
  pieces: AsyncIterator<Uint8Array>,
  finish: () => Promise<void>,
): Promise<IteratorResult<Uint8Array>> {
  try {
    return await pieces.next();
  } catch (error) {
    await finish();
    throw error;
  }
}
