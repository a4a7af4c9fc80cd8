/** The exact half of a search: candidates are opened and tested, page by page, batch by batch. */
import type { ResourceId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { Cursor } from '../search/cursor.ts';
import type { SearchPlan } from '../search/plan-shape.ts';
import { Damage } from './damage.ts';
import { glance } from './newest-first.ts';
import { openHit } from './open-hit.ts';
import { type Batch, batchesOf } from './search-batches.ts';
import { type Candidates, findCandidates } from './search-candidates.ts';
import { Budget, type Hit, type ReadyPlan, type Run } from './search-run.ts';
import type { Stretch } from './search-statement.ts';
import type { StoreContext } from './store-context.ts';
import { planWithin, withCarriers } from './within-app.ts';

/** Rows to a look at least, so that false hits of the index do not cost a look each. */
const FEWEST = 16;
/** Rows to a look where all hits are wanted. */
const MANY = 1000;

/**
 * One hit more than the page holds, where there is one. For plans without links. Throws `damaged` where
 * something that may be a hit does not open: who asks goes by what is not there.
 */
export async function collect(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  plan: SearchPlan,
): Promise<Hit[]> {
  const damage = new Damage();
  const run = { context, tx, visit, budget: new Budget(), damage, trusting: false };
  const hits = await collectPage(run, { plan, links: [] });
  damage.refuse();
  return hits;
}

/** The same of a plan whose links have been followed. */
export async function collectPage(run: Run, asked: ReadyPlan): Promise<Hit[]> {
  const ready = { ...asked, plan: planWithin(run.context, run.visit, asked.plan) };
  const wanted = ready.plan.count + 1;
  const damage = new Damage();
  const seen = await glance({ ...run, damage }, ready, wanted);
  // What does not open may be no hit at all: whether it may be one, its token says.
  const sound = damage.met ? null : seen;
  let hits: Hit[] = [...(sound?.hits ?? [])];
  if (hits.length === wanted) return hits;
  const start = sound?.end ?? ready.plan.cursor;
  for await (const batch of batchesOf(run, ready.plan)) {
    // Of the charts that follow, only what comes before the last of a full page is of use.
    const last = hits[wanted - 1];
    const before = last === undefined ? null : positionOf(last.row);
    const found = await collectBatch(run, ready, batch, wanted, { after: start, before });
    hits = hits.length === 0 ? found : merge(ready.plan.sort, hits, found).slice(0, wanted);
  }
  return hits;
}

/** Hands out every hit, in no order. */
export async function eachHit(run: Run, asked: ReadyPlan, visit: (hit: Hit) => void): Promise<void> {
  const ready = { ...asked, plan: planWithin(run.context, run.visit, asked.plan) };
  for await (const batch of batchesOf(run, ready.plan)) {
    let after: Cursor | null = null;
    do {
      const { rows, looked, next }: Candidates = await findCandidates(
        run,
        ready.plan,
        batch,
        { after, before: null },
        MANY,
      );
      run.budget.spend(looked);
      for (const row of await withCarriers(run.context, run.tx, run.visit, rows)) {
        const hit = openHit(run, ready, row);
        if (hit !== null) visit(hit);
      }
      after = next;
    } while (after !== null);
  }
}

async function collectBatch(
  run: Run,
  ready: ReadyPlan,
  batch: Batch,
  wanted: number,
  { after: start, before }: Stretch,
): Promise<Hit[]> {
  const hits: Hit[] = [];
  let after = start;
  for (let looks = 0; ; looks += 1) {
    // Twice as many each time: a search that finds little ends after few looks all the same.
    const limit = Math.min(Math.max(wanted - hits.length, FEWEST) * 2 ** looks, MANY);
    const { rows, looked, next } = await findCandidates(run, ready.plan, batch, { after, before }, limit);
    run.budget.spend(looked);
    for (const row of await withCarriers(run.context, run.tx, run.visit, rows)) {
      const hit = openHit(run, ready, row);
      if (hit !== null) hits.push(hit);
      if (hits.length === wanted) return hits;
    }
    if (next === null) return hits;
    after = next;
  }
}

/** Where a page ends that ends with this row. */
export function positionOf(row: { sort_at: Date | null; id: ResourceId }): Cursor {
  return { after: row.sort_at, place: null, id: row.id };
}

/** Both in the one order. */
export function merge({ descending }: SearchPlan['sort'], a: readonly Hit[], b: readonly Hit[]): Hit[] {
  const sign = descending ? -1 : 1;
  return [...a, ...b].sort((x, y) => {
    const [left, right] = [x.row.sort_at?.getTime() ?? null, y.row.sort_at?.getTime() ?? null];
    if (left !== right) {
      if (left === null) return 1;
      if (right === null) return -1;
      return (left - right) * sign;
    }
    return (x.row.id < y.row.id ? -1 : 1) * sign;
  });
}
