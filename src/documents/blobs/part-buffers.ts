/**
 * Memory for parts on their way, used again: megabytes that are left to the collector pile up between two of
 * its rounds to more than all that is in use.
 */
export class PartBuffers {
  readonly #bytes: number;
  readonly #most: number;
  readonly #spare: Buffer[] = [];

  /** Keeps up to `most` of them, of `bytes` each, for whoever comes next. */
  constructor(bytes: number, most: number) {
    [this.#bytes, this.#most] = [bytes, most];
  }

  take(): Buffer {
    // Not of Node's pool, and not zeroed: what is never filled is never touched.
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.#bytes);
  }

  /** Nobody holds it any more. What it held was sealed. */
  give(buffer: Buffer): void {
    if (this.#spare.length < this.#most) this.#spare.push(buffer);
  }
}
