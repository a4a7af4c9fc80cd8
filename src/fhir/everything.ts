/**
 * `Patient/ID/$everything`, and of everybody in reach `Patient/$everything`, by GET and POST
 * (https://hl7.org/fhir/R4/patient-operation-everything.html).
 */
import { notFound, PosternError } from '../base/errors.ts';
import type { RoutedRequest } from '../base/exchange.ts';
import { type Stored, TYPES } from '../chart/index.ts';
import { bundleBytes, fullUrl, incompleteEntry } from './bundle.ts';
import type { Interaction } from './fhir-context.ts';
import { answerType } from './media-type.ts';
import { queryOfParameters } from './parameters.ts';
import { preferenceOf } from './preference.ts';

const LONGEST_PAGE = 1000;
const PARAMETERS = new Set(['start', 'end', '_since', '_type', '_count', '_cursor', '_format', '_pretty']);

export const everything: Interaction = async ({ store, base }, request, visit) => {
  const contentType = answerType(request);
  const query = await queryOf(request);
  const id = request.params.id ?? null;
  const page = await store.everything(visit, id, {
    count: countOf(query.get('_count')),
    cursor: query.get('_cursor'),
    since: query.get('_since'),
    start: query.get('start'),
    end: query.get('end'),
    types: typesOf(query),
  });
  if (page === null) throw notFound();
  const address = `${base}/Patient${id === null ? '' : `/${id}`}/$everything`;
  const links = { self: linkOf(address, query, null), next: null as string | null };
  if (page.next !== null) links.next = linkOf(address, query, page.next);
  const related = new Set<Stored>(page.related);
  const body = bundleBytes(
    'searchset',
    links,
    [...page.matches, ...page.related],
    (entry) => [
      `{"fullUrl":"${fullUrl(base, entry)}","resource":`,
      `,"search":{"mode":"${related.has(entry) ? 'include' : 'match'}"}}`,
    ],
    null,
    page.incomplete ? [incompleteEntry()] : [],
  );
  return { status: 200, headers: { 'content-type': contentType }, body };
};

async function queryOf(request: RoutedRequest): Promise<URLSearchParams> {
  const query = new URLSearchParams(request.query);
  if (request.method === 'POST') {
    for (const [name, value] of await queryOfParameters(request)) query.append(name, value);
  }
  if (preferenceOf(request).strict && [...query.keys()].some((name) => !PARAMETERS.has(name))) {
    throw new PosternError('invalid', '$everything takes start, end, _since, _type and _count.');
  }
  return query;
}

function countOf(text: string | null): number {
  if (text === null) return LONGEST_PAGE;
  if (!/^\d{1,9}$/.test(text)) throw new PosternError('invalid', '_count takes a whole number.');
  return Math.min(Math.max(Number(text), 1), LONGEST_PAGE);
}

function typesOf(query: URLSearchParams): string[] | null {
  const types = query
    .getAll('_type')
    .flatMap((value) => value.split(','))
    .filter((type) => type !== '');
  if (types.length === 0) return null;
  if (types.some((type) => !TYPES.has(type)))
    throw new PosternError('invalid', '_type takes types of resources.');
  return types;
}

/** What the page went by, with where the next one begins. */
function linkOf(address: string, query: URLSearchParams, cursor: string | null): string {
  const used = [...query].filter(
    ([name]) => PARAMETERS.has(name) && !name.startsWith('_format') && name !== '_pretty',
  );
  const next = new URLSearchParams(used);
  if (cursor !== null) next.set('_cursor', cursor);
  return next.size === 0 ? address : `${address}?${next}`;
}
