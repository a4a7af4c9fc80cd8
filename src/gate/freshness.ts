/**
 * Whether whoever signed in is there, and not only their browser: they signed in, or touched their key,
 * within the last five minutes. A touch is noted in the database, signed, so that every process knows of it.
 */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import { PosternError } from '../base/errors.ts';
import { freshMac, freshPayload, isGenuineFresh } from './credentials.ts';
import type { Keychain } from './keychain.ts';
import type { Scope } from './scope.ts';
import { isAssured } from './session-terms.ts';

const FRESH_MS = 300_000;

export interface FreshnessParts {
  readonly server: Pool;
  readonly keychain: Keychain;
  readonly clock: Clock;
  /** Told of a touch that somebody wrote by hand. */
  onForged(scope: Scope): Promise<void>;
}

export class Freshness {
  readonly #parts: FreshnessParts;
  /** The last touch that this process has seen. */
  readonly #touched = new WeakMap<Scope, number>();

  constructor(parts: FreshnessParts) {
    this.#parts = parts;
  }

  /**
   * `turn` is the digest of what the session's token ends in from now on; null where that stays. Throws
   * `unauthenticated` where the session is over.
   */
  async note(scope: Scope, turn: string | null): Promise<void> {
    const { server, keychain, clock } = this.#parts;
    const { practiceId, sessionHash } = scope;
    const at = Math.floor(clock.now().getTime() / 1000);
    const claim = { practiceId, sessionHash, at };
    const payload = freshPayload(claim, freshMac(await keychain.of(practiceId), claim), turn);
    const signer = await keychain.reachSigner();
    const { rows } = await server.query<{ noted: boolean }>(
      'select postern.session_freshen($1, $2) as noted',
      [payload, signer.sign(`fresh/${payload}`)],
    );
    if (rows[0]?.noted !== true) {
      throw new PosternError('unauthenticated', 'The session has ended. Sign in again.');
    }
    this.#touched.set(scope, at * 1000);
  }

  /** Throws `step-up` where nobody has been there for five minutes. */
  async assert(scope: Scope): Promise<void> {
    const now = this.#parts.clock.now().getTime();
    // A link out of a mailbox opens a session without anybody having shown who they are.
    // A provider's word may be hours old, and is not the person's own: it never counts as a touch.
    const shown = isAssured(scope.terms) && !scope.terms.methods.includes('single-sign-on');
    const opened = shown ? shownAt(scope).getTime() : 0;
    const known = Math.max(opened, this.#touched.get(scope) ?? 0);
    if (now < known + FRESH_MS) return;
    const touched = await this.#lookUp(scope);
    if (now >= touched + FRESH_MS)
      throw new PosternError('step-up', 'Confirm that it is you, and do it again.');
    this.#touched.set(scope, touched);
  }

  /** Milliseconds since 1970; 0 where there has been no touch. */
  async #lookUp(scope: Scope): Promise<number> {
    const { server, keychain, onForged } = this.#parts;
    const { practiceId, sessionHash } = scope;
    const { rows } = await server.query<{ at: number; mac: Buffer }>(
      'select f.at, f.mac from postern.session_fresh($1, $2) f',
      [practiceId, Buffer.from(sessionHash, 'hex')],
    );
    const [row] = rows;
    if (row === undefined) return 0;
    const claim = { practiceId, sessionHash, at: row.at };
    if (isGenuineFresh(await keychain.of(practiceId), claim, row.mac)) return row.at * 1000;
    await onForged(scope);
    return 0;
  }
}

/** When whoever holds the session showed who they are: at its opening, or in the one that it carries on. */
export function shownAt({ terms, openedAt }: Pick<Scope, 'terms' | 'openedAt'>): Date {
  return terms.shownAt === undefined ? openedAt : new Date(terms.shownAt * 1000);
}
