/** Giving, ending and reviewing grants, and breaking glass. Each change leaves an access line. */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import { notFound, PosternError } from '../base/errors.ts';
import { type AccountId, type ChartId, type GrantId, type LineId, newId } from '../base/ids.ts';
import type { SectionMask } from '../base/section.ts';
import { inSession, type Transaction } from '../db/index.ts';
import { type AccessLine, appendLine } from '../ledger/index.ts';
import { labelledContext, openBytes, type PracticeKeys, sealBytes } from '../seal/index.ts';
import { brokenAlready, noteRefusedGlass, patientStands, REASON_WANTED, saysWhy } from './break-glass.ts';
import { grantMac } from './credentials.ts';
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
import type { Scope, Visit } from './scope.ts';

export interface NewGrant extends GrantTerms {
  /** Sealed into the grant and its access line. */
  readonly reason: string | null;
}

export interface GrantLine {
  readonly grantId: GrantId;
  readonly accountId: AccountId;
  readonly role: string;
  readonly chartId: ChartId | null;
  readonly sections: SectionMask;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly grantedBy: AccountId;
  /** The giver's own grants with which it ends. */
  readonly givenUnder: readonly GrantId[];
  readonly endedAt: Date | null;
}

interface GrantRow {
  grant_id: GrantId;
  account_id: AccountId;
  role: string;
  chart_id: ChartId | null;
  sections: number;
  starts_at: Date;
  ends_at: Date | null;
  granted_by: AccountId;
  given_under: GrantId[];
  ended_at: Date | null;
}

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

  constructor(parts: GrantsParts) {
    this.#parts = parts;
  }

  /**
   * Gives a grant. Authority: `administer` for any role; `share` on every section given, for a proxy or
   * client on one's own chart, no longer than one's own grants last: it ends with them. Throws not-found
   * where there is neither, `invalid` for terms that make no sense or outlast the giver's.
   */
  async give(visit: Visit, grant: NewGrant): Promise<GrantId> {
    const sections = checkTerms(grant);
    return this.#within(visit, async (tx, current) => {
      const { scope } = current;
      if (!mayGive(scope, grant, sections)) throw notFound();
      const own = await list(tx, scope, scope.accountId, grant.chartId);
      const under = givenUnder(scope, own, grant, sections);
      if (under === null) throw new PosternError('invalid', 'The grant would outlast your own.');
      return this.#put(tx, current, { ...grant, givenUnder: under }, sections, 'grant');
    });
  }

  /**
   * Ends a grant and all that were given under it; every session of their holders is admitted anew. False
   * where there is none to end.
   */
  async end(visit: Visit, grantId: GrantId): Promise<boolean> {
    return this.#within(visit, async (tx, current) => {
      const { scope } = current;
      const all = await list(tx, scope, null, null);
      const standing = all.find((grant) => grant.grantId === grantId);
      if (standing === undefined || standing.endedAt !== null) return false;
      if (!mayEnd(scope, standing)) throw notFound();
      const ending = endingWith(grantId, all);
      await appendLine(tx as never, lineOf(current, 'end-grant', standing.chartId, ending, null));
      const { rows } = await tx.query<{ ended: number }>('select postern.grants_end($1, $2, $3) as ended', [
        scope.practiceId,
        ending,
        scope.accountId,
      ]);
      return rows[0]!.ended > 0;
    });
  }

  /** Grants of an account. Authority: `administer`, one's own account, or seeing lines (privacy officer). */
  async ofAccount(visit: Visit, accountId: AccountId): Promise<GrantLine[]> {
    return this.#within(visit, (tx, { scope }) => {
      if (!mayReviewAccount(scope, accountId)) throw notFound();
      return list(tx, scope, accountId, null);
    });
  }

  /** Every grant there is or was in the practice. Authority: `administer`, or seeing lines. */
  async ofPractice(visit: Visit): Promise<GrantLine[]> {
    return this.#within(visit, (tx, { scope }) => {
      if (!administers(scope) && !scope.seesLines) throw notFound();
      return list(tx, scope, null, null);
    });
  }

  /** Who reaches a chart by a grant on it. Authority: `share` on one's own, `administer`, or seeing lines. */
  async onChart(visit: Visit, chartId: ChartId): Promise<GrantLine[]> {
    return this.#within(visit, (tx, { scope }) => {
      if (!mayReviewChart(scope, chartId)) throw notFound();
      return list(tx, scope, null, chartId);
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
    const grantId = await this.#within(visit, async (tx, current) => {
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
    const own = await list(tx, scope, accountId, chartId);
    const standing = brokenAlready(scope, chartId, own, startsAt);
    if (standing !== null) {
      const detail = sealReason(await this.#parts.keychain.of(practiceId), standing, reason);
      await appendLine(tx as never, lineOf(visit, 'break-glass', chartId, [standing], detail));
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
    return this.#put(tx, visit, { ...terms, reason, givenUnder: [] }, checkTerms(terms), 'break-glass');
  }

  async #put(
    tx: Transaction,
    visit: Visit,
    grant: NewGrant & { readonly givenUnder: readonly GrantId[] },
    sections: SectionMask,
    action: string,
  ): Promise<GrantId> {
    const { practiceId, accountId: by } = visit.scope;
    const keys = await this.#parts.keychain.of(practiceId);
    const grantId = newId<GrantId>();
    const starts = Math.floor(grant.startsAt.getTime() / 1000);
    const ends = grant.endsAt === null ? null : Math.floor(grant.endsAt.getTime() / 1000);
    const { accountId, role, chartId, givenUnder } = grant;
    const claim = { practiceId, grantId, accountId, role, chartId, sections, starts, ends, givenUnder };
    const sealed = grant.reason === null ? null : sealReason(keys, grantId, grant.reason);
    // First the line: afterwards the change of grants may have ended this very session's reach.
    await appendLine(tx as never, lineOf(visit, action, chartId, [grantId], sealed));
    await tx.query('select postern.grant_put($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)', [
      practiceId,
      grantId,
      accountId,
      role,
      chartId,
      sections,
      new Date(starts * 1000),
      ends === null ? null : new Date(ends * 1000),
      by,
      givenUnder,
      sealed,
      grantMac(keys, claim),
    ]);
    return grantId;
  }

  /**
   * A transaction of the visit; where its grants have changed meanwhile, once more under what they are now.
   */
  async #within<T>(visit: Visit, work: (tx: Transaction, visit: Visit) => Promise<T>): Promise<T> {
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

/** The reason of a grant, as its access line and the grant itself hold it. */
function sealReason(keys: PracticeKeys, grantId: GrantId, reason: string): Buffer {
  return sealBytes(keys.logSealingKey(), reasonContext(keys, grantId), Buffer.from(reason));
}

/** Opens a sealed reason, for who sees lines. Throws `damaged` where it is not that grant's. */
export function openReason(keys: PracticeKeys, grantId: GrantId, sealed: Buffer): string {
  let failure: unknown;
  for (const version of keys.versions('log').reverse()) {
    try {
      return openBytes(keys.logSealingKey(version), reasonContext(keys, grantId), sealed).toString();
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function reasonContext({ practiceId }: PracticeKeys, grantId: GrantId): Buffer {
  return labelledContext('postern/grant-reason/v1', practiceId, grantId);
}

async function list(
  tx: Transaction,
  { practiceId }: Scope,
  accountId: AccountId | null,
  chartId: ChartId | null,
): Promise<GrantLine[]> {
  const { rows } = await tx.query<GrantRow>(
    `select g.grant_id, g.account_id, g.role, g.chart_id, g.sections, g.starts_at, g.ends_at, g.granted_by,
       g.given_under, g.ended_at
     from postern.grant_list($1, $2, $3) g
     order by g.starts_at, g.grant_id`,
    [practiceId, accountId, chartId],
  );
  return rows.map((row) => ({
    grantId: row.grant_id,
    accountId: row.account_id,
    role: row.role,
    chartId: row.chart_id,
    sections: row.sections,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    grantedBy: row.granted_by,
    givenUnder: row.given_under,
    endedAt: row.ended_at,
  }));
}

function lineOf(
  { scope, address }: Visit,
  action: string,
  chartId: ChartId | null,
  grantIds: readonly GrantId[],
  detail: Buffer | null,
): AccessLine {
  return {
    practiceId: scope.practiceId,
    id: newId<LineId>(),
    sessionHash: scope.sessionHash,
    accountId: scope.accountId,
    behalfOf: null,
    purpose: scope.purpose,
    action,
    outcome: 'ok',
    client: scope.client,
    address,
    entries: grantIds.map((grantId) => [chartId, 'Grant', grantId, null]),
    detail,
    bytes: null,
    closes: null,
  };
}
