/**
 * What the token of a session ends in. A touch turns it: the browser gets a token with another end, and the
 * one before opens nothing any more, wherever it was copied to (ASVS 5.0 V7.2.4). The session stays.
 */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import type { PracticeId, SessionHash } from '../base/ids.ts';

/** What was asked with the token before, while it was being turned, still arrives. */
export const TURN_GRACE_SECONDS = 10;

/** Digests in hex; null for a token that ends in nothing, as those do that were never turned. */
interface Turn {
  readonly current: string | null;
  readonly before: string | null;
  /** Milliseconds since 1970, until which `before` counts; 0 where it was never turned. */
  readonly until: number;
}

export interface TurnedSession {
  readonly practiceId: PracticeId;
  readonly sessionHash: SessionHash;
}

export class TokenTurns {
  readonly #server: Pool;
  readonly #clock: Clock;
  readonly #known = new WeakMap<TurnedSession, Turn>();

  constructor(server: Pool, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
  }

  /** Whether `holds` will ask nobody, and find that it does. */
  isKnown(session: TurnedSession, turn: string | null): boolean {
    const known = this.#known.get(session);
    return known !== undefined && this.#isOf(known, turn);
  }

  /** Whether the session's token ends so. Another server may have turned it, so a "no" is asked for. */
  async holds(session: TurnedSession, turn: string | null): Promise<boolean> {
    return this.isKnown(session, turn) || this.#isOf(await this.#lookUp(session), turn);
  }

  /** Whether it was turned just now, so that another page of the browser has the new one. */
  async isRecent(session: TurnedSession): Promise<boolean> {
    return this.#clock.now().getTime() < (await this.#lookUp(session)).until;
  }

  /** It is what somebody else has turned it to. */
  forget(session: TurnedSession | null): void {
    if (session !== null) this.#known.delete(session);
  }

  #isOf({ current, before, until }: Turn, turn: string | null): boolean {
    return turn === current || (turn === before && this.#clock.now().getTime() < until);
  }

  async #lookUp(session: TurnedSession): Promise<Turn> {
    const { rows } = await this.#server.query<{ turn: Buffer; turn_before: Buffer; age: number }>({
      name: 'session-turn',
      text: 'select t.turn, t.turn_before, t.age from postern.session_turn($1, $2) t',
      values: [session.practiceId, Buffer.from(session.sessionHash, 'hex')],
    });
    const { turn = null, turn_before: before = null, age = null } = rows[0] ?? {};
    const known = {
      current: turn?.toString('hex') ?? null,
      before: before?.toString('hex') ?? null,
      until: age === null ? 0 : this.#clock.now().getTime() + (TURN_GRACE_SECONDS - age) * 1000,
    };
    this.#known.set(session, known);
    return known;
  }
}
