/** A frame packed as JPEG, made ready for the browser to unpack. Pure; null where it has not eight bits. */
import type { DicomImage } from './dicom-file.ts';

interface Segments {
  readonly precision: number;
  readonly components: number;
  readonly isBaseline: boolean;
  readonly saysTransform: boolean;
}

/**
 * With a word about its colours where it has none: the file says whether they are RGB, and browsers guess
 * that they are not (Adobe's APP14, ITU-T T.872 section 6.5.3).
 */
export function jpegFrame(
  { photometric, samples }: DicomImage,
  bytes: Uint8Array,
): Uint8Array<ArrayBuffer> | null {
  const found = segmentsOf(bytes);
  if (found === null || found.precision !== 8 || found.components !== samples || !found.isBaseline)
    return null;
  if (samples === 1 || found.saysTransform) return Uint8Array.from(bytes);
  const transform = photometric === 'RGB' ? 0 : 1;
  const word = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform];
  const marked = new Uint8Array(bytes.length + word.length);
  marked.set(bytes.subarray(0, 2));
  marked.set(word, 2);
  marked.set(bytes.subarray(2), 2 + word.length);
  return marked;
}

function segmentsOf(bytes: Uint8Array): Segments | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  let saysTransform = false;
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      // Sequential or progressive by Huffman's code: the rest no browser unpacks.
      const isBaseline = marker <= 0xc2;
      return { precision: bytes[at + 4]!, components: bytes[at + 9]!, isBaseline, saysTransform };
    }
    if (marker === 0xee || marker === 0xe0) saysTransform ||= marker === 0xee;
    at += 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  }
  return null;
}
