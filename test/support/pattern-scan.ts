/**
 * Finds which of many byte patterns occur in a lot of bytes. Each position costs one look into a bit table by
 * its four bytes; only what the table lets pass is compared. A few hundred megabytes take a second or two.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Pattern {
  /** What was looked for, for the report. */
  readonly name: string;
  /** The text that it is an encoding of; null for bytes of a file. */
  readonly of: string | null;
  readonly bytes: Buffer;
  /** Counts only where no letter or digit stands directly before or after it. */
  readonly whole: boolean;
}

const TABLE_BITS = 24;
const MULTIPLIER = 0x9e3779b1;

export class PatternScan {
  readonly #bits = new Uint32Array(1 << (TABLE_BITS - 5));
  readonly #buckets = new Map<number, Pattern[]>();
  readonly #longest: number;

  constructor(patterns: readonly Pattern[]) {
    let longest = 4;
    for (const pattern of patterns) {
      const { bytes } = pattern;
      if (bytes.length < 4) throw new Error(`too short to look for: ${pattern.name}`);
      const word = bytes.readUInt32LE(0);
      const slot = Math.imul(word, MULTIPLIER) >>> (32 - TABLE_BITS);
      this.#bits[slot >>> 5]! |= 1 << (slot & 31);
      const bucket = this.#buckets.get(word);
      if (bucket === undefined) this.#buckets.set(word, [pattern]);
      else bucket.push(pattern);
      longest = Math.max(longest, bytes.length);
    }
    this.#longest = longest;
  }

  /** The patterns that occur in the bytes. */
  in(bytes: Buffer, found = new Set<Pattern>()): Set<Pattern> {
    const bits = this.#bits;
    const last = bytes.length - 4;
    if (last < 0) return found;
    let word = bytes.readUInt32LE(0);
    for (let at = 0; ; ) {
      const slot = Math.imul(word, MULTIPLIER) >>> (32 - TABLE_BITS);
      if (((bits[slot >>> 5]! >>> (slot & 31)) & 1) === 1) this.#compare(bytes, at, word >>> 0, found);
      at += 1;
      if (at > last) return found;
      word = (word >>> 8) | (bytes[at + 3]! << 24);
    }
  }

  /** The same over a file, a piece at a time. */
  inFile(path: string, found = new Set<Pattern>()): Set<Pattern> {
    const piece = Buffer.alloc(8 << 20);
    const file = openSync(path, 'r');
    try {
      let kept = 0;
      for (;;) {
        const read = readSync(file, piece, kept, piece.length - kept, null);
        if (read === 0) return found;
        const filled = piece.subarray(0, kept + read);
        this.in(filled, found);
        // What may begin here and end in the next piece, with a byte before it.
        const overlap = Math.min(filled.length, this.#longest + 1);
        filled.copy(piece, 0, filled.length - overlap);
        kept = overlap;
      }
    } finally {
      closeSync(file);
    }
  }

  #compare(bytes: Buffer, at: number, word: number, found: Set<Pattern>): void {
    for (const pattern of this.#buckets.get(word) ?? []) {
      if (found.has(pattern)) continue;
      const end = at + pattern.bytes.length;
      if (end > bytes.length || bytes.compare(pattern.bytes, 0, pattern.bytes.length, at, end) !== 0)
        continue;
      if (pattern.whole && (isWord(bytes[at - 1]) || isWord(bytes[end]))) continue;
      found.add(pattern);
    }
  }
}

function isWord(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
}

/** Every regular file under a folder. */
export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

/** A text as it may stand somewhere: plain, escaped in JSON, in base64 at each of three offsets, in hex. */
export function encodings(name: string, text: string): Pattern[] {
  const plain = Buffer.from(text);
  const digits = /^[\d\s().+-]+$/.test(text);
  const patterns: Pattern[] = [{ name: `${name} (text)`, of: text, bytes: plain, whole: digits }];
  const escaped = JSON.stringify(text).slice(1, -1);
  if (escaped !== text)
    patterns.push({ name: `${name} (JSON)`, of: text, bytes: Buffer.from(escaped), whole: false });
  return [...patterns, ...encodedBytes(name, plain, text)];
}

/** Bytes in base64 and hex. What is too short to be told from chance in an encoding is left out there. */
export function encodedBytes(name: string, bytes: Buffer, of: string | null = null): Pattern[] {
  const patterns: Pattern[] = [];
  for (const offset of [0, 1, 2]) {
    const whole = bytes.subarray(offset, offset + Math.floor((bytes.length - offset) / 3) * 3);
    if (whole.length < 6) continue;
    patterns.push({
      name: `${name} (base64 at ${offset})`,
      of,
      bytes: Buffer.from(whole.toString('base64')),
      whole: false,
    });
  }
  const hex = bytes.toString('hex');
  patterns.push({ name: `${name} (hex)`, of, bytes: Buffer.from(hex), whole: false });
  patterns.push({ name: `${name} (HEX)`, of, bytes: Buffer.from(hex.toUpperCase()), whole: false });
  return patterns;
}
