/**
 * Criteria on other resources: what fulfils them is searched first, within the visit's reach and opened like
 * any hit, and only then what points to it or is pointed to. What the visit cannot open fulfils nothing, so
 * neither the hits nor their number tell of it.
 */
import { PosternError } from '../../base/errors.ts';
import { type ChartId, parseId, type ResourceId } from '../../base/ids.ts';
import type { LineEntry } from '../../ledger/index.ts';
import type { FhirResource } from '../fhir-resource.ts';
import type { Parameter } from '../search/parameters.ts';
import type { Link, SearchPlan } from '../search/plan-shape.ts';
import { referenceOf } from '../search/token-value.ts';
import type { LookUp } from '../search/wanted.ts';
import { typeOf } from '../type-registry.ts';
import { eachHit } from './collect-hits.ts';
import { entryOf, type Hit, type LinkTest, mayLead, type ReadyPlan, type Run } from './search-run.ts';

/** Resources that one link may go over. */
const MOST_FOLLOWED = 5000;
/** Tokens that are looked up in every chart; more are left to the exact test. */
const MOST_EVERYWHERE = 50;

/** A resource that may be pointed to, and what is named in the access line where it is. */
export interface Target {
  readonly type: string;
  readonly chart: ChartId | null;
  readonly entries: readonly LineEntry[];
}
export type Targets = ReadonlyMap<ResourceId, Target>;

/** The plan with its links as conditions of its own. Throws `invalid` where one goes over too many. */
export async function followLinks(run: Run, plan: SearchPlan): Promise<ReadyPlan> {
  let ready: ReadyPlan = { plan, links: [] };
  for (const link of plan.links) {
    ready = link.kind === 'chain' ? await followChain(run, ready, link) : await followHas(run, ready, link);
  }
  return ready;
}

async function followChain(run: Run, ready: ReadyPlan, { parameter, plans }: Link): Promise<ReadyPlan> {
  const { type, charts, within } = ready.plan;
  const known = typeOf(type).namesOthers ? null : (charts ?? within);
  const targets = new Map<ResourceId, Target>();
  for (const plan of plans) {
    await eachFollowed(run, known === null ? plan : narrowed(plan, known), (hit) => {
      const entries = [entryOf(hit), ...hit.through];
      targets.set(hit.row.id, { type: hit.row.type, chart: hit.row.chart_id, entries });
    });
  }
  return pointingTo(ready, parameter, targets, run.context.ownBases);
}

/** Narrowed to what points to one of the targets by that parameter. */
export function pointingTo(
  { plan, links }: ReadyPlan,
  parameter: Parameter,
  targets: Targets,
  ownBases: readonly string[],
): ReadyPlan {
  const test: LinkTest = (resource, chart) => {
    const entries: LineEntry[] = [];
    let met = false;
    for (const { id, type } of referencesIn(parameter, resource, ownBases)) {
      const target = targets.get(id);
      if (target?.type !== type || !mayLead(plan.type, chart, target.chart)) continue;
      met = true;
      entries.push(...target.entries);
    }
    return met ? entries : null;
  };
  return { plan: aimedAt(plan, parameter, targets), links: [...links, test] };
}

function aimedAt(plan: SearchPlan, parameter: Parameter, targets: Targets): SearchPlan {
  const all = [...targets];
  if (parameter.served === 'owner') {
    const patients = all.filter(([, { type }]) => type === 'Patient').map(([id]) => id as string as ChartId);
    return { ...plan, charts: plan.charts === null ? patients : both(plan.charts, patients) };
  }
  const charts = all.flatMap(([, { chart }]) => chart ?? []);
  const within =
    charts.length === all.length && !typeOf(plan.type).namesOthers ? narrowed(plan, charts) : plan;
  if (parameter.served !== 'token' || all.length - charts.length > MOST_EVERYWHERE) return within;
  const anyOf = all.flatMap(([value, { chart }]) =>
    parameter.through.map((param): LookUp => {
      const bound = chart === null || typeOf(plan.type).namesOthers ? {} : { chart };
      return { param, value, ...bound };
    }),
  );
  return { ...within, tokens: [...within.tokens, { param: parameter.code, anyOf, wide: parameter.wide }] };
}

async function followHas(run: Run, ready: ReadyPlan, { parameter, plans }: Link): Promise<ReadyPlan> {
  const { plan, links } = ready;
  const [from] = plans;
  const others = typeOf(from!.type).namesOthers;
  const patients = plan.type === 'Patient' ? (plan.ids as readonly string[] as ChartId[] | null) : null;
  const known = others ? null : (plan.charts ?? plan.within ?? patients);
  const pointers = new Map<ResourceId, { chart: ChartId | null; entries: LineEntry[] }[]>();
  const charts = new Set<ChartId>();
  await eachFollowed(run, known === null ? from! : narrowed(from!, known), (hit) => {
    const { chart_id: chart } = hit.row;
    if (chart !== null) charts.add(chart);
    for (const { id, type } of referencesIn(parameter, hit.resource, run.context.ownBases)) {
      if (type !== plan.type) continue;
      const pointer = { chart, entries: [entryOf(hit), ...hit.through] };
      pointers.set(id, [...(pointers.get(id) ?? []), pointer]);
    }
  });
  const test: LinkTest = ({ id }, chart) => {
    const tied = (pointers.get(id as ResourceId) ?? []).filter((pointer) =>
      mayLead(from!.type, pointer.chart, chart),
    );
    return tied.length === 0 ? null : tied.flatMap(({ entries }) => entries);
  };
  const ids = plan.ids === null ? [...pointers.keys()] : both(plan.ids, [...pointers.keys()]);
  const aimed = others ? plan : narrowed(plan, [...charts]);
  return { plan: { ...aimed, ids }, links: [...links, test] };
}

/** Every hit of a link's own search. Throws `invalid` where there are too many. */
async function eachFollowed(run: Run, plan: SearchPlan, visit: (hit: Hit) => void): Promise<void> {
  let count = 0;
  await eachHit(run, await followLinks(run, plan), (hit) => {
    count += 1;
    if (count > MOST_FOLLOWED) {
      throw new PosternError(
        'invalid',
        `A chain or _has leads over more than ${MOST_FOLLOWED} resources. Name a patient or say more.`,
      );
    }
    visit(hit);
  });
}

/** Only those charts, beside what is in none. */
function narrowed(plan: SearchPlan, charts: readonly ChartId[]): SearchPlan {
  if (plan.charts !== null) return { ...plan, charts: both(plan.charts, charts) };
  return { ...plan, within: plan.within === null ? [...new Set(charts)] : both(plan.within, charts) };
}

function both<Id>(before: readonly Id[], others: readonly Id[]): Id[] {
  const wanted = new Set(others);
  return before.filter((id) => wanted.has(id));
}

/** What a parameter's references name on this server, whatever version. */
export function referencesIn(
  { extract }: Parameter,
  resource: FhirResource,
  ownBases: readonly string[],
): { readonly type: string; readonly id: ResourceId }[] {
  const found: { type: string; id: ResourceId }[] = [];
  extract(resource, (value) => {
    const parsed = referenceOf(value, ownBases)?.parsed;
    const id = parsed?.kind === 'local' ? parseId<ResourceId>(parsed.id) : null;
    if (parsed?.kind === 'local' && id !== null) found.push({ type: parsed.type, id });
  });
  return found;
}
