/** The one thing about a photo that is kept: which way up it is (Exif 2.32, section 4.6.4, tag 0x0112). */

const ORIENTATION = 0x0112;
const MOST_ENTRIES = 200;

/** The orientation that a TIFF block says, 1 to 8; null where it says none or is none. */
export function orientationOf(tiff: Uint8Array): number | null {
  if (tiff.length < 14) return null;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const little = order === 0x4949;
  const first = view.getUint32(4, little);
  if (view.getUint16(2, little) !== 42 || first < 8 || first + 2 > tiff.length) return null;
  const count = Math.min(view.getUint16(first, little), MOST_ENTRIES);
  for (let entry = 0; entry < count; entry += 1) {
    const at = first + 2 + entry * 12;
    if (at + 12 > tiff.length) return null;
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : null;
  }
  return null;
}

/** Bytes of the smallest block that says an orientation. */
export const UPRIGHT_BYTES = 26;

/** A TIFF block that says this and nothing else, of exactly `length` bytes; zeros where it does not fit. */
export function uprightBlock(orientation: number | null, length: number): Buffer {
  const block = Buffer.alloc(length);
  if (orientation === null || length < UPRIGHT_BYTES) return block;
  block.write('MM\0*\0\0\0\x08\0\x01', 'latin1');
  block.writeUInt16BE(ORIENTATION, 10);
  block.writeUInt16BE(3, 12);
  block.writeUInt32BE(1, 14);
  block.writeUInt16BE(orientation, 18);
  return block;
}
