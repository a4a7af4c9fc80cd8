/**
 * Lossless JPEG (ITU-T T.81 annex H, process 14), as scanners and radiography pack pictures and no browser
 * unpacks them. Hostile files are expected: nothing is made room for that the DICOM file does not say. Pure.
 */
import { type JpegScan, readScan } from './jpeg-scan.ts';
import type { ScanBits } from './scan-bits.ts';

/** What the DICOM file says of the picture, which the JPEG within must say too. */
export interface PackedShape {
  readonly rows: number;
  readonly columns: number;
  readonly samples: 1 | 3;
  readonly bytesEach: 1 | 2;
}

/** The samples side by side, little end first; null for what is packed otherwise, or not whole. */
export function unpackLossless(packed: Uint8Array, shape: PackedShape): Uint8Array | null {
  const scan = readScan(packed);
  if (scan === null || scan.rows !== shape.rows || scan.columns !== shape.columns) return null;
  if (scan.tables.length !== shape.samples || scan.precision > shape.bytesEach * 8) return null;
  const values = valuesOf(scan);
  if (values === null) return null;
  if (shape.bytesEach === 1) return Uint8Array.from(values);
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  values.forEach((value, at) => {
    view.setUint16(at * 2, value, true);
  });
  return bytes;
}

function valuesOf({ rows, columns, precision, shift, predictor, restart, tables, bits }: JpegScan) {
  const samples = tables.length;
  const line = columns * samples;
  const values = new Uint16Array(rows * line);
  const first = 1 << (precision - shift - 1);
  // The line from whose first value the predictions begin anew.
  let begun = 0;
  for (let row = 0, left = restart; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (restart > 0 && left === 0) {
        // Intervals are whole lines (T.81, H.1.1).
        if (column !== 0 || !bits.restart()) return null;
        begun = row;
        left = restart;
      }
      left -= 1;
      for (let sample = 0; sample < samples; sample += 1) {
        const at = row * line + column * samples + sample;
        const difference = differenceOf(bits, tables[sample]!);
        if (difference === null) return null;
        const [before, above] = [values[at - samples]!, values[at - line]!];
        const predicted =
          row === begun
            ? column === 0
              ? first
              : before
            : column === 0
              ? above
              : predictionOf(predictor, before, above, values[at - line - samples]!);
        values[at] = predicted + difference;
      }
    }
  }
  return shift === 0 ? values : values.map((value) => value << shift);
}

/** T.81, table H.1. */
function predictionOf(predictor: number, before: number, above: number, corner: number): number {
  switch (predictor) {
    case 1:
      return before;
    case 2:
      return above;
    case 3:
      return corner;
    case 4:
      return before + above - corner;
    case 5:
      return before + ((above - corner) >> 1);
    case 6:
      return above + ((before - corner) >> 1);
    default:
      return (before + above) >> 1;
  }
}

/** Null where the bits have run out, or are no code of the table. */
function differenceOf(bits: ScanBits, table: Uint16Array): number | null {
  const size = bits.code(table);
  if (size === null) return null;
  if (size === 0) return 0;
  // Needs no bits of its own (T.81, H.1.2.2).
  if (size === 16) return 32_768;
  const value = bits.take(size);
  if (value === null) return null;
  return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}
