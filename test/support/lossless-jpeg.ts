/** Pictures packed as lossless JPEG (ITU-T T.81 annex H), as small as a test needs them. */
export interface LosslessFacts {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly precision: number;
  readonly predictor: number;
  /** Pixels between restart markers, whole lines; none where it is left out. */
  readonly restart?: number;
}

/** Every size of a difference by a code of five bits: not tight, and easy to see. */
const CODE_BITS = 5;
const SIZES = 17;

/** `values` line by line, the samples of a pixel side by side. */
export function packLossless(values: readonly number[], facts: LosslessFacts): Uint8Array {
  const { rows, columns, samples, precision, predictor, restart = 0 } = facts;
  const each = Array.from({ length: samples }, (_, at) => at + 1);
  const parts = [
    Buffer.of(0xff, 0xd8),
    segment(0xc4, [
      0,
      ...Array.from({ length: 16 }, (_, at) => (at === CODE_BITS - 1 ? SIZES : 0)),
      ...sizes(),
    ]),
    segment(0xc3, [
      precision,
      ...word(rows),
      ...word(columns),
      samples,
      ...each.flatMap((id) => [id, 0x11, 0]),
    ]),
    ...(restart === 0 ? [] : [segment(0xdd, word(restart))]),
    segment(0xda, [samples, ...each.flatMap((id) => [id, 0]), predictor, 0, 0]),
  ];
  const lines = restart === 0 ? rows : restart / columns;
  for (let row = 0, interval = 0; row < rows; row += lines, interval += 1) {
    const bits: number[] = [];
    for (let each = row; each < Math.min(rows, row + lines); each += 1) {
      for (let at = 0; at < columns * samples; at += 1) {
        const place = each * columns * samples + at;
        put(bits, (values[place]! - predicted(values, place, facts, each === row)) & 0xffff);
      }
    }
    if (row > 0) parts.push(Buffer.of(0xff, 0xd0 + ((interval - 1) % 8)));
    parts.push(stuffed(bits));
  }
  return Buffer.concat([...parts, Buffer.of(0xff, 0xd9)]);
}

const sizes = () => Array.from({ length: SIZES }, (_, size) => size);
const word = (value: number) => [value >> 8, value & 0xff];

function segment(marker: number, content: readonly number[]): Buffer {
  return Buffer.from([0xff, marker, ...word(content.length + 2), ...content]);
}

function predicted(values: readonly number[], place: number, facts: LosslessFacts, isFirst: boolean): number {
  const { columns, samples, precision, predictor } = facts;
  const line = columns * samples;
  const isBegin = place % line < samples;
  if (isFirst) return isBegin ? 1 << (precision - 1) : values[place - samples]!;
  if (isBegin) return values[place - line]!;
  const [a, b, c] = [values[place - samples]!, values[place - line]!, values[place - line - samples]!];
  return [0, a, b, c, a + b - c, a + ((b - c) >> 1), b + ((a - c) >> 1), (a + b) >> 1][predictor]!;
}

/** `difference` modulo 65536. */
function put(bits: number[], difference: number): void {
  const signed = difference > 0x8000 ? difference - 0x1_0000 : difference;
  const size = signed === 0 ? 0 : 32 - Math.clz32(Math.abs(signed));
  push(bits, size, CODE_BITS);
  if (size > 0 && size < 16) push(bits, signed < 0 ? signed + (1 << size) - 1 : signed, size);
}

function push(bits: number[], value: number, length: number): void {
  for (let at = length - 1; at >= 0; at -= 1) bits.push((value >> at) & 1);
}

/** Filled up with ones, and with a zero behind every byte that a marker could begin with. */
function stuffed(bits: readonly number[]): Buffer {
  const bytes: number[] = [];
  for (let at = 0; at < bits.length; at += 8) {
    const byte = Array.from({ length: 8 }, (_, each) => bits[at + each] ?? 1).reduce(
      (sum, bit) => sum * 2 + bit,
      0,
    );
    bytes.push(byte, ...(byte === 0xff ? [0] : []));
  }
  return Buffer.from(bytes);
}
