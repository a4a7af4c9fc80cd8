/**
 * The versions of a type, or of everything, newest first: what was made, changed and deleted within reach.
 * A version is found under its own section, so what an update has closed is gone from here too.
 */
import { PosternError } from '../../base/errors.ts';
import { parseId, type ResourceId } from '../../base/ids.ts';
import { inMask, maskOf } from '../../base/section.ts';
import type { Visit } from '../../gate/index.ts';
import type { LineEntry } from '../../ledger/index.ts';
import { TYPES, typeOf } from '../type-registry.ts';
import { Damage, noteDamage } from './damage.ts';
import { boundsOfPeriod, type HistoryPeriod, type PeriodBounds, stoodWithin } from './history-period.ts';
import { Budget } from './search-run.ts';
import { askingInVisit, lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openVersion, type ResourceRow, ROW_COLUMNS, type Stored } from './stored.ts';
import { BY_SEARCH, withStanding } from './within-app.ts';

export interface ChangesAsk extends HistoryPeriod {
  /** Versions to a page. */
  readonly count: number;
  /** What the page before gave as `next`. */
  readonly cursor?: string | null;
}

export interface ChangesPage {
  readonly versions: readonly Stored[];
  /** The cursor of the next page; null on the last. */
  readonly next: string | null;
}

/** Of all types where `type` is null. Throws `invalid` for what is no date or cursor. Authority: `read`. */
export async function readChanges(
  context: StoreContext,
  visit: Visit,
  type: string | null,
  ask: ChangesAsk,
): Promise<ChangesPage> {
  if (type !== null) typeOf(type);
  const types = type === null ? [...TYPES.keys()] : [type];
  const bounds = boundsOfPeriod(ask);
  const after = ask.cursor == null ? null : decodePosition(ask.cursor);
  const damage = new Damage();
  const { seen, last, current } = await askingInVisit(context, visit, async (asking, current) => {
    const find = async (from: Position | null) => {
      const { text, values } = statementFor(current, types, bounds, from, ask.count + 1);
      return (await asking.query<ResourceRow>({ text, values })).rows;
    };
    const open = async (rows: readonly ResourceRow[]) =>
      (await withStanding(context, asking, current, rows, BY_SEARCH)).flatMap((row) => {
        const stored = openVersion(context, current, row, BY_SEARCH, damage);
        return stored === null ? [] : [{ row, stored }];
      });
    const rows = await find(after);
    if (current.scope.app !== null) return { ...(await pageForApp(ask.count, rows, find, open)), current };
    const page = rows.slice(0, ask.count);
    const last = rows.length > ask.count ? page.at(-1) : undefined;
    return { seen: await open(page), last, current };
  });
  const entries = seen.map(({ row }): LineEntry => [row.chart_id, row.type, row.id, row.version]);
  await context.lines.write(lineOf(current, 'history', entries));
  if (damage.met) await noteDamage(context, current.scope.practiceId, damage);
  return {
    versions: seen.map(({ stored }) => stored),
    next: last === undefined ? null : encodePosition(last),
  };
}

interface Seen {
  readonly row: ResourceRow;
  readonly stored: Stored;
}

/** What is outside an app's scopes may not be told from the length of a page, so others take its place. */
async function pageForApp(
  count: number,
  first: readonly ResourceRow[],
  find: (after: Position) => Promise<readonly ResourceRow[]>,
  open: (rows: readonly ResourceRow[]) => Promise<readonly Seen[]>,
): Promise<{ seen: readonly Seen[]; last: ResourceRow | undefined }> {
  const seen: Seen[] = [];
  const budget = new Budget();
  let rows = first;
  for (;;) {
    budget.spend(rows.length);
    seen.push(...(await open(rows)));
    const end = rows.at(-1);
    if (seen.length > count) return { seen: seen.slice(0, count), last: seen[count - 1]!.row };
    if (rows.length <= count || end === undefined) return { seen, last: undefined };
    rows = await find({ updatedAt: end.updated_at, id: end.id, version: end.version });
  }
}

