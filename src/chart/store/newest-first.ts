/**
 * A first look of a search through the whole practice: the newest of the type, opened and tested. What is
 * common fills its page from them, and is spared one token for each chart; what is rare shows at once that it
 * is, and is looked up (ADR 0049).
 */
import { inMask, SECTIONS } from '../../base/section.ts';
import type { Cursor } from '../search/cursor.ts';
import type { SearchPlan } from '../search/plan-shape.ts';
import { openHit } from './open-hit.ts';
import { foundByPracticeAlone, reachesAllCharts, sectionsFor } from './search-batches.ts';
import type { Hit, ReadyPlan, Run } from './search-run.ts';
import { type Candidate, UNKEYED_COLUMNS, type UnkeyedRow } from './stored.ts';

export interface Glance {
  readonly hits: readonly Hit[];
  /** Where the look ended: what was not looked at comes after it. */
  readonly end: Cursor | null;
}

/** Of so many records at least one must match for the look to go on. */
const WORTH = 32;
/** Records that are looked at for each that is wanted, before it is known how common a match is. */
const FIRST = 4;
const MOST = 2000;

/** Null where such a look would not do, or would not pay. */
export async function glance(run: Run, ready: ReadyPlan, wanted: number): Promise<Glance | null> {
  const { plan } = ready;
  const sections = sectionsToLookThrough(run, plan);
  if (sections === null) return null;
  const hits: Hit[] = [];
  let end: Cursor | null = plan.cursor;
  let looked = 0;
  while (looked < MOST && (looked === 0 || hits.length * WORTH >= looked)) {
    const limit = Math.min(FIRST * wanted, MOST);
    const rows = await newest(run, plan, sections, end, limit);
    run.budget.spend(rows.length);
    for (const row of rows) {
      const hit = openHit(run, ready, row);
      if (hit !== null) hits.push(hit);
      if (hits.length === wanted) return { hits, end };
    }
    looked += limit;
    const last = rows.at(-1);
    if (last !== undefined) end = { after: last.sort_at, place: null, id: last.id };
    if (rows.length < limit) break;
  }
  return { hits, end };
}

/**
 * The sections to look through, where each is in reach throughout the practice: then every row of theirs is
 * shown, and the look ends soon. Null where the order or the reach is another.
 */
function sectionsToLookThrough({ visit }: Run, plan: SearchPlan): readonly number[] | null {
  // Of what an app reaches, not every row is one that it sees.
  if (visit.scope.app !== null) return null;
  const { tokens, sort, ids, updated, dates, cursor } = plan;
  const rowTells = ids !== null || updated.length > 0 || dates.length > 0;
  const newestFirst = sort.by === 'at' && sort.descending && !(cursor !== null && cursor.after === null);
  if (plan.charts !== null || plan.within !== null || tokens.length === 0 || rowTells || !newestFirst)
    return null;
  const reach = visit.scope.reachable(plan.type === 'Binary' ? 'open' : 'read');
  if (!reachesAllCharts(reach) || foundByPracticeAlone(plan)) return null;
  const sections = sectionsFor(plan, reach.allMask, [...reach.pairs.values()]);
  const shown = sections.every((section) => section !== 'psychotherapy' && inMask(reach.allMask, section));
  return shown ? sections.map((section) => SECTIONS[section]) : null;
}

async function newest(
  { context, tx, visit }: Run,
  { type }: SearchPlan,
  sections: readonly number[],
  after: Cursor | null,
  limit: number,
): Promise<Candidate[]> {
  const before = after === null ? '' : 'and (r.at, r.id) < ($5::timestamptz, $6::uuid)';
  const { rows } = await tx.query<UnkeyedRow & Pick<Candidate, 'sort_at'>>({
    name: after === null ? 'newest' : 'newest-after',
    text: `
      select ${UNKEYED_COLUMNS}, r.at as sort_at
      from unnest($3::smallint[]) s (section)
        cross join lateral (
          select r.*
          from postern.resource r
          where r.practice_id = $1
            and r.type = $2
            and r.section = s.section
            and not r.deleted
            and r.at is not null
            ${before}
          order by r.at desc, r.id desc
          limit $4) r
      order by r.at desc, r.id desc
      limit $4`,
    values: [
      visit.scope.practiceId,
      type,
      sections,
      limit,
      ...(after === null ? [] : [after.after?.toISOString(), after.id]),
    ],
  });
  return context.wrappedKeys.ofRows(tx, visit, rows);
}
