/** Queries for candidates, put together from fixed texts: values go by parameter only. */
import type { Cursor } from '../search/cursor.ts';
import type { DateBounds } from '../search/date-criterion.ts';
import type { SearchPlan } from '../search/plan-shape.ts';
import { UNKEYED_COLUMNS } from './stored.ts';

/** The condition that any of the bounds holds on an indexed range. */
export function overlap(
  statement: Statement,
  anyOf: readonly DateBounds[],
  low: string,
  high: string,
): string {
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

/** What is looked for of the order: after the one, and where that is easily told before the other. */
export interface Stretch {
  readonly after: Cursor | null;
  readonly before: Cursor | null;
}

/** The tokens of which a hit has one: under the practice's key, and each in the chart it is made for. */
export interface HitTokens {
  /** Null where it cannot stand under the practice's key. */
  readonly practice: readonly string[] | null;
  readonly owners: readonly string[];
  readonly tokens: readonly string[];
}

/** A query put together from fixed texts; values go by parameter only. */
export class Statement {
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

  /** Adds a condition that each row holds one of the tokens. */
  hits({ practice, owners, tokens }: HitTokens): void {
    const legs: string[] = [];
    if (practice !== null) {
      legs.push(`select t.resource_id
        from postern.practice_token t
        where t.practice_id = $1
          and t.token = any(${this.value(practice, 'bigint[]')})`);
    }
    const [owner, ...others] = new Set(owners);
    if (owner !== undefined && others.length === 0) {
      legs.push(`select c.resource_id
        from postern.chart_token c
        where c.practice_id = $1
          and c.chart_id = ${this.value(owner, 'uuid')}
          and c.token = any(${this.value(tokens, 'bigint[]')})`);
    } else if (owner !== undefined) {
      // The offset keeps the planner from turning one look-up for each token into a scan of the whole index,
      // which it would where a table is new and nothing is known of it yet.
      legs.push(`select t.resource_id
        from unnest(${this.value(owners, 'uuid[]')}, ${this.value(tokens, 'bigint[]')})
          u (chart_id, token)
          cross join lateral (
            select c.resource_id
            from postern.chart_token c
            where c.practice_id = $1
              and c.chart_id = u.chart_id
              and c.token = u.token
            offset 0) t`);
    }
    if (legs.length === 0) this.where('false');
    else if (legs.length > 1) this.#hits.push(legs.join(' union '));
    else this.#hits.push(`select distinct h.resource_id from (${legs[0]}) h`);
  }

  /**
   * The page whose order the index has: newest first of what holds one of the tokens. Looks at `limit`
   * entries of the index; one that leads to no row of these conditions comes back as a row of nulls with
   * `sort_at` and `led_by`, since the next page begins after it all the same. The instants of an entry are
   * those of its resource.
   */
  selectLed(
    { practice, owners, tokens }: HitTokens,
    bounds: SearchPlan['at'],
    { after, before }: Stretch,
    limit: number,
  ): string {
    const count = this.value(limit, 'integer');
    const ends = (
      [
        [after, '<'],
        [before, '>'],
      ] as const
    ).flatMap(([end, comparison]) => {
      if (end === null) return [];
      const at = this.value(end.after?.toISOString() ?? '-infinity', 'timestamptz');
      return { comparison, place: `(${at}, ${this.value(end.id, 'uuid')})` };
    });
    const entries = (table: string, alias: string, holds: string) => {
      const tests = [`${alias}.practice_id = $1`, holds];
      for (const one of bounds) tests.push(overlap(this, one, `${alias}.at`, `${alias}.at_end`));
      for (const { comparison, place } of ends) {
        tests.push(`(${alias}.at, ${alias}.resource_id) ${comparison} ${place}`);
      }
      return `select ${alias}.at, ${alias}.resource_id
        from postern.${table} ${alias}
        where ${tests.join(' and ')}
        order by ${alias}.at desc, ${alias}.resource_id desc
        limit ${count}`;
    };
    const legs: string[] = [];
    if (practice !== null) {
      const each = entries('practice_token', 'p', 'p.token = u.token');
      legs.push(`select t.* from unnest(${this.value(practice, 'bigint[]')}) u (token)
        cross join lateral (${each}) t`);
    }
    if (owners.length > 0) {
      const each = entries('chart_token', 'c', 'c.chart_id = u.chart_id and c.token = u.token');
      legs.push(`select t.*
        from unnest(${this.value(owners, 'uuid[]')}, ${this.value(tokens, 'bigint[]')}) u (chart_id, token)
        cross join lateral (${each}) t`);
    }
    const none = 'select null::timestamptz as at, null::uuid as resource_id where false';
    return `
      select ${UNKEYED_COLUMNS}, h.resource_id as led_by,
        case when h.at > '-infinity' then h.at end as sort_at
      from (
        select distinct e.at, e.resource_id
        from (${legs.length === 0 ? none : legs.join(' union all ')}) e
        order by e.at desc, e.resource_id desc
        limit ${count}) h
        left join lateral (
          select r.*
          from postern.resource r
          where ${this.#conditions.join(' and ')} and r.id = h.resource_id
          offset 0) r on true
      order by h.at desc, h.resource_id desc`;
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
