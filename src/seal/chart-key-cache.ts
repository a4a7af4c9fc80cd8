/**
 * The chart keys that a key ring has unwrapped, the least recently used given up first. A key is found only
 * with the very bytes it was unwrapped from, so a row with another wrapped key never meets a cached one.
 */
import type { KeyObject } from 'node:crypto';

export interface CachedChartKey {
  readonly wrapped: Buffer;
  readonly practiceKeyVersion: number;
  readonly key: KeyObject;
  /** Keys of the chart-section's blind index, derived from `key`, by index version. */
  readonly indexKeys: Map<number, KeyObject>;
}

export class ChartKeyCache {
  readonly #limit: number;
  readonly #entries = new Map<string, CachedChartKey>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(name: string, wrapped: Buffer, practiceKeyVersion: number): CachedChartKey | null {
    const entry = this.#entries.get(name);
    if (entry === undefined || entry.practiceKeyVersion !== practiceKeyVersion) return null;
    if (!entry.wrapped.equals(wrapped)) return null;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    return entry;
  }

  put(name: string, entry: CachedChartKey): void {
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    if (this.#entries.size <= this.#limit) return;
    const [oldest] = this.#entries.keys();
    this.#entries.delete(oldest!);
  }

  get size(): number {
    return this.#entries.size;
  }

  clear(): void {
    this.#entries.clear();
  }
}
