/** The run lengths of DICOM (PS3.5, annex G): one plane of bytes for each byte of each colour. */
import { NotDrawn } from './drawing.ts';

const HEADER_BYTES = 64;
const MOST_SEGMENTS = 15;

/** Planes one after the other, little endian within a value. Throws `NotDrawn` where one is not whole. */
export function unpackRle(
  packed: Uint8Array,
  pixels: number,
  samples: number,
  bytesEach: number,
): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const count = packed.length < HEADER_BYTES ? 0 : view.getUint32(0, true);
  if (count !== samples * bytesEach || count > MOST_SEGMENTS) throw new NotDrawn('damaged');
  const out = new Uint8Array(pixels * samples * bytesEach);
  for (let segment = 0; segment < count; segment += 1) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < count ? view.getUint32(8 + 4 * segment, true) : packed.length;
    if (start < HEADER_BYTES || end < start || end > packed.length) throw new NotDrawn('damaged');
    const sample = Math.floor(segment / bytesEach);
    // The most significant byte comes first.
    const place = bytesEach - 1 - (segment % bytesEach);
    const first = sample * pixels * bytesEach + place;
    if (unpackSegment(packed.subarray(start, end), out, first, bytesEach, pixels) < pixels) {
      throw new NotDrawn('damaged');
    }
  }
  return out;
}

/** Puts a plane at every `step`th byte from `first`; answers how many there were, up to `most`. */
function unpackSegment(
  segment: Uint8Array,
  out: Uint8Array,
  first: number,
  step: number,
  most: number,
): number {
  let done = 0;
  for (let at = 0; at < segment.length && done < most; ) {
    const head = segment[at]!;
    at += 1;
    if (head === 128) continue;
    const isRun = head > 128;
    const length = Math.min(isRun ? 257 - head : head + 1, most - done);
    if (at + (isRun ? 1 : length) > segment.length) return done;
    for (let each = 0; each < length; each += 1) {
      out[first + (done + each) * step] = segment[isRun ? at : at + each]!;
    }
    at += isRun ? 1 : head + 1;
    done += length;
  }
  return done;
}
