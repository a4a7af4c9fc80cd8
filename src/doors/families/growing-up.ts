/**
 * The daily work on families: ends for good what is over, and narrows what parents and guardians hold where a
 * date of birth was corrected, or the practice sets another age. It looks at what has changed since it was
 * last done, however long ago, and doing it twice changes nothing.
 *
 * Access itself ends by the grants' own times (`family-terms.ts`), also where this is late.
 */
import type { ChartId, PracticeId } from '../../base/ids.ts';
import { inMask, maskOf, type SectionMask } from '../../base/section.ts';
import {
  type GrantLine,
  isRole,
  isStanding,
  type NewGrant,
  type StandingSettings,
  type Visit,
} from '../../gate/index.ts';
import { startOfDay } from './ages.ts';
import type { FamilyParts } from './family-parts.ts';
import { earliest, type GrowingUp, growingUp } from './family-terms.ts';

export interface GrownUp {
  /** Grants whose time was over. */
  readonly ended: number;
  /** Grants that end earlier than they would have. */
  readonly narrowed: number;
}

/** Under other settings it was never done. */
function nameOf({ version }: StandingSettings): string {
  return `families/${version}`;
}

/** Null where it was done today, by the clock of the practice. */
export async function growUp(parts: FamilyParts, practiceId: PracticeId): Promise<GrownUp | null> {
  const { gate, clock } = parts;
  return gate.asJob(practiceId, 'system-families', 'families', async (visit) => {
    const now = clock.now();
    const settings = await gate.settings.of(practiceId);
    const ranAt = await lastRun(parts, visit, nameOf(settings));
    if (ranAt !== null && ranAt >= today(now, settings.timeZone)) return null;
    const ended = await gate.grants.settleOver(visit, now);
    const narrowed = await narrow(parts, visit, settings, ranAt, now);
    const note = [nameOf(settings), now];
    await gate.grants.within(visit, (tx) => tx.query('select postern.upkeep_note($1, $2)', note));
    return { ended, narrowed };
  });
}

async function narrow(
  parts: FamilyParts,
  visit: Visit,
  settings: StandingSettings,
  ranAt: Date | null,
  now: Date,
): Promise<number> {
  const { gate, birthDates } = parts;
  const held = (await gate.grants.ofPractice(visit)).filter(
    (grant) => isStanding(grant, now) && (grant.role === 'parent' || grant.role === 'guardian'),
  );
  const asNew = held.filter(({ endsAt, startsAt }) => ranAt === null || endsAt === null || startsAt > ranAt);
  const born = new Map([
    ...(await birthDates.of(visit, chartsOf(asNew), null)),
    ...(await birthDates.of(visit, chartsOf(held), ranAt)),
  ]);
  let narrowed = 0;
  for (const grant of held) {
    const grown = growingUp(born.get(grant.chartId!) ?? null, settings);
    if (grown === null) continue;
    const ends = endOf(grant, grown, now);
    if (ends === null || (grant.endsAt !== null && grant.endsAt <= ends)) continue;
    await shorten(parts, visit, grant, grown, now);
    narrowed += 1;
  }
  return narrowed;
}

/** When it has to end by the age of the patient; null where age says nothing of it. */
function endOf({ role, sections }: GrantLine, grown: GrowingUp, now: Date): Date | null {
  // Of somebody who is of age a court says until when.
  if (role === 'guardian' && grown.ends <= now) return null;
  return inMask(sections, 'sensitive') ? grown.sensitiveEnds : grown.ends;
}

/** In place of the grant, what is left of it, each part until its age. */
async function shorten({ gate }: FamilyParts, visit: Visit, grant: GrantLine, grown: GrowingUp, now: Date) {
  const { accountId, role, chartId, sections, startsAt, endsAt } = grant;
  if (!isRole(role)) return;
  const part = (mask: SectionMask, ends: Date): NewGrant[] => {
    const until = earliest(endsAt, ends)!;
    if ((mask & ~maskOf('practice')) === 0 || until <= now) return [];
    return [{ accountId, role, chartId, sections: mask, startsAt, endsAt: until, reason: null }];
  };
  const giving = [
    ...part(sections & ~maskOf('sensitive'), grown.ends),
    ...part(sections & maskOf('sensitive'), grown.sensitiveEnds),
  ];
  await gate.grants.change(visit, { ending: [grant.grantId], giving });
}

function chartsOf(grants: readonly GrantLine[]): ChartId[] {
  return [...new Set(grants.flatMap(({ chartId }) => chartId ?? []))];
}

async function lastRun({ gate }: FamilyParts, visit: Visit, name: string): Promise<Date | null> {
  const { rows } = await gate.grants.within(visit, (tx) =>
    tx.query<{ ran_at: Date | null }>('select postern.upkeep_ran($1) as ran_at', [name]),
  );
  return rows[0]?.ran_at ?? null;
}

/** The first moment of the day that it is there. */
function today(now: Date, timeZone: string): Date {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone }).format(now);
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return startOfDay(year, month, date, timeZone);
}
