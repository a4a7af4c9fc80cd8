/**
 * The coarse half of a search: rows that may match, found through the blind index, the row's own columns and
 * the dates. Every query names the practice and, unless the visit reaches all charts, the charts, because row
 * policies alone never become index conditions.
 */
import type { ChartId } from '../../base/ids.ts';
import { inMask, maskOf, type Section, sectionsIn } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { Cursor } from '../search/cursor.ts';
import type { DateBounds } from '../search/date-criterion.ts';
import type { SearchPlan, TokenLookUp } from '../search/search-plan.ts';
import { typeOf } from '../type-registry.ts';
import { chartToken, practiceToken } from './index-rows.ts';
import type { StoreContext } from './store-context.ts';
import { type ResourceRow, UNKEYED_COLUMNS, type UnkeyedRow } from './stored.ts';
import type { WrappedKey } from './wrapped-keys.ts';

export interface Candidate extends ResourceRow {
  /** What the order goes by; null where the row has none, or where it goes by id alone. */
  readonly sort_at: Date | null;
}

/** The charts that one query looks through, with the keys to make their tokens; null charts: all in reach. */
export interface Batch {
  readonly charts: readonly ChartId[] | null;
  readonly keys: readonly WrappedKey[];
}

const CHARTS_PER_BATCH = 256;

/** Cut so that a search through the whole practice goes chart by chart, a bounded number at a time. */
export async function* batchesOf(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  plan: SearchPlan,
): AsyncGenerator<Batch> {
  const reach = visit.scope.reachable(plan.type === 'Binary' ? 'open' : 'read');
  // Everyone reaches what the practice owns; only staff reach sections of every chart.
  const all = (reach.allMask & ~maskOf('practice')) !== 0;
  const named = plan.charts ?? (all ? null : [...reach.pairs.keys()]);
  const sections = sectionsFor(plan, reach.allMask, [...reach.pairs.values()]);
  if (plan.tokens.length === 0 || foundByPracticeAlone(plan)) {
    yield { charts: named, keys: [] };
    return;
  }
  const charts = named ?? (await chartsOf(tx, visit));
  // What the practice itself owns is found once, with the first batch.
  for (let start = 0; start === 0 || start < charts.length; start += CHARTS_PER_BATCH) {
    const some = charts.slice(start, start + CHARTS_PER_BATCH);
    const keys = await context.wrappedKeys.ofCharts(tx, visit, some, sections);
    const usable = keys.filter(({ chartId, section, author }) =>
      visit.scope.allows('read', section, chartId, section === 'psychotherapy' ? author : null),
    );
    yield { charts: named === null && charts.length <= CHARTS_PER_BATCH ? null : some, keys: usable };
  }
}

/** Patients, practitioners and the like stand under the practice's key alone, so one look-up finds them. */
function foundByPracticeAlone(plan: SearchPlan): boolean {
  const { owner } = typeOf(plan.type);
  if (owner.kind === 'practice') return true;
  return owner.kind === 'self' && plan.tokens.some(({ wide }) => wide);
}

const CLOSED: readonly Section[] = ['sensitive', 'psychotherapy'];

/**
 * Sections in which resources of the type can be: its own, and the closed ones, as far as the visit reaches.
 */
function sectionsFor(plan: SearchPlan, allMask: number, masks: readonly number[]): Section[] {
  const own = typeOf(plan.type).section;
  const reached = sectionsIn(masks.reduce((a, b) => a | b, allMask));
  const inherited = typeOf(plan.type).owner.kind === 'inherited';
  return reached.filter(
    (section) => inherited || section === own || section === 'clinical' || CLOSED.includes(section),
  );
}

