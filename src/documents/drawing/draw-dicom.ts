/** A frame of DICOM as a picture of eight bits: the window that the file says, or all that it has. */
import type { DataSet, Element } from 'dicom-parser';
import type { Codec } from './dicom-codecs.ts';
import { type Frame, readFrame } from './dicom-frame.ts';
import { NotDrawn, type Pixels } from './drawing.ts';

export type DicomPicture = { readonly pixels: Pixels } | { readonly jpeg: Buffer; readonly pages: number };

/** Frame `page`, from 1; `codec` unpacks it where that takes one. Throws as `readFrame` does. */
export function dicomPicture(content: Buffer, page: number, codec: Codec | null = null): DicomPicture {
  const frame = readFrame(content, page, codec);
  if (frame.isJpeg) return { jpeg: withColours(frame), pages: frame.frames };
  const facts = { width: frame.columns, height: frame.rows, pages: frame.frames };
  if (frame.photometric.startsWith('MONOCHROME') && frame.samples === 1) {
    return { pixels: { ...facts, channels: 1, bytes: greys(frame) } };
  }
  return { pixels: { ...facts, channels: 3, bytes: colours(frame) } };
}

/** Says that colours are red, green and blue, to decoders that would otherwise guess luminance. */
const NOT_TRANSFORMED = Buffer.from('\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0', 'latin1');

/** The file says what the colours are, where the JPEG within does not. */
function withColours({ bytes, photometric }: Frame): Buffer {
  const jpeg = Buffer.from(bytes);
  const says = ['JFIF', 'Adobe'].some((word) => jpeg.subarray(0, 64).includes(word));
  if (photometric !== 'RGB' || says) return jpeg;
  return Buffer.concat([jpeg.subarray(0, 2), NOT_TRANSFORMED, jpeg.subarray(2)]);
}

/** Stored values through the modality's scale and the window (PS3.3, C.11.2.1.2). */
function greys(frame: Frame): Uint8Array {
  const values = storedValues(frame);
  const slope = numberOf(frame.dataSet, 'x00281053') ?? 1;
  const intercept = numberOf(frame.dataSet, 'x00281052') ?? 0;
  const [low, high] = windowOf(frame.dataSet) ?? extent(values, slope, intercept);
  const isInverted = frame.photometric === 'MONOCHROME1';
  // Rounds, and ends at black and white.
  const out = new Uint8ClampedArray(values.length);
  const scale = high > low ? 255 / (high - low) : 0;
  for (let at = 0; at < values.length; at += 1) {
    const grey = (values[at]! * slope + intercept - low) * scale;
    out[at] = isInverted ? 255 - grey : grey;
  }
  return new Uint8Array(out.buffer);
}

function windowOf(dataSet: DataSet): [number, number] | null {
  const center = numberOf(dataSet, 'x00281050');
  const width = numberOf(dataSet, 'x00281051');
  if (center === null || width === null || width < 1) return null;
  return [center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2];
}

function extent(values: ArrayLike<number>, slope: number, intercept: number): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < values.length; at += 1) {
    least = Math.min(least, values[at]!);
    most = Math.max(most, values[at]!);
  }
  const ends = [least * slope + intercept, most * slope + intercept];
  return [Math.min(...ends), Math.max(...ends)];
}

function numberOf(dataSet: DataSet, tag: string): number | null {
  const value = Number.parseFloat(dataSet.string(tag, 0) ?? '');
  return Number.isFinite(value) ? value : null;
}

function storedValues({ bytes, bits, isSigned, isBigEndian }: Frame): ArrayLike<number> {
  if (bits === 8) return isSigned ? Int8Array.from(bytes) : bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = isSigned ? new Int16Array(bytes.length >> 1) : new Uint16Array(bytes.length >> 1);
  for (let at = 0; at < values.length; at += 1) {
    values[at] = isSigned ? view.getInt16(at * 2, !isBigEndian) : view.getUint16(at * 2, !isBigEndian);
  }
  return values;
}

