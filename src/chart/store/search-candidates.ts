/**
 * The coarse half of a search: rows that may match, found through the blind index, the row's own columns and
 * the dates. Every query names the practice and, unless the visit reaches all charts, the charts, because row
 * policies alone never become index conditions.
 */
import { inMask } from '../../base/section.ts';
import type { Cursor } from '../search/cursor.ts';
import type { SearchPlan, TokenLookUp } from '../search/plan-shape.ts';
import { typeOf } from '../type-registry.ts';
import { chartToken, practiceToken } from './index-rows.ts';
import type { Batch } from './search-batches.ts';
import type { Run } from './search-run.ts';
import { overlap, Statement } from './search-statement.ts';
import type { Candidate, UnkeyedRow } from './stored.ts';

/** Up to `limit` candidates of a batch, in order, after the cursor. */
export async function findCandidates(
  run: Run,
  plan: SearchPlan,
  batch: Batch,
  after: Cursor | null,
  limit: number,
): Promise<Candidate[]> {
  const { context, tx, visit } = run;
  const statement = new Statement(visit.scope.practiceId, plan.type);
  const reach = visit.scope.reachable(plan.type === 'Binary' ? 'open' : 'read');
  if (batch.charts !== null) {
    const charts = statement.value(batch.charts, 'uuid[]');
    // The practice's own rows are in nobody's chart; they are in reach by their section.
    const own = inMask(reach.allMask, 'practice') && plan.charts === null && mayBeInNone(plan.type);
    statement.where(
      own ? `(r.chart_id = any(${charts}) or r.chart_id is null)` : `r.chart_id = any(${charts})`,
    );
  }
  if (plan.ids !== null) statement.where(`r.id = any(${statement.value(plan.ids, 'uuid[]')})`);
  for (const bounds of plan.at) {
    statement.where(overlap(statement, bounds, 'r.at', 'r.at_end'));
  }
  for (const bounds of plan.updated) {
    statement.where(overlap(statement, bounds, 'r.updated_at', 'r.updated_at'));
  }
  for (const lookUp of plan.tokens) addTokens(run, statement, plan, batch, lookUp);
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
  const order = statement.order(plan.sort, after);
  const text = statement.select(order, limit);
  const name = statementName(text);
  const { rows } = await tx.query<UnkeyedRow & Pick<Candidate, 'sort_at'>>({
    text,
    values: statement.values,
    ...(name === null ? {} : { name }),
  });
  return context.wrappedKeys.ofRows(tx, visit, rows);
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

function addTokens(
  { context, visit }: Run,
  statement: Statement,
  plan: SearchPlan,
  batch: Batch,
  { anyOf, wide }: TokenLookUp,
): void {
  const { type } = plan;
  const versions = context.indexVersions(visit.scope.practiceId);
  const legs: string[] = [];
  // In a named patient's chart, what is not searched across charts stands under the chart's own keys alone.
  if (wide || plan.charts === null) {
    const tokens = versions.flatMap((version) =>
      anyOf.map(({ param, value }) => practiceToken(visit, type, param, value, version)),
    );
    legs.push(`select t.resource_id
      from postern.practice_token t
      where t.practice_id = $1
        and t.token = any(${statement.value(tokens, 'bigint[]')})`);
  }
  // What can stand in one chart alone is looked up there alone.
  const pairs = batch.keys.flatMap((key) =>
    anyOf.filter(({ chart }) => chart === undefined || chart === key.chartId).map((one) => ({ key, one })),
  );
  const tokens = versions.flatMap((version) =>
    pairs.map(({ key, one }) => chartToken(visit, type, key, one.param, one.value, version)),
  );
  const owners = pairs.map(({ key }) => key.chartId ?? visit.scope.practiceId);
  const [owner, ...others] = new Set(owners);
  if (owner !== undefined && others.length === 0) {
    legs.push(`select c.resource_id
      from postern.chart_token c
      where c.practice_id = $1
        and c.chart_id = ${statement.value(owner, 'uuid')}
        and c.token = any(${statement.value(tokens, 'bigint[]')})`);
  } else if (owner !== undefined) {
    const each = versions.flatMap(() => owners);
    // The offset keeps the planner from turning one look-up for each token into a scan of the whole index,
    // which it would where a table is new and nothing is known of it yet.
    legs.push(`select t.resource_id
      from unnest(${statement.value(each, 'uuid[]')}, ${statement.value(tokens, 'bigint[]')})
        u (chart_id, token)
        cross join lateral (
          select c.resource_id
          from postern.chart_token c
          where c.practice_id = $1
            and c.chart_id = u.chart_id
            and c.token = u.token
          offset 0) t`);
  }
  if (legs.length === 0) statement.where('false');
  else
    statement.hits(
      legs.length === 1 ? `select distinct h.resource_id from (${legs[0]}) h` : legs.join(' union '),
    );
}
