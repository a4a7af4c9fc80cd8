/**
 * The gate: turns a credential into a visit, and ends it. It keeps admitted scopes by session hash; a
 * change of grants is noticed at the next statement (PostgreSQL no longer knows the reach) and, sooner, by
 * notice.
 */
import type pg from 'pg';
import type { Clock } from '../base/clock.ts';
import { PosternError } from '../base/errors.ts';
import {
  type AccountId,
  type ChartId,
  type GrantId,
  type LineId,
  NIL_UUID,
  newId,
  type PracticeId,
  type SessionHash,
} from '../base/ids.ts';
import type { Connection } from '../db/index.ts';
import { LineWriter } from '../ledger/index.ts';
import { Accounts } from './accounts.ts';
import { Addresses } from './addresses.ts';
import { type AdmissionParts, admitSession } from './admission.ts';
import { AdmittedScopes } from './admitted-scopes.ts';
import { newToken, readToken, sessionMac, sessionPayload, turnedToken } from './credentials.ts';
import { Freshness } from './freshness.ts';
import { GrantReviews } from './grant-reviews.ts';
import type { GrantLine } from './grant-rows.ts';
import { Grants, type NewGrant } from './grants.ts';
import { Invitations } from './invitations.ts';
import type { Keychain } from './keychain.ts';
import { Notices } from './notices.ts';
import { Offers } from './offers.ts';
import { RulesOfPractices } from './practice-rules.ts';
import { SettingsOfPractices } from './practice-settings.ts';
import { Pulse } from './pulse.ts';
import { Refusals, type Verdict } from './refusals.ts';
import type { SystemRole } from './roles.ts';
import type { Scope, Visit } from './scope.ts';
import { type EndReason, SessionEnds } from './session-ends.ts';
import { OPERATOR_TERMS, type SessionTerms, writeTerms } from './session-terms.ts';
import { Sightings } from './sightings.ts';
import { TokenTurns } from './token-turns.ts';

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
  /** Where it was asked from; null for a command of the operator. */
  readonly address?: string | null;
  readonly ttlSeconds: number;
  /** The operator vouches where nothing else is said. */
  readonly terms?: SessionTerms;
}

/** Who does what no person does. Its lines carry the purpose of the job. */
const SYSTEM_ACCOUNT = NIL_UUID as AccountId;
/** Longer than any job: it ends with the work, and its token is known to nobody else. */
const JOB_SECONDS = 12 * 3600;

export class Gate {
  readonly accounts: Accounts;
  readonly addresses: Addresses;
  readonly grants: Grants;
  readonly reviews: GrantReviews;
  readonly offers: Offers;
  readonly settings: SettingsOfPractices;
  /** What practices set about single subjects. */
  readonly rules: RulesOfPractices;
  readonly sightings: Sightings;
  readonly invitations: Invitations;
  readonly #parts: GateParts;
  readonly #scopes = new AdmittedScopes();
  readonly #admitting = new Map<SessionHash, Promise<Scope | null>>();
  readonly #refusals: Refusals;
  readonly #lines: LineWriter;
  readonly #freshness: Freshness;
  readonly #turns: TokenTurns;
  readonly #ends: SessionEnds;
  readonly #pulse = new Pulse(() => this.#notices?.probe() ?? this.#parts.server.query('select 1'));
  #notices: Notices | null = null;

