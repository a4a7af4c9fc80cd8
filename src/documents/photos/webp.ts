/** WebP (RFC 9649, section 2): chunks of RIFF. */
import { type PieceReader, unsound } from './piece-reader.ts';
import { orientationOf, uprightBlock } from './upright.ts';

const KEPT: ReadonlySet<string> = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
const NOBODYS = 'ZERO';
const MOST_EXIF_BYTES = 1024 * 1024;

export async function* blankWebp(reader: PieceReader): AsyncGenerator<Uint8Array, void, void> {
  const start = await reader.exactly(12);
  if (start.toString('latin1', 0, 4) !== 'RIFF' || start.toString('latin1', 8) !== 'WEBP') throw unsound();
  yield start;
  const end = start.readUInt32LE(4) + 8;
  while (reader.position + 8 <= end) {
    const head = await reader.exactly(8);
    const type = head.toString('latin1', 0, 4);
    const length = head.readUInt32LE(4);
    // Chunks begin at even places.
    const padded = length + (length % 2);
    if (reader.position + length > end) throw unsound();
    if (KEPT.has(type)) {
      yield head;
      yield* reader.pass(padded);
    } else if (type === 'EXIF' && length <= MOST_EXIF_BYTES) {
      yield head;
      const content = await reader.exactly(length);
      const tiff = content.toString('latin1', 0, 6) === 'Exif\0\0' ? content.subarray(6) : content;
      yield uprightBlock(orientationOf(tiff) ?? 1, length);
      yield* reader.blank(padded - length);
    } else {
      head.write(NOBODYS, 'latin1');
      yield head;
      yield* reader.blank(padded);
    }
  }
  if (reader.position < end - 1) throw unsound();
  yield* reader.blank(Number.POSITIVE_INFINITY);
}
