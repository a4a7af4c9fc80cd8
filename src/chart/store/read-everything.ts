/**
 * A whole chart, section by section, as far as the visit reaches into each, with what the practice owns and
 * the chart refers to (https://hl7.org/fhir/R4/patient-operation-everything.html). Files (Binary) come where
 * their type is asked for.
 */
import { PosternError } from '../../base/errors.ts';
import { type ChartId, NIL_UUID, parseId, type ResourceId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Interaction, Visit } from '../../gate/index.ts';
import type { LineEntry } from '../../ledger/index.ts';
import { rangeOfDate } from '../search/date-range.ts';
import { Damage, noteDamage } from './damage.ts';
import { noteRefusal } from './note-refusal.ts';
import { askingInVisit, lineOf, type StoreContext } from './store-context.ts';
import { openRow, type Stored, UNKEYED_COLUMNS, type UnkeyedRow } from './stored.ts';
import { BROUGHT, BY_SEARCH, withCarriers } from './within-app.ts';

export interface EverythingAsk {
  /** Resources of the chart to a page; what they refer to comes on top. */
  readonly count: number;
  /** What the page before gave as `next`. */
  readonly cursor?: string | null;
  /** Only what was changed at or after it. */
  readonly since?: string | null;
  /** Only what is of a time from `start` to `end`, as far as it is of any time. */
  readonly start?: string | null;
  readonly end?: string | null;
  /** Only these types; null for all but files. */
  readonly types?: readonly string[] | null;
}

export interface EverythingPage {
  readonly matches: readonly Stored[];
  /** What the practice owns and the matches refer to. */
  readonly related: readonly Stored[];
  readonly next: string | null;
  /** Whether something of the page does not open and is left out; an incident says so. */
  readonly incomplete: boolean;
}

export interface Opened {
  readonly row: UnkeyedRow;
  readonly stored: Stored;
}

/** Entries to a line. */
const ENTRIES = 500;

/**
 * Null where nothing of the chart is in reach, with a refusal line. Throws `invalid` for a date or cursor
 * that is none, `gone` for a chart that was deleted. Authority: `read` on each section.
 */
export async function readEverything(
  context: StoreContext,
  visit: Visit,
  id: string,
  ask: EverythingAsk,
): Promise<EverythingPage | null> {
  const chart = parseId<ResourceId>(id) ?? (NIL_UUID as ResourceId);
  const conditions = conditionsOf(ask);
  const damage = new Damage();
  const found = await askingInVisit(context, visit, async (asking, current) => {
    const opening = { context, asking, visit: current, damage };
    const rows = await rowsWithin(opening, chart, conditions, ask.count + 1);
    const page = await openEverything(opening, rows.slice(0, ask.count), conditions);
    const last = rows.length > ask.count ? rows[ask.count - 1] : undefined;
    const next = last === undefined ? null : encodePosition(last);
    const there = rows.length > 0 || (await stands(opening, chart));
    return { ...page, next, there, current };
  });
  if (!found.there) {
    await noteRefusal(context, found.current, 'everything', [{ type: 'Patient', id: chart }]);
    return null;
  }
  return answerEverything(context, found, damage);
}

/** What was opened of a page, and what it refers to. */
export interface OpenedEverything {
  readonly page: readonly Opened[];
  readonly related: readonly Opened[];
}

export async function openEverything(
  opening: Opening,
  rows: readonly UnkeyedRow[],
  conditions: Conditions,
): Promise<OpenedEverything> {
  const page = await opened(opening, rows, BY_SEARCH);
  const wanted = referencesOf(page);
  const related = wanted.length === 0 ? [] : await relatedTo(opening, wanted, conditions);
  return { page, related };
}

/** The page, once its lines are durable. */
export async function answerEverything(
  context: StoreContext,
  {
    page,
    related,
    next,
    current,
  }: OpenedEverything & { readonly next: string | null; readonly current: Visit },
  damage: Damage,
): Promise<EverythingPage> {
  const entries = [...page, ...related].map(
    ({ row }): LineEntry => [row.chart_id, row.type, row.id, row.version],
  );
  const lines = [];
  for (let start = 0; start === 0 || start < entries.length; start += ENTRIES) {
    lines.push(context.lines.write(lineOf(current, 'everything', entries.slice(start, start + ENTRIES))));
  }
  await Promise.all(lines);
  if (damage.met) await noteDamage(context, current.scope.practiceId, damage);
  return {
    matches: page.map(({ stored }) => stored),
    related: related.map(({ stored }) => stored),
    next,
    incomplete: damage.met,
  };
}

export interface Conditions {
  readonly since: string | null;
  readonly start: string | null;
  readonly end: string | null;
  readonly types: readonly string[] | null;
  readonly after: { readonly section: number; readonly type: string; readonly id: ResourceId } | null;
}

export function conditionsOf({ since, start, end, types, cursor }: EverythingAsk): Conditions {
  const bound = (name: string, text: string | null | undefined, side: 'low' | 'high') => {
    if (text == null) return null;
    const range = rangeOfDate(text.replace(' ', '+'));
    if (range === null) throw new PosternError('invalid', `${name} takes a date, as in 2026-01-31.`);
    return new Date(range[side]).toISOString();
  };
  return {
    since: bound('_since', since, 'low'),
    start: bound('start', start, 'low'),
    end: bound('end', end, 'high'),
    types: types ?? null,
    after: cursor == null ? null : decodePosition(cursor),
  };
}

