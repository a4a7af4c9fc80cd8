/**
 * Search by GET and by POST, of one type and of several, everywhere or in a compartment
 * (https://hl7.org/fhir/R4/http.html#search).
 */
import { PosternError } from '../base/errors.ts';
import { type Answer, type RoutedRequest, readBody } from '../base/exchange.ts';
import { type Compartment, EVERY_TYPE, parseSearch, parseSearchOfTypes } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import { searchsetBytes } from './bundle.ts';
import type { FhirContext, Interaction } from './fhir-context.ts';
import { answerType, expectForm } from './media-type.ts';
import { preferenceOf } from './preference.ts';

export const search: Interaction = async (context, request, visit) =>
  answerSearch(context, request, visit, placeOf(request), new URLSearchParams(request.query));

export const searchByPost: Interaction = async (context, request, visit) =>
  answerSearch(context, request, visit, placeOf(request), await queryWithForm(request));

/** Of the types that `_type` names. */
export const systemSearch: Interaction = async (context, request, visit) =>
  answerSearch(context, request, visit, EVERYWHERE, new URLSearchParams(request.query));

export const systemSearchByPost: Interaction = async (context, request, visit) =>
  answerSearch(context, request, visit, EVERYWHERE, await queryWithForm(request));

/** What is searched: a type or, as null, those that `_type` names; everywhere or in a compartment. */
interface Place {
  readonly type: string | null;
  readonly compartment: Compartment | null;
}

const EVERYWHERE: Place = { type: null, compartment: null };

/** As the address has it: `Patient/ID/Observation`, `Patient/ID/*` or `Observation`. */
function placeOf({ params: { compartment, id, type } }: RoutedRequest): Place {
  return {
    type: type === EVERY_TYPE ? null : type!,
    compartment: compartment === undefined ? null : { type: compartment, id: id! },
  };
}

const FORM_BYTES = 64 * 1024;

/** The form's parameters come after those of the address; both count. */
async function queryWithForm(request: RoutedRequest): Promise<URLSearchParams> {
  const body = await readBody(request, FORM_BYTES);
  if (body.length > 0) expectForm(request);
  const query = new URLSearchParams(request.query);
  for (const [name, value] of new URLSearchParams(body.toString())) query.append(name, value);
  return query;
}

async function answerSearch(
  { store, base, clock, gate }: FhirContext,
  request: RoutedRequest,
  visit: Visit,
  place: Place,
  query: URLSearchParams,
): Promise<Answer> {
  const contentType = answerType(request);
  if (preferenceOf(request).strict) refuseIgnored(place, query, clock.now());
  const page = await store.search(visit, place.type, query, place.compartment);
  // It is answered like any other search, and counts like a read of what is not there.
  if (page.inVain) await gate.noteRefusal(visit);
  const used = usedOf(query, new Set(page.ignored));
  const links = {
    self: linkOf(base, place, used),
    next: page.next === null ? null : linkOf(base, place, withCursor(used, page.next)),
  };
  const body = searchsetBytes(base, page, links);
  return { status: 200, headers: { 'content-type': contentType }, body };
}

/** Asked before the search is done, so that what is refused has looked at nothing. */
function refuseIgnored({ type, compartment }: Place, query: URLSearchParams, now: Date): void {
  const options = { now, compartment };
  const plans = type === null ? parseSearchOfTypes(query, options) : [parseSearch(type, query, options)];
  const ignored = new Set(plans.flatMap((plan) => plan.ignored.map((name) => name.split('=', 1)[0]!)));
  if (ignored.size === 0) return;
  throw new PosternError('invalid', 'The search has parameters that this server does not offer.', {
    // Only names in the form of a parameter; anything else could be data.
    expression: [...ignored].filter((name) => NAME.test(name)).map((name) => `http.${name}`),
  });
}

const NAME = /^_?[a-z][\w-]{0,40}([:.][A-Za-z_-]{1,30}){0,6}$/;

const FORM_PARAMETERS = new Set(['_format', '_pretty']);

/** What the search went by, in the order in which it was asked; what it left out is left out. */
function usedOf(query: URLSearchParams, ignored: ReadonlySet<string>): URLSearchParams {
  const used = [...query].filter(
    ([name, value]) =>
      !ignored.has(name) && !ignored.has(`${name}=${value}`) && !FORM_PARAMETERS.has(name) && value !== '',
  );
  return new URLSearchParams(used);
}

function withCursor(used: URLSearchParams, cursor: string): URLSearchParams {
  const next = new URLSearchParams(used);
  next.set('_cursor', cursor);
  return next;
}

function linkOf(base: string, { type, compartment }: Place, query: URLSearchParams): string {
  const within = compartment === null ? [] : [compartment.type, encodeURIComponent(compartment.id)];
  const name = type ?? (compartment === null ? null : EVERY_TYPE);
  const path = [base, ...within, ...(name === null ? [] : [name])].join('/');
  return query.size === 0 ? path : `${path}?${query}`;
}
