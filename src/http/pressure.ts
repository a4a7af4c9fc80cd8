/**
 * Whether the server has more to do than it can: better a clear 503 to some than a slow nothing for all.
 * Nobody takes it all: each room has its places and each who asks there a share of them, content counts while
 * it is held, and whoever sends it too slowly is not waited for. Whoever shows a token is a stranger until it
 * has turned out to be a session's, so tokens that were made up take nobody's place who has one.
 */
import { PosternError } from '../base/errors.ts';
import type { Answer, RouteRoom } from '../base/exchange.ts';
import { endingWith } from './leaving.ts';
import { Shares } from './shares.ts';

/**
 * Requests of sessions; tokens that are being looked up; signing in, reports of weaknesses, and whatever else
 * needs no session.
 */
export type Room = 'sessions' | 'arrivals' | RouteRoom;

export interface Share {
  readonly all: number;
  readonly each: number;
}

export interface PressureLimits {
  /** Requests under way at the same time in each room, and of one who asks there. */
  readonly places: Readonly<Record<Room, Share>>;
  /** Bytes of content that are held at the same time, and for one who asks. */
  readonly bytes: Share;
  /** How long content may take to arrive. */
  readonly contentMs: { readonly session: number; readonly stranger: number };
  /** How much of content that is passed on has to arrive, or to be taken, in how long, over and over. */
  readonly flow: { readonly bytes: number; readonly ms: number };
  /** By how many milliseconds a timer may come late before rooms are narrow until the next one. */
  readonly lateMs: number;
  /** Milliseconds from one timer to the next. */
  readonly sampleMs: number;
}

const MIB = 1024 * 1024;

/**
 * What is left of a room's places while the server comes late to its timer: one pause, for whatever reason,
 * must not turn away the only one who asks.
 */
const NARROW = 1 / 20;

export const USUAL_LIMITS: PressureLimits = {
  places: {
    sessions: { all: 1000, each: 64 },
    arrivals: { all: 400, each: 100 },
    'sign-in': { all: 100, each: 20 },
    reports: { all: 50, each: 10 },
    others: { all: 200, each: 20 },
  },
  bytes: { all: 160 * MIB, each: 48 * MIB },
  contentMs: { session: 60_000, stranger: 5_000 },
  flow: { bytes: 64 * 1024, ms: 60_000 },
  lateMs: 500,
  sampleMs: 500,
};

/** Whoever asks: a session by its hash, anybody else by the network they ask from. */
export interface Asker {
  readonly room: Room;
  readonly key: string;
}

type Content = AsyncIterable<Uint8Array>;

/** There is too much to do. It is no failure of a request, and anybody can bring it about. */
export class Overload extends PosternError {
  constructor() {
    super('unavailable', 'The server has too much to do. Try again in a moment.');
  }
}

export class Pressure {
  readonly #limits: PressureLimits;
  readonly #places: Readonly<Record<Room, Shares>>;
  readonly #bytes: Shares;
  readonly #sampling: NodeJS.Timeout;
  #sampledAt = performance.now();
  #late = false;

  constructor(limits: PressureLimits = USUAL_LIMITS) {
    this.#limits = limits;
    const { places } = limits;
    this.#places = {
      sessions: new Shares(places.sessions),
      arrivals: new Shares(places.arrivals),
      'sign-in': new Shares(places['sign-in']),
      reports: new Shares(places.reports),
      others: new Shares(places.others),
    };
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
   * Runs work as one of the requests under way in a room. Throws `unavailable` where there are too many.
   */
  async hold<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
    const leave = this.#enter(asker);
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /**
   * The same, with content metered: reading it throws `unavailable` where too much is held, and `invalid`
   * where it comes too slowly. An answer that goes out piece by piece keeps its place until it has ended.
   */
  async carry<T extends Pick<Answer, 'body'>>(
    asker: Asker,
    content: Content,
    work: (content: Content) => Promise<T>,
  ): Promise<T> {
    const held = { bytes: 0 };
    const leave = this.#enter(asker);
    let leaving: T | null = null;
    try {
      const answer = await work(this.#metered(asker, content, held));
      const { body } = answer;
      if (body === null || body instanceof Uint8Array) return answer;
      leaving = { ...answer, body: endingWith(body, leave) };
      return leaving;
    } finally {
      this.#bytes.give(asker.key, held.bytes);
      if (leaving === null) leave();
    }
  }

  #enter({ room, key }: Asker): () => void {
    const places = this.#places[room];
    if (!places.take(key, 1, this.#late ? NARROW : 1)) throw new Overload();
    return () => places.give(key, 1);
  }

  async *#metered({ room, key }: Asker, content: Content, held: { bytes: number }): Content {
    const { session, stranger } = this.#limits.contentMs;
    for await (const chunk of inTime(content, room === 'sessions' ? session : stranger)) {
      if (!this.#bytes.take(key, chunk.length)) throw new Overload();
      held.bytes += chunk.length;
      yield chunk;
    }
  }

  /**
   * Content that is passed on and not held, which counts only by the time it takes: reading it throws
   * `invalid` where it breaks off or comes too slowly. While its reader is busy, no time runs against its
   * sender.
   */
  async *flowing(content: Content): Content {
    const { bytes, ms } = this.#limits.flow;
    const source = content[Symbol.asyncIterator]();
    let [arrived, waited] = [0, 0];
    for (;;) {
      const asked = performance.now();
      const next = await within(ms - waited, source.next()).catch(brokenOff);
      if (next.done === true) return;
      waited += performance.now() - asked;
      arrived += next.value.length;
      if (arrived >= bytes) [arrived, waited] = [0, 0];
      yield next.value;
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
  const timer = setTimeout(() => reject(tooSlow()), milliseconds);
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

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(tooSlow()), milliseconds);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function brokenOff(cause: unknown): never {
  if (cause instanceof PosternError) throw cause;
  throw new PosternError('invalid', 'The content broke off.', { cause });
}

function tooSlow(): PosternError {
  return new PosternError('invalid', 'The content came too slowly.');
}
