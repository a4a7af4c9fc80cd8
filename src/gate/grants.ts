/** Giving, ending and reviewing grants, and breaking glass. Each leaves an access line. */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import { notFound, PosternError } from '../base/errors.ts';
import { type AccountId, type ChartId, type GrantId, type LineId, newId } from '../base/ids.ts';
import { ACTIONS, type SectionMask, sectionsIn } from '../base/section.ts';
import { inSession, type Transaction } from '../db/index.ts';
import { appendLine } from '../ledger/index.ts';
import { labelledContext, sealBytes } from '../seal/index.ts';
import { grantMac } from './credentials.ts';
import type { Keychain } from './keychain.ts';
import { allowedSections, type RoleName, roleOf } from './roles.ts';
import type { Visit } from './scope.ts';

export interface NewGrant {
  readonly accountId: AccountId;
  readonly role: RoleName;
  /** The chart of a role that spans one; null for staff. */
  readonly chartId: ChartId | null;
  /** Narrows the role's sections; null: all that the role has. */
  readonly sections: SectionMask | null;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
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
  ended_at: Date | null;
}

const BREAK_GLASS_SECONDS = 3600;
const SHORTEST_REASON = 10;

export class Grants {
  readonly #server: Pool;
  readonly #keychain: Keychain;
  readonly #clock: Clock;

  constructor(server: Pool, keychain: Keychain, clock: Clock) {
    this.#server = server;
    this.#keychain = keychain;
    this.#clock = clock;
  }

  /**
   * Gives a grant. Authority: `administer` for any role; `share` on every section given, for a proxy or client
   * on one's own chart. Throws not-found where there is neither.
   */
  async give(visit: Visit, grant: NewGrant): Promise<GrantId> {
    const sections = checkGrant(grant);
    if (!mayGive(visit, grant, sections)) throw notFound();
    return this.#put(visit, grant, sections, 'grant');
  }

  /** Ends a grant; every session of its holder is admitted anew. False where there is none to end. */
  async end(visit: Visit, grantId: GrantId): Promise<boolean> {
    const standing = (await this.#list(visit, null, null)).find((grant) => grant.grantId === grantId);
    if (standing === undefined || standing.endedAt !== null) return false;
    const mayEnd =
      administers(visit) ||
      standing.accountId === visit.scope.accountId ||
      sharesAll(visit, standing.chartId, standing.sections);
    if (!mayEnd) throw notFound();
    return this.#within(visit, async (tx) => {
      await appendLine(tx as never, this.#line(visit, 'end-grant', standing.chartId, grantId, null));
      const { rows } = await tx.query<{ ended: boolean }>('select postern.grant_end($1, $2, $3) as ended', [
        visit.scope.practiceId,
        grantId,
        visit.scope.accountId,
      ]);
      return rows[0]?.ended === true;
    });
  }

  /** Grants of an account. Authority: `administer`, one's own account, or seeing lines (privacy officer). */
  async ofAccount(visit: Visit, accountId: AccountId): Promise<GrantLine[]> {
    const own = accountId === visit.scope.accountId;
    if (!own && !administers(visit) && !visit.scope.seesLines) throw notFound();
    return this.#list(visit, accountId, null);
  }

  /** Who reaches a chart by its own grant. Authority: `share` on it, `administer`, or seeing lines. */
  async onChart(visit: Visit, chartId: ChartId): Promise<GrantLine[]> {
    const mayReview =
      visit.scope.allows('share', 'administrative', chartId, null) ||
      administers(visit) ||
      visit.scope.seesLines;
    if (!mayReview) throw notFound();
    return this.#list(visit, null, chartId);
  }

