/**
 * Turns the query of a search into a plan: what the row and the blind index can answer, and the exact test
 * that every hit must pass. A plan opens nothing; the store runs it within a scope.
 *
 * https://hl7.org/fhir/R4/search.html; what is offered and what is not is ADR 0043, 0044 and 0045.
 */
import { PosternError } from '../../base/errors.ts';
import { type ChartId, NIL_UUID, parseId, type ResourceId } from '../../base/ids.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { TYPES, typeOf } from '../type-registry.ts';
import { type Compartment, membershipOf } from './compartment.ts';
import { type Criterion, compileCriterion, type SearchOptions } from './criterion.ts';
import { decodeCursor, decodePlace } from './cursor.ts';
import { boundsOf, type DateBounds, meetsDate, parseDateCriterion } from './date-criterion.ts';
import { rangeOfDate } from './date-range.ts';
import { isInclude, parseIncludes } from './include.ts';
import { isLink, parseLink } from './link.ts';
import { parsePageForm } from './page-form.ts';
import { parametersOf } from './parameters.ts';
import type { DateLookUp, Link, SearchPlan, TokenLookUp } from './plan-shape.ts';
import { parseWantedReference } from './reference-criterion.ts';
import { alternativesOf } from './search-value.ts';
import { parseSort } from './sort-order.ts';

export { DEFAULT_COUNT, MAX_COUNT } from './page-form.ts';
export type { SearchPlan } from './plan-shape.ts';

const MAX_CRITERIA = 30;
const MOST_LINKS = 6;
const MOST_TYPES = 12;

/** Parameters that shape a page of results; `_format` and `_pretty` are the HTTP layer's. */
const FORM = new Set(['_count', '_cursor', '_elements', '_format', '_pretty', '_sort', '_summary', '_total']);

interface Draft {
  readonly options: SearchOptions;
  /** References between the search that was asked and this part of it. */
  readonly depth: number;
  focus: SearchPlan['focus'];
  readonly tests: ((resource: FhirResource) => boolean)[];
  charts: ReadonlySet<ChartId> | null;
  ids: ReadonlySet<ResourceId> | null;
  readonly at: (readonly DateBounds[])[];
  readonly updated: (readonly DateBounds[])[];
  readonly tokens: TokenLookUp[];
  readonly dates: DateLookUp[];
  readonly links: Link[];
  readonly rechecked: string[];
  readonly ignored: string[];
}

/**
 * Throws `not-found` for a type that is not registered, `invalid` for a value or modifier that a parameter
 * does not take; messages say what to do and repeat nothing that was sent.
 */
export function parseSearch(
  type: string,
  query: URLSearchParams,
  options: Partial<SearchOptions> = {},
): SearchPlan {
  typeOf(type);
  const draft = newDraft({ now: options.now ?? new Date(), ownBases: options.ownBases ?? [] }, 0);
  if (options.compartment != null) addCompartment(draft, type, options.compartment);
  let criteria = 0;
  for (const [name, value] of query) {
    if (FORM.has(name) || isInclude(name) || value === '') continue;
    criteria += 1;
    if (criteria > MAX_CRITERIA) {
      throw new PosternError('invalid', `A search takes at most ${MAX_CRITERIA} parameters.`);
    }
    addParameter(draft, type, name, value);
  }
  const { sort, order } = parseSort(type, query.get('_sort'));
  const cursor = query.get('_cursor') || null;
  const includes = parseIncludes(query, (directive) => draft.ignored.push(directive));
  return {
    ...planOf(draft, type),
    ...parsePageForm(query),
    sort,
    order,
    includes,
    cursor: cursor === null ? null : order === null ? decodeCursor(cursor) : decodePlace(cursor),
  };
}

/**
 * A search through several types (`_type`): a plan for each, all in one order. Throws `invalid` where none is
 * named, or more than are searched at once, or one that is not kept here, or an order that rows do not know.
 */
