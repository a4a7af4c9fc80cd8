/** Whether the server has more to do than it can: better a clear 503 to some than a slow nothing for all. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { PosternError } from '../base/errors.ts';

export interface PressureLimits {
  /** Requests under way at the same time. */
  readonly requests: number;
  /** Mean delay of the event loop over a sample, in milliseconds. */
  readonly delayMs: number;
  readonly sampleMs: number;
}

export const USUAL_LIMITS: PressureLimits = { requests: 1000, delayMs: 500, sampleMs: 1000 };

export class Pressure {
  readonly #limits: PressureLimits;
  readonly #delays = monitorEventLoopDelay({ resolution: 20 });
  readonly #sampling: NodeJS.Timeout;
  #late = false;
  #underWay = 0;

  constructor(limits: PressureLimits = USUAL_LIMITS) {
    this.#limits = limits;
    this.#delays.enable();
    this.#sampling = setInterval(() => {
      this.#late = this.#delays.mean / 1e6 > limits.delayMs;
      this.#delays.reset();
    }, limits.sampleMs);
    this.#sampling.unref();
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
    this.#delays.disable();
  }
}
