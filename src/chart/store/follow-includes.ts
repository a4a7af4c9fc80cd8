/**
 * What a page brings along (`_include`, `_revinclude`). Each resource comes through the same door as a hit:
 * row policies, then the key ring. What is hidden, absent or in another chart is missing without a word.
 */
import { PosternError } from '../../base/errors.ts';
import type { ChartId, ResourceId } from '../../base/ids.ts';
import { inMask, maskOf } from '../../base/section.ts';
import { skimResource } from '../resource-json.ts';
import type { Include } from '../search/include.ts';
import type { Parameter } from '../search/parameters.ts';
import { planOfAll } from '../search/search-plan.ts';
import { typeOf } from '../type-registry.ts';
import { eachHit } from './collect-hits.ts';
import { pointingTo, referencesIn, type Target } from './follow-links.ts';
import { type Hit, mayLead, type Run } from './search-run.ts';
import { openRow, UNKEYED_COLUMNS, type UnkeyedRow } from './stored.ts';
import { BROUGHT, withCarriers } from './within-app.ts';

/** Resources that a page may bring along. */
const MOST_INCLUDED = 1000;
/** References that `:iterate` goes over. */
const DEEPEST = 6;

/** In the order in which they were found; none of the page's own, and each once. */
export async function followIncludes(
  run: Run,
  page: readonly Hit[],
  includes: readonly Include[],
): Promise<Hit[]> {
  const known = new Set(page.map(({ row }) => row.id));
  const included: Hit[] = [];
  const further = includes.filter(({ iterate }) => iterate);
  let from = page;
  for (let depth = 0; from.length > 0; depth += 1) {
    const directives = depth === 0 ? includes : further;
    if (directives.length === 0) break;
    if (depth === DEEPEST) {
      throw new PosternError('invalid', `:iterate leads over at most ${DEEPEST} references.`);
    }
    const found = [
      ...(await pointedTo(run, from, directives, known)),
      ...(await pointingHere(run, from, directives, known)),
    ];
    included.push(...found);
    if (included.length > MOST_INCLUDED) throw tooMany();
    from = found;
  }
  return included;
}

function tooMany(): PosternError {
  return new PosternError(
    'invalid',
    `A page brings along at most ${MOST_INCLUDED} resources. Ask for fewer with _count, or search for them.`,
  );
}

async function pointedTo(
  run: Run,
  from: readonly Hit[],
  includes: readonly Include[],
  known: Set<ResourceId>,
): Promise<Hit[]> {
  const sources = new Map<ResourceId, { readonly type: string; readonly hit: Hit }[]>();
  for (const { reverse, parameters, target } of includes) {
    if (reverse) continue;
    for (const hit of from) {
      for (const parameter of parameters) {
        if (parameter.type !== hit.row.type) continue;
        for (const { type, id } of referencesIn(parameter, hit.resource, run.context.ownBases)) {
          if (known.has(id) || (target !== null && type !== target)) continue;
          sources.set(id, [...(sources.get(id) ?? []), { type, hit }]);
        }
      }
    }
  }
  if (sources.size > MOST_INCLUDED) throw tooMany();
  if (sources.size === 0) return [];
  const opened = await openByIds(run, [...sources.keys()], chartsOf(run, from));
  // In the order in which they are named.
  return [...sources].flatMap(([id, named]) => {
    const hit = opened.get(id);
    const tied = named.some(
      (source) =>
        source.type === hit?.row.type &&
        mayLead(source.hit.row.type, source.hit.row.chart_id, hit.row.chart_id),
    );
    if (hit === undefined || !tied) return [];
    known.add(id);
    return [hit];
  });
}

/** The charts that what is pointed to can be in; null for all in reach. */
function chartsOf({ visit }: Run, from: readonly Hit[]): ChartId[] | null {
  const charts = new Set(from.flatMap(({ row }) => row.chart_id ?? []));
  if (!from.some(({ row }) => typeOf(row.type).namesOthers)) return [...charts];
  const [read, open] = [visit.scope.reachable('read'), visit.scope.reachable('open')];
  if (((read.allMask | open.allMask) & ~maskOf('practice')) !== 0) return null;
  return [...new Set([...read.pairs.keys(), ...open.pairs.keys()])];
}

async function openByIds(
  { context, tx, visit, budget, damage }: Run,
  ids: readonly ResourceId[],
  charts: readonly ChartId[] | null,
): Promise<Map<ResourceId, Hit>> {
  const { scope } = visit;
  const own = inMask(scope.reachable('read').allMask, 'practice') ? ' or r.chart_id is null' : '';
  const { rows } = await tx.query<UnkeyedRow>({
    name: charts === null ? 'included' : `included-within${own === '' ? '' : '-and-own'}`,
    text: `
      select ${UNKEYED_COLUMNS}
      from postern.resource r
      where r.practice_id = $1
        and r.id = any($2::uuid[])
        and not r.deleted
        ${charts === null ? '' : `and (r.chart_id = any($3::uuid[])${own})`}`,
    values: charts === null ? [scope.practiceId, ids] : [scope.practiceId, ids, charts],
  });
  budget.spend(rows.length);
  const opened = new Map<ResourceId, Hit>();
  const kept = await withCarriers(context, tx, visit, rows);
  for (const row of await context.wrappedKeys.ofRows(tx, visit, kept)) {
    const stored = damage.past(() => openRow(context, visit, row, BROUGHT));
    if (stored?.content == null) continue;
    const resource = skimResource(stored.content.bytes().toString());
    opened.set(row.id, { row: { ...row, sort_at: null }, stored, resource, through: [] });
  }
  return opened;
}

async function pointingHere(
  run: Run,
  from: readonly Hit[],
  includes: readonly Include[],
  known: Set<ResourceId>,
): Promise<Hit[]> {
  const found: Hit[] = [];
  for (const { reverse, parameters, target } of includes) {
    if (!reverse) continue;
    for (const parameter of parameters) {
      const targets = targetsAmong(from, parameter, target);
      if (targets.size === 0) continue;
      const all = { plan: planOfAll(parameter.type), links: [] };
      await eachHit(run, pointingTo(all, parameter, targets, run.context.ownBases), (hit) => {
        if (known.has(hit.row.id)) return;
        known.add(hit.row.id);
        found.push({ ...hit, through: [] });
        if (found.length > MOST_INCLUDED) throw tooMany();
      });
    }
  }
  return found;
}

function targetsAmong(
  from: readonly Hit[],
  { targets }: Parameter,
  only: string | null,
): Map<ResourceId, Target> {
  const wanted = from.filter(({ row: { type } }) => targets.includes(type) && (only ?? type) === type);
  return new Map(
    wanted.map(({ row }) => [row.id, { type: row.type, chart: row.chart_id, entries: [] }] as const),
  );
}
