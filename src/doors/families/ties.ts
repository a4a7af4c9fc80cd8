/** Grants as people see them: who acts for whom, with what of the record, until when. Pure. */
import type { AccountId, ChartId, GrantId } from '../../base/ids.ts';
import { inMask, maskOf, type Section, sectionsIn } from '../../base/section.ts';
import { type GrantLine, isStanding, tieKey } from '../../gate/index.ts';

/** What one person holds of one record in one capacity: one grant, or several that end one after another. */
export interface Tie {
  /** Of any of its grants. */
  readonly id: GrantId;
  readonly accountId: AccountId;
  readonly chartId: ChartId;
  readonly role: string;
  readonly sections: readonly Section[];
  readonly since: Date;
  readonly until: Date | null;
  /** When what is sensitive closes, where that is before the end. */
  readonly sensitiveUntil: Date | null;
  readonly grants: readonly GrantLine[];
}

const PRACTICE = maskOf('practice');

/** Those that stand now, of charts, the oldest first. Apps are no people. */
export function tiesOf(grants: readonly GrantLine[], now: Date): Tie[] {
  const groups = new Map<string, GrantLine[]>();
  for (const grant of grants) {
    if (grant.chartId === null || grant.role === 'client') continue;
    if (!isStanding(grant, now) || grant.startsAt > now) continue;
    const key = tieKey(grant);
    groups.set(key, [...(groups.get(key) ?? []), grant]);
  }
  return [...groups.values()].map(tieOf).sort((one, other) => Number(one.since) - Number(other.since));
}

function tieOf(grants: readonly GrantLine[]): Tie {
  const [first] = grants as readonly [GrantLine, ...GrantLine[]];
  const sections = grants.reduce((mask, grant) => mask | grant.sections, 0) & ~PRACTICE;
  const until = latest(grants.map(({ endsAt }) => endsAt));
  const sensitive = grants.filter((grant) => inMask(grant.sections, 'sensitive'));
  const sensitiveUntil = sensitive.length === 0 ? null : latest(sensitive.map(({ endsAt }) => endsAt));
  return {
    id: first.grantId,
    accountId: first.accountId,
    chartId: first.chartId!,
    role: first.role,
    sections: sectionsIn(sections),
    since: new Date(Math.min(...grants.map(({ startsAt }) => startsAt.getTime()))),
    until,
    sensitiveUntil: sensitiveUntil?.getTime() === until?.getTime() ? null : sensitiveUntil,
    grants,
  };
}

/** Of ends, null being none. */
function latest(ends: readonly (Date | null)[]): Date | null {
  if (ends.includes(null)) return null;
  return new Date(Math.max(...ends.map((end) => end!.getTime())));
}
