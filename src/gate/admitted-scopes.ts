/** The scopes a process has admitted, by session. What is forgotten is ended: its keys are dropped. */
import type { AccountId, PracticeId, SessionHash } from '../base/ids.ts';
import { secretTokenHash } from '../seal/index.ts';
import type { Scope } from './scope.ts';

const MOST = 20_000;

export class AdmittedScopes {
  readonly #most: number;
  /** The one that was used last stands last. */
  readonly #scopes = new Map<SessionHash, Scope>();
  /** By what a notice says of them. */
  readonly #noticed = new Map<string, SessionHash>();

  /** Beyond `most`, the one that was not used for longest makes room. */
  constructor(most: number = MOST) {
    this.#most = most;
  }

  /** The live scope of the session, which counts as a use of it; null where there is none. */
  use(sessionHash: SessionHash): Scope | null {
    const scope = this.#scopes.get(sessionHash);
    if (scope === undefined || scope.ended) return null;
    this.#scopes.delete(sessionHash);
    this.#scopes.set(sessionHash, scope);
    return scope;
  }

  add(scope: Scope): void {
    this.forget(scope.sessionHash);
    const [longestUnused] = this.#scopes.keys();
    if (longestUnused !== undefined && this.#scopes.size >= this.#most) this.forget(longestUnused);
    this.#scopes.set(scope.sessionHash, scope);
    this.#noticed.set(noticeOf(scope.sessionHash), scope.sessionHash);
  }

  forget(sessionHash: SessionHash): void {
    if (!this.#scopes.has(sessionHash)) return;
    this.#scopes.get(sessionHash)?.end();
    this.#scopes.delete(sessionHash);
    this.#noticed.delete(noticeOf(sessionHash));
  }

  /** Those of an account, in one practice or, without one, in all. */
  forgetAccount(accountId: AccountId, practiceId: PracticeId | null): void {
    for (const [hash, scope] of this.#scopes) {
      if (scope.accountId !== accountId) continue;
      if (practiceId === null || scope.practiceId === practiceId) this.forget(hash);
    }
  }

  /** A notice names a session that has no reach any more, because it has ended or its grants have changed. */
  forgetNoticed(notice: string): void {
    const sessionHash = this.#noticed.get(notice);
    if (sessionHash !== undefined) this.forget(sessionHash);
  }

  /** The one that a notice names; null where it is not here. */
  ofNotice(notice: string): Scope | null {
    const sessionHash = this.#noticed.get(notice);
    return sessionHash === undefined ? null : (this.#scopes.get(sessionHash) ?? null);
  }

  forgetAll(): void {
    for (const hash of this.#scopes.keys()) this.forget(hash);
  }
}

/**
 * As `reach_notice` of 0007-gate-functions.sql: everybody may hear it, so it says neither hash nor account.
 */
function noticeOf(sessionHash: SessionHash): string {
  return secretTokenHash(sessionHash);
}
