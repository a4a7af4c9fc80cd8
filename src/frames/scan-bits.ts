/** The bits of a scan of a JPEG (ITU-T T.81, F.2.2.5), most significant first. Pure. */
export class ScanBits {
  readonly #bytes: Uint8Array;
  #at: number;
  #held = 0;
  #count = 0;
  /** Bits that were made up behind the last one: codes are looked up by sixteen at a time. */
  #madeUp = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** What the next bits stand for in a table of `codeTable`; null where they stand for nothing. */
  code(table: Uint16Array): number | null {
    this.#fill();
    const entry = table[(this.#held >>> (this.#count - 16)) & 0xffff]!;
    const length = entry >> 8;
    return length === 0 || !this.#drop(length) ? null : entry & 0xff;
  }

  /** That many bits, sixteen at most; null where they have run out. */
  take(length: number): number | null {
    this.#fill();
    const value = (this.#held >>> (this.#count - length)) & ((1 << length) - 1);
    return this.#drop(length) ? value : null;
  }

  /** Goes on behind the next restart marker; false where none is next. */
  restart(): boolean {
    const marker = this.#bytes[this.#at + 1] ?? 0;
    if (this.#bytes[this.#at] !== 0xff || marker < 0xd0 || marker > 0xd7) return false;
    this.#at += 2;
    this.#held = 0;
    this.#count = 0;
    this.#madeUp = 0;
    return true;
  }

  #drop(length: number): boolean {
    this.#count -= length;
    return this.#count >= this.#madeUp;
  }

  #fill(): void {
    while (this.#count < 16) {
      this.#held = ((this.#held & 0xffff) << 8) | this.#next();
      this.#count += 8;
    }
  }

  /** A byte; zeros behind the end, which a marker is. */
  #next(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined || (byte === 0xff && this.#bytes[this.#at + 1] !== 0)) {
      this.#madeUp += 8;
      return 0;
    }
    this.#at += byte === 0xff ? 2 : 1;
    return byte;
  }
}

/**
 * A table of Huffman's code by the next sixteen bits: length of the code times 256, and what it stands for;
 * 0 where no code begins so. Null for what is no table.
 */
export function codeTable(lengths: Uint8Array, symbols: Uint8Array): Uint16Array | null {
  const table = new Uint16Array(0x1_0000);
  let code = 0;
  let at = 0;
  for (let length = 1; length <= 16; length += 1) {
    for (let each = 0; each < lengths[length - 1]!; each += 1) {
      const symbol = symbols[at];
      const from = code << (16 - length);
      const to = (code + 1) << (16 - length);
      if (symbol === undefined || symbol > 16 || to > 0x1_0000) return null;
      table.fill((length << 8) | symbol, from, to);
      code += 1;
      at += 1;
    }
    code <<= 1;
  }
  return table;
}
