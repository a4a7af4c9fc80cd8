/**
 * What an app's scopes leave of records that its session reaches: told on the opened record, since what it
 * holds decides. What is outside is absent. For a session of a person's own there is nothing to tell.
 */
import { type ChartId, parseId, type ResourceId } from '../../base/ids.ts';
import { maskOf } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Interaction, Visit } from '../../gate/index.ts';
import { lookUpOfScopes, meetsScope } from '../app-scopes.ts';
import { type FhirResource, isObject, valuesAt } from '../fhir-resource.ts';
import { parseReference } from '../reference.ts';
import { skimResource } from '../resource-json.ts';
import type { SearchPlan } from '../search/plan-shape.ts';
import { TYPES, typeOf } from '../type-registry.ts';
import type { Standing } from './standing.ts';
import type { StoreContext } from './store-context.ts';
import { openRow, type ResourceRow, UNKEYED_COLUMNS, type UnkeyedRow } from './stored.ts';

type Context = Pick<StoreContext, 'ownBases' | 'wrappedKeys'>;

/** Read by its address; found by a search; brought along by something that was. */
export const BY_ID: readonly Interaction[] = ['r'];
export const BY_SEARCH: readonly Interaction[] = ['s'];
export const BROUGHT: readonly Interaction[] = ['r', 's'];
/** To look at it for whatever reason, such as whether it may be referred to. */
const SEEN: readonly Interaction[] = ['r', 's', 'u', 'd'];

/**
 * A search that asks for no value of the index, with what it holds of an app's scopes, so that what is
 * outside is mostly not even looked at, and costs no time by which it could be told. Only within charts that
 * are known: looking every chart up would cost more than it spares. One that asks for a value comes upon few
 * records as it is, and would come upon every entry of the scopes beside.
 */
export function planWithin({ ownBases }: Context, { scope }: Visit, plan: SearchPlan): SearchPlan {
  const { app } = scope;
  if (app === null || plan.tokens.length > 0 || plan.ids !== null || !app.testsContent(plan.type))
    return plan;
  const reach = scope.reachable(plan.type === 'Binary' ? 'open' : 'read');
  const named = plan.charts ?? [...reach.pairs.keys()];
  if (plan.charts === null && (reach.allMask & ~maskOf('practice')) !== 0) return plan;
  const scopes = [null, ...named].flatMap((chart) => app.covering(BY_SEARCH, plan.type, chart));
  const lookUp = lookUpOfScopes([...new Set(scopes)], plan.type, ownBases);
  return lookUp === null ? plan : { ...plan, tokens: [lookUp] };
}

/** Whether the scopes of an app allow it one of those interactions with what stands there. */
export async function isForApp(
  context: Context,
  tx: Transaction,
  visit: Visit,
  row: ResourceRow,
  interactions: readonly Interaction[],
): Promise<boolean> {
  if (visit.scope.app === null) return true;
  if (openRow(context, visit, row, interactions) === null) return false;
  return (await withCarriers(context, tx, visit, [row])).length > 0;
}

/**
 * Whether an app may make this, or turn something into this, in that chart. It is tested as it will stand: by
 * the time at which it is written, whatever it says of that itself.
 */
export function mayLeave(
  { ownBases, clock }: Pick<StoreContext, 'ownBases' | 'clock'>,
  { scope: { app } }: Visit,
  interaction: 'c' | 'u',
  resource: FhirResource,
  chartId: ChartId | null,
): boolean {
  if (app === null) return true;
  const { meta } = resource;
  const standing = { ...resource, meta: { ...meta, lastUpdated: clock.now().toISOString() } };
  const scopes = app.covering([interaction], resource.resourceType, chartId);
  return scopes.some((scope) => meetsScope(scope, standing, ownBases));
}

/** Types that belong with another record: a file with its description, a provenance with what it is about. */
function carriersOf(type: string): readonly string[] {
  const { owner } = typeOf(type);
  return owner.kind === 'inherited' ? owner.elements : [];
}

const CARRIED: ReadonlySet<string> = new Set(
  [...TYPES.values()].filter(({ owner }) => owner.kind === 'inherited').map(({ name }) => name),
);
/** A provenance of a provenance of a file of a document: nobody goes further. */
const DEEPEST = 4;

/**
 * The rows without those that belong with a record which the app does not see: the file of a note outside its
 * scopes, and who wrote that note, are outside them too. One that was deleted says no more what it belonged
 * with.
 */
