/**
 * Whether the server has more to do than it can: better a clear 503 to some than a slow nothing for all.
 * Nobody takes it all: strangers have a room of their own beside the sessions, each of them and each session
 * has a share, content counts while it is held, and whoever sends it too slowly is not waited for.
 */
import { PosternError } from '../base/errors.ts';
import { Shares } from './shares.ts';

export interface PressureLimits {
  /** Requests of sessions under way at the same time, and of one session. */
  readonly sessions: { readonly all: number; readonly each: number };
  /** The same for those who need no session, each by the address they ask from. */
  readonly strangers: { readonly all: number; readonly each: number };
  /** Bytes of content that are held at the same time, and for one session or address. */
  readonly bytes: { readonly all: number; readonly each: number };
  /** How long content may take to arrive. */
  readonly contentMs: { readonly session: number; readonly stranger: number };
  /** By how many milliseconds a timer may come late before nothing more is taken until the next one. */
  readonly lateMs: number;
  /** Milliseconds from one timer to the next. */
  readonly sampleMs: number;
}

const MIB = 1024 * 1024;

export const USUAL_LIMITS: PressureLimits = {
  sessions: { all: 1000, each: 64 },
  strangers: { all: 200, each: 20 },
  bytes: { all: 160 * MIB, each: 48 * MIB },
  contentMs: { session: 60_000, stranger: 5_000 },
  lateMs: 500,
  sampleMs: 500,
};

/** Whoever asks: a session by its token, or a stranger by the address. */
export interface Asker {
  readonly kind: 'session' | 'stranger';
  readonly key: string;
}

type Content = AsyncIterable<Uint8Array>;

export class Pressure {
  readonly #limits: PressureLimits;
  readonly #sessions: Shares;
  readonly #strangers: Shares;
  readonly #bytes: Shares;
  readonly #sampling: NodeJS.Timeout;
  #sampledAt = performance.now();
  #late = false;

  constructor(limits: PressureLimits = USUAL_LIMITS) {
    this.#limits = limits;
    this.#sessions = new Shares(limits.sessions);
    this.#strangers = new Shares(limits.strangers);
    this.#bytes = new Shares(limits.bytes);
    this.#sampling = setInterval(() => this.#sample(), limits.sampleMs);
    this.#sampling.unref();
  }

  #sample(): void {
    const now = performance.now();
    this.#late = now - this.#sampledAt - this.#limits.sampleMs > this.#limits.lateMs;
    this.#sampledAt = now;
  }

  /**
   * Runs work as one of the requests under way, with its content metered. Throws `unavailable` where there
   * are too many; so does reading the content where too much is held, and `invalid` where it comes too
   * slowly.
   */
  async carry<T>(asker: Asker, content: Content, work: (content: Content) => Promise<T>): Promise<T> {
    const { kind, key } = asker;
    const underWay = kind === 'session' ? this.#sessions : this.#strangers;
    if (this.#late || !underWay.take(key, 1)) throw tooMuch();
    const held = { bytes: 0 };
    try {
      return await work(this.#metered(asker, content, held));
    } finally {
      underWay.give(key, 1);
      this.#bytes.give(key, held.bytes);
    }
  }

  async *#metered({ kind, key }: Asker, content: Content, held: { bytes: number }): Content {
    for await (const chunk of inTime(content, this.#limits.contentMs[kind])) {
      if (!this.#bytes.take(key, chunk.length)) throw tooMuch();
      held.bytes += chunk.length;
      yield chunk;
    }
  }

  stop(): void {
    clearInterval(this.#sampling);
  }
}

/**
 * What has not come when the time is over is not waited for. The source is left as it is where it is given
 * up: the carrier ends it with the answer.
 */
async function* inTime(content: Content, milliseconds: number): Content {
  const source = content[Symbol.asyncIterator]();
  const { promise: late, reject } = Promise.withResolvers<never>();
  late.catch(() => undefined);
  const slow = new PosternError('invalid', 'The content came too slowly.');
  const timer = setTimeout(() => reject(slow), milliseconds);
  try {
    for (;;) {
      const next = await Promise.race([source.next(), late]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
  }
}

function tooMuch(): PosternError {
  return new PosternError('unavailable', 'The server has too much to do. Try again in a moment.');
}