  /**
   * Opens a closed section of one chart to a clinician for an hour. The reason is sealed into the access line,
   * and the privacy officer is alarmed. Throws `invalid` for a reason too short to be one.
   */
  async breakGlass(
    visit: Visit,
    { chartId, reason }: { chartId: ChartId; reason: string },
  ): Promise<GrantId> {
    const clinician = visit.scope.roles.some((role) => roleOf(role).clinician === true);
    if (!clinician || !visit.scope.allows('read', 'clinical', chartId, null)) throw notFound();
    if (reason.trim().length < SHORTEST_REASON) {
      throw new PosternError('invalid', `State the reason in ${SHORTEST_REASON} characters or more.`);
    }
    const { accountId, practiceId, sessionHash } = visit.scope;
    const startsAt = this.#clock.now();
    const endsAt = new Date(startsAt.getTime() + BREAK_GLASS_SECONDS * 1000);
    const grant = {
      accountId,
      role: 'break-glass',
      chartId,
      sections: null,
      startsAt,
      endsAt,
      reason,
    } as const;
    const grantId = await this.#put(visit, grant, checkGrant(grant), 'break-glass');
    await this.#server.query('select postern.incident_open($1, $2, $3, $4, $5)', [
      practiceId,
      'break-glass',
      accountId,
      Buffer.from(sessionHash, 'hex'),
      chartId,
    ]);
    return grantId;
  }

  async #put(visit: Visit, grant: NewGrant, sections: SectionMask, action: string): Promise<GrantId> {
    const { practiceId, accountId: by } = visit.scope;
    const keys = await this.#keychain.of(practiceId);
    const grantId = newId<GrantId>();
    const starts = Math.floor(grant.startsAt.getTime() / 1000);
    const ends = grant.endsAt === null ? null : Math.floor(grant.endsAt.getTime() / 1000);
    const { accountId, role, chartId } = grant;
    const claim = { practiceId, grantId, accountId, role, chartId, sections, starts, ends };
    const sealed =
      grant.reason === null
        ? null
        : sealBytes(
            keys.logSealingKey(),
            labelledContext('postern/grant-reason/v1', practiceId, grantId),
            Buffer.from(grant.reason),
          );
    await this.#within(visit, async (tx) => {
      // First the line: afterwards the change of grants may have ended this very session's reach.
      await appendLine(tx as never, this.#line(visit, action, chartId, grantId, sealed));
      await tx.query('select postern.grant_put($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)', [
        practiceId,
        grantId,
        accountId,
        role,
        chartId,
        sections,
        new Date(starts * 1000),
        ends === null ? null : new Date(ends * 1000),
        by,
        sealed,
        grantMac(keys, claim),
      ]);
    });
    return grantId;
  }

  #within<T>({ scope }: Visit, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return inSession(this.#server, scope.handle, async (tx) => {
      await tx.query('select postern.reach_assert()');
      return work(tx);
    });
  }

  async #list(visit: Visit, accountId: AccountId | null, chartId: ChartId | null): Promise<GrantLine[]> {
    return this.#within(visit, async (tx) => {
      const { rows } = await tx.query<GrantRow>(
        `select g.grant_id, g.account_id, g.role, g.chart_id, g.sections, g.starts_at, g.ends_at, g.granted_by,
           g.ended_at
         from postern.grant_list($1, $2, $3) g
         order by g.starts_at, g.grant_id`,
        [visit.scope.practiceId, accountId, chartId],
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
        endedAt: row.ended_at,
      }));
    });
  }

  #line(
    { scope, address }: Visit,
    action: string,
    chartId: ChartId | null,
    grantId: GrantId,
    detail: Buffer | null,
  ) {
    return {
      practiceId: scope.practiceId,
      id: newId<LineId>(),
      sessionHash: scope.sessionHash,
      accountId: scope.accountId,
      behalfOf: null,
      purpose: scope.purpose,
      action,
      outcome: 'ok' as const,
      client: scope.client,
      address,
      entries: [[chartId, 'Grant', grantId, null] as const],
      detail,
      bytes: null,
      closes: null,
    };
  }
}

/** The sections a grant gives: those of its role, narrowed. Throws `invalid` for a grant that makes no sense. */
function checkGrant({ role, chartId, sections, startsAt, endsAt }: NewGrant): SectionMask {
  const definition = roleOf(role);
  if ((definition.spans === 'chart') !== (chartId !== null)) {
    throw new PosternError(
      'invalid',
      `The role ${role} ${chartId === null ? 'needs a' : 'has no single'} chart.`,
    );
  }
  if (endsAt !== null && endsAt <= startsAt)
    throw new PosternError('invalid', 'The grant would end before it starts.');
  const own = ACTIONS.reduce((mask, action) => mask | allowedSections(definition, action), 0);
  return own & (sections ?? -1);
}

function mayGive(visit: Visit, { role, chartId }: NewGrant, sections: SectionMask): boolean {
  if (role === 'break-glass') return false;
  if (administers(visit)) return true;
  return (role === 'proxy' || role === 'client') && sharesAll(visit, chartId, sections);
}

function administers({ scope }: Visit): boolean {
  return scope.allows('administer', 'practice', null, null);
}

/** Nobody gives more than is theirs to share. */
function sharesAll({ scope }: Visit, chartId: ChartId | null, sections: SectionMask): boolean {
  if (chartId === null) return false;
  return sectionsIn(sections)
    .filter((section) => section !== 'practice')
    .every((section) => scope.allows('share', section, chartId, null));
}