interface Position {
  readonly updatedAt: Date;
  readonly id: ResourceId;
  readonly version: number;
}

function encodePosition({ updated_at, id, version }: ResourceRow): string {
  return Buffer.from(`${updated_at.getTime()} ${id} ${version}`).toString('base64url');
}

function decodePosition(text: string): Position {
  const match = /^(\d{1,15}) ([0-9a-f-]{36}) (\d{1,9})$/.exec(
    Buffer.from(text, 'base64url').toString('latin1'),
  );
  const id = match === null ? null : parseId<ResourceId>(match[2]!);
  if (match === null || id === null) {
    throw new PosternError('invalid', 'This link to a page of a history is damaged; start again.');
  }
  return { updatedAt: new Date(Number(match[1])), id, version: Number(match[3]) };
}

const ORDER = 'r.updated_at desc, r.id desc, r.version desc';

/**
 * Each type is looked up on its own, newest first, so that no more than a page of each is touched; content is
 * fetched for the versions of the page alone.
 */
function statementFor(
  { scope }: Visit,
  types: readonly string[],
  bounds: PeriodBounds,
  after: Position | null,
  limit: number,
): { text: string; values: unknown[] } {
  const values: unknown[] = [scope.practiceId, types];
  const value = (one: unknown, sqlType: string) => `$${values.push(one)}::${sqlType}`;
  const conditions = ['r.practice_id = $1', 'r.type = t.type', ...withinCharts(scope, value)];
  if (bounds.since !== null)
    conditions.push(`r.updated_at >= ${value(bounds.since.toISOString(), 'timestamptz')}`);
  if (after !== null) {
    const position = [
      value(after.updatedAt.toISOString(), 'timestamptz'),
      value(after.id, 'uuid'),
      value(after.version, 'integer'),
    ];
    conditions.push(`r.updated_at <= ${position[0]}`);
    conditions.push(`(r.updated_at, r.id, r.version) < (${position.join(', ')})`);
  }
  const at = bounds.at;
  const from = at === null ? '' : value(at.from.toISOString(), 'timestamptz');
  const to = at === null ? '' : value(at.to.toISOString(), 'timestamptz');
  const count = value(limit, 'integer');
  const leg = (table: 'resource' | 'resource_version') => {
    const all = at === null ? conditions : [...conditions, stoodWithin(table, from, to)];
    return `(
      select r.id, r.version, r.updated_at
      from postern.${table} r
      where ${all.join('\n        and ')}
      order by ${ORDER}
      limit ${count})`;
  };
  const whole = (table: string) => `
      select * from postern.${table} c
      where c.practice_id = $1 and c.id = p.id and c.version = p.version`;
  const text = `
    with page as materialized (
      select r.id, r.version
      from unnest($2::text[]) t (type)
        cross join lateral (${leg('resource')} union all ${leg('resource_version')}) r
      order by ${ORDER}
      limit ${count})
    select ${ROW_COLUMNS}
    from page p
      cross join lateral (${whole('resource')} union all ${whole('resource_version')}) r
      ${KEY_JOIN}
    order by ${ORDER}`;
  return { text, values };
}

/** The charts are named wherever the visit does not reach all of them: row policies alone find no index. */
function withinCharts(scope: Visit['scope'], value: (one: unknown, sqlType: string) => string): string[] {
  const [read, open] = [scope.reachable('read'), scope.reachable('open')];
  const all = read.allMask | open.allMask;
  if ((all & ~maskOf('practice')) !== 0) return [];
  const charts = value([...new Set([...read.pairs.keys(), ...open.pairs.keys()])], 'uuid[]');
  const own = `r.chart_id = any(${charts})`;
  return [inMask(all, 'practice') ? `(${own} or r.chart_id is null)` : own];
}
