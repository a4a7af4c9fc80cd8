/** So much of something, of which each taker may have so much at the same time. */
export class Shares {
  readonly #all: number;
  readonly #each: number;
  readonly #taken = new Map<string, number>();
  #total = 0;

  constructor(limits: { readonly all: number; readonly each: number }) {
    this.#all = limits.all;
    this.#each = limits.each;
  }

  /**
   * Whether there was as much left, for all and for this taker; nothing is taken otherwise. `part` is how
   * much of it all may be taken just now, from 0 to 1.
   */
  take(taker: string, amount: number, part = 1): boolean {
    const had = this.#taken.get(taker) ?? 0;
    if (this.#total + amount > this.#all * part || had + amount > this.#each) return false;
    this.#total += amount;
    this.#taken.set(taker, had + amount);
    return true;
  }

  give(taker: string, amount: number): void {
    const left = (this.#taken.get(taker) ?? 0) - amount;
    this.#total -= amount;
    if (left <= 0) this.#taken.delete(taker);
    else this.#taken.set(taker, left);
  }
}
