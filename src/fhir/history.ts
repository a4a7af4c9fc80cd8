/** History of a resource, of a type and of everything (https://hl7.org/fhir/R4/http.html#history). */
import { notFound, PosternError } from '../base/errors.ts';
import type { Answer, RoutedRequest } from '../base/exchange.ts';
import type { Visit } from '../gate/index.ts';
import { historyBytes } from './bundle.ts';
import type { FhirContext, Interaction } from './fhir-context.ts';
import { answerType } from './media-type.ts';
import { preferenceOf } from './preference.ts';

const PAGE = 20;
const LONGEST_PAGE = 200;
const PARAMETERS = new Set(['_count', '_since', '_at', '_before', '_cursor', '_format', '_pretty']);

/** Of one resource. */
export const history: Interaction = async ({ store, base }, request, visit) => {
  const { type, id } = request.params as { type: string; id: string };
  const contentType = answerType(request);
  const query = queryOf(request);
  const count = countOf(query);
  const before = wholeNumber(query, '_before');
  const page = await store.history(visit, type, id, {
    count,
    ...periodOf(query),
    ...(before === null ? {} : { before }),
  });
  if (page === null) throw notFound();
  const url = `${base}/${type}/${id}/_history?${filtersOf(query, count)}`;
  const self = before === null ? url : `${url}&_before=${before}`;
  const next = page.next === null ? null : `${url}&_before=${page.next}`;
  const body = historyBytes(base, page.versions, { self, next });
  return { status: 200, headers: { 'content-type': contentType }, body };
};

/** Of every resource of a type. */
export const typeHistory: Interaction = (context, request, visit) =>
  changesAnswer(context, request, visit, request.params.type!);

/** Of every resource. */
export const systemHistory: Interaction = (context, request, visit) =>
  changesAnswer(context, request, visit, null);

async function changesAnswer(
  { store, base }: FhirContext,
  request: RoutedRequest,
  visit: Visit,
  type: string | null,
): Promise<Answer> {
  const contentType = answerType(request);
  const query = queryOf(request);
  const count = countOf(query);
  const cursor = query.get('_cursor');
  const page = await store.changes(visit, type, { count, cursor, ...periodOf(query) });
  const url = `${base}${type === null ? '' : `/${type}`}/_history?${filtersOf(query, count)}`;
  const self = cursor === null ? url : `${url}&_cursor=${encodeURIComponent(cursor)}`;
  const next = page.next === null ? null : `${url}&_cursor=${page.next}`;
  const body = historyBytes(base, page.versions, { self, next });
  return { status: 200, headers: { 'content-type': contentType }, body };
}

function queryOf(request: RoutedRequest): URLSearchParams {
  const query = new URLSearchParams(request.query);
  if (preferenceOf(request).strict && [...query.keys()].some((name) => !PARAMETERS.has(name))) {
    throw new PosternError('invalid', 'History takes _count, _since and _at.');
  }
  return query;
}

function periodOf(query: URLSearchParams): { since: string | null; at: string | null } {
  return { since: query.get('_since'), at: query.get('_at') };
}

/** The parameters that the page went by, as its links carry them. */
function filtersOf(query: URLSearchParams, count: number): URLSearchParams {
  const used = new URLSearchParams({ _count: String(count) });
  for (const name of ['_since', '_at']) {
    const value = query.get(name);
    if (value !== null) used.set(name, value);
  }
  return used;
}

function countOf(query: URLSearchParams): number {
  return Math.min(Math.max(wholeNumber(query, '_count') ?? PAGE, 1), LONGEST_PAGE);
}

function wholeNumber(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  if (!/^\d{1,9}$/.test(text)) throw new PosternError('invalid', `${name} takes a whole number.`);
  return Number(text);
}
