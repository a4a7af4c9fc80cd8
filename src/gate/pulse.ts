/**
 * Whether the database answers. It is asked once a second at most, however many want to know, and an answer
 * that does not come in time is a no.
 */
const EVERY_MS = 1000;
const PATIENCE_MS = 2000;

export class Pulse {
  readonly #ask: () => Promise<unknown>;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking = false;
  #beats: Promise<boolean> = Promise.resolve(false);

  constructor(ask: () => Promise<unknown>) {
    this.#ask = ask;
  }

  /** Never throws. */
  beats(): Promise<boolean> {
    if (this.#asking || performance.now() - this.#askedAt < EVERY_MS) return this.#beats;
    this.#askedAt = performance.now();
    this.#asking = true;
    this.#beats = this.#answers().finally(() => {
      this.#asking = false;
    });
    return this.#beats;
  }

  async #answers(): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), PATIENCE_MS);
    const answered = this.#ask().then(
      () => true,
      () => false,
    );
    try {
      return await Promise.race([answered, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
