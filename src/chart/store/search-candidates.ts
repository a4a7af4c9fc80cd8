/**
 * The coarse half of a search: rows that may match, found through the blind index, the row's own columns and
 * the dates. Every query names the practice and, unless the visit reaches all charts, the charts, because row
 * policies alone never become index conditions.
 */
import type { ResourceId } from '../../base/ids.ts';
import { inMask } from '../../base/section.ts';
import type { Cursor } from '../search/cursor.ts';
import type { SearchPlan, TokenLookUp } from '../search/plan-shape.ts';
import { typeOf } from '../type-registry.ts';
import { chartToken, practiceToken } from './index-rows.ts';
import type { Batch } from './search-batches.ts';
import type { Run } from './search-run.ts';
import { type HitTokens, overlap, Statement, type Stretch } from './search-statement.ts';
import type { Candidate, UnkeyedRow } from './stored.ts';

/** Some candidates of a batch, in order, and where to go on after them; null where there are no more. */
export interface Candidates {
  readonly rows: readonly Candidate[];
  /** How many were looked at; those that led to no candidate are among them. */
  readonly looked: number;
  readonly next: Cursor | null;
}

/** Of that stretch `limit` rows are looked at, and fewer come back where some are no candidates. */
export async function findCandidates(
  run: Run,
  plan: SearchPlan,
  batch: Batch,
  stretch: Stretch,
  limit: number,
): Promise<Candidates> {
  const { context, tx, visit } = run;
  const statement = new Statement(visit.scope.practiceId, plan.type);
  addRowConditions(statement, run, plan, batch);
  const tokens = plan.tokens.map((lookUp) => tokensOf(run, plan, batch, lookUp));
  const [leading] = tokens;
  let text: string;
  if (leading !== undefined && isLed(plan)) {
    text = statement.selectLed(leading, plan.at, stretch, limit);
  } else {
    for (const each of tokens) statement.hits(each);
    text = statement.select(statement.order(plan.sort, stretch.after), limit);
  }
  const name = statementName(text);
  const { rows } = await tx.query<LookedAt>({
    text,
    values: statement.values,
    ...(name === null ? {} : { name }),
  });
  const last = rows.at(-1);
  const more = rows.length === limit && last !== undefined;
  const standing = rows.filter((row) => row.id !== null);
  return {
    rows: await context.wrappedKeys.ofRows(tx, visit, standing),
    looked: rows.length,
    next: more ? { after: last.sort_at, place: null, id: last.id ?? last.led_by! } : null,
  };
}

/**
 * Newest first by one criterion is how the index lies: nothing is fetched only to be left out again. Where
 * the row alone can tell who is out, going along the index would mean fetching one after the other.
 */
function isLed({ tokens, sort, ids, updated, dates }: SearchPlan): boolean {
  const rowTells = ids !== null || updated.length > 0 || dates.length > 0;
  return tokens.length === 1 && sort.by === 'at' && sort.descending && !rowTells;
}

/** With a null id where an entry of the index leads to no candidate; `led_by` is then whose entry it is. */
type LookedAt = UnkeyedRow & Pick<Candidate, 'sort_at'> & { readonly led_by?: ResourceId };

function addRowConditions(statement: Statement, { visit }: Run, plan: SearchPlan, batch: Batch): void {
  const reach = visit.scope.reachable(plan.type === 'Binary' ? 'open' : 'read');
  if (batch.charts !== null) {
    const [chart, ...others] = batch.charts;
    // Along one chart the index has the order of the page, which it has not along a list.
    const among =
      chart !== undefined && others.length === 0
        ? `r.chart_id = ${statement.value(chart, 'uuid')}`
        : `r.chart_id = any(${statement.value(batch.charts, 'uuid[]')})`;
    // The practice's own rows are in nobody's chart; they are in reach by their section.
    const own =
      batch.own && inMask(reach.allMask, 'practice') && plan.charts === null && mayBeInNone(plan.type);
    statement.where(own ? `(${among} or r.chart_id is null)` : among);
  }
  if (plan.ids !== null) statement.where(`r.id = any(${statement.value(plan.ids, 'uuid[]')})`);
  for (const bounds of plan.at) {
    statement.where(overlap(statement, bounds, 'r.at', 'r.at_end'));
  }
  for (const bounds of plan.updated) {
    statement.where(overlap(statement, bounds, 'r.updated_at', 'r.updated_at'));
  }
  for (const { param, anyOf } of plan.dates) {
    const named = statement.value(param, 'text');
    statement.where(`exists (
      select from postern.date_range d
      where d.practice_id = r.practice_id
        and d.resource_id = r.id
        and d.type = r.type
        and d.param = ${named}
        and ${overlap(statement, anyOf, 'd.low', 'd.high')})`);
  }
}

/** Whether a resource of the type can be the practice's own. */
function mayBeInNone(type: string): boolean {
  const { owner } = typeOf(type);
  return owner.kind === 'patient' ? owner.without !== null : owner.kind !== 'self';
}

const names = new Map<string, string>();
const MOST_NAMES = 200;

/**
 * The name under which a connection keeps a search's plan, since planning one costs more than running it.
 * Shapes of searches are the caller's to choose, so only so many are kept.
 */
function statementName(text: string): string | null {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= MOST_NAMES) return null;
  const name = `search-${names.size}`;
  names.set(text, name);
  return name;
}

function tokensOf(
  { context, visit }: Run,
  { type, charts }: SearchPlan,
  batch: Batch,
  { anyOf, wide }: TokenLookUp,
): HitTokens {
  const versions = context.indexVersions(visit.scope.practiceId);
  // In a named patient's chart, what is not searched across charts stands under the chart's own keys alone.
  const practice =
    wide || (charts === null && batch.own)
      ? versions.flatMap((version) =>
          anyOf.map(({ param, value }) => practiceToken(visit, type, param, value, version)),
        )
      : null;
  // What can stand in one chart alone is looked up there alone.
  const pairs = batch.keys.flatMap((key) =>
    anyOf.filter(({ chart }) => chart === undefined || chart === key.chartId).map((one) => ({ key, one })),
  );
  const owners = pairs.map(({ key }) => key.chartId ?? visit.scope.practiceId);
  return {
    practice,
    owners: versions.flatMap(() => owners),
    tokens: versions.flatMap((version) =>
      pairs.map(({ key, one }) => chartToken(visit, type, key, one.param, one.value, version)),
    ),
  };
}
