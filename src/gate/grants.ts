/** Giving, changing, ending and reviewing grants, and breaking glass. Each change leaves an access line. */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import { notFound, PosternError } from '../base/errors.ts';
import { type AccountId, type ChartId, type GrantId, newId } from '../base/ids.ts';
import type { SectionMask } from '../base/section.ts';
import { inSession, type Transaction } from '../db/index.ts';
import { appendLine } from '../ledger/index.ts';
import { brokenAlready, noteRefusedGlass, patientStands, REASON_WANTED, saysWhy } from './break-glass.ts';
import {
  type CheckedGrant,
  endGrants,
  type GrantLine,
  grantsLine,
  holdersLine,
  isStanding,
  listGrants,
  putGrant,
  sealReason,
} from './grant-rows.ts';
import {
  administers,
  checkTerms,
  endingWith,
  type GrantTerms,
  givenUnder,
  mayBreakGlass,
  mayEnd,
  mayGive,
  mayReviewAccount,
  mayReviewChart,
} from './grant-rules.ts';
import type { Keychain } from './keychain.ts';
import { isAtHome } from './roles.ts';
import type { Scope, Visit } from './scope.ts';

export interface NewGrant extends GrantTerms {
  /** Sealed into the grant and its access line. */
  readonly reason: string | null;
}

/** Grants that end and grants that are given in their place, together or not at all. */
export interface GrantChange {
  readonly ending: readonly GrantId[];
  readonly giving: readonly NewGrant[];
}

/** A grant as those hear of it who tell people. */
export type ChangedGrant = Pick<GrantLine, 'accountId' | 'role' | 'chartId'>;

/** Done in the transaction in which grants change, before they do. */
export type ChangeStep = (
  tx: Transaction,
  visit: Visit,
  change: { readonly given: readonly ChangedGrant[]; readonly ended: readonly ChangedGrant[] },
) => Promise<void>;

/** Done with what somebody holds beside grants, in the transaction in which they leave a practice. */
export type LeavingStep = (tx: Transaction, visit: Visit, accountId: AccountId) => Promise<void>;

export interface GrantsParts {
  readonly server: Pool;
  readonly keychain: Keychain;
  readonly clock: Clock;
  /** Admits anew a scope whose reach PostgreSQL no longer knows; null where the session is over. */
  renew(scope: Scope): Promise<Scope | null>;
}

/** SQLSTATE of "this transaction names no live session". */
const NO_REACH = 'PT001';
const BREAK_GLASS_SECONDS = 3600;

export class Grants {
  readonly #parts: GrantsParts;
  readonly #leaving: LeavingStep[] = [];
  readonly #changed: ChangeStep[] = [];

  constructor(parts: GrantsParts) {
    this.#parts = parts;
  }

  /**
   * Gives a grant. Authority: `administer` for any role; whoever keeps families for parents, guardians and
   * carers; `share` on every section given, for a proxy or client on one's own chart, no longer than one's
   * own grants last: it ends with them. Throws not-found where there is none of these, `invalid` for terms
   * that make no sense or outlast the giver's.
   */
  async give(visit: Visit, grant: NewGrant): Promise<GrantId> {
    const [given] = await this.change(visit, { ending: [], giving: [grant] });
    return given!;
  }

