/**
 * Ending sessions, everywhere: in PostgreSQL, which writes the line and tells other processes, and here,
 * where the keys are gone before it returns.
 */
import type { Pool } from 'pg';
import type { AccountId, PracticeId } from '../base/ids.ts';
import type { AdmittedScopes } from './admitted-scopes.ts';
import { readToken } from './credentials.ts';
import { isScope, type Scope, type Visit } from './scope.ts';

/**
 * Why, as the line says it in its purpose. `replaced`: the same browser signed in anew, or went to another
 * practice. `elsewhere`: its owner ended it from another session. `refusals`: locked after a burst of them.
 * `provider`: the identity provider that vouched for it said so. PostgreSQL itself adds `recovery`, and
 * `time-limit`, and `ended` for what another line beside it tells.
 */
export type EndReason =
  | 'sign-out'
  | 'idle'
  | 'replaced'
  | 'refusals'
  | 'left'
  | 'invited-anew'
  | 'provider'
  | 'ended';

export class SessionEnds {
  readonly #server: Pool;
  readonly #scopes: AdmittedScopes;

  constructor(server: Pool, scopes: AdmittedScopes) {
    this.#server = server;
    this.#scopes = scopes;
  }

  /** Repeatable; a text that is no token ends nothing. */
  async one(session: Scope | Visit | string, why: EndReason): Promise<void> {
    const ended = typeof session === 'string' ? readToken(session) : scopeOf(session);
    if (ended === null) return;
    this.#scopes.forget(ended.sessionHash);
    if (isScope(ended)) ended.end();
    await this.#server.query('select postern.session_end($1, $2, $3, $4)', [
      ended.practiceId,
      Buffer.from(ended.sessionHash, 'hex'),
      why,
      typeof session === 'string' || isScope(session) ? null : session.address,
    ]);
  }

  /** The one that has that name in the list of an account's sessions; false where there is none. */
  async named(accountId: AccountId, name: string, address: string | null): Promise<boolean> {
    const { rows } = await this.#server.query<{ ended: boolean }>(
      'select postern.account_session_end($1, $2, $3) as ended',
      [accountId, name, address],
    );
    if (rows[0]?.ended !== true) return false;
    this.#scopes.forgetNoticed(name);
    return true;
  }

  /** All of an account in a practice. */
  async ofAccount(practiceId: PracticeId, accountId: AccountId, why: EndReason): Promise<void> {
    this.#scopes.forgetAccount(accountId, practiceId);
    await this.#server.query('select postern.sessions_end($1, $2, $3)', [practiceId, accountId, why]);
  }
}

function scopeOf(session: Scope | Visit): Scope {
  return isScope(session) ? session : session.scope;
}
