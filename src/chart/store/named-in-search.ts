/**
 * Who searches for what is hidden or absent is noticed as who reads it: what a search names, a patient or a
 * resource by `_id`, and does not find because it is not the visit's to see.
 */
import type { Refused } from '../../base/errors.ts';
import type { ChartId, ResourceId } from '../../base/ids.ts';
import type { SearchPlan } from '../search/plan-shape.ts';
import { reachesAllCharts } from './search-batches.ts';
import type { Run } from './search-run.ts';
import { BROUGHT, within } from './within-app.ts';

/** Of a search that names more, the first are enough. */
const MOST_NOTICED = 20;

/** What a search that found so many named in vain. Asks the same for what is hidden and what is absent. */
export async function namedInVain(run: Run, plan: SearchPlan, found: number): Promise<Refused[]> {
  const reach = run.visit.scope.reachable(plan.type === 'Binary' ? 'open' : 'read');
  const all = reachesAllCharts(reach);
  const patient = plan.focus?.type === 'Patient' && plan.charts === null ? [plan.focus] : [];
  const charts = [...(plan.charts ?? []).map((id): Refused => ({ type: 'Patient', id })), ...patient];
  const outside = charts.filter(({ id }) => !all && !reach.pairs.has(id as never));
  if (found > 0) return outside.slice(0, MOST_NOTICED);
  const { focus: whose } = plan;
  const focus = whose === null || charts.some(({ id }) => id === whose.id) ? [] : [whose];
  const named = (plan.ids ?? []).map((id): Refused => ({ type: plan.type, id }));
  const ids = [...new Map([...focus, ...named].map((one) => [one.id, one])).values()];
  const asked = [...charts.filter((one) => !outside.includes(one)), ...ids].slice(0, MOST_NOTICED);
  const seen = asked.length === 0 ? new Set() : await seenOf(run, asked);
  return [...outside, ...asked.filter(({ id }) => !seen.has(id))].slice(0, MOST_NOTICED);
}

async function seenOf({ context, tx, visit }: Run, asked: readonly Refused[]): Promise<Set<string>> {
  const { app } = visit.scope;
  if (app !== null) {
    // To an app that sees no Patient, a chart of its reach is as much there as another.
    const charts = asked.filter(({ type, id }) => type === 'Patient' && !app.sees('Patient', id as ChartId));
    const seen = await within(
      context,
      tx,
      visit,
      asked.map(({ id }) => id as ResourceId),
      BROUGHT,
    );
    return new Set<string>([...seen, ...charts.map(({ id }) => id)]);
  }
  const { rows } = await tx.query<{ id: ResourceId }>({
    name: 'seen-of-named',
    text: `
      select r.id
      from postern.resource r
      where r.practice_id = $1
        and r.id = any($2::uuid[])`,
    values: [visit.scope.practiceId, asked.map(({ id }) => id)],
  });
  return new Set(rows.map(({ id }) => id));
}