export function parseSearchOfTypes(
  query: URLSearchParams,
  options: Partial<SearchOptions> = {},
): readonly SearchPlan[] {
  const types = new Set((query.get('_type') ?? '').split(',').filter((name) => name !== ''));
  if (types.size === 0 || types.size > MOST_TYPES || ![...types].every((name) => TYPES.has(name))) {
    throw new PosternError('invalid', `Name 1 to ${MOST_TYPES} types in _type, as in _type=Condition,Goal.`);
  }
  const sorted = new URLSearchParams(query);
  sorted.delete('_type');
  if (!sorted.get('_sort')) sorted.set('_sort', '-_lastUpdated');
  const parse = () => [...types].sort().map((type) => parseSearch(type, sorted, options));
  // What one of the types does not offer is left out for all of them.
  const ignored = [...new Set(parse().flatMap((plan) => plan.ignored))];
  for (const name of ignored) sorted.delete(name);
  const plans = parse().map((plan) => ({ ...plan, ignored }));
  if (plans.some(({ order, sort }) => order !== null || sort.by === 'at')) {
    throw new PosternError('invalid', 'Through several types, _sort takes _lastUpdated or _id.');
  }
  return plans;
}

function newDraft(options: SearchOptions, depth: number): Draft {
  return {
    options,
    depth,
    focus: null,
    tests: [],
    charts: null,
    ids: null,
    at: [],
    updated: [],
    tokens: [],
    dates: [],
    links: [],
    rechecked: [],
    ignored: [],
  };
}

function planOf(draft: Draft, type: string): SearchPlan {
  const { tests } = draft;
  return {
    type,
    focus: draft.focus,
    charts: draft.charts === null ? null : [...draft.charts],
    within: null,
    ids: draft.ids === null ? null : [...draft.ids],
    at: draft.at,
    updated: draft.updated,
    tokens: draft.tokens,
    dates: draft.dates,
    links: draft.links,
    rechecked: draft.rechecked,
    sort: { by: 'id', descending: false },
    order: null,
    count: 0,
    total: 'none',
    countOnly: false,
    subset: null,
    includes: [],
    cursor: null,
    ignored: draft.ignored,
    matches: (resource) => resource.resourceType === type && tests.every((test) => test(resource)),
  };
}

/** Everything of a type, in no order that matters: what a link or an include starts from. */
export function planOfAll(type: string): SearchPlan {
  return planOf(newDraft({ now: new Date(0), ownBases: [] }, 0), type);
}

/** Of the type by one parameter; null where it is not offered. */
function parsePart(
  options: SearchOptions,
  type: string,
  name: string,
  value: string,
  depth: number,
): SearchPlan | null {
  if (FORM.has(name) || isInclude(name)) return null;
  const draft = newDraft(options, depth);
  addParameter(draft, type, name, value);
  return draft.ignored.length > 0 ? null : planOf(draft, type);
}

function addParameter(draft: Draft, type: string, name: string, value: string): void {
  if (isLink(name)) {
    addLink(draft, type, name, value);
    return;
  }
  const [code = '', modifier = null] = name.split(':', 2);
  if (code === '_id' || code === '_lastUpdated') {
    if (modifier !== null) throw new PosternError('invalid', `${code} takes no modifier.`);
    if (code === '_id') addIds(draft, value);
    else addUpdated(draft, value);
    return;
  }
  const parameter = parametersOf(type).get(code);
  if (parameter === undefined) {
    // Unknown and textual parameters.
    draft.ignored.push(name);
    return;
  }
  const criterion = compileCriterion(parameter, modifier, value, draft.options);
  draft.tests.push(criterion.matches);
  if (parameter.served === 'owner' && !ASKS_NO_CHART.has(modifier ?? '')) {
    addCharts(draft, code, modifier, value);
  } else {
    addLookUp(draft, code, criterion);
  }
}