export async function withCarriers<Row extends UnkeyedRow>(
  context: Context,
  tx: Transaction,
  visit: Visit,
  rows: readonly Row[],
  depth = 0,
): Promise<readonly Row[]> {
  if (visit.scope.app === null) return rows;
  const carried = rows.filter(({ type }) => CARRIED.has(type));
  if (carried.length === 0) return rows;
  const named = new Map<Row, readonly ResourceId[]>();
  for (const [at, row] of (await context.wrappedKeys.ofRows(tx, visit, carried)).entries()) {
    const content = openRow(context, visit, row, SEEN)?.content;
    named.set(
      carried[at]!,
      content == null ? [] : namedBy(context, skimResource(content.bytes().toString())),
    );
  }
  const ids = [...new Set([...named.values()].flat())];
  const there = depth < DEEPEST ? await within(context, tx, visit, ids, BROUGHT, depth + 1) : new Set();
  return rows.filter((row) => named.get(row)?.some((id) => there.has(id)) ?? true);
}

/**
 * Versions without those of records that stand outside an app's scopes now: what a change has taken out of
 * them, it takes out in its earlier versions too.
 */
export async function withStanding<Row extends UnkeyedRow>(
  context: Context,
  tx: Transaction,
  visit: Visit,
  rows: readonly Row[],
  interactions: readonly Interaction[],
): Promise<readonly Row[]> {
  const { app } = visit.scope;
  if (app === null) return rows;
  const tested = new Set(rows.flatMap(({ type, id }) => (app.testsContent(type) ? [id] : [])));
  const there = await within(context, tx, visit, [...tested], interactions);
  const left = rows.filter(({ id }) => !tested.has(id) || there.has(id));
  return withCarriers(context, tx, visit, left);
}

function namedBy({ ownBases }: Context, resource: FhirResource): ResourceId[] {
  const values = carriersOf(resource.resourceType).flatMap((element) => valuesAt(resource, element));
  return values.flatMap((value) => {
    const text = isObject(value) ? value.reference : null;
    const parsed = typeof text === 'string' ? parseReference(text, ownBases) : null;
    return parsed?.kind === 'local' ? (parseId<ResourceId>(parsed.id) ?? []) : [];
  });
}

/** Of those ids, the ones whose records the app sees. */
export async function within(
  context: Context,
  tx: Transaction,
  visit: Visit,
  ids: readonly ResourceId[],
  interactions: readonly Interaction[] = SEEN,
  depth = 0,
): Promise<Set<ResourceId>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.query<UnkeyedRow>({
    name: 'within-app',
    text: `
      select ${UNKEYED_COLUMNS}
      from postern.resource r
      where r.practice_id = $1
        and r.id = any($2::uuid[])`,
    values: [visit.scope.practiceId, ids],
  });
  const kept = await withCarriers(context, tx, visit, rows, depth);
  const keyed = await context.wrappedKeys.ofRows(tx, visit, kept);
  const seen = keyed.filter((row) => openRow(context, visit, row, interactions) !== null);
  return new Set(seen.map(({ id }) => id));
}

/**
 * What stands, as an app may refer to it: without what is outside its scopes, but with the Patients in whose
 * charts it writes, whether or not it may see them.
 */
export async function standingForApp(
  context: Context,
  tx: Transaction,
  visit: Visit,
  standing: Map<ResourceId, Standing>,
  { own, charts }: { readonly own: ReadonlySet<ResourceId>; readonly charts: readonly ChartId[] },
): Promise<void> {
  if (visit.scope.app === null) return;
  const others = [...standing.keys()].filter((id) => !own.has(id));
  const seen = await within(context, tx, visit, others);
  for (const id of others) if (!seen.has(id)) standing.delete(id);
  for (const chartId of charts) {
    const id = chartId as string as ResourceId;
    if (standing.has(id) || own.has(id)) continue;
    const { rows } = await tx.query<{ section: number | null }>({
      name: 'owner-stands',
      text: 'select postern.owner_stands($1) as section',
      values: [chartId],
    });
    const section = rows[0]?.section ?? null;
    if (section === null) continue;
    standing.set(id, {
      type: 'Patient',
      chartId,
      section: 'administrative',
      version: 1,
      deleted: false,
      author: null,
    });
  }
}
