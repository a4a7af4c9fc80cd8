/**
 * What goes wrong, in the log: the first of its kind in full, then how many more there were, at most every
 * ten seconds. Whoever makes the server fail or refuse a thousand times a second must not fill its disk.
 */

import type { Log } from './log.ts';
import { Overload } from './pressure.ts';

export interface Failed {
  readonly method: string;
  readonly route: string | null;
  readonly status: number;
  readonly ms: number;
}

const EVERY_MS = 10_000;

interface Kind {
  more: number;
  readonly timer: NodeJS.Timeout;
}

export class Failures {
  readonly #log: Log;
  readonly #everyMs: number;
  readonly #kinds = new Map<string, Kind>();

  constructor(log: Log, everyMs = EVERY_MS) {
    this.#log = log;
    this.#everyMs = everyMs;
  }

  /** Writes it down, or counts it where its like has been written down just now. */
  note(entry: Failed, error: unknown): void {
    const overload = error instanceof Overload;
    const name = overload ? 'overload' : nameOf(entry, error);
    const known = this.#kinds.get(name);
    if (known !== undefined) {
      known.more += 1;
      return;
    }
    if (overload) this.#log.warn(entry, 'too much to do');
    else this.#log.error({ ...entry, err: error }, 'request failed');
    const { route, status } = entry;
    const told = overload ? { status } : { route, status };
    const timer = setInterval(() => this.#sum(name, told), this.#everyMs);
    timer.unref();
    this.#kinds.set(name, { more: 0, timer });
  }

  /** Says what has been counted, and forgets a kind that has not come again. */
  #sum(name: string, told: Partial<Failed>): void {
    const kind = this.#kinds.get(name);
    if (kind === undefined) return;
    if (kind.more === 0) {
      clearInterval(kind.timer);
      this.#kinds.delete(name);
      return;
    }
    const words = name === 'overload' ? 'too much to do, again' : 'request failed, again';
    this.#log.warn({ ...told, count: kind.more }, words);
    kind.more = 0;
  }

  /** Says what is left to say. */
  stop(): void {
    for (const [name, { more, timer }] of this.#kinds) {
      clearInterval(timer);
      if (more > 0)
        this.#log.warn({ count: more }, `${name === 'overload' ? name : 'failures'} before the end`);
    }
    this.#kinds.clear();
  }
}

/** Failures of one route, with one code, thrown at one place, are of one kind; messages may differ. */
function nameOf({ method, route }: Failed, error: unknown): string {
  if (!(error instanceof Error)) return `${method} ${route} ${typeof error}`;
  const { code } = error as { code?: unknown };
  const stack = error.stack ?? '';
  const frame = /^ {4}at .*$/m.exec(stack)?.[0] ?? '';
  return `${method} ${route} ${error.name} ${String(code)} ${frame}`;
}
