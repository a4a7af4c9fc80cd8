/**
 * What is looked at to tell what a file is: its beginning and its end, never the whole. Signatures stand at
 * the beginning; the directory of a ZIP, and with it what an office document is made of, stands at the end.
 */

/** Bytes of the beginning: more than any signature needs. */
export const HEAD_BYTES = 64 * 1024;
/** Bytes of the end: room for the directory of a thousand parts and more. */
export const TAIL_BYTES = 128 * 1024;

export interface Sample {
  readonly head: Uint8Array;
  /** The last bytes of the file; where it is short, they are also those of the head. */
  readonly tail: Uint8Array;
  /** Of the whole file. */
  readonly bytes: number;
}

/** The sample of what lies in memory. */
export function sampleOf(content: Uint8Array): Sample {
  return {
    head: content.subarray(0, HEAD_BYTES),
    tail: content.subarray(Math.max(0, content.length - TAIL_BYTES)),
    bytes: content.length,
  };
}

/** The sample of what can be read in parts, as `readContent` does; two readings at most. */
export async function sampleFrom(
  read: (start: number, endExclusive: number) => AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<Sample> {
  const head = await gathered(read(0, Math.min(bytes, HEAD_BYTES)));
  if (bytes <= HEAD_BYTES) return { head, tail: head, bytes };
  return { head, tail: await gathered(read(Math.max(0, bytes - TAIL_BYTES), bytes)), bytes };
}

async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** Takes a sample of a stream as it passes. */
export class Sampler {
  /** Nothing of either is read that was not written: for most files zeros would be most of the work. */
  readonly #head = Buffer.allocUnsafe(HEAD_BYTES);
  /** The last bytes, moved to its beginning whenever it is full: each byte is moved once. */
  #recent = Buffer.allocUnsafe(TAIL_BYTES);
  #recentBytes = 0;
  #bytes = 0;

  take(piece: Uint8Array): void {
    if (this.#bytes < HEAD_BYTES) this.#head.set(piece.subarray(0, HEAD_BYTES - this.#bytes), this.#bytes);
    this.#bytes += piece.length;
    const last = piece.subarray(Math.max(0, piece.length - TAIL_BYTES));
    const recentBytes = this.#recentBytes + last.length;
    if (recentBytes > this.#recent.length && this.#recent.length === TAIL_BYTES) {
      const larger = Buffer.allocUnsafe(2 * TAIL_BYTES);
      this.#recent.copy(larger, 0, 0, this.#recentBytes);
      this.#recent = larger;
    }
    if (recentBytes > this.#recent.length) {
      this.#recent.copyWithin(0, this.#recentBytes - TAIL_BYTES, this.#recentBytes);
      this.#recentBytes = TAIL_BYTES;
    }
    this.#recent.set(last, this.#recentBytes);
    this.#recentBytes += last.length;
  }

  /** Whether the whole beginning has come, so that what it refuses need not be sent to its end. */
  get hasHead(): boolean {
    return this.#bytes >= HEAD_BYTES;
  }

  /** What has come until now, as a file of its own; valid until the next piece is taken. */
  sample(): Sample {
    return {
      head: this.#head.subarray(0, Math.min(this.#bytes, HEAD_BYTES)),
      tail: this.#recent.subarray(Math.max(0, this.#recentBytes - TAIL_BYTES), this.#recentBytes),
      bytes: this.#bytes,
    };
  }
}