  /**
   * Ends grants, with all that were given under them, and gives others, in one transaction; sessions of their
   * holders are admitted anew. Authority: to end and to give each of them. Throws not-found where one does
   * not stand, `conflict` where the practice would be left without an owner.
   */
  async change(visit: Visit, { ending, giving }: GrantChange): Promise<GrantId[]> {
    const wanted = giving.map((grant) => ({ grant, sections: checkTerms(grant) }));
    return this.within(visit, async (tx, current) => {
      const { scope } = current;
      const given: CheckedGrant[] = [];
      for (const { grant, sections } of wanted) given.push(await this.#check(tx, scope, grant, sections));
      const over = ending.length === 0 ? [] : await this.#standing(tx, scope, ending);
      await this.#keepOwner(tx, scope, over, giving);
      // First the lines: afterwards the change of grants may have ended this very session's reach.
      if (over.length > 0) await appendLine(tx as never, holdersLine(current, 'end-grant', over));
      for (const grant of given)
        await appendLine(tx as never, holdersLine(current, 'grant', [grant], grant.reason));
      await this.#tell(tx, current, { given, ended: over });
      await endGrants(
        tx,
        scope,
        over.map(({ grantId }) => grantId),
      );
      const keys = await this.#parts.keychain.of(scope.practiceId);
      for (const grant of given) await putGrant(tx, keys, grant);
      return given.map(({ grantId }) => grantId);
    });
  }

  /**
   * Ends a grant and all that were given under it; every session of their holders is admitted anew. False
   * where there is none to end. Throws `conflict` where the practice would be left without an owner.
   */
  async end(visit: Visit, grantId: GrantId): Promise<boolean> {
    return this.within(visit, async (tx, current) => {
      const { scope } = current;
      const all = await listGrants(tx, scope, null, null);
      const standing = all.find((grant) => grant.grantId === grantId);
      if (standing === undefined || standing.endedAt !== null) return false;
      if (!mayEnd(scope, standing)) throw notFound();
      const ending = endingWith(grantId, all);
      const over = all.filter((grant) => ending.includes(grant.grantId));
      await this.#keepOwner(tx, scope, over, []);
      await appendLine(tx as never, holdersLine(current, 'end-grant', over));
      await this.#tell(tx, current, { given: [], ended: over });
      return (await endGrants(tx, scope, ending)) > 0;
    });
  }

  /**
   * Ends everything that an account holds in the practice: grants, sessions, and what else was registered by
   * `whenLeaving`. Where `keepOwnRecord`, what it holds of its own record and of those it acts for stays.
   * Authority: `administer`. Throws not-found for an account that never held anything here, `conflict` where
   * the practice would be left without an owner.
   */
  async leave(visit: Visit, accountId: AccountId, keepOwnRecord: boolean): Promise<void> {
    return this.within(visit, async (tx, current) => {
      const { scope } = current;
      if (!administers(scope)) throw notFound();
      const all = await listGrants(tx, scope, null, null);
      const held = all.filter((grant) => grant.accountId === accountId);
      if (held.length === 0) throw notFound();
      const ending = held
        .filter(({ role, endedAt }) => endedAt === null && !(keepOwnRecord && isAtHome(role)))
        .flatMap(({ grantId }) => endingWith(grantId, all));
      const over = all.filter(({ grantId }) => ending.includes(grantId));
      await this.#keepOwner(tx, scope, over, []);
      const line = grantsLine(current, 'leave', over);
      const entries = [[null, 'Account', accountId, null] as const, ...line.entries];
      await appendLine(tx as never, { ...line, entries });
      await this.#tell(tx, current, { given: [], ended: over });
      for (const step of this.#leaving) await step(tx, current, accountId);
      await endGrants(
        tx,
        scope,
        over.map(({ grantId }) => grantId),
      );
      await tx.query("select postern.sessions_end($1, $2, 'left')", [scope.practiceId, accountId]);
    });
  }

  /** Adds to what `leave` ends. */
  whenLeaving(step: LeavingStep): void {
    this.#leaving.push(step);
  }

  /** Adds to what is done when grants change. */
  whenChanged(step: ChangeStep): void {
    this.#changed.push(step);
  }

  async #tell(tx: Transaction, visit: Visit, change: Parameters<ChangeStep>[2]): Promise<void> {
    for (const step of this.#changed) await step(tx, visit, change);
  }

  /** Ends for good what has come to its end by its time, with a line. Authority: `administer`. */
  async settleOver(visit: Visit, now: Date = this.#parts.clock.now()): Promise<number> {
    return this.within(visit, async (tx, current) => {
      const { scope } = current;
      if (!administers(scope)) throw notFound();
      const all = await listGrants(tx, scope, null, null);
      const due = all.filter((grant) => grant.endedAt === null && !isStanding(grant, now));
      const ending = new Set(due.flatMap(({ grantId }) => endingWith(grantId, all)));
      const over = all.filter(({ grantId }) => ending.has(grantId));
      if (over.length === 0) return 0;
      await appendLine(tx as never, holdersLine(current, 'end-grant', over));
      await this.#tell(tx, current, { given: [], ended: over });
      return endGrants(tx, scope, [...ending]);
    });
  }

  /** Grants of an account. Authority: `administer`, one's own account, or seeing lines (privacy officer). */
  async ofAccount(visit: Visit, accountId: AccountId): Promise<GrantLine[]> {
    return this.within(visit, (tx, { scope }) => {
      if (!mayReviewAccount(scope, accountId)) throw notFound();
      return listGrants(tx, scope, accountId, null);
    });
  }

  /** Every grant there is or was in the practice. Authority: `administer`, or seeing lines. */
  async ofPractice(visit: Visit): Promise<GrantLine[]> {
    return this.within(visit, (tx, { scope }) => {
      if (!administers(scope) && !scope.seesLines) throw notFound();
      return listGrants(tx, scope, null, null);
    });
  }

  /**
   * Who reaches a chart by a grant on it. Authority: `share` on one's own, `administer`, keeping families, or
   * seeing lines.
   */
  async onChart(visit: Visit, chartId: ChartId): Promise<GrantLine[]> {
    return this.within(visit, (tx, { scope }) => {
      if (!mayReviewChart(scope, chartId)) throw notFound();
      return listGrants(tx, scope, null, chartId);
    });
  }

  /**
   * Opens the closed sections of one chart to a clinician for an hour. The reason is sealed into the access
   * line, and the privacy officer is alarmed, in one transaction. While it lasts, asking again leaves a line
   * with the new reason and answers the same grant. Throws `invalid` for a reason too short, and not-found,
   * after a line that says so, where the patient does not stand in the practice or the glass is not theirs.
   */
  async breakGlass(
    visit: Visit,
    { chartId, reason }: { chartId: ChartId; reason: string },
  ): Promise<GrantId> {
    if (!saysWhy(reason)) throw new PosternError('invalid', REASON_WANTED);
    const grantId = await this.within(visit, async (tx, current) => {
      const stands = await patientStands(tx, chartId);
      if (!stands || !mayBreakGlass(current.scope, chartId)) {
        await noteRefusedGlass(tx, current, chartId);
        return null;
      }
      return this.#breakGlass(tx, current, chartId, reason);
    });
    // Only now, so that the line of the refusal stands.
    if (grantId === null) throw notFound();
    return grantId;
  }

  async #breakGlass(tx: Transaction, visit: Visit, chartId: ChartId, reason: string): Promise<GrantId> {
    const { scope } = visit;
    const { accountId, practiceId, sessionHash } = scope;
    const startsAt = this.#parts.clock.now();
    const own = await listGrants(tx, scope, accountId, chartId);
    const keys = await this.#parts.keychain.of(practiceId);
    const standing = brokenAlready(scope, chartId, own, startsAt);
    const grantId = standing ?? newId<GrantId>();
    const sealed = sealReason(keys, grantId, reason);
    const line = grantsLine(visit, 'break-glass', [{ chartId, grantId }], sealed);
    if (standing !== null) {
      await appendLine(tx as never, line);
      return standing;
    }
    await tx.query('select postern.incident_open($1, $2, $3, $4, $5)', [
      practiceId,
      'break-glass',
      accountId,
      Buffer.from(sessionHash, 'hex'),
      chartId,
    ]);
    const endsAt = new Date(startsAt.getTime() + BREAK_GLASS_SECONDS * 1000);
    const terms = { accountId, role: 'break-glass', chartId, sections: null, startsAt, endsAt } as const;
    const sections = checkTerms(terms);
    await appendLine(tx as never, line);
    const by = { grantId, grantedBy: accountId, givenUnder: [], reason: sealed };
    await putGrant(tx, keys, { ...terms, sections, ...by });
    return grantId;
  }

  /** What is about to be given, if it may be. */
  async #check(tx: Transaction, scope: Scope, grant: NewGrant, sections: SectionMask): Promise<CheckedGrant> {
    if (!mayGive(scope, grant, sections)) throw notFound();
    const own = await listGrants(tx, scope, scope.accountId, grant.chartId);
    const under = givenUnder(scope, own, grant, sections);
    if (under === null) throw new PosternError('invalid', 'The grant would outlast your own.');
    const grantId = newId<GrantId>();
    const keys = await this.#parts.keychain.of(scope.practiceId);
    const reason = grant.reason === null ? null : sealReason(keys, grantId, grant.reason);
    return { ...grant, sections, grantId, grantedBy: scope.accountId, givenUnder: under, reason };
  }

