/** Samples of an unpacked frame, made into values of grey or into colours. Pure. */
import type { DicomImage } from './dicom-file.ts';
import { plainLength } from './frame-bytes.ts';
import { paletteOf } from './palette.ts';

/** Values as they are stored, before slope, intercept and window. */
export interface GreyFrame {
  readonly kind: 'grey';
  readonly values: Uint8Array | Uint16Array | Int16Array | Int32Array | Uint32Array;
  readonly low: number;
  readonly high: number;
}

export interface ColourFrame {
  readonly kind: 'colour';
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

export type Frame = GreyFrame | ColourFrame;

/** `bytes` are not packed, and as long as `plainLength` says. Null where that is not so. */
export function samplesOf(image: DicomImage, bytes: Uint8Array): Frame | null {
  if (bytes.length < plainLength(image)) return null;
  if (image.samples === 3) return colours(image, bytes);
  const values = valuesOf(image, bytes);
  return image.photometric === 'PALETTE COLOR' ? palette(image, values) : grey(image, values);
}

/** With the lowest and the highest value, what stands for nothing left aside. */
export function grey({ padding }: Pick<DicomImage, 'padding'>, values: GreyFrame['values']): GreyFrame {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === padding) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? { kind: 'grey', values, low: 0, high: 1 } : { kind: 'grey', values, low, high };
}

function valuesOf(image: DicomImage, bytes: Uint8Array): GreyFrame['values'] {
  const pixels = image.rows * image.columns;
  const { bitsAllocated, bitsStored, isSigned } = image;
  if (bitsAllocated === 1) {
    return Uint8Array.from({ length: pixels }, (_, at) => (bytes[at >> 3]! >> (at & 7)) & 1);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = image.packing !== 'big-endian';
  const unused = bitsAllocated - bitsStored;
  if (bitsAllocated === 8) {
    const mask = 0xff >> unused;
    if (!isSigned) return Uint8Array.from({ length: pixels }, (_, at) => bytes[at]! & mask);
    return Int16Array.from({ length: pixels }, (_, at) => (bytes[at]! << (24 + unused)) >> (24 + unused));
  }
  if (bitsAllocated === 32) {
    if (!isSigned) return Uint32Array.from({ length: pixels }, (_, at) => view.getUint32(at * 4, little));
    return Int32Array.from({ length: pixels }, (_, at) => view.getInt32(at * 4, little));
  }
  const values = isSigned ? new Int16Array(pixels) : new Uint16Array(pixels);
  for (let at = 0; at < pixels; at += 1) {
    const stored = view.getUint16(at * 2, little);
    // What lies above the stored bits may be anything.
    values[at] = isSigned ? (stored << (16 + unused)) >> (16 + unused) : stored & (0xffff >> unused);
  }
  return values;
}

function colours(image: DicomImage, bytes: Uint8Array): ColourFrame | null {
  const { rows, columns, photometric, bitsAllocated, bitsStored } = image;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) return null;
  const pixels = rows * columns;
  const rgba = new Uint8ClampedArray(pixels * 4);
  const step = bitsAllocated / 8;
  const high = step === 2 && image.packing !== 'big-endian' ? 1 : 0;
  const shift = step === 2 ? Math.max(0, 16 - bitsStored) : 0;
  const sample = (at: number) => {
    const byte = bytes[at * step + high]!;
    return shift === 0 ? byte : (((byte << 8) | bytes[at * step + (1 - high)]!) << shift) >> 8;
  };
  for (let at = 0; at < pixels; at += 1) {
    const [first, second, third] = placesOf(image, at, pixels);
    const three = [sample(first), sample(second), sample(third)] as const;
    put(rgba, at, photometric === 'RGB' ? three : rgbOf(three));
  }
  return { kind: 'colour', rgba };
}

/** Where the samples of a pixel lie: side by side, in planes, or two pixels sharing their colour. */
function placesOf(image: DicomImage, at: number, pixels: number): [number, number, number] {
  if (image.photometric === 'YBR_FULL_422') {
    const pair = (at >> 1) * 4;
    return [pair + (at & 1), pair + 2, pair + 3];
  }
  return image.isPlanar ? [at, pixels + at, 2 * pixels + at] : [at * 3, at * 3 + 1, at * 3 + 2];
}

function rgbOf([y, cb, cr]: readonly [number, number, number]): [number, number, number] {
  const [blue, red] = [cb - 128, cr - 128];
  return [y + 1.402 * red, y - 0.344136 * blue - 0.714136 * red, y + 1.772 * blue];
}

function put(
  rgba: Uint8ClampedArray,
  at: number,
  [red, green, blue]: readonly [number, number, number],
): void {
  rgba[at * 4] = red;
  rgba[at * 4 + 1] = green;
  rgba[at * 4 + 2] = blue;
  rgba[at * 4 + 3] = 255;
}

function palette(image: DicomImage, values: GreyFrame['values']): ColourFrame | null {
  const colourOf = paletteOf(image);
  if (colourOf === null) return null;
  const rgba = new Uint8ClampedArray(values.length * 4);
  values.forEach((value, at) => {
    put(rgba, at, colourOf(value));
  });
  return { kind: 'colour', rgba };
}
