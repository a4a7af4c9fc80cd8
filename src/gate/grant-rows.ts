/** Grants as PostgreSQL keeps them, their lines, and their sealed reasons. */
import type { AccountId, ChartId, GrantId, LineId } from '../base/ids.ts';
import { newId } from '../base/ids.ts';
import type { SectionMask } from '../base/section.ts';
import type { Transaction } from '../db/index.ts';
import type { AccessLine } from '../ledger/index.ts';
import { labelledContext, openBytes, type PracticeKeys, sealBytes } from '../seal/index.ts';
import { grantMac } from './credentials.ts';
import type { GrantTerms } from './grant-rules.ts';
import type { Scope, Visit } from './scope.ts';

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

/** Whether it stands: it has not been ended, and its time is not over. It may not have begun. */
export function isStanding({ endedAt, endsAt }: Pick<GrantLine, 'endedAt' | 'endsAt'>, now: Date): boolean {
  return endedAt === null && (endsAt === null || endsAt > now);
}

/** Those that the session may see, of one account or on one chart where that is said. */
export async function listGrants(
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

/** A grant that has been checked: these sections, and no others. */
export interface CheckedGrant extends GrantTerms {
  readonly sections: SectionMask;
  readonly grantId: GrantId;
  readonly grantedBy: AccountId;
  readonly givenUnder: readonly GrantId[];
  readonly reason: Buffer | null;
}

/** Its line must stand before: afterwards the session's own reach may be gone. */
export async function putGrant(tx: Transaction, keys: PracticeKeys, grant: CheckedGrant): Promise<void> {
  const { practiceId } = keys;
  const { grantId, accountId, role, chartId, sections, givenUnder } = grant;
  const starts = Math.floor(grant.startsAt.getTime() / 1000);
  const ends = grant.endsAt === null ? null : Math.floor(grant.endsAt.getTime() / 1000);
  const claim = { practiceId, grantId, accountId, role, chartId, sections, starts, ends, givenUnder };
  await tx.query('select postern.grant_put($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)', [
    practiceId,
    grantId,
    accountId,
    role,
    chartId,
    sections,
    new Date(starts * 1000),
    ends === null ? null : new Date(ends * 1000),
    grant.grantedBy,
    givenUnder,
    grant.reason,
    grantMac(keys, claim),
  ]);
}

/** How many of them stood until now. Throws where one given under them would be left. */
export async function endGrants(tx: Transaction, scope: Scope, ending: readonly GrantId[]): Promise<number> {
  if (ending.length === 0) return 0;
  const { rows } = await tx.query<{ ended: number }>('select postern.grants_end($1, $2, $3) as ended', [
    scope.practiceId,
    ending,
    scope.accountId,
  ]);
  return rows[0]!.ended;
}

/** The reason of a grant or of an invitation, as its access line and the grant itself hold it. */
export function sealReason(keys: PracticeKeys, id: string, reason: string): Buffer {
  return sealBytes(keys.logSealingKey(), reasonContext(keys, id), Buffer.from(reason));
}

/** Opens a sealed reason, for who sees lines. Throws `damaged` where it is not of that one. */
export function openReason(keys: PracticeKeys, id: string, sealed: Buffer): string {
  let failure: unknown;
  for (const version of keys.versions('log').reverse()) {
    try {
      return openBytes(keys.logSealingKey(version), reasonContext(keys, id), sealed).toString();
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function reasonContext({ practiceId }: PracticeKeys, id: string): Buffer {
  return labelledContext('postern/grant-reason/v1', practiceId, id);
}

/** Of grants given or ended: as `grantsLine`, and to whom, for those who may see lines of that chart. */
export function holdersLine(
  visit: Visit,
  action: string,
  grants: readonly Pick<GrantLine, 'chartId' | 'grantId' | 'accountId'>[],
  detail: Buffer | null = null,
): AccessLine {
  const line = grantsLine(visit, action, grants, detail);
  const holders = new Map(
    grants.map(({ chartId, accountId }) => [`${chartId} ${accountId}`, { chartId, accountId }]),
  );
  const named = [...holders.values()].map(
    ({ chartId, accountId }) => [chartId, 'Account', accountId, null] as const,
  );
  return { ...line, entries: [...line.entries, ...named] };
}

/** Of something done to grants, each of them with its chart. */
export function grantsLine(
  { scope, address }: Visit,
  action: string,
  grants: readonly Pick<GrantLine, 'chartId' | 'grantId'>[],
  detail: Buffer | null = null,
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
    entries: grants.map(({ chartId, grantId }) => [chartId, 'Grant', grantId, null]),
    detail,
    bytes: null,
    closes: null,
  };
}
