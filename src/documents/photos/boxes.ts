/** Boxes within boxes (ISO/IEC 14496-12, section 4.2), of what is whole in memory. */
import { unsound } from './piece-reader.ts';

export interface Box {
  readonly type: string;
  /** Of what the box holds, behind its header. */
  readonly start: number;
  readonly end: number;
}

/** Of the box `meta`, whose own header is gone: four bytes of version come first. */
export function innerOf(meta: Buffer): Box[] {
  return [...childBoxes(meta, 4, meta.length)];
}

/** Throws `unsupported-media` where a box does not lie within. */
export function* childBoxes(bytes: Buffer, start: number, end: number): Generator<Box, void, void> {
  for (let at = start; at < end; ) {
    if (at + 8 > end) throw unsound();
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (size < 8 || at + size > end) throw unsound();
    yield { type, start: at + 8, end: at + size };
    at += size;
  }
}

/** Reads numbers of any width one after the other. Throws `unsupported-media` behind the end. */
export class Numbers {
  readonly #bytes: Buffer;
  readonly #end: number;
  at: number;

  constructor(bytes: Buffer, { start, end }: Box) {
    this.#bytes = bytes;
    this.at = start;
    this.#end = end;
  }

  /** Of 0 to 8 bytes, big endian; nothing is 0. */
  next(width: number): number {
    if (this.at + width > this.#end) throw unsound();
    let value = 0;
    for (let byte = 0; byte < width; byte += 1) value = value * 256 + this.#bytes[this.at + byte]!;
    this.at += width;
    if (!Number.isSafeInteger(value)) throw unsound();
    return value;
  }

  text(width: number): string {
    if (this.at + width > this.#end) throw unsound();
    this.at += width;
    return this.#bytes.toString('latin1', this.at - width, this.at);
  }
}