  constructor(parts: GateParts) {
    this.#parts = parts;
    this.#turns = new TokenTurns(parts.server, parts.clock);
    this.#refusals = new Refusals(parts.server, parts.clock);
    this.#ends = new SessionEnds(parts.server, this.#scopes);
    this.addresses = new Addresses(parts.server, parts.keychain);
    this.accounts = new Accounts(parts.server, parts.keychain, parts.clock);
    this.grants = new Grants({ ...parts, renew: (scope) => this.renew(scope) });
    this.reviews = new GrantReviews(parts, this.grants);
    this.sightings = new Sightings(parts);
    const onForged = (practiceId: PracticeId) => this.#incident(practiceId, 'key-ring', null, null);
    const keeping = { ...parts, grants: this.grants, onForged };
    this.settings = new SettingsOfPractices(keeping);
    this.rules = new RulesOfPractices(keeping);
    this.#lines = new LineWriter({ pool: parts.server });
    this.offers = new Offers({ ...parts, lines: this.#lines }, this.grants);
    this.invitations = new Invitations({ ...keeping, lines: this.#lines });
    this.#freshness = new Freshness({
      ...parts,
      onForged: ({ practiceId, accountId, sessionHash }) =>
        this.#incident(practiceId, 'key-ring', accountId, sessionHash),
    });
  }

  /**
   * Opens a session and answers its token, which is nowhere else; an access line says so first. Whoever
   * calls has checked who it is for. Throws `conflict` where the account is disabled.
   */
  async openSession(session: NewSession): Promise<string> {
    return this.#open(session, null);
  }

  /** Whether `admit` will ask nobody: the text is no token, or the session is open here already. */
  admitsAtOnce(token: string): boolean {
    const read = readToken(token);
    const known = read && this.#scopes.use(read.sessionHash);
    return read === null || (known?.practiceId === read.practiceId && this.#turns.isKnown(known, read.turn));
  }

  /** The visit of a token; null for one that is unknown, forged or over, whichever it is. */
  async admit(token: string, address: string | null): Promise<Visit | null> {
    const read = readToken(token);
    if (read === null) return null;
    const known = this.#scopes.use(read.sessionHash);
    const isHere = known !== null && known.practiceId === read.practiceId;
    const scope = isHere ? known : await this.#admitOnce(read.practiceId, read.sessionHash);
    return scope !== null && (await this.#turns.holds(scope, read.turn)) ? { scope, address } : null;
  }

  /**
   * Admits anew after a change of grants; null where the session is over. The old scope's keys are dropped.
   */
  async renew(scope: Scope): Promise<Scope | null> {
    const current = this.#scopes.use(scope.sessionHash);
    if (current !== null && current !== scope) return current;
    this.#scopes.forget(scope.sessionHash);
    scope.end();
    return this.#admitOnce(scope.practiceId, scope.sessionHash);
  }

  /**
   * Notes that the person behind the visit was there just now: they touched their key, or proved themselves
   * in another way that the caller has checked. Answers the token that takes the place of theirs, where it is
   * told; null where that stays. Throws `unauthenticated` where the session is over.
   */
  async freshen({ scope }: Visit, token: string | null = null): Promise<string | null> {
    const turned = token === null || (await this.#turns.isRecent(scope)) ? null : turnedToken(token);
    await this.#freshness.note(scope, turned && readToken(turned)!.turn);
    if (turned !== null) this.#turns.forget(scope);
    return turned;
  }

  /**
   * For what takes more than an open browser: exporting a chart, factors, proxies, roles, breaking glass.
   * Throws `step-up` where whoever signed in has not been there for five minutes.
   */
  assertFresh({ scope }: Visit): Promise<void> {
    return this.#freshness.assert(scope);
  }

  /** Ends the session everywhere, with a line that says why; here, its keys are gone first. Repeatable. */
  endSession(session: Scope | Visit | string, why: EndReason = 'ended'): Promise<void> {
    return this.#ends.one(session, why);
  }

  /**
   * Ends the session of an account that has that name in the list of its sessions; false where there is none.
   */
  endNamedSession(accountId: AccountId, name: string, address: string | null): Promise<boolean> {
    return this.#ends.named(accountId, name, address);
  }

  /** Drops the scope that a notice calls so: PostgreSQL has ended its session. */
  forgetNamed(name: string): void {
    this.#scopes.forgetNoticed(name);
  }

  /** Ends every session of an account in a practice. Authority is the caller's to have. */
  endSessionsOf(practiceId: PracticeId, accountId: AccountId, why: EndReason = 'ended'): Promise<void> {
    return this.#ends.ofAccount(practiceId, accountId, why);
  }

  /** As `grants.leave`; here, the keys of the sessions are gone before this returns. */
  async leave(visit: Visit, accountId: AccountId, keepOwnRecord: boolean): Promise<void> {
    await this.grants.leave(visit, accountId, keepOwnRecord);
    this.#scopes.forgetAccount(accountId, visit.scope.practiceId);
  }

  /** As `grants.give`. */
  grant(visit: Visit, grant: NewGrant): Promise<GrantId> {
    return this.grants.give(visit, grant);
  }

  /** As `grants.end`. */
  endGrant(visit: Visit, grantId: GrantId): Promise<boolean> {
    return this.grants.end(visit, grantId);
  }

  /** As `grants.ofAccount`. */
  grantsOf(visit: Visit, accountId: AccountId): Promise<GrantLine[]> {
    return this.grants.ofAccount(visit, accountId);
  }

  /** As `grants.breakGlass`. */
  breakGlass(visit: Visit, request: { chartId: ChartId; reason: string }): Promise<GrantId> {
    return this.grants.breakGlass(visit, request);
  }

  /** Counts a refusal; a burst is throttled, then ends the session and opens an incident. */
  async noteRefusal({ scope }: Visit): Promise<Verdict> {
    const verdict = await this.#refusals.note(scope);
    if (verdict !== 'locked') return verdict;
    await this.#incident(scope.practiceId, 'refusals', scope.accountId, scope.sessionHash);
    await this.endSession(scope, 'refusals');
    // The session is no more: whoever still has its token is told that, and not to wait.
    this.#refusals.forget(scope.sessionHash);
    return verdict;
  }

  /** Seconds for which the holder of a throttled session's token must wait; 0 for any other. Asks nobody. */
  waitSeconds(token: string): number {
    const read = readToken(token);
    return read === null ? 0 : this.#refusals.waitSeconds(read.sessionHash);
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
    // The scope may have been renewed meanwhile.
    const end = () => this.endSession(this.#scopes.use(visit.scope.sessionHash) ?? visit.scope);
    let result: T;
    try {
      result = await work(visit);
    } catch (error) {
      // What failed first is told; a session that cannot be ended now ends by its time.
      await end().catch(() => undefined);
      throw error;
    }
    await end();
    return result;
  }

  /**
   * Runs a job on behalf of whoever asked for it, in that very session: with its grants as they are at each
   * step, and no longer than it. Throws `unauthenticated` where it has ended already.
   */
  async jobFrom<T>(visit: Visit, work: (visit: Visit) => Promise<T>): Promise<T> {
    const scope = visit.scope.ended ? await this.renew(visit.scope) : visit.scope;
    if (scope === null) throw new PosternError('unauthenticated', 'The session has ended. Sign in again.');
    return work({ scope, address: visit.address });
  }

  /**
   * The visit of a session that a job runs in, by its hash: grants as they are now, so it is asked for before
   * each batch. Null where the session is over. Whoever calls has authenticated where the hash comes from.
   */
  async visitOfJob(practiceId: PracticeId, sessionHash: SessionHash): Promise<Visit | null> {
    const known = this.#scopes.use(sessionHash);
    const scope =
      known !== null && known.practiceId === practiceId
        ? known
        : await this.#admitOnce(practiceId, sessionHash);
    return scope === null ? null : { scope, address: null };
  }

  /**
   * Drops scopes as soon as any process changes their grants, instead of at their next statement. After a
   * loss of the connection, all of them.
   */
  async listen(connection: Connection): Promise<void> {
    const { keychain } = this.#parts;
    this.#notices = new Notices({
      connection,
      channels: ['postern_reach', 'postern_turn', 'postern_keys'],
      heard: (channel, payload) => {
        if (channel === 'postern_reach') this.#scopes.forgetNoticed(payload);
        else if (channel === 'postern_turn') this.#turns.forget(this.#scopes.ofNotice(payload));
        else void keychain.refresh(payload as PracticeId).catch(() => undefined);
      },
      missed: () => {
        this.#scopes.forgetAll();
        void keychain.refreshAll().catch(() => undefined);
      },
    });
    await this.#notices.start();
  }

  /**
   * Whether the database answers, of the last second. The connection that listens is asked, so that a pool in
   * which all are busy says nothing of it; the pool only where nobody listens.
   */
  databaseAnswers(): Promise<boolean> {
    return this.#pulse.beats();
  }

  /** Forgets every scope and its keys. */
  async close(): Promise<void> {
    this.#scopes.forgetAll();
    await this.#lines.close();
    await this.#notices?.stop();
    this.#notices = null;
  }

  async #open(session: NewSession, systemRole: SystemRole | null): Promise<string> {
    const { practiceId, accountId, purpose, client, ttlSeconds } = session;
    const terms = writeTerms(session.terms ?? OPERATOR_TERMS);
    const keys = await this.#parts.keychain.of(practiceId);
    const token = newToken(practiceId);
    const { sessionHash } = readToken(token)!;
    const expires = Math.floor(this.#parts.clock.now().getTime() / 1000) + ttlSeconds;
    const claim = { practiceId, sessionHash, accountId, systemRole, purpose, client, expires, terms };
    const payload = sessionPayload(claim, sessionMac(keys, claim));
    const signer = await this.#parts.keychain.reachSigner();
    const { rows } = await this.#parts.server.query<{ opened: boolean }>(
      'select postern.session_open($1, $2) as opened',
      [payload, signer.sign(`session/${payload}`)],
    );
    if (rows[0]?.opened !== true) throw new PosternError('conflict', 'The account is disabled.');
    await this.#lines.write({
      practiceId,
      id: newId<LineId>(),
      sessionHash,
      accountId,
      behalfOf: null,
      purpose,
      action: systemRole === null ? 'open-session' : `open-session:${systemRole}`,
      outcome: 'ok',
      client,
      address: session.address ?? null,
      entries: [],
      detail: null,
      bytes: null,
      closes: null,
    });
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
    this.#scopes.add(scope);
    return scope;
  }

  async #incident(
    practiceId: PracticeId,
    kind: 'refusals' | 'key-ring',
    accountId: AccountId | null,
    sessionHash: SessionHash | null,
  ): Promise<void> {
    await this.#parts.server.query('select postern.incident_open($1, $2, $3, $4, null)', [
      practiceId,
      kind,
      accountId,
      sessionHash === null ? null : Buffer.from(sessionHash, 'hex'),
    ]);
  }
}
