/**
 * Searching: candidates from the index, each opened and tested exactly, until the page is full. The access
 * line names what is in the page, what was brought along and what it was found by, and is durable before the
 * page is given out.
 */
import { PosternError } from '../../base/errors.ts';
import type { ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import type { LineEntry } from '../../ledger/index.ts';
import { Opened } from '../../seal/index.ts';
import type { Compartment } from '../search/compartment.ts';
import { encodeCursor } from '../search/cursor.ts';
import type { SearchPlan } from '../search/plan-shape.ts';
import { parseSearch, parseSearchOfTypes } from '../search/search-plan.ts';
import { inOrder } from '../search/sort-order.ts';
import { type Subset, subsetBytes } from '../search/subset.ts';
import { collectPage, eachHit, merge, positionOf } from './collect-hits.ts';
import { noteDamage } from './damage.ts';
import { followIncludes } from './follow-includes.ts';
import { followLinks } from './follow-links.ts';
import { namedInVain } from './named-in-search.ts';
import { noteRefusal } from './note-refusal.ts';
import { entryOf, type Hit, type ReadyPlan, type Run, trustingSearch } from './search-run.ts';
import { askingInVisit, lineOf, type StoreContext } from './store-context.ts';
import type { Stored } from './stored.ts';

export interface SearchPage {
  readonly matches: readonly Stored[];
  /** What the matches brought along (`_include`, `_revinclude`). */
  readonly included: readonly Stored[];
  /** How many match in all; null where that was not asked or is not known, or would cost too much. */
  readonly total: number | null;
  /** The cursor of the next page; null on the last. */
  readonly next: string | null;
  /** Whether something that may belong to it does not open and is left out; an incident says so. */
  readonly incomplete: boolean;
  /** Where only the number was asked and is not known: how many match at least. */
  readonly atLeast: number | null;
  /** Whether it named what is hidden or absent; a line says so already. */
  readonly inVain: boolean;
  /** Parameters that were not taken into account, as they were written. */
  readonly ignored: readonly string[];
}

/** Hits that are put into an order after opening. */
const MOST_SORTED = 2000;

/**
 * Of the types that `_type` names where `type` is null. Throws `invalid` for a value that a parameter does
 * not take, and where more would be opened, followed or brought along than one request may. Authority: `read`
 * on what is found.
 */
export async function searchResources(
  context: StoreContext,
  visit: Visit,
  type: string | null,
  query: URLSearchParams,
  compartment: Compartment | null = null,
): Promise<SearchPage> {
  const options = { now: context.clock.now(), ownBases: context.ownBases, compartment };
  const plans = type === null ? parseSearchOfTypes(query, options) : [parseSearch(type, query, options)];
  const [form] = plans as [SearchPlan];
  const { found, included, vain, damage, scope } = await askingInVisit(context, visit, (tx, current) =>
    trustingSearch({ context, tx, visit: current }, async (run) => {
      const found = await find(run, plans);
      const bring = form.includes.length > 0 && found.page.length > 0;
      const included = bring ? await followIncludes(run, found.page, form.includes) : [];
      const some = found.page.length > 0 || (found.total ?? 0) > 0;
      const vain = await namedInVain(run, form, some ? 1 : 0);
      return { found, included, vain, damage: run.damage, scope: current.scope };
    }),
  );
  const { page, counted, total, next } = found;
  const entries = [
    ...page.flatMap(({ through }) => through),
    ...[...page, ...included].map(entryOf),
    ...counted,
  ];
  await context.lines.write(lineOf({ ...visit, scope }, 'search', once(entries)));
  if (damage.met) await noteDamage(context, scope.practiceId, damage);
  if (vain.length > 0) await noteRefusal(context, { ...visit, scope }, 'search', vain);
  return {
    matches: page.map(({ stored }) => partOf(stored, form.subset)),
    included: included.map(({ stored }) =>
      partOf(stored, form.subset?.kind === 'elements' ? null : form.subset),
    ),
    total: damage.met ? null : total,
    next,
    incomplete: damage.met,
    atLeast: damage.met && form.countOnly ? total : null,
    inVain: vain.length > 0,
    ignored: [...new Set(plans.flatMap(({ ignored }) => ignored))],
  };
}

interface Found {
  readonly page: readonly Hit[];
  readonly total: number | null;
  /** One of each chart and type that were only counted. */
  readonly counted: readonly LineEntry[];
  readonly next: string | null;
}

async function find(run: Run, plans: readonly SearchPlan[]): Promise<Found> {
  const ready: ReadyPlan[] = [];
  for (const plan of plans) {
    ready.push(plan.links.length === 0 ? { plan, links: [] } : await followLinks(run, plan));
  }
  const [{ countOnly, count, order, sort, total, cursor }] = plans as [SearchPlan];
  if (countOnly) return { page: [], next: null, ...(await counted(run, ready, 'accurate')) };
  if (order !== null) return sortedPage(run, ready[0]!, order);
  let hits: readonly Hit[] = [];
  for (const one of ready) {
    const some = await collectPage(run, one);
    hits = hits.length === 0 ? some : merge(sort, hits, some);
  }
  const page = hits.slice(0, count);
  const last = page.at(-1);
  const more = hits.length > count && last !== undefined;
  const next = more ? encodeCursor(positionOf(last.row)) : null;
  if (total === 'none') return { page, next, total: null, counted: [] };
  if (!more && cursor === null) return { page, next, total: page.length, counted: [] };
  return { page, next, ...(await counted(run, ready, total)) };
}

/** What was opened and matched is counted, and nothing else. */
async function counted(
  run: Run,
  plans: readonly ReadyPlan[],
  how: 'estimate' | 'accurate',
): Promise<Pick<Found, 'total' | 'counted'>> {
  let total = 0;
  const places = new Map<string, LineEntry>();
  try {
    for (const ready of plans) {
      await eachHit(run, ready, (hit) => {
        total += 1;
        const place = `${hit.row.type}/${hit.row.chart_id}`;
        if (!places.has(place)) places.set(place, entryOf(hit));
      });
    }
  } catch (error) {
    // An estimate may be left out; an accurate number may not.
    if (how === 'accurate' || !run.budget.spent) throw error;
    return { total: null, counted: [...places.values()] };
  }
  return { total, counted: [...places.values()] };
}

async function sortedPage(
  run: Run,
  ready: ReadyPlan,
  order: NonNullable<SearchPlan['order']>,
): Promise<Found> {
  const hits: Hit[] = [];
  await eachHit(run, ready, (hit) => {
    hits.push(hit);
    if (hits.length <= MOST_SORTED) return;
    throw new PosternError(
      'invalid',
      `At most ${MOST_SORTED} hits are sorted by this. Say more of them, or sort by _lastUpdated or _id.`,
    );
  });
  const compare = inOrder(order);
  hits.sort((a, b) => compare(a.resource, b.resource) || (a.row.id < b.row.id ? -1 : 1));
  const { count, cursor, total } = ready.plan;
  const start = cursor === null ? 0 : startAfter(hits, cursor.id, cursor.place ?? 0);
  const page = hits.slice(start, start + count);
  const last = page.at(-1);
  const end = start + page.length;
  const more = last !== undefined && end < hits.length;
  return {
    page,
    next: more ? encodeCursor({ after: null, place: end, id: last.row.id }) : null,
    total: total === 'none' ? null : hits.length,
    counted: [],
  };
}

/** After the resource itself where it still stands in the order, otherwise at the place that it had. */
function startAfter(hits: readonly Hit[], id: ResourceId, place: number): number {
  const at = hits.findIndex(({ row }) => row.id === id);
  return at === -1 ? Math.max(place - 1, 0) : at + 1;
}

function once(entries: readonly LineEntry[]): LineEntry[] {
  return [...new Map(entries.map((entry) => [`${entry[1]}/${entry[2]}`, entry])).values()];
}

function partOf(stored: Stored, subset: Subset | null): Stored {
  if (subset === null || stored.content === null) return stored;
  const { content } = stored;
  return { ...stored, content: new Opened(subsetBytes(content.bytes(), subset), content.origin) };
}
