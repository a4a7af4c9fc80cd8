/**
 * Counts a session's refusals: a few are mistakes, many are somebody looking for what is not theirs. They are
 * counted in the database, by all servers together; each remembers what it was last told, so that whoever has
 * to wait costs the database nothing.
 */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import type { SessionHash } from '../base/ids.ts';
import type { Scope } from './scope.ts';

export type Verdict = 'pass' | 'throttled' | 'locked';

const MINUTE_MS = 60_000;
const THROTTLED_ABOVE = 20;
const LOCKED_ABOVE = 60;
const LOCK_WINDOW_MS = 5 * MINUTE_MS;
const MOST_SESSIONS = 10_000;

export class Refusals {
  readonly #server: Pool;
  readonly #clock: Clock;
  readonly #times = new Map<SessionHash, number[]>();

  constructor(server: Pool, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
  }

  /** Adds one; more than 20 in a minute throttle, more than 60 in five minutes lock. */
  async note({ practiceId, sessionHash: session }: Scope): Promise<Verdict> {
    const now = this.#clock.now();
    const { rows } = await this.#server.query<{ times: Date[] }>(
      'select postern.refusal_note($1, $2, $3, $4) as times',
      [practiceId, Buffer.from(session, 'hex'), now, new Date(now.getTime() - LOCK_WINDOW_MS)],
    );
    const times = rows[0]!.times.map((time) => time.getTime());
    this.#times.delete(session);
    if (this.#times.size >= MOST_SESSIONS) this.#times.delete(this.#times.keys().next().value!);
    this.#times.set(session, times);
    if (times.length > LOCKED_ABOVE) return 'locked';
    return this.#lastMinute(times, now.getTime()) > THROTTLED_ABOVE ? 'throttled' : 'pass';
  }

  /** Whether the session must wait: seconds until it may ask again, or 0. */
  waitSeconds(session: SessionHash): number {
    const times = this.#times.get(session);
    if (times === undefined) return 0;
    const now = this.#clock.now().getTime();
    if (this.#lastMinute(times, now) <= THROTTLED_ABOVE) return 0;
    const free = times[times.length - THROTTLED_ABOVE - 1]! + MINUTE_MS;
    return Math.max(1, Math.ceil((free - now) / 1000));
  }

  /** The session has ended. */
  forget(session: SessionHash): void {
    this.#times.delete(session);
  }

  #lastMinute(times: readonly number[], now: number): number {
    return times.filter((time) => now - time < MINUTE_MS).length;
  }
}
