/**
 * The head of a lossless JPEG in one scan (ITU-T T.81, annex B): its shape, its tables, where its bits begin.
 * Pure.
 */
import { codeTable, ScanBits } from './scan-bits.ts';

export interface JpegScan {
  readonly rows: number;
  readonly columns: number;
  readonly precision: number;
  /** Bits that were left out below (point transform). */
  readonly shift: number;
  /** 1 to 7 (T.81, table H.1). */
  readonly predictor: number;
  /** Pixels between restart markers; 0 for none. */
  readonly restart: number;
  /** For each sample of a pixel, as `codeTable` makes them. */
  readonly tables: readonly Uint16Array[];
  readonly bits: ScanBits;
}

interface Frame {
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
}

/** Null for what is no lossless JPEG with all its samples in one scan. */
export function readScan(bytes: Uint8Array): JpegScan | null {
  const tables = new Map<number, Uint16Array>();
  let frame: Frame | null = null;
  let restart = 0;
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (length < 2 || segment.length !== length - 2) return null;
    at += 2 + length;
    if (marker === 0xc4) {
      if (!addTables(tables, segment)) return null;
    } else if (marker === 0xc3) {
      frame = frameOf(segment);
      if (frame === null) return null;
    } else if (marker >= 0xc0 && marker <= 0xcf) {
      // Another process of JPEG, or arithmetic coding.
      return null;
    } else if (marker === 0xdd) {
      restart = ((segment[0] ?? 0) << 8) | (segment[1] ?? 0);
    } else if (marker === 0xda) {
      return frame === null ? null : scanOf(frame, tables, segment, restart, new ScanBits(bytes, at));
    }
  }
  return null;
}

function addTables(tables: Map<number, Uint16Array>, segment: Uint8Array): boolean {
  for (let at = 0; at < segment.length; ) {
    const lengths = segment.subarray(at + 1, at + 17);
    const symbols = lengths.reduce((sum, each) => sum + each, 0);
    const table = codeTable(lengths, segment.subarray(at + 17, at + 17 + symbols));
    if (lengths.length < 16 || table === null) return false;
    tables.set(segment[at]!, table);
    at += 17 + symbols;
  }
  return true;
}

function frameOf(segment: Uint8Array): Frame | null {
  const components = segment[5] ?? 0;
  if (segment.length !== 6 + 3 * components) return null;
  const precision = segment[0]!;
  if (precision < 2 || precision > 16) return null;
  for (let each = 0; each < components; each += 1) {
    // Samples of every pixel, none shared.
    if (segment[7 + 3 * each] !== 0x11) return null;
  }
  const [rows, columns] = [(segment[1]! << 8) | segment[2]!, (segment[3]! << 8) | segment[4]!];
  return { precision, rows, columns, components };
}

function scanOf(
  { precision, rows, columns, components }: Frame,
  known: ReadonlyMap<number, Uint16Array>,
  segment: Uint8Array,
  restart: number,
  bits: ScanBits,
): JpegScan | null {
  if (segment[0] !== components || segment.length !== 4 + 2 * components) return null;
  const tables = Array.from({ length: components }, (_, each) => known.get(segment[2 + 2 * each]! >> 4));
  const predictor = segment[1 + 2 * components]!;
  const shift = segment[3 + 2 * components]! & 0x0f;
  if (predictor < 1 || predictor > 7 || shift >= precision) return null;
  if (!tables.every((table) => table !== undefined)) return null;
  return { rows, columns, precision, shift, predictor, restart, tables, bits };
}