function addLink(draft: Draft, type: string, name: string, value: string): void {
  const { options, depth } = draft;
  const link = parseLink(type, name, value, depth, (...part) => parsePart(options, ...part));
  if (link === null) draft.ignored.push(name);
  else draft.links.push(link);
  if (draft.links.length > MOST_LINKS) {
    throw new PosternError('invalid', `A search takes at most ${MOST_LINKS} chains and _has.`);
  }
}

/**
 * What the definition names for the type, any of it. A chart holds all that names its patient, but for the
 * few types that are made to name several; what goes with an encounter is found over the encounter.
 */
function addCompartment(draft: Draft, type: string, compartment: Compartment): void {
  const parameters = membershipOf(compartment, type);
  const id = parseId<ResourceId>(compartment.id) ?? (NIL_UUID as ResourceId);
  draft.focus = { type: compartment.type, id };
  if (type === compartment.type && parameters.length === 0) {
    addIds(draft, id);
  } else if (compartment.type === 'Encounter') {
    const encounter = newDraft(draft.options, draft.depth + 1);
    addIds(encounter, id);
    draft.links.push({ kind: 'chain', parameter: parameters[0]!, plans: [planOf(encounter, 'Encounter')] });
  } else {
    if (!typeOf(type).namesOthers) draft.charts = new Set([id as string as ChartId]);
    const tests = parameters.map(
      (parameter) => compileCriterion(parameter, null, `${compartment.type}/${id}`, draft.options).matches,
    );
    if (type === compartment.type) tests.push((resource) => resource.id === id);
    draft.tests.push((resource) => tests.some((test) => test(resource)));
  }
}

/** Modifiers by which a patient parameter is asked about what it holds, not about a chart. */
const ASKS_NO_CHART = new Set(['missing', 'identifier']);

function addLookUp(draft: Draft, param: string, { parameter, tokens, bounds }: Criterion): void {
  if (tokens !== null) draft.tokens.push({ param, anyOf: tokens, wide: parameter.wide });
  else if (bounds !== null && parameter.served === 'instant') draft.at.push(bounds);
  else if (bounds !== null) draft.dates.push({ param, anyOf: bounds });
  else draft.rechecked.push(param);
}

/** A patient who is not named as one of ours is nobody: the plan is then empty, not wrong. */
function addCharts(draft: Draft, param: string, modifier: string | null, value: string): void {
  const named = alternativesOf(param, value).flatMap((text) => {
    const wanted = parseWantedReference(param, modifier, text, draft.options.ownBases);
    const patient = wanted.local && (wanted.type === null || wanted.type === 'Patient');
    return patient && wanted.id !== null ? (parseId<ChartId>(wanted.id) ?? []) : [];
  });
  draft.charts = both(draft.charts, named);
}

function addIds(draft: Draft, value: string): void {
  const wanted = new Set(
    alternativesOf('_id', value).flatMap((text) => parseId<ResourceId>(text.trim()) ?? []),
  );
  draft.ids = both(draft.ids, [...wanted]);
  draft.tests.push(({ id }) => id !== undefined && wanted.has(id as ResourceId));
}

function addUpdated(draft: Draft, value: string): void {
  const criteria = alternativesOf('_lastUpdated', value).map((text) =>
    parseDateCriterion('_lastUpdated', text, draft.options.now),
  );
  draft.tests.push(({ meta }) => {
    const range = meta?.lastUpdated === undefined ? null : rangeOfDate(meta.lastUpdated);
    return range !== null && criteria.some((criterion) => meetsDate(criterion, range));
  });
  const bounds = criteria.map(boundsOf);
  if (bounds.every((bound) => bound !== null)) draft.updated.push(bounds);
  else draft.rechecked.push('_lastUpdated');
}

/** What both name: a parameter that is repeated must hold each time. */
function both<Id>(before: ReadonlySet<Id> | null, named: readonly Id[]): ReadonlySet<Id> {
  return new Set(before === null ? named : named.filter((id) => before.has(id)));
}
