/**
 * Charts on their way out as a whole, by pages: first what the practice owns, where that is asked, then chart
 * after chart in the order of their ids, each by section, type and id. A page ends after so many resources or
 * bytes, and the next goes on after the last row, so no row comes twice and none is left out that stands
 * throughout.
 */

import type { ChartId, ResourceId } from '../../base/ids.ts';
import { NIL_UUID } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { LineEntry } from '../../ledger/index.ts';
import { Opened } from '../../seal/index.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { readResource } from '../resource-json.ts';
import { type Subset, subsetBytes } from '../search/subset.ts';
import { inOrderFrom, patientsFrom } from './charts-in-order.ts';
import { Damage, noteDamage } from './damage.ts';
import { chartsWithKeys, reachesAllCharts, seesNoPatients } from './search-batches.ts';
import { askingInVisit, lineOf, type StoreContext } from './store-context.ts';
import { openRow, type Stored, UNKEYED_COLUMNS, type UnkeyedRow } from './stored.ts';
import { BY_SEARCH, withCarriers } from './within-app.ts';

export interface ExportAsk {
  /** Whose charts; null for all in reach. Those out of reach are as good as empty. */
  readonly charts: readonly ChartId[] | null;
  /** Types of what charts hold. */
  readonly types: readonly string[];
  /** Types of what the practice owns. */
  readonly ownTypes: readonly string[];
  /** Only what was changed after it; then deletions are told as well. */
  readonly since: Date | null;
  /** Only what was last changed at or before it. */
  readonly until: Date | null;
  /** What was made later is left out. */
  readonly madeUntil: Date;
  /** Of a type that is in here, only what passes. */
  readonly tests: ReadonlyMap<string, (resource: FhirResource) => boolean>;
  /** Of a type that is in here, only a part of each resource. */
  readonly subsets: ReadonlyMap<string, Subset>;
  /** What the page before gave as `next`. */
  readonly cursor: string | null;
}

export interface ExportPage {
  /** Without those that were deleted. */
  readonly resources: readonly Stored[];
  /** Resources that were deleted after `since`, as `Type/id`. */
  readonly deleted: readonly string[];
  /** Whether something does not open and is left out; an incident says so. */
  readonly incomplete: boolean;
  readonly next: string | null;
}

/** Few enough that opening them keeps nobody else waiting for long. */
const MOST_ROWS = 250;
const MOST_BYTES = 4 * 1024 * 1024;
/** Charts that one statement looks into. */
const CHARTS = 16;
/** Entries to a line. */
const ENTRIES = 500;

/** Authority: `read` on each section, `open` for files. What the lines name is durable before the page is. */
export async function readExport(context: StoreContext, visit: Visit, ask: ExportAsk): Promise<ExportPage> {
  const damage = new Damage();
  const { rows, opened, next, current } = await askingInVisit(context, visit, async (asking, current) => {
    const { rows, next } = await rowsFrom(asking, current, ask);
    const kept = await withCarriers(context, asking, current, rows);
    const keyed = await context.wrappedKeys.ofRows(asking, current, kept);
    const seen = keyed.flatMap((row) => {
      const stored = damage.past(() => openRow(context, current, row, BY_SEARCH));
      return stored === null ? [] : [{ row, stored }];
    });
    const opened = seen.filter(({ stored }) => isAsked(ask, stored));
    // To an app, what it does not see was never there; to a person, a deletion that does not open was.
    const told = current.scope.app === null ? rows : seen.map(({ row }) => row);
    return { rows: told, opened, next, current };
  });
  const entries = opened.map(({ row }): LineEntry => [row.chart_id, row.type, row.id, row.version]);
  const lines = [];
  for (let start = 0; start < entries.length; start += ENTRIES) {
    lines.push(context.lines.write(lineOf(current, 'export', entries.slice(start, start + ENTRIES))));
  }
  await Promise.all(lines);
  if (damage.met) await noteDamage(context, current.scope.practiceId, damage);
  const standing = opened.filter(({ stored }) => !stored.deleted);
  return {
    resources: standing.map(({ stored }) => partOf(stored, ask.subsets.get(stored.type))),
    deleted: rows.filter(({ deleted }) => deleted).map(({ type, id }) => `${type}/${id}`),
    incomplete: damage.met,
    next,
  };
}

/**
 * Resolves when every change that was under way is committed or gone, so that whoever reads from now on sees
 * all that was changed before: an export that went by `since` would never come upon it again.
 */
export async function changesSettled({ pool }: Pick<StoreContext, 'pool'>): Promise<void> {
  const { rows } = await pool.query<{ next: string }>(
    'select pg_snapshot_xmax(pg_current_snapshot())::text as next',
  );
  for (let attempt = 0; attempt < SETTLE_ATTEMPTS; attempt += 1) {
    const { rows: oldest } = await pool.query<{ settled: boolean }>(
      'select pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8 as settled',
      [rows[0]!.next],
    );
    if (oldest[0]!.settled) return;
    await new Promise<void>((later) => setTimeout(later, SETTLE_MS));
  }
}

const SETTLE_MS = 50;
/** Half a minute: whatever is open longer is no change of a resource. */
const SETTLE_ATTEMPTS = 600;

function isAsked({ tests }: ExportAsk, { type, content }: Stored): boolean {
  const test = tests.get(type);
  return test === undefined || (content !== null && test(readResource(content.bytes().toString())));
}

