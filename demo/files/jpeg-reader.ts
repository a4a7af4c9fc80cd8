/**
 * Reads baseline JPEG files as far as a test needs: it decodes every Huffman code of the scan and returns the
 * mean brightness of each 8 by 8 block. It follows the tables in the file, not those of our writer.
 */
import { ZIGZAG } from './jpeg-tables.ts';

export interface JpegMeans {
  width: number;
  height: number;
  components: number;
  /** Mean of the first component (0 to 255) of every block, row by row. */
  means: number[];
}

type HuffmanTable = Map<string, number>;

function readHuffman(body: Buffer): HuffmanTable {
  const table: HuffmanTable = new Map();
  let code = 0;
  let next = 17;
  for (let length = 1; length <= 16; length += 1) {
    for (let i = 0; i < (body[length] ?? 0); i += 1) {
      table.set(code.toString(2).padStart(length, '0'), body[next] ?? 0);
      code += 1;
      next += 1;
    }
    code <<= 1;
  }
  return table;
}

class BitReader {
  readonly #bytes: Buffer;
  #at = 0;
  #bit = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bit(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Error('The scan ends too early');
    const bit = (byte >> (7 - this.#bit)) & 1;
    this.#bit += 1;
    if (this.#bit === 8) {
      this.#bit = 0;
      this.#at += byte === 0xff ? 2 : 1;
    }
    return bit;
  }

  symbol(table: HuffmanTable): number {
    let code = '';
    while (code.length < 16) {
      code += this.bit();
      const symbol = table.get(code);
      if (symbol !== undefined) return symbol;
    }
    throw new Error('No such Huffman code');
  }

  value(size: number): number {
    let value = 0;
    for (let i = 0; i < size; i += 1) value = value * 2 + this.bit();
    return size > 0 && value < 2 ** (size - 1) ? value - 2 ** size + 1 : value;
  }

  /** Whether only the padding of the last byte is left. */
  get isAtEnd(): boolean {
    return this.#bytes.length - this.#at <= 1;
  }
}

function skipAc(bits: BitReader, table: HuffmanTable): void {
  for (let index = 1; index < ZIGZAG.length; ) {
    const symbol = bits.symbol(table);
    if (symbol === 0) return;
    index += (symbol >> 4) + 1;
    bits.value(symbol & 15);
    if (index > ZIGZAG.length) throw new Error('A block has too many values');
  }
}

/** Throws where the file is not what it says. */
export function readJpegMeans(bytes: Buffer): JpegMeans {
  if (bytes.readUInt16BE(0) !== 0xffd8 || bytes.readUInt16BE(bytes.length - 2) !== 0xffd9) {
    throw new Error('Not a whole JPEG file');
  }
  const segments = new Map<number, Buffer>();
  let at = 2;
  for (let marker = 0; marker !== 0xda; ) {
    marker = bytes[at + 1] ?? 0;
    const length = bytes.readUInt16BE(at + 2);
    const body = bytes.subarray(at + 4, at + 2 + length);
    segments.set(marker === 0xc4 ? 0xc400 + (body[0] ?? 0) : marker, body);
    at += 2 + length;
  }
  const frame = segments.get(0xc0) ?? Buffer.alloc(6);
  const step = segments.get(0xdb)?.[1] ?? 1;
  const dc = readHuffman(segments.get(0xc400) ?? Buffer.alloc(17));
  const ac = readHuffman(segments.get(0xc410) ?? Buffer.alloc(17));
  const [height, width, components] = [frame.readUInt16BE(1), frame.readUInt16BE(3), frame[5] ?? 1];
  const bits = new BitReader(bytes.subarray(at, -2));
  const means: number[] = [];
  const last = [0, 0, 0];
  for (let block = 0; block < Math.ceil(width / 8) * Math.ceil(height / 8); block += 1) {
    for (let component = 0; component < components; component += 1) {
      last[component] = (last[component] ?? 0) + bits.value(bits.symbol(dc));
      skipAc(bits, ac);
      if (component === 0) means.push(((last[0] ?? 0) * step) / 8 + 128);
    }
  }
  if (!bits.isAtEnd) throw new Error('There is more in the scan than the frame announces');
  return { width, height, components, means };
}
