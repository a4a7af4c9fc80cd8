/** Whether the server has more to do than it can: better a clear 503 to some than a slow nothing for all. */
import { PosternError } from '../base/errors.ts';

export interface PressureLimits {
  /** Requests under way at the same time. */
  readonly requests: number;
  /** By how many milliseconds a timer may come late before nothing more is taken until the next one. */
  readonly lateMs: number;
  /** Milliseconds from one timer to the next. */
  readonly sampleMs: number;
}

export const USUAL_LIMITS: PressureLimits = { requests: 1000, lateMs: 500, sampleMs: 500 };

export class Pressure {
  readonly #limits: PressureLimits;
  readonly #sampling: NodeJS.Timeout;
  #sampledAt = performance.now();
  #late = false;
  #underWay = 0;

  constructor(limits: PressureLimits = USUAL_LIMITS) {
    this.#limits = limits;
    this.#sampling = setInterval(() => this.#sample(), limits.sampleMs);
    this.#sampling.unref();
  }

  #sample(): void {
    const now = performance.now();
    this.#late = now - this.#sampledAt - this.#limits.sampleMs > this.#limits.lateMs;
    this.#sampledAt = now;
  }

  /** Runs work as one of the requests under way. Throws `unavailable` where there are too many. */
  async carry<T>(work: () => Promise<T>): Promise<T> {
    if (this.#late || this.#underWay >= this.#limits.requests) {
      throw new PosternError('unavailable', 'The server has too much to do. Try again in a moment.');
    }
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
    }
  }

  stop(): void {
    clearInterval(this.#sampling);
  }
}
