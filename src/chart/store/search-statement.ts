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
