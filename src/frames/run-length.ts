/** RLE of DICOM (PS3.5 annex G): byte planes, the most significant first, each in runs. Pure. */

/** The samples as they would lie unpacked, plane by plane of colour; null for what does not fit together. */
export function unpackRuns(
  packed: Uint8Array,
  pixels: number,
  samples: number,
  bytesEach: number,
): Uint8Array | null {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (packed.length < 64 || view.getUint32(0, true) !== samples * bytesEach) return null;
  const unpacked = new Uint8Array(pixels * samples * bytesEach);
  for (let segment = 0; segment < samples * bytesEach; segment += 1) {
    const start = view.getUint32(4 + 4 * segment, true);
    const next = segment + 1 < samples * bytesEach ? view.getUint32(8 + 4 * segment, true) : packed.length;
    if (start < 64 || next > packed.length || start > next) return null;
    const sample = Math.floor(segment / bytesEach);
    // Little end first, as files that are not packed have it.
    const place = bytesEach - 1 - (segment % bytesEach);
    const isWhole = unpackSegment(
      packed.subarray(start, next),
      (at, byte) => {
        unpacked[(sample * pixels + at) * bytesEach + place] = byte;
      },
      pixels,
    );
    if (!isWhole) return null;
  }
  return unpacked;
}

function unpackSegment(runs: Uint8Array, put: (at: number, byte: number) => void, length: number): boolean {
  let at = 0;
  for (let read = 0; read < runs.length && at < length; ) {
    const count = runs[read]!;
    read += 1;
    if (count < 128) {
      for (let left = count + 1; left > 0 && at < length && read < runs.length; left -= 1) {
        put(at, runs[read]!);
        at += 1;
        read += 1;
      }
    } else if (count > 128 && read < runs.length) {
      for (let left = 257 - count; left > 0 && at < length; left -= 1) {
        put(at, runs[read]!);
        at += 1;
      }
      read += 1;
    }
  }
  return at === length;
}