export async function rowsOf(
  asking: Transaction,
  { scope }: Visit,
  chart: ResourceId | ChartId,
  { since, start, end, types, after }: Conditions,
  limit: number,
): Promise<UnkeyedRow[]> {
  const { rows } = await asking.query<UnkeyedRow>({
    name: 'everything',
    text: `
      select ${UNKEYED_COLUMNS}
      from postern.resource r
      where r.practice_id = $1
        and r.chart_id = $2
        and not r.deleted
        and r.key_version > 0
        and ($3::text[] is null and r.type <> 'Binary' or r.type = any($3))
        and ($4::timestamptz is null or r.updated_at >= $4)
        and ($5::timestamptz is null or r.at is null or r.at_end >= $5)
        and ($6::timestamptz is null or r.at is null or r.at <= $6)
        and ($7::smallint is null or (r.section, r.type, r.id) > ($7, $8, $9::uuid))
      order by r.section, r.type, r.id
      limit $10`,
    values: [
      scope.practiceId,
      chart,
      types,
      since,
      start,
      end,
      after?.section ?? null,
      after?.type ?? null,
      after?.id ?? null,
      limit,
    ],
  });
  return rows;
}

const UNCONDITIONAL: Conditions = { since: null, start: null, end: null, types: null, after: null };

/**
 * The same for an app without what is outside its scopes, so that others take its place: neither the length
 * of a page nor that there is one tells of it.
 */
export async function rowsWithin(
  opening: Opening,
  chart: ResourceId | ChartId,
  conditions: Conditions,
  limit: number,
): Promise<readonly UnkeyedRow[]> {
  const { asking, visit } = opening;
  const rows = await rowsOf(asking, visit, chart, conditions, limit);
  if (visit.scope.app === null) return rows;
  const within: UnkeyedRow[] = [];
  for (let some = rows; ; ) {
    within.push(...(await opened(opening, some, BY_SEARCH)).map(({ row }) => row));
    const last = some.at(-1);
    if (within.length >= limit || some.length < limit || last === undefined) return within.slice(0, limit);
    some = await rowsOf(asking, visit, chart, { ...conditions, after: last }, limit);
  }
}

export interface Opening {
  readonly context: StoreContext;
  readonly asking: Transaction;
  readonly visit: Visit;
  readonly damage: Damage;
}

async function relatedTo(
  opening: Opening,
  ids: readonly string[],
  { since, types }: Conditions,
): Promise<Opened[]> {
  const { rows } = await opening.asking.query<UnkeyedRow>({
    name: 'everything-related',
    text: `
      select ${UNKEYED_COLUMNS}
      from postern.resource r
      where r.practice_id = $1
        and r.id = any($2::uuid[])
        and r.chart_id is null
        and not r.deleted
        and ($3::text[] is null and r.type <> 'Binary' or r.type = any($3))
        and ($4::timestamptz is null or r.updated_at >= $4)
      order by r.type, r.id`,
    values: [opening.visit.scope.practiceId, ids, types, since],
  });
  return opened(opening, rows, BROUGHT);
}

async function opened(
  { context, asking, visit, damage }: Opening,
  rows: readonly UnkeyedRow[],
  interactions: readonly Interaction[],
): Promise<Opened[]> {
  const kept = await withCarriers(context, asking, visit, rows);
  const keyed = await context.wrappedKeys.ofRows(asking, visit, kept);
  return keyed.flatMap((row) => {
    const stored = damage.past(() => openRow(context, visit, row, interactions));
    return stored === null ? [] : [{ row, stored }];
  });
}

/** As Postern writes them; what looks like one within a text finds nothing that is not in reach anyway. */
const REFERENCE =
  /"reference":"(?:[^"\\]*\/)?[A-Z][A-Za-z]+\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[/"]/g;

function referencesOf(page: readonly Opened[]): string[] {
  const ids = new Set<string>();
  for (const { stored } of page) {
    const text = stored.content?.bytes().toString() ?? '';
    for (const [, id] of text.matchAll(REFERENCE)) ids.add(id!);
  }
  for (const { row } of page) ids.delete(row.id);
  return [...ids];
}

/** Whether the visit sees anything of the chart, whatever was asked. Throws `gone` where it was deleted. */
async function stands(opening: Opening, chart: ResourceId): Promise<boolean> {
  const { asking } = opening;
  const { scope } = opening.visit;
  if (scope.app !== null) return (await rowsWithin(opening, chart, UNCONDITIONAL, 1)).length > 0;
  const { rows } = await asking.query<{ type: string; deleted: boolean }>({
    name: 'everything-stands',
    text: `
      select r.type, r.deleted
      from postern.resource r
      where r.practice_id = $1
        and r.chart_id = $2
        and r.key_version > 0
      order by r.deleted, r.type = 'Patient' desc
      limit 1`,
    values: [scope.practiceId, chart],
  });
  const [row] = rows;
  if (row?.deleted === true && row.type === 'Patient')
    throw new PosternError('gone', 'This chart was deleted.');
  return row !== undefined;
}

export function encodePosition({ section, type, id }: UnkeyedRow): string {
  return Buffer.from(`${section} ${type} ${id}`).toString('base64url');
}

export function decodePosition(text: string): NonNullable<Conditions['after']> {
  const match = /^(\d) ([A-Za-z]{1,64}) ([0-9a-f-]{36})$/.exec(
    Buffer.from(text, 'base64url').toString('latin1'),
  );
  const id = match === null ? null : parseId<ResourceId>(match[3]!);
  if (match === null || id === null) {
    throw new PosternError('invalid', 'This link to a page of a chart is damaged; start again.');
  }
  return { section: Number(match[1]), type: match[2]!, id };
}
