/**
 * The access log as its readers may see it: who is responsible for privacy sees the practice's, and whoever
 * has a chart to share sees who opened that chart. Row policies say so; here it is only asked. Looking is
 * logged like any reading.
 */
import { PosternError } from '../../base/errors.ts';
import { type AccountId, type ChartId, type LineId, NIL_UUID, parseId } from '../../base/ids.ts';
import { inMask } from '../../base/section.ts';
import type { Visit } from '../../gate/index.ts';
import {
  appendLine,
  type LineEntry,
  type LinePage,
  type LineQuery,
  type ListedLine,
  listLines,
} from '../../ledger/index.ts';
import { rangeOfDate } from '../search/date-range.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';

export interface LinesAsk {
  /** The line of that id alone. */
  readonly id?: string | null;
  readonly chartId?: string | null;
  readonly accountId?: string | null;
  /** Dates with their prefixes, such as `ge2026-01-01`; all must hold. */
  readonly dates?: readonly string[];
  readonly count: number;
  readonly cursor?: string | null;
}

/** What was seen, newest first; an address says where a colleague sits and is not a patient's to know. */
export async function readLines(context: StoreContext, visit: Visit, ask: LinesAsk): Promise<LinePage> {
  const { id = null, accountId = null, dates = [], count, cursor = null } = ask;
  const period = periodOf(dates);
  return inVisit(context, visit, async (tx, current) => {
    const { scope } = current;
    const chartId = chartOf(current, ask);
    const query: LineQuery = {
      practiceId: scope.practiceId,
      limit: count,
      ...period,
      ...(chartId === null ? {} : { chartId }),
      ...(accountId === null ? {} : { accountId: orNobody<AccountId>(accountId) }),
      ...(id === null ? {} : { id: orNobody<LineId>(id) }),
      ...(cursor === null ? {} : { cursor }),
    };
    const page = await listLines(tx as never, query);
    const looked: LineEntry[] = chartId === null ? [] : [[chartId, 'Patient', chartId, null]];
    await appendLine(tx as never, lineOf(current, 'log', looked));
    if (scope.seesLines) return page;
    const own = new Set<unknown>(ownCharts(current));
    return { ...page, lines: page.lines.map((line) => forPatient(line, own)) };
  });
}

function orNobody<Id extends AccountId | ChartId | LineId>(text: string): Id {
  return parseId<Id>(text) ?? (NIL_UUID as Id);
}

/** One search answers for many charts, and its line names them all: others are left out. */
function forPatient(line: ListedLine, own: ReadonlySet<unknown>): ListedLine {
  const entries = Array.isArray(line.entries) ? line.entries : [];
  const shown = entries.filter((entry: unknown) => Array.isArray(entry) && own.has(entry[0]));
  return { ...line, entries: shown, address: null, session: null, client: null };
}

/** Charts that the visit has whole, to share as it likes: whose lines it may see. */
function ownCharts({ scope }: Visit): ChartId[] {
  const { pairs } = scope.reachable('share');
  return [...pairs].filter(([, sections]) => inMask(sections, 'sensitive')).map(([chartId]) => chartId);
}

/** Who does not see the whole practice's is shown one chart's; the own one where there is only one. */
function chartOf(visit: Visit, { id = null, chartId: named = null }: LinesAsk): ChartId | null {
  if (named !== null) return orNobody<ChartId>(named);
  // One line is shown by the row policies, to whom it concerns.
  if (visit.scope.seesLines || id !== null) return null;
  const own = ownCharts(visit);
  if (own.length > 1) throw new PosternError('invalid', 'Say which patient is meant: patient=ID.');
  return own[0] ?? (NIL_UUID as ChartId);
}

function periodOf(dates: readonly string[]): { from?: Date; to?: Date } {
  let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const text of dates) {
    const [, prefix, date] = /^(eq|ge|gt|le|lt|sa|eb)?(.+)$/.exec(text.replace(' ', '+')) ?? [];
    const range = date === undefined ? null : rangeOfDate(date);
    if (range === null) throw new PosternError('invalid', 'date takes a date, as in ge2026-01-31.');
    if (prefix === undefined || prefix === 'eq' || prefix === 'ge') from = Math.max(from, range.low);
    if (prefix === 'gt' || prefix === 'sa') from = Math.max(from, range.high + 1);
    if (prefix === undefined || prefix === 'eq' || prefix === 'le') to = Math.min(to, range.high + 1);
    if (prefix === 'lt' || prefix === 'eb') to = Math.min(to, range.low);
  }
  return {
    ...(Number.isFinite(from) ? { from: new Date(from) } : {}),
    ...(Number.isFinite(to) ? { to: new Date(to) } : {}),
  };
}
