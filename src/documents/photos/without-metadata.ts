/**
 * A photo without what it says of where, when, by whom and with what it was taken: the picture's own bytes
 * are left as they are, never decoded and never packed anew, and all else becomes zeros. So the photo has as
 * many bytes as before, stays upright, and streams.
 */
import type { KindName } from '../kinds/file-kind.ts';
import { blankHeic } from './heic.ts';
import { blankJpeg } from './jpeg.ts';
import { PieceReader } from './piece-reader.ts';
import { blankPng } from './png.ts';
import { blankWebp } from './webp.ts';

const WAYS = { jpeg: blankJpeg, png: blankPng, webp: blankWebp, heic: blankHeic } as const;
export type PhotoKind = keyof typeof WAYS;

/** Whether a kind is one that photos have. */
export function isPhoto(kind: KindName): kind is PhotoKind {
  return Object.hasOwn(WAYS, kind);
}

/**
 * The photo's bytes without its metadata, as many as came in. Throws `unsupported-media` where it is not
 * built as photos are, and what the source throws; what was handed on before is then not to be used.
 */
export async function* withoutMetadata(
  kind: PhotoKind,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = new PieceReader(source);
  try {
    yield* WAYS[kind](reader);
  } finally {
    await reader.close();
  }
}
