/** read, vread and instance history (https://hl7.org/fhir/R4/http.html#read). */
import { notFound, PosternError } from '../base/errors.ts';
import type { Answer, RoutedRequest } from '../base/exchange.ts';
import type { Stored } from '../chart/index.ts';
import { fullUrl, historyBytes } from './bundle.ts';
import type { Interaction } from './fhir-context.ts';
import { answerType } from './media-type.ts';
import { isKnown, versionHeaders } from './precondition.ts';
import { preferenceOf } from './preference.ts';

export const read: Interaction = async ({ store }, request, visit) => {
  const { type, id } = request.params as { type: string; id: string };
  const contentType = answerType(request);
  return contentAnswer(request, contentType, await store.read(visit, type, id));
};

export const vread: Interaction = async ({ store }, request, visit) => {
  const { type, id, version } = request.params as { type: string; id: string; version: string };
  const contentType = answerType(request);
  return contentAnswer(request, contentType, await store.vread(visit, type, id, versionOf(version)));
};

/** A version that is not written as one is asked for all the same, as one that nothing has. */
function versionOf(text: string): number {
  const version = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  return version > 0x7fffffff ? 0 : version;
}

function contentAnswer(request: RoutedRequest, contentType: string, stored: Stored | null): Answer {
  if (stored === null) throw notFound();
  if (stored.content === null) throw new PosternError('gone', 'This resource was deleted.');
  const headers = versionHeaders(stored);
  if (isKnown(request, stored)) return { status: 304, headers, body: null };
  return { status: 200, headers: { 'content-type': contentType, ...headers }, body: stored.content.bytes() };
}

const PAGE = 20;
const LONGEST_PAGE = 200;
const HISTORY_PARAMETERS = new Set(['_count', '_before', '_format', '_pretty']);

export const history: Interaction = async ({ store, base }, request, visit) => {
  const { type, id } = request.params as { type: string; id: string };
  const contentType = answerType(request);
  const query = new URLSearchParams(request.query);
  if (preferenceOf(request).strict && [...query.keys()].some((name) => !HISTORY_PARAMETERS.has(name))) {
    throw new PosternError('invalid', 'History takes _count alone.');
  }
  const count = Math.min(Math.max(wholeNumber(query, '_count') ?? PAGE, 1), LONGEST_PAGE);
  const before = wholeNumber(query, '_before');
  const page = await store.history(visit, type, id, before === null ? { count } : { count, before });
  const [first] = page?.versions ?? [];
  if (page === null || first === undefined) throw notFound();
  const url = `${fullUrl(base, first)}/_history?_count=${count}`;
  const self = before === null ? url : `${url}&_before=${before}`;
  const next = page.next === null ? null : `${url}&_before=${page.next}`;
  const body = historyBytes(base, page.versions, { self, next });
  return { status: 200, headers: { 'content-type': contentType }, body };
};

function wholeNumber(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  if (!/^\d{1,9}$/.test(text)) throw new PosternError('invalid', `${name} takes a whole number.`);
  return Number(text);
}
