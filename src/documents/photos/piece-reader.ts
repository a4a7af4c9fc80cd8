/** Reads a stream by the byte: so many bytes at once, or so many passed on, without ever holding more. */
import { PosternError } from '../../base/errors.ts';

const ZEROS = Buffer.alloc(65_536);

export class PieceReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = Buffer.alloc(0);
  #at = 0;
  #position = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** Bytes that were read or passed on. */
  get position(): number {
    return this.#position;
  }

  /** The next bytes, fewer where the source ends before. */
  async upTo(length: number): Promise<Buffer> {
    const all: Uint8Array[] = [];
    for await (const part of this.pass(length)) all.push(part);
    return Buffer.concat(all);
  }

  /** Exactly so many bytes. Throws `unsupported-media` where the source ends before. */
  async exactly(length: number): Promise<Buffer> {
    const read = await this.upTo(length);
    if (read.length < length) throw unsound();
    return read;
  }

  /** Hands on as many bytes as there are, up to so many. */
  async *pass(length: number): AsyncGenerator<Uint8Array, void, void> {
    for (let rest = length; rest > 0; ) {
      if (this.#at >= this.#piece.length && !(await this.#more())) return;
      const part = this.#taken(Math.min(this.#at + rest, this.#piece.length));
      rest -= part.length;
      yield part;
    }
  }

  /** Hands on as many zeros as there are bytes, up to so many. */
  async *blank(length: number): AsyncGenerator<Uint8Array, void, void> {
    for await (const part of this.pass(length)) yield* zeros(part.length);
  }

  /**
   * Hands on what comes before a marker of JPEG that is none of the coded picture's own, passes over the
   * marker and answers its code; null where the source ends before.
   */
  async *passToMarker(): AsyncGenerator<Uint8Array, number | null, void> {
    let held = false;
    for (;;) {
      if (this.#at >= this.#piece.length && !(await this.#more())) break;
      if (held && isMarker(this.#piece[this.#at]!)) return this.#taken(this.#at + 1)[0]!;
      if (held) yield ZEROS.subarray(0, 1).map(() => 0xff);
      const found = this.#nextMarker();
      held = found === null && this.#piece.at(-1) === 0xff;
      yield this.#taken(found ?? this.#piece.length - (held ? 1 : 0));
      if (found !== null) return this.#taken(found + 2)[1]!;
      if (held) this.#taken(this.#piece.length);
    }
    if (held) yield ZEROS.subarray(0, 1).map(() => 0xff);
    return null;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  #taken(end: number): Uint8Array {
    const part = this.#piece.subarray(this.#at, end);
    this.#at += part.length;
    this.#position += part.length;
    return part;
  }

  /** Where in this piece a marker begins whose code is in it too. */
  #nextMarker(): number | null {
    for (let at = this.#piece.indexOf(0xff, this.#at); at !== -1; at = this.#piece.indexOf(0xff, at + 1)) {
      const code = this.#piece[at + 1];
      if (code !== undefined && isMarker(code)) return at;
    }
    return null;
  }

  async #more(): Promise<boolean> {
    for (;;) {
      const next = await this.#pieces.next();
      if (next.done === true) return false;
      this.#piece = next.value;
      this.#at = 0;
      if (this.#piece.length > 0) return true;
    }
  }
}

/** Neither a stuffed zero, nor a fill byte, nor one of the marks within a scan. */
function isMarker(code: number): boolean {
  return code !== 0 && code !== 0xff && (code < 0xd0 || code > 0xd7);
}

export function* zeros(length: number): Generator<Uint8Array, void, void> {
  for (let rest = length; rest > 0; rest -= ZEROS.length)
    yield ZEROS.subarray(0, Math.min(rest, ZEROS.length));
}

export function unsound(): PosternError {
  const text =
    'The photo is damaged or not built as photos are, so what it says of itself cannot be removed.';
  return new PosternError('unsupported-media', text);
}