async function chartsOf(tx: Transaction, visit: Visit): Promise<ChartId[]> {
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

/** Up to `limit` candidates of a batch, in order, after the cursor. */
export async function findCandidates(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  plan: SearchPlan,
  batch: Batch,
  after: Cursor | null,
  limit: number,
): Promise<Candidate[]> {
  const statement = new Statement(visit.scope.practiceId, plan.type);
  const reach = visit.scope.reachable(plan.type === 'Binary' ? 'open' : 'read');
  if (batch.charts !== null) {
    const charts = statement.value(batch.charts, 'uuid[]');
    // The practice's own rows are in nobody's chart; they are in reach by their section.
    statement.where(
      inMask(reach.allMask, 'practice') && plan.charts === null
        ? `(r.chart_id = any(${charts}) or r.chart_id is null)`
        : `r.chart_id = any(${charts})`,
    );
  }
  if (plan.ids !== null) statement.where(`r.id = any(${statement.value(plan.ids, 'uuid[]')})`);
  for (const bounds of plan.at) {
    statement.where(overlap(statement, bounds, 'r.at', 'r.at_end'));
  }
  for (const bounds of plan.updated) {
    statement.where(overlap(statement, bounds, 'r.updated_at', 'r.updated_at'));
  }
  for (const lookUp of plan.tokens) addTokens(context, statement, visit, plan, batch, lookUp);
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
  context: StoreContext,
  statement: Statement,
  visit: Visit,
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
  const { keys } = batch;
  const tokens = versions.flatMap((version) =>
    keys.flatMap((key) =>
      anyOf.map(({ param, value }) => chartToken(visit, type, key, param, value, version)),
    ),
  );
  const charts = new Set(keys.map(({ chartId }) => chartId ?? visit.scope.practiceId));
  if (charts.size === 1) {
    legs.push(`select c.resource_id
      from postern.chart_token c
      where c.practice_id = $1
        and c.chart_id = ${statement.value([...charts][0], 'uuid')}
        and c.token = any(${statement.value(tokens, 'bigint[]')})`);
  } else if (charts.size > 1) {
    const owners = versions.flatMap(() =>
      keys.flatMap((key) => anyOf.map(() => key.chartId ?? visit.scope.practiceId)),
    );
    // The offset keeps the planner from turning one look-up for each token into a scan of the whole index,
    // which it would where a table is new and nothing is known of it yet.
    legs.push(`select t.resource_id
      from unnest(${statement.value(owners, 'uuid[]')}, ${statement.value(tokens, 'bigint[]')})
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

function overlap(statement: Statement, anyOf: readonly DateBounds[], low: string, high: string): string {
  const parts = anyOf.map(({ lowFrom, lowTo, highFrom, highTo }) => {
    const tests: string[] = [];
    const test = (column: string, comparison: '>=' | '<=', bound: Date | undefined) => {
      if (bound === undefined) return;
      tests.push(`${column} ${comparison} ${statement.value(bound.toISOString(), 'timestamptz')}`);
    };
    test(low, '>=', lowFrom);
    test(low, '<=', lowTo);
    test(high, '>=', highFrom);
    test(high, '<=', highTo);
    return tests.length === 0 ? 'true' : `(${tests.join(' and ')})`;
  });
  return parts.length === 0 ? 'true' : `(${parts.join(' or ')})`;
}

const SORT_COLUMN = { at: 'r.at', updated: 'r.updated_at', id: null } as const;

/** A query put together from fixed texts; values go by parameter only. */
class Statement {
  readonly values: unknown[];
  readonly #conditions: string[] = ['r.practice_id = $1', 'r.type = $2', 'not r.deleted'];
  readonly #hits: string[] = [];

  constructor(practiceId: string, type: string) {
    this.values = [practiceId, type];
  }

  value(value: unknown, sqlType: string): string {
    this.values.push(value);
    return `$${this.values.length}::${sqlType}`;
  }

  where(condition: string): void {
    this.#conditions.push(condition);
  }

  /** Adds a query for the ids of resources of which each row must be one. */
  hits(query: string): void {
    this.#hits.push(query);
  }

  /** Adds the cursor's condition and gives back the order; rows without an instant come last either way. */
  order(sort: SearchPlan['sort'], after: Cursor | null): { sortAt: string; orderBy: string } {
    const column = SORT_COLUMN[sort.by];
    const [beyond, direction] = sort.descending ? ['<', 'desc'] : ['>', 'asc'];
    if (column === null) {
      if (after !== null) this.where(`r.id ${beyond} ${this.value(after.id, 'uuid')}`);
      return { sortAt: 'null::timestamptz', orderBy: `r.id ${direction}` };
    }
    if (after !== null) {
      const id = this.value(after.id, 'uuid');
      if (after.after === null) {
        this.where(`${column} is null and r.id ${beyond} ${id}`);
      } else {
        const at = this.value(after.after.toISOString(), 'timestamptz');
        this.where(
          `(${column} ${beyond} ${at} or ${column} = ${at} and r.id ${beyond} ${id} or ${column} is null)`,
        );
      }
    }
    return { sortAt: column, orderBy: `${column} ${direction} nulls last, r.id ${direction}` };
  }

  select({ sortAt, orderBy }: { sortAt: string; orderBy: string }, limit: number): string {
    const count = this.value(limit, 'integer');
    const names = this.#hits.map((_, at) => `hit_${at}`);
    const [first, ...others] = names;
    const hits = this.#hits.map((query, at) => `${names[at]} as materialized (${query})`);
    const conditions = [
      ...this.#conditions,
      ...others.map((name) => `r.id in (select h.resource_id from ${name} h)`),
    ];
    const rows = `
      from postern.resource r
      where ${conditions.join('\n        and ')}`;
    // Hits are few and lead the way, whatever the planner believes of them: the offset keeps the order.
    const from =
      first === undefined
        ? rows
        : `from ${first} h cross join lateral (select r.* ${rows} and r.id = h.resource_id offset 0) r`;
    return `
      ${hits.length === 0 ? '' : `with ${hits.join(', ')}`}
      select ${UNKEYED_COLUMNS}, ${sortAt} as sort_at
      ${from}
      order by ${orderBy}
      limit ${count}`;
  }
}
