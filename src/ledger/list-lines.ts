/**
 * Reading the access log: who saw whose record. Works inside the caller's scoped transaction (the row
 * policies show what that scope may see) or as the owner for the command line.
 *
 * A patient who reads lines of his own chart is shown what an answer held of that chart only; the row itself
 * may name other charts, since one search answers for many.
 */
import { PosternError } from '../base/errors.ts';
import type { AccountId, ChartId, LineId, PracticeId, SessionHash } from '../base/ids.ts';
import type { Queryable } from './line.ts';

/** A line as programs read it: JSON without loss, in the order of the export. */
export interface ListedLine {
  practice: PracticeId;
  id: string;
  /** RFC 3339 in UTC with microseconds. */
  at: string;
  session: string | null;
  account: string | null;
  behalfOf: string | null;
  purpose: string;
  action: string;
  outcome: string;
  client: string | null;
  address: string | null;
  entries: unknown;
  /** The sealed detail in base64. */
  detail: string | null;
  bytes: number | null;
  closes: string | null;
  /**
   * The number of its leaf, or `null` while it is under no checkpoint (or the reader may not see the tree).
   */
  seq: number | null;
}

export interface LineQuery {
  practiceId: PracticeId;
  /** The line of that id alone. */
  id?: LineId;
  chartId?: ChartId;
  accountId?: AccountId;
  session?: SessionHash;
  /** Any of these actions. */
  actions?: readonly string[];
  /** At or after. */
  from?: Date;
  /** Before. */
  to?: Date;
  /** Newest first unless said. */
  oldestFirst?: boolean;
  /** 1 to 1000; 100 where not given. */
  limit?: number;
  /** What the page before gave as `next`. */
  cursor?: string;
}

export interface LinePage {
  lines: ListedLine[];
  /** Where the next page begins, or `null` at the end. */
  next: string | null;
}

const SELECT = `
select
  l.practice_id as "practice",
  l.id as "id",
  to_char(l.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "at",
  encode(l.session_hash, 'hex') as "session",
  l.account_id as "account",
  l.behalf_of as "behalfOf",
  l.purpose as "purpose",
  l.action as "action",
  l.outcome as "outcome",
  l.client as "client",
  l.address as "address",
  l.entries as "entries",
  translate(encode(l.detail, 'base64'), E'\\n', '') as "detail",
  l.bytes::double precision as "bytes",
  l.closes as "closes",
  f.seq::double precision as "seq"
from postern.access_line l
  left join postern.access_leaf f on f.practice_id = l.practice_id and f.line_id = l.id`;

const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_([0-9a-f-]{36})$/;

/** One page of lines. Throws `invalid` for a limit or cursor that is none. */
export async function listLines(tx: Queryable, query: LineQuery): Promise<LinePage> {
  const limit = query.limit ?? 100;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new PosternError('invalid', 'A page of access lines has 1 to 1000 lines.');
  }
  const { conditions, values } = filter(query);
  const direction = query.oldestFirst ? 'asc' : 'desc';
  const { rows } = await tx.query(
    `${SELECT}
where ${conditions.join('\n  and ')}
order by l.at ${direction}, l.id ${direction}
limit ${limit + 1}`,
    values,
  );
  const lines = (rows as ListedLine[]).slice(0, limit).map((line) => ofChart(line, query.chartId));
  const last = lines.at(-1);
  return { lines, next: rows.length > limit && last ? `${last.at}_${last.id}` : null };
}

function filter(query: LineQuery): { conditions: string[]; values: unknown[] } {
  const values: unknown[] = [query.practiceId];
  const conditions = ['l.practice_id = $1'];
  const where = (condition: (place: string) => string, value: unknown) => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  where((chart) => `l.id in (${linesOfChart(chart)})`, query.chartId);
  where((id) => `l.id = ${id}`, query.id);
  where((account) => `l.account_id = ${account}`, query.accountId);
  where((session) => `l.session_hash = decode(${session}, 'hex')`, query.session);
  where((actions) => `l.action = any (${actions})`, query.actions);
  where((from) => `l.at >= ${from}`, query.from);
  where((to) => `l.at < ${to}`, query.to);
  if (query.cursor !== undefined) {
    const [, at, id] = CURSOR.exec(query.cursor) ?? [];
    if (at === undefined)
      throw new PosternError('invalid', 'This is not where a page of access lines begins.');
    const side = query.oldestFirst ? '>' : '<';
    values.push(at, id);
    conditions.push(`(l.at, l.id) ${side} ($${values.length - 1}::timestamptz, $${values.length}::uuid)`);
  }
  return { conditions, values };
}

function linesOfChart(place: string): string {
  return `
    select c.line_id
    from postern.access_line_chart c
    where c.practice_id = $1 and c.chart_id = ${place}`;
}

function ofChart(line: ListedLine, chartId: ChartId | undefined): ListedLine {
  if (chartId === undefined || !Array.isArray(line.entries)) return line;
  const entries = line.entries.filter((entry: unknown) => Array.isArray(entry) && entry[0] === chartId);
  return { ...line, entries };
}
