/** Through which charts a search goes, and with which keys: a bounded number at a time. */
import type { ChartId } from '../../base/ids.ts';
import { maskOf, type Section, sectionsIn } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { SearchPlan } from '../search/plan-shape.ts';
import { typeOf } from '../type-registry.ts';
import { opensIndex } from './index-rows.ts';
import type { Run } from './search-run.ts';
import type { WrappedKey } from './wrapped-keys.ts';

/** The charts that one query looks through, with the keys to make their tokens; null charts: all in reach. */
export interface Batch {
  readonly charts: readonly ChartId[] | null;
  readonly keys: readonly WrappedKey[];
  /** Whether what the practice itself owns is looked through as well: once in a search. */
  readonly own: boolean;
}

const CHARTS_PER_BATCH = 256;
/** The first are fewer: what they fill a page with spares the others most of the work. */
const FIRST_CHARTS = 32;
/** Values that one query looks up, so that others are answered between one and the next. */
const LOOK_UPS_PER_BATCH = 8192;

/** Cut so that a search through the whole practice goes chart by chart, a bounded number at a time. */
export async function* batchesOf(
  { context, tx, visit, budget, trusting, damage }: Run,
  plan: SearchPlan,
): AsyncGenerator<Batch> {
  const reach = visit.scope.reachable(plan.type === 'Binary' ? 'open' : 'read');
  const all = reachesAllCharts(reach);
  const told = plan.charts ?? plan.within;
  // A chart out of reach is not looked at, so that a full one takes no longer than one that is not there.
  const named = all ? told : (told ?? [...reach.pairs.keys()]).filter((chart) => reach.pairs.has(chart));
  if (plan.charts !== null && named?.length === 0) return;
  const sections = sectionsFor(plan, reach.allMask, [...reach.pairs.values()]);
  if (plan.tokens.length === 0 || foundByPracticeAlone(plan)) {
    yield { charts: named, keys: [], own: true };
    return;
  }
  const charts = named ?? (await chartsOf(tx, visit));
  const values = plan.tokens.reduce((sum, { anyOf }) => sum + anyOf.length, 0);
  const versions = context.indexVersions(visit.scope.practiceId);
  const chunks: { readonly charts: readonly ChartId[]; readonly keys: readonly WrappedKey[] }[] = [];
  let start = 0;
  do {
    const some = charts.slice(start, start + (start === 0 ? FIRST_CHARTS : CHARTS_PER_BATCH));
    const keys = await context.wrappedKeys.ofCharts(tx, visit, some, sections, trusting);
    const usable = keys.filter(
      (key) =>
        visit.scope.allows(
          'read',
          key.section,
          key.chartId,
          key.section === 'psychotherapy' ? key.author : null,
          plan.type,
        ) && damage.past(() => opensIndex(visit, key, versions[0]!)),
    );
    chunks.push({ charts: some, keys: usable });
    // What is too much is refused before any of it is looked up.
    budget.lookUp(usable.length * values * versions.length);
    start += some.length;
  } while (start < charts.length);
  const most = Math.max(1, Math.floor(LOOK_UPS_PER_BATCH / values));
  const batches = chunks.flatMap((chunk) => [...bearable(chunk.charts, chunk.keys, most)]);
  if (named === null && batches.length === 1) {
    yield { ...batches[0]!, charts: null, own: true };
    return;
  }
  const byKeysAlone = plan.tokens.some(({ wide }) => !wide);
  for (const [index, batch] of batches.entries()) {
    const own = index === 0;
    // Where a value stands under the charts' keys alone, charts without one hold nothing that fits.
    if (own || batch.keys.length > 0 || !byKeysAlone) yield { ...batch, own };
  }
}

/** The charts with their keys, cut so that none has many more keys than that; one where there are none. */
function* bearable(
  charts: readonly ChartId[],
  keys: readonly WrappedKey[],
  mostKeys: number,
): Generator<{ charts: ChartId[]; keys: WrappedKey[] }> {
  const byChart = Map.groupBy(keys, ({ chartId }) => chartId);
  let batch = { charts: [] as ChartId[], keys: [...(byChart.get(null) ?? [])] };
  for (const chart of charts) {
    const more = byChart.get(chart) ?? [];
    if (batch.charts.length > 0 && batch.keys.length + more.length > mostKeys) {
      yield batch;
      batch = { charts: [], keys: [] };
    }
    batch.charts.push(chart);
    batch.keys.push(...more);
  }
  yield batch;
}

/** Everyone reaches what the practice owns; only staff reach sections of every chart. */
export function reachesAllCharts({ allMask }: { readonly allMask: number }): boolean {
  return (allMask & ~maskOf('practice')) !== 0;
}

/** Patients, practitioners and the like stand under the practice's key alone, so one look-up finds them. */
export function foundByPracticeAlone(plan: SearchPlan): boolean {
  const { owner } = typeOf(plan.type);
  if (owner.kind === 'practice') return true;
  return owner.kind === 'self' && plan.tokens.some(({ wide }) => wide);
}

const CLOSED: readonly Section[] = ['sensitive', 'psychotherapy'];

/**
 * Sections in which resources of the type can be: its own, and the closed ones, as far as the visit reaches.
 */
export function sectionsFor(plan: SearchPlan, allMask: number, masks: readonly number[]): Section[] {
  const own = typeOf(plan.type).section;
  const reached = sectionsIn(masks.reduce((a, b) => a | b, allMask));
  const inherited = typeOf(plan.type).owner.kind === 'inherited';
  return reached.filter(
    (section) => inherited || section === own || section === 'clinical' || CLOSED.includes(section),
  );
}

async function chartsOf(tx: Transaction, visit: Visit): Promise<ChartId[]> {
  if (seesNoPatients(visit)) return chartsWithKeys(tx, visit);
  const { rows } = await tx.query<{ id: ChartId }>({
    name: 'charts-of-practice',
    text: `
      select r.id
      from postern.resource r
      where r.practice_id = $1
        and r.type = 'Patient'
        and not r.deleted`,
    values: [visit.scope.practiceId],
  });
  return rows.map(({ id }) => id);
}

/** Whether it is an app that finds no Patient, and the charts must be known otherwise. */
export function seesNoPatients({ scope: { app } }: Visit): boolean {
  return app !== null && !app.covers('s', 'Patient', null);
}

/** For an app that sees no Patient: a chart without a key holds nothing that it could find. */
export async function chartsWithKeys(tx: Transaction, visit: Visit): Promise<ChartId[]> {
  const { rows } = await tx.query<{ id: ChartId }>({
    name: 'charts-with-keys',
    text: `
      select distinct k.chart_id as id
      from postern.chart_key k
      where k.practice_id = $1
        and k.chart_id <> $1
        and k.section between 1 and 5`,
    values: [visit.scope.practiceId],
  });
  return rows.map(({ id }) => id);
}