  /** Those grants, with all that were given under them, where each stands and is the visit's to end. */
  async #standing(tx: Transaction, scope: Scope, ending: readonly GrantId[]): Promise<GrantLine[]> {
    const all = await listGrants(tx, scope, null, null);
    const closing = new Set<GrantId>();
    for (const grantId of ending) {
      const standing = all.find((grant) => grant.grantId === grantId);
      if (standing === undefined || standing.endedAt !== null || !mayEnd(scope, standing)) throw notFound();
      for (const each of endingWith(grantId, all)) closing.add(each);
    }
    return all.filter(({ grantId }) => closing.has(grantId));
  }

  /**
   * Nobody but the operator leaves a practice without an owner who can act, and whose grant has no end.
   * Owners stay as they are until the transaction is over.
   */
  async #keepOwner(
    tx: Transaction,
    scope: Scope,
    over: readonly GrantLine[],
    giving: readonly NewGrant[],
  ): Promise<void> {
    if (scope.system || !over.some(({ role }) => role === 'owner')) return;
    if (giving.some(({ role, endsAt }) => role === 'owner' && endsAt === null)) return;
    const { rows } = await tx.query<{ grant_id: GrantId }>(
      'select o.grant_id from postern.owners_standing() o',
    );
    if (rows.some((row) => !over.some(({ grantId }) => grantId === row.grant_id))) return;
    throw new PosternError('conflict', 'The practice would be left without an owner.');
  }

  /**
   * A transaction of the visit; where its grants have changed meanwhile, once more under what they are now.
   * For the gate's own.
   */
  async within<T>(visit: Visit, work: (tx: Transaction, visit: Visit) => Promise<T>): Promise<T> {
    const once = (current: Visit) =>
      inSession(this.#parts.server, current.scope.handle, async (tx) => {
        await tx.query('select postern.reach_assert()');
        return work(tx, current);
      });
    try {
      return await once(visit);
    } catch (error) {
      if ((error as { code?: unknown }).code !== NO_REACH) throw error;
    }
    const scope = await this.#parts.renew(visit.scope);
    if (scope === null) throw new PosternError('unauthenticated', 'The session has ended. Sign in again.');
    return once({ ...visit, scope });
  }
}
