/**
 * The gate: turns a credential into a visit, and ends it. It keeps admitted scopes by session hash; a change of
 * grants is noticed at the next statement (PostgreSQL no longer knows the reach) and, sooner, by notice.
 */
import pg from 'pg';
import type { Clock } from '../base/clock.ts';
import { PosternError } from '../base/errors.ts';
import type { AccountId, PracticeId, SessionHash } from '../base/ids.ts';
import { NIL_UUID } from '../base/ids.ts';
import { type Connection, connectionSettings } from '../db/index.ts';
import { Accounts } from './accounts.ts';
import { type AdmissionParts, admitSession } from './admission.ts';
import { newToken, readToken, sessionMac } from './credentials.ts';
import { Grants } from './grants.ts';
import type { Keychain } from './keychain.ts';
import { Refusals, type Verdict } from './refusals.ts';
import type { SystemRole } from './roles.ts';
import type { Scope, Visit } from './scope.ts';

export interface GateParts {
  /** Connections of the server role. */
  readonly server: pg.Pool;
  readonly keychain: Keychain;
  readonly clock: Clock;
}

export interface NewSession {
  readonly practiceId: PracticeId;
  readonly accountId: AccountId;
  /** Why, as access lines say it: `sign-in`, `script`. */
  readonly purpose: string;
  /** The third-party app or backend; null for a person's own browser. */
  readonly client: string | null;
  readonly ttlSeconds: number;
}

/** Who does what no person does. Its lines carry the purpose of the job. */
const SYSTEM_ACCOUNT = NIL_UUID as AccountId;
const JOB_SECONDS = 3600;
const MOST_SCOPES = 20_000;

export class Gate {
  readonly accounts: Accounts;
  readonly grants: Grants;
  readonly #parts: GateParts;
  readonly #scopes = new Map<SessionHash, Scope>();
  readonly #admitting = new Map<SessionHash, Promise<Scope | null>>();
  readonly #refusals: Refusals;
  #listener: pg.Client | null = null;

  constructor(parts: GateParts) {
    this.#parts = parts;
    this.#refusals = new Refusals(parts.clock);
    this.accounts = new Accounts(parts.server, parts.keychain);
    this.grants = new Grants(parts.server, parts.keychain, parts.clock);
  }

  /** Opens a session and answers its token, which is nowhere else. Whoever calls has checked who it is for. */
  async openSession(session: NewSession): Promise<string> {
    return this.#open(session, null);
  }

  /** The visit of a token; null for one that is unknown, forged or over, whichever it is. */
  async admit(token: string, address: string | null): Promise<Visit | null> {
    const read = readToken(token);
    if (read === null) return null;
    const known = this.#scopes.get(read.sessionHash);
    if (known !== undefined && known.practiceId === read.practiceId && !known.ended)
      return { scope: known, address };
    const scope = await this.#admitOnce(read.practiceId, read.sessionHash);
    return scope === null ? null : { scope, address };
  }

  /** Admits anew after a change of grants; null where the session is over. The old scope's keys are dropped. */
  async renew(scope: Scope): Promise<Scope | null> {
    const current = this.#scopes.get(scope.sessionHash);
    if (current !== undefined && current !== scope && !current.ended) return current;
    this.#forget(scope.sessionHash);
    scope.end();
    return this.#admitOnce(scope.practiceId, scope.sessionHash);
  }

