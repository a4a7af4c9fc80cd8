/** What a session says of itself. */
import type { ChartId } from '../base/ids.ts';
import { type Section, sectionsIn } from '../base/section.ts';
import { typesToSend } from '../documents/index.ts';
import { exportable } from '../fhir/index.ts';
import { administers, type Gate, isAssured, keepsFamilies, type Visit } from '../gate/index.ts';
import { idleSeconds, isStaff } from './idle-sessions.ts';

/**
 * Whose session it is, in which practice, and what it reads: `sections` throughout the practice, and those of
 * single charts; `opens` those of them whose files it opens; `apps` says which of the pages are for it,
 * `seesLines` whether it sees the whole access log, `keeps` whether it keeps the staff, and who acts for
 * patients; `sends` which types of documents may be sent into any chart, and into single ones; `takes`
 * whether all of it may be taken along; `cardDays` how long the photo of a card is kept once it was checked.
 * The practice is null once the account has nothing there any more.
 */
export async function describeVisit(gate: Gate, visit: Visit): Promise<object> {
  const { scope } = visit;
  const { accounts } = gate;
  const { allMask, pairs } = scope.reachable('read');
  const taken = scope.client === null ? exportable(scope) : [];
  const opensIn = (chart: ChartId | null, sections: readonly Section[]) =>
    sections.filter((section) => scope.allows('open', section, chart, null, 'Binary'));
  const takes = (chart: ChartId | null) => taken === null || (chart !== null && taken.includes(chart));
  const own = await ownCharts(gate, visit);
  const account = await accounts.describeAccount(scope.accountId);
  const practices = await accounts.practicesOf(scope.accountId);
  const settings = await gate.settings.of(scope.practiceId);
  const practice = practices.find(({ practiceId }) => practiceId === scope.practiceId);
  return {
    account: { id: scope.accountId, name: account?.name ?? null, email: account?.email ?? null },
    practice: practice === undefined ? null : { slug: practice.slug, name: practice.name },
    roles: scope.roles,
    purpose: scope.purpose,
    until: scope.until.toISOString(),
    methods: scope.terms.methods,
    // Without enough proof it reaches nothing, whatever the account may.
    assured: isAssured(scope.terms),
    idleSeconds: idleSeconds(scope, settings),
    cardDays: settings.cardDays,
    apps: [...(isStaff(scope) ? ['desk'] : []), ...(pairs.size > 0 ? ['portal'] : [])],
    sections: sectionsIn(allMask),
    opens: opensIn(null, sectionsIn(allMask)),
    charts: [...pairs]
      .map(([chart, mask]) => ({
        chart,
        own: own.has(chart),
        sections: sectionsIn(mask),
        opens: opensIn(chart, sectionsIn(mask)),
        sends: typesToSend(scope, chart),
        takes: takes(chart),
      }))
      .sort((a, b) => Number(b.own) - Number(a.own) || (a.chart < b.chart ? -1 : 1)),
    sends: typesToSend(scope, null),
    takes: takes(null),
    seesLines: scope.seesLines,
    keeps: [...(administers(scope) ? ['staff'] : []), ...(keepsFamilies(scope) ? ['families'] : [])],
  };
}

/** Charts of which the account is the patient; it acts for the patients of the others. */
async function ownCharts(gate: Gate, visit: Visit): Promise<ReadonlySet<ChartId>> {
  if (!visit.scope.roles.includes('patient')) return new Set();
  const grants = await gate.grantsOf(visit, visit.scope.accountId);
  const live = grants.filter(({ role, endedAt }) => role === 'patient' && endedAt === null);
  return new Set(live.flatMap(({ chartId }) => chartId ?? []));
}
