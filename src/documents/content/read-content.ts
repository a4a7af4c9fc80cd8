/** Reading a file's content, whole or in parts, out of its stretches. */
import { PosternError } from '../../base/errors.ts';
import type { Stretch } from '../../chart/index.ts';
import { sealedSize } from '../../seal/index.ts';
import type { OpenBlob } from '../blobs/blob-store.ts';
import type { ContentPlace } from './stretch-writer.ts';

/** Plaintext bytes of the whole. */
export function contentBytes(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * The content from byte `start` up to and without `endExclusive`, each chunk authenticated before it is let
 * out and the reach asked before it is opened. Throws `invalid` where the range does not lie within it,
 * `damaged` where a stretch is not there or is not what was written.
 */
export async function* readContent(
  place: ContentPlace,
  stretches: readonly Stretch[],
  start: number,
  endExclusive: number,
): AsyncGenerator<Buffer, void, void> {
  const sound = Number.isSafeInteger(start) && Number.isSafeInteger(endExclusive);
  if (!sound || start < 0 || start > endExclusive || endExclusive > contentBytes(stretches)) {
    throw new PosternError('invalid', 'The range does not lie within the file.');
  }
  let offset = 0;
  for (const stretch of stretches) {
    const [from, to] = [Math.max(start - offset, 0), Math.min(endExclusive - offset, stretch.bytes)];
    offset += stretch.bytes;
    if (from >= to) continue;
    const blob = await openStretch(place, stretch);
    try {
      yield* place.key.openStretch(stretch.name, blob.source, from, to);
    } finally {
      await blob.close();
    }
  }
}

async function openStretch({ store, practiceId }: ContentPlace, stretch: Stretch): Promise<OpenBlob> {
  const blob = await store.open({ practiceId, blobId: stretch.name });
  if (blob !== null && blob.source.size === sealedSize(stretch.bytes)) return blob;
  await blob?.close();
  throw new PosternError('damaged', 'A part of this file is not there, or not whole.');
}
