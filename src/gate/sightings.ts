/** When a session was seen used last, by whatever process: for its owner's list, and for ending idle ones. */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import { secretTokenHash } from '../seal/index.ts';
import type { Scope } from './scope.ts';

export class Sightings {
  readonly #server: Pool;
  readonly #clock: Clock;

  constructor({ server, clock }: { readonly server: Pool; readonly clock: Clock }) {
    this.#server = server;
    this.#clock = clock;
  }

  async note({ practiceId, sessionHash }: Scope): Promise<void> {
    await this.#server.query('select postern.session_seen($1, $2, $3)', [
      practiceId,
      Buffer.from(sessionHash, 'hex'),
      this.#clock.now(),
    ]);
  }

  /** Null for a session that nobody noted, or that is over. */
  async last({ accountId, sessionHash }: Scope): Promise<Date | null> {
    const { rows } = await this.#server.query<{ seen_at: Date | null }>(
      'select s.seen_at from postern.account_sessions($1) s where s.name = $2',
      [accountId, secretTokenHash(sessionHash)],
    );
    return rows[0]?.seen_at ?? null;
  }
}
