/**
 * Turns the query of a search into a plan: what the row and the blind index can answer, and the exact test
 * that every hit must pass. A plan opens nothing; the store runs it within a scope.
 *
 * https://hl7.org/fhir/R4/search.html; what is offered and what is not is ADR 0043 and 0044.
 */
import { PosternError } from '../../base/errors.ts';
import { type ChartId, parseId, type ResourceId } from '../../base/ids.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { typeOf } from '../type-registry.ts';
import { type Criterion, compileCriterion, type SearchOptions } from './criterion.ts';
import { type Cursor, decodeCursor } from './cursor.ts';
import { boundsOf, type DateBounds, meetsDate, parseDateCriterion } from './date-criterion.ts';
import { rangeOfDate } from './date-range.ts';
import { parametersOf } from './parameters.ts';
import { parseWantedReference } from './reference-criterion.ts';
import { alternativesOf } from './search-value.ts';
import type { LookUp } from './wanted.ts';

/** Any of its look-ups finds what the criterion matches. */
export interface TokenLookUp {
  readonly param: string;
  readonly anyOf: readonly LookUp[];
  /**
   * Whether the look-ups are in the practice's index. What is in sensitive and psychotherapy sections is
   * under the chart's key all the same, so those sections are always looked up chart by chart.
   */
  readonly wide: boolean;
}

export interface DateLookUp {
  readonly param: string;
  readonly anyOf: readonly DateBounds[];
}

export type SortKey = 'at' | 'updated' | 'id';

/** All parts must hold (and); the alternatives within a part may (or). */
export interface SearchPlan {
  readonly type: string;
  /** The charts that were named; null where none was. Empty: nothing can match. */
  readonly charts: readonly ChartId[] | null;
  readonly ids: readonly ResourceId[] | null;
  /** Bounds on the row's clinical instant. */
  readonly at: readonly (readonly DateBounds[])[];
  /** Bounds on the row's time of update (low and high are the same). */
  readonly updated: readonly (readonly DateBounds[])[];
  readonly tokens: readonly TokenLookUp[];
  readonly dates: readonly DateLookUp[];
  /** Parameters that nothing but the exact test answers. */
  readonly rechecked: readonly string[];
  readonly sort: { readonly by: SortKey; readonly descending: boolean };
  readonly count: number;
  readonly cursor: Cursor | null;
  /** Parameters that are not offered, as they were written: refused under strict handling, told otherwise. */
  readonly ignored: readonly string[];
  /** The exact test of all criteria. */
  readonly matches: (resource: FhirResource) => boolean;
}

export const DEFAULT_COUNT = 20;
export const MAX_COUNT = 500;
const MAX_CRITERIA = 30;

/** Parameters of the answer's form, which are the HTTP layer's. */
const FORM = new Set(['_format', '_pretty', '_summary', '_elements', '_total']);

interface Draft {
  readonly options: SearchOptions;
  readonly tests: ((resource: FhirResource) => boolean)[];
  charts: ReadonlySet<ChartId> | null;
  ids: ReadonlySet<ResourceId> | null;
  readonly at: (readonly DateBounds[])[];
  readonly updated: (readonly DateBounds[])[];
  readonly tokens: TokenLookUp[];
  readonly dates: DateLookUp[];
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
  const draft: Draft = {
    options: { now: options.now ?? new Date(), ownBases: options.ownBases ?? [] },
    tests: [],
    charts: null,
    ids: null,
    at: [],
    updated: [],
    tokens: [],
    dates: [],
    rechecked: [],
    ignored: [],
  };
  let criteria = 0;
  for (const [name, value] of query) {
    if (CONTROLS.has(name) || FORM.has(name) || value === '') continue;
    criteria += 1;
    if (criteria > MAX_CRITERIA) {
      throw new PosternError('invalid', `A search takes at most ${MAX_CRITERIA} parameters.`);
    }
    addParameter(draft, type, name, value);
  }
  const sort = sortOf(draft, type, query.get('_sort'));
  return {
    type,
    charts: draft.charts === null ? null : [...draft.charts],
    ids: draft.ids === null ? null : [...draft.ids],
    at: draft.at,
    updated: draft.updated,
    tokens: draft.tokens,
    dates: draft.dates,
    rechecked: draft.rechecked,
    sort,
    count: countOf(query.get('_count')),
    cursor: query.has('_cursor') ? decodeCursor(query.get('_cursor')!) : null,
    ignored: draft.ignored,
    matches: (resource) => resource.resourceType === type && draft.tests.every((test) => test(resource)),
  };
}

const CONTROLS = new Set(['_count', '_cursor', '_sort']);

function addParameter(draft: Draft, type: string, name: string, value: string): void {
  const [code = '', modifier = null] = name.split(':', 2);
  if (modifier === null && (code === '_id' || code === '_lastUpdated')) {
    if (code === '_id') addIds(draft, value);
    else addUpdated(draft, value);
    return;
  }
  const parameter = parametersOf(type).get(code);
  if (parameter === undefined) {
    // Unknown, chained, reverse-chained and textual parameters, and those of the answer's content.
    draft.ignored.push(name);
    return;
  }
  const criterion = compileCriterion(parameter, modifier, value, draft.options);
  draft.tests.push(criterion.matches);
  if (parameter.served === 'owner' && !ASKS_NO_CHART.has(modifier ?? ''))
    addCharts(draft, code, modifier, value);
  else addLookUp(draft, code, criterion);
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

function sortOf(draft: Draft, type: string, text: string | null): SearchPlan['sort'] {
  const instant = typeOf(type).at;
  const usual = { by: instant === null ? 'updated' : 'at', descending: true } as const;
  if (text === null || text === '') return usual;
  const [first = ''] = text.split(',');
  const descending = first.startsWith('-');
  const key = descending ? first.slice(1) : first;
  if (key === '_lastUpdated') return { by: 'updated', descending };
  if (key === '_id') return { by: 'id', descending };
  if (instant !== null && (key === 'date' || key === instant.param)) return { by: 'at', descending };
  draft.ignored.push('_sort');
  return usual;
}

function countOf(text: string | null): number {
  if (text === null || text === '') return DEFAULT_COUNT;
  if (!/^\d{1,9}$/.test(text)) throw new PosternError('invalid', '_count takes a whole number.');
  return Math.min(Number(text), MAX_COUNT);
}