function colours(frame: Frame): Uint8Array {
  const { photometric } = frame;
  if (photometric === 'PALETTE COLOR') return byPalette(frame);
  if (frame.samples !== 3) throw new NotDrawn('not-drawn');
  if (photometric === 'YBR_FULL_422') return fromHalfColours(frame);
  const bytes = frame.bits === 8 ? frame.bytes : highBytes(storedValues({ ...frame, isSigned: false }));
  const sideBySide = frame.isPlanar ? interleaved(bytes, frame.rows * frame.columns) : bytes;
  if (photometric === 'RGB') return sideBySide;
  if (photometric !== 'YBR_FULL') throw new NotDrawn('not-drawn');
  const out = new Uint8Array(sideBySide.length);
  for (let at = 0; at + 2 < sideBySide.length; at += 3) {
    putRgb(out, at, sideBySide[at]!, sideBySide[at + 1]!, sideBySide[at + 2]!);
  }
  return out;
}

function highBytes(values: ArrayLike<number>): Uint8Array {
  return Uint8Array.from({ length: values.length }, (_, at) => values[at]! >> 8);
}

function interleaved(planes: Uint8Array, pixels: number): Uint8Array {
  const out = new Uint8Array(pixels * 3);
  for (let plane = 0; plane < 3; plane += 1) {
    for (let at = 0; at < pixels; at += 1) out[at * 3 + plane] = planes[plane * pixels + at]!;
  }
  return out;
}

/** Two pixels as Y1 Y2 Cb Cr. */
function fromHalfColours({ bytes, rows, columns, bits }: Frame): Uint8Array {
  if (bits !== 8) throw new NotDrawn('not-drawn');
  const out = new Uint8Array(rows * columns * 3);
  for (let at = 0; at + 3 < bytes.length; at += 4) {
    const to = (at / 2) * 3;
    putRgb(out, to, bytes[at]!, bytes[at + 2]!, bytes[at + 3]!);
    putRgb(out, to + 3, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
  }
  return out;
}

/** PS3.3, C.7.6.3.1.2. */
function putRgb(out: Uint8Array, at: number, y: number, blue: number, red: number): void {
  const clamped = (value: number) => Math.min(255, Math.max(0, Math.round(value)));
  out[at] = clamped(y + 1.402 * (red - 128));
  out[at + 1] = clamped(y - 0.344136 * (blue - 128) - 0.714136 * (red - 128));
  out[at + 2] = clamped(y + 1.772 * (blue - 128));
}

/** Red, green and blue by tables of 16 or 8 bits (PS3.3, C.7.6.3.1.5 and 6). */
function byPalette(frame: Frame): Uint8Array {
  const tables = ['x00281201', 'x00281202', 'x00281203'].map((tag, index) =>
    readTable(frame, tag, `x0028110${index + 1}`),
  );
  const values = storedValues(frame);
  const out = new Uint8Array(values.length * 3);
  for (let at = 0; at < values.length; at += 1) {
    for (let plane = 0; plane < 3; plane += 1) out[at * 3 + plane] = tables[plane]!(values[at]!);
  }
  return out;
}

function readTable(
  { dataSet, isBigEndian }: Frame,
  tag: string,
  descriptor: string,
): (value: number) => number {
  const element = dataSet.elements[tag];
  const length = dataSet.uint16(descriptor, 0) || 65_536;
  const first = dataSet.uint16(descriptor, 1) ?? 0;
  const bits = dataSet.uint16(descriptor, 2) ?? 16;
  if (element === undefined) throw new NotDrawn('not-drawn');
  const data = bytesOf(dataSet, element);
  const isWide = data.length >= length * 2;
  return (value) => {
    const index = Math.min(length - 1, Math.max(0, value - first));
    if (!isWide) return data[index] ?? 0;
    const at = index * 2;
    if (at + 2 > data.length) return 0;
    const entry = isBigEndian ? data.readUInt16BE(at) : data.readUInt16LE(at);
    return bits === 8 ? entry & 255 : entry >> 8;
  };
}

function bytesOf({ byteArray }: DataSet, { dataOffset, length }: Element): Buffer {
  const bytes = byteArray.subarray(dataOffset, dataOffset + length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