  /** Ends the session everywhere. Repeatable. */
  async endSession(scope: Scope): Promise<void> {
    this.#forget(scope.sessionHash);
    scope.end();
    await this.#parts.server.query('select postern.session_end($1, $2)', [
      scope.practiceId,
      Buffer.from(scope.sessionHash, 'hex'),
    ]);
  }

  /** Counts a refusal; a burst is throttled, then ends the session and opens an incident. */
  async noteRefusal({ scope }: Visit): Promise<Verdict> {
    const verdict = this.#refusals.note(scope.sessionHash);
    if (verdict !== 'locked') return verdict;
    await this.#incident(scope.practiceId, 'refusals', scope.accountId, scope.sessionHash);
    await this.endSession(scope);
    return verdict;
  }

  /** Seconds for which a throttled session must wait; 0 for any other. */
  waitSeconds({ scope }: Visit): number {
    return this.#refusals.waitSeconds(scope.sessionHash);
  }

  /** Runs work without a person, in a session of its own that ends with it. Authority: the operator's. */
  async asJob<T>(
    practiceId: PracticeId,
    role: SystemRole,
    purpose: string,
    work: (visit: Visit) => Promise<T>,
  ): Promise<T> {
    const session = { practiceId, accountId: SYSTEM_ACCOUNT, purpose, client: null, ttlSeconds: JOB_SECONDS };
    const token = await this.#open(session, role);
    const visit = await this.admit(token, null);
    if (visit === null) throw new PosternError('unavailable', 'A job could not be admitted.');
    try {
      return await work(visit);
    } finally {
      // The scope may have been renewed meanwhile.
      await this.endSession(this.#scopes.get(visit.scope.sessionHash) ?? visit.scope);
    }
  }

  /** Drops scopes as soon as any process changes their grants, instead of at their next statement. */
  async listen(connection: Connection): Promise<void> {
    const client = new pg.Client(connectionSettings(connection, 0));
    client.on('error', () => undefined);
    await client.connect();
    client.on('notification', ({ channel, payload }) => {
      if (payload === undefined) return;
      if (channel === 'postern_reach') this.#forgetPractice(payload as PracticeId);
      if (channel === 'postern_keys')
        void this.#parts.keychain.refresh(payload as PracticeId).catch(() => undefined);
    });
    await client.query('listen postern_reach');
    await client.query('listen postern_keys');
    this.#listener = client;
  }

  /** Forgets every scope and its keys. */
  async close(): Promise<void> {
    for (const scope of this.#scopes.values()) scope.end();
    this.#scopes.clear();
    await this.#listener?.end();
    this.#listener = null;
  }

  async #open(session: NewSession, systemRole: SystemRole | null): Promise<string> {
    const { practiceId, accountId, purpose, client, ttlSeconds } = session;
    const keys = await this.#parts.keychain.of(practiceId);
    const token = newToken(practiceId);
    const { sessionHash } = readToken(token)!;
    const expires = Math.floor(this.#parts.clock.now().getTime() / 1000) + ttlSeconds;
    const mac = sessionMac(keys, {
      practiceId,
      sessionHash,
      accountId,
      systemRole,
      purpose,
      client,
      expires,
    });
    await this.#parts.server.query('select postern.session_open($1, $2, $3, $4, $5, $6, $7, $8)', [
      practiceId,
      Buffer.from(sessionHash, 'hex'),
      accountId,
      systemRole,
      purpose,
      client,
      new Date(expires * 1000),
      mac,
    ]);
    return token;
  }

  /** Requests that come together wait for one admission. */
  #admitOnce(practiceId: PracticeId, sessionHash: SessionHash): Promise<Scope | null> {
    const under = this.#admitting.get(sessionHash);
    if (under !== undefined) return under;
    const admitting = this.#admit(practiceId, sessionHash).finally(() => this.#admitting.delete(sessionHash));
    this.#admitting.set(sessionHash, admitting);
    return admitting;
  }

  async #admit(practiceId: PracticeId, sessionHash: SessionHash): Promise<Scope | null> {
    const { server, clock, keychain } = this.#parts;
    const practiceKeys = await keychain.of(practiceId).catch((error) => {
      if (error instanceof PosternError && error.code === 'not-found') return null;
      throw error;
    });
    if (practiceKeys === null) return null;
    const signer = await keychain.reachSigner();
    const onForged: AdmissionParts['onForged'] = (practice, account, session) =>
      this.#incident(practice, 'key-ring', account, session);
    const parts = { server, clock, practiceKeys, signer, onForged };
    const scope = await admitSession(parts, practiceId, sessionHash);
    if (scope === null) return null;
    if (this.#scopes.size >= MOST_SCOPES) this.#forget(this.#scopes.keys().next().value!);
    this.#scopes.set(sessionHash, scope);
    return scope;
  }

  #forget(sessionHash: SessionHash): void {
    this.#scopes.get(sessionHash)?.end();
    this.#scopes.delete(sessionHash);
  }

  /** A notice names the practice alone; whoever still holds a good session is admitted again at once. */
  #forgetPractice(practiceId: PracticeId): void {
    for (const [hash, scope] of this.#scopes) {
      if (scope.practiceId === practiceId && !scope.system) this.#forget(hash);
    }
  }

  async #incident(
    practiceId: PracticeId,
    kind: 'refusals' | 'key-ring',
    accountId: AccountId,
    sessionHash: SessionHash,
  ): Promise<void> {
    await this.#parts.server.query('select postern.incident_open($1, $2, $3, $4, null)', [
      practiceId,
      kind,
      accountId,
      Buffer.from(sessionHash, 'hex'),
    ]);
  }
}
