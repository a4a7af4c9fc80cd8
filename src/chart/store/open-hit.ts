/** From a candidate to a hit: opened, and tested exactly. */
import type { LineEntry } from '../../ledger/index.ts';
import { skimResource } from '../resource-json.ts';
import type { Hit, ReadyPlan, Run } from './search-run.ts';
import { type Candidate, openRow } from './stored.ts';
import { BY_SEARCH } from './within-app.ts';

/** Null for what does not open and for what does not match. */
export function openHit(
  { context, visit, damage }: Run,
  { plan, links }: ReadyPlan,
  row: Candidate,
): Hit | null {
  const stored = damage.past(() => openRow(context, visit, row, BY_SEARCH));
  if (stored?.content == null) return null;
  const resource = skimResource(stored.content.bytes().toString());
  if (!plan.matches(resource)) return null;
  const through: LineEntry[] = [];
  for (const link of links) {
    const entries = link(resource, row.chart_id);
    if (entries === null) return null;
    through.push(...entries);
  }
  return { row, stored, resource, through };
}