function partOf(stored: Stored, subset: Subset | undefined): Stored {
  if (subset === undefined || stored.content === null) return stored;
  const { content } = stored;
  return { ...stored, content: new Opened(subsetBytes(content.bytes(), subset), content.origin) };
}

/** Where a page begins: with what the practice owns, or at a chart; after a row, if it says so. */
interface Begin {
  readonly chart: ChartId | null;
  readonly after: Pick<UnkeyedRow, 'section' | 'type' | 'id'> | null;
}

interface Rows {
  readonly rows: readonly UnkeyedRow[];
  readonly next: string | null;
}

async function rowsFrom(asking: Transaction, visit: Visit, ask: ExportAsk): Promise<Rows> {
  const begin = ask.cursor === null ? FIRST : decode(ask.cursor);
  if (begin.chart === null && ask.ownTypes.length > 0) {
    const own = await rowsOf(asking, visit, ask, null, begin.after);
    const last = own.rows.at(-1);
    const next = own.more
      ? encode({ chart: null, after: last! })
      : encode({ chart: FIRST_CHART, after: null });
    return { rows: own.rows, next };
  }
  const from = begin.chart ?? FIRST_CHART;
  const charts = await chartsFrom(asking, visit, ask, from);
  if (charts.length === 0) return { rows: [], next: null };
  const after = begin.after === null ? null : { ...begin.after, chart: from };
  const found = await rowsOf(asking, visit, ask, charts.slice(0, CHARTS), after);
  const last = found.rows.at(-1);
  if (found.more) return { rows: found.rows, next: encode({ chart: last!.chart_id, after: last! }) };
  const [following] = charts.slice(CHARTS);
  return {
    rows: found.rows,
    next: following === undefined ? null : encode({ chart: following, after: null }),
  };
}

const FIRST: Begin = { chart: null, after: null };
const FIRST_CHART = NIL_UUID as ChartId;

/** From that one on, in order, one more than a statement looks into. */
async function chartsFrom(
  asking: Transaction,
  visit: Visit,
  { charts, since }: ExportAsk,
  from: ChartId,
): Promise<ChartId[]> {
  const { scope } = visit;
  const reach = scope.reachable('read');
  const all = reachesAllCharts(reach);
  if (charts !== null || !all) {
    const asked = charts ?? [...reach.pairs.keys()];
    const within = all ? asked : asked.filter((chart) => reach.pairs.has(chart));
    return inOrderFrom(within, from, CHARTS);
  }
  if (seesNoPatients(visit)) return inOrderFrom(await chartsWithKeys(asking, visit), from, CHARTS);
  return patientsFrom(asking, scope.practiceId, from, CHARTS, since !== null);
}

/** Of those charts, or of what the practice owns where there is none; and whether there is more of them. */
async function rowsOf(
  asking: Transaction,
  { scope }: Visit,
  { types, ownTypes, since, until, madeUntil }: ExportAsk,
  charts: readonly ChartId[] | null,
  after: (Begin['after'] & { readonly chart?: ChartId }) | null,
): Promise<{ rows: UnkeyedRow[]; more: boolean }> {
  const owner =
    charts === null ? 'r.chart_id is null and $3::uuid[] is null' : 'r.chart_id = any($3::uuid[])';
  const place = charts === null ? '$1' : 'r.chart_id';
  const { rows } = await asking.query<UnkeyedRow & { found: string }>({
    name: charts === null ? 'export-own' : 'export',
    text: `
      select ${UNKEYED_COLUMNS}, r.found
      from (
        select l.*,
          sum(octet_length(l.sealed)) over (order by ${ORDER} rows unbounded preceding)
            - octet_length(l.sealed) as before,
          count(*) over () as found
        from (
          select r.*
          from postern.resource r
          where r.practice_id = $1
            and r.type = any($2)
            and ${owner}
            and r.key_version > 0
            and (not r.deleted or $4::timestamptz is not null)
            and ($4::timestamptz is null or r.updated_at > $4)
            and ($5::timestamptz is null or r.updated_at <= $5)
            and (r.version > 1 or r.updated_at <= $6)
            and ($7::smallint is null
              or (${place}, r.section, r.type, r.id) > ($8::uuid, $7, $9::text, $10::uuid))
          order by ${ORDER.replaceAll('l.', 'r.')}
          limit ${MOST_ROWS}) l) r
      where r.before < ${MOST_BYTES}
      order by ${ORDER.replaceAll('l.', 'r.')}`,
    values: [
      scope.practiceId,
      charts === null ? ownTypes : types,
      charts,
      since?.toISOString() ?? null,
      until?.toISOString() ?? null,
      madeUntil.toISOString(),
      after?.section ?? null,
      after?.chart ?? scope.practiceId,
      after?.type ?? null,
      after?.id ?? null,
    ],
  });
  const found = Number(rows[0]?.found ?? 0);
  return { rows, more: rows.length < found || found === MOST_ROWS };
}

const ORDER = 'l.chart_id, l.section, l.type, l.id';

function encode({ chart, after }: Begin): string {
  return JSON.stringify([chart, after === null ? null : [after.section, after.type, after.id]]);
}

function decode(text: string): Begin {
  const [chart, after] = JSON.parse(text) as [ChartId | null, [number, string, ResourceId] | null];
  return { chart, after: after === null ? null : { section: after[0], type: after[1], id: after[2] } };
}
