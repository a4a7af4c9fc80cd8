/** The scopes a process has admitted, by session. What is forgotten is ended: its keys are dropped. */
import { type AccountId, isUuid, type PracticeId, type SessionHash } from '../base/ids.ts';
import type { Scope } from './scope.ts';

const MOST = 20_000;

export class AdmittedScopes {
  readonly #most: number;
  /** The one that was used last stands last. */
  readonly #scopes = new Map<SessionHash, Scope>();

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
  }

  forget(sessionHash: SessionHash): void {
    this.#scopes.get(sessionHash)?.end();
    this.#scopes.delete(sessionHash);
  }

  /** Those of an account, in one practice or, without one, in all. */
  forgetAccount(accountId: AccountId, practiceId: PracticeId | null): void {
    for (const [hash, scope] of this.#scopes) {
      if (scope.accountId !== accountId) continue;
      if (practiceId === null || scope.practiceId === practiceId) this.forget(hash);
    }
  }

  /** A notice names a practice and either a session (by its hash) or an account whose grants changed. */
  forgetNoticed(notice: string): void {
    const [practice = '', whom = ''] = notice.split('/');
    if (isUuid(whom)) this.forgetAccount(whom as AccountId, practice as PracticeId);
    else this.forget(whom as SessionHash);
  }

  forgetAll(): void {
    for (const hash of this.#scopes.keys()) this.forget(hash);
  }
}
