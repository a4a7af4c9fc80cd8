/**
 * A baseline JPEG writer (ITU-T T.81, JFIF 1.01): 8 bits, grey or colour without subsampling, one set of
 * tables for all components. Small rather than fast; it serves the drawn files of the demo only.
 */
import {
  AC_LUMINANCE,
  DC_LUMINANCE,
  type HuffmanSpec,
  LUMINANCE_QUANTIZATION,
  ZIGZAG,
} from './jpeg-tables.ts';
import type { Raster } from './raster.ts';

interface HuffmanCode {
  readonly code: number;
  readonly length: number;
}

function huffmanCodes({ counts, symbols }: HuffmanSpec): Map<number, HuffmanCode> {
  const codes = new Map<number, HuffmanCode>();
  let code = 0;
  let next = 0;
  counts.forEach((count, index) => {
    for (let i = 0; i < count; i += 1, next += 1, code += 1) {
      codes.set(symbols[next] ?? 0, { code, length: index + 1 });
    }
    code <<= 1;
  });
  return codes;
}

const DC_CODES = huffmanCodes(DC_LUMINANCE);
const AC_CODES = huffmanCodes(AC_LUMINANCE);

/** COSINE[frequency * 8 + position], with the orthonormal scale folded in. */
const COSINE = Float64Array.from({ length: 64 }, (_, index) => {
  const frequency = index >> 3;
  const scale = frequency === 0 ? Math.SQRT1_2 / 2 : 0.5;
  return scale * Math.cos(((2 * (index & 7) + 1) * frequency * Math.PI) / 16);
});

class BitWriter {
  readonly #bytes: number[] = [];
  #held = 0;
  #count = 0;

  write(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit -= 1) {
      this.#held = (this.#held << 1) | ((value >> bit) & 1);
      this.#count += 1;
      if (this.#count === 8) this.#flushByte();
    }
  }

  /** The last byte is filled up with ones, as the standard asks. */
  finish(): Buffer {
    while (this.#count > 0) this.write(1, 1);
    return Buffer.from(this.#bytes);
  }

  #flushByte(): void {
    this.#bytes.push(this.#held);
    if (this.#held === 0xff) this.#bytes.push(0);
    this.#held = 0;
    this.#count = 0;
  }
}

/** Two passes of the one-dimensional cosine transform: rows, then columns. */
function transform(samples: Float64Array): Float64Array {
  const rows = new Float64Array(64);
  const out = new Float64Array(64);
  for (let y = 0; y < 8; y += 1) {
    for (let u = 0; u < 8; u += 1) {
      let sum = 0;
      for (let x = 0; x < 8; x += 1) sum += (samples[y * 8 + x] ?? 0) * (COSINE[u * 8 + x] ?? 0);
      rows[y * 8 + u] = sum;
    }
  }
  for (let u = 0; u < 8; u += 1) {
    for (let v = 0; v < 8; v += 1) {
      let sum = 0;
      for (let y = 0; y < 8; y += 1) sum += (rows[y * 8 + u] ?? 0) * (COSINE[v * 8 + y] ?? 0);
      out[v * 8 + u] = sum;
    }
  }
  return out;
}

function writeSized(bits: BitWriter, codes: Map<number, HuffmanCode>, run: number, value: number): void {
  const size = 32 - Math.clz32(Math.abs(value));
  const { code, length } = codes.get((run << 4) | size) ?? { code: 0, length: 0 };
  bits.write(code, length);
  bits.write(value < 0 ? value + (1 << size) - 1 : value, size);
}

/** Writes one block and returns its DC value, from which the next block's is counted. */
function writeBlock(
  bits: BitWriter,
  samples: Float64Array,
  table: readonly number[],
  lastDc: number,
): number {
  const frequencies = transform(samples);
  const levels = ZIGZAG.map((at) => Math.round((frequencies[at] ?? 0) / (table[at] ?? 1)));
  const dc = levels[0] ?? 0;
  writeSized(bits, DC_CODES, 0, dc - lastDc);
  let run = 0;
  const last = levels.findLastIndex((level) => level !== 0);
  for (let i = 1; i <= last; i += 1) {
    const level = levels[i] ?? 0;
    if (level === 0) {
      run += 1;
      continue;
    }
    for (; run > 15; run -= 16) writeSized(bits, AC_CODES, 15, 0);
    writeSized(bits, AC_CODES, run, level);
    run = 0;
  }
  if (last < 63) writeSized(bits, AC_CODES, 0, 0);
  return dc;
}

/** One component's sample, centred on zero: grey as it is, colour as Y, Cb or Cr (JFIF). */
function sampleAt(
  { width, height, channels, data }: Raster,
  x: number,
  y: number,
  component: number,
): number {
  const at = (Math.min(y, height - 1) * width + Math.min(x, width - 1)) * channels;
  const red = data[at] ?? 0;
  if (channels === 1) return red - 128;
  const green = data[at + 1] ?? 0;
  const blue = data[at + 2] ?? 0;
  const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
  if (component === 0) return luma - 128;
  return component === 1 ? (blue - luma) / 1.772 : (red - luma) / 1.402;
}

function scan(raster: Raster, table: readonly number[]): Buffer {
  const bits = new BitWriter();
  const samples = new Float64Array(64);
  const lastDc = [0, 0, 0];
  for (let top = 0; top < raster.height; top += 8) {
    for (let left = 0; left < raster.width; left += 8) {
      for (let component = 0; component < raster.channels; component += 1) {
        for (let i = 0; i < 64; i += 1) {
          samples[i] = sampleAt(raster, left + (i & 7), top + (i >> 3), component);
        }
        lastDc[component] = writeBlock(bits, samples, table, lastDc[component] ?? 0);
      }
    }
  }
  return bits.finish();
}

function segment(marker: number, body: readonly number[]): Buffer {
  const length = body.length + 2;
  return Buffer.from([0xff, marker, length >> 8, length & 0xff, ...body]);
}

/** `quality` is 1 to 100 on the customary scale of the Independent JPEG Group. */
export function encodeJpeg(raster: Raster, quality = 70): Buffer {
  const percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  const table = LUMINANCE_QUANTIZATION.map((step) =>
    Math.min(255, Math.max(1, Math.floor((step * percent + 50) / 100))),
  );
  const components = Array.from({ length: raster.channels }, (_, index) => index + 1);
  const size = [raster.height >> 8, raster.height & 0xff, raster.width >> 8, raster.width & 0xff];
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    segment(0xdb, [0, ...ZIGZAG.map((at) => table[at] ?? 1)]),
    segment(0xc0, [8, ...size, raster.channels, ...components.flatMap((id) => [id, 0x11, 0])]),
    segment(0xc4, [0x00, ...DC_LUMINANCE.counts, ...DC_LUMINANCE.symbols]),
    segment(0xc4, [0x10, ...AC_LUMINANCE.counts, ...AC_LUMINANCE.symbols]),
    segment(0xda, [raster.channels, ...components.flatMap((id) => [id, 0]), 0, 63, 0]),
    scan(raster, table),
    Buffer.from([0xff, 0xd9]),
  ]);
}
