/**
 * Searching: candidates from the index, each opened and tested exactly, until the page is full. The access
 * line names what is in the page and is durable before the page is given out.
 */
import type { ResourceId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { LineEntry } from '../../ledger/index.ts';
import { skimResource } from '../resource-json.ts';
import { type Cursor, encodeCursor } from '../search/cursor.ts';
import { parseSearch, type SearchPlan } from '../search/search-plan.ts';
import { type Batch, batchesOf, type Candidate, findCandidates } from './search-candidates.ts';
import { askingInVisit, lineOf, type StoreContext } from './store-context.ts';
import { openRow, type Stored } from './stored.ts';

export interface SearchPage {
  readonly matches: readonly Stored[];
  /** The cursor of the next page; null on the last. */
  readonly next: string | null;
  /** Parameters that were not taken into account, as they were written. */
  readonly ignored: readonly string[];
}

/** Rows to a look at least, so that false hits of the index do not cost a look each. */
const FEWEST = 16;

/** Throws `invalid` for a value that a parameter does not take. Authority: `read` on what is found. */
export async function searchResources(
  context: StoreContext,
  visit: Visit,
  type: string,
  query: URLSearchParams,
): Promise<SearchPage> {
  const plan = parseSearch(type, query, { now: context.clock.now(), ownBases: context.ownBases });
  const { hits, scope } = await askingInVisit(context, visit, async (tx, current) => ({
    hits: await collect(context, tx, current, plan),
    scope: current.scope,
  }));
  const page = hits.slice(0, plan.count);
  const last = page.at(-1);
  const entries = page.map(({ stored, row }): LineEntry => [row.chart_id, type, row.id, stored.version]);
  await context.lines.write(lineOf({ ...visit, scope }, 'search', entries));
  return {
    matches: page.map(({ stored }) => stored),
    next: hits.length > plan.count && last !== undefined ? encodeCursor(positionOf(last.row)) : null,
    ignored: plan.ignored,
  };
}

export interface Hit {
  readonly row: Candidate;
  readonly stored: Stored;
}

/** One hit more than the page holds, where there is one. */
export async function collect(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  plan: SearchPlan,
): Promise<Hit[]> {
  const wanted = plan.count + 1;
  let hits: Hit[] = [];
  for await (const batch of batchesOf(context, tx, visit, plan)) {
    const found = await collectBatch(context, tx, visit, plan, batch, wanted);
    hits = hits.length === 0 ? found : merge(plan, hits, found).slice(0, wanted);
  }
  return hits;
}

async function collectBatch(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  plan: SearchPlan,
  batch: Batch,
  wanted: number,
): Promise<Hit[]> {
  const hits: Hit[] = [];
  let after = plan.cursor;
  for (;;) {
    const limit = Math.max(wanted - hits.length, FEWEST);
    const rows = await findCandidates(context, tx, visit, plan, batch, after, limit);
    for (const row of rows) {
      const stored = openRow(visit, row);
      if (stored?.content == null) continue;
      if (plan.matches(skimResource(stored.content.bytes().toString()))) hits.push({ row, stored });
      if (hits.length === wanted) return hits;
    }
    if (rows.length < limit) return hits;
    after = positionOf(rows.at(-1)!);
  }
}

function positionOf(row: { sort_at: Date | null; id: ResourceId }): Cursor {
  return { after: row.sort_at, id: row.id };
}

function merge(plan: SearchPlan, a: readonly Hit[], b: readonly Hit[]): Hit[] {
  const sign = plan.sort.descending ? -1 : 1;
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
