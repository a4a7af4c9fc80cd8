/** read and vread (https://hl7.org/fhir/R4/http.html#read). */
import { notFound, PosternError } from '../base/errors.ts';
import type { Answer, RoutedRequest } from '../base/exchange.ts';
import { parseSubset, type Stored, type Subset, subsetBytes } from '../chart/index.ts';
import { asksForFhir, fileAnswer } from './binary.ts';
import type { Interaction } from './fhir-context.ts';
import { answerType } from './media-type.ts';
import { isKnown, versionHeaders } from './precondition.ts';

export const read: Interaction = async (context, request, visit) => {
  const { store } = context;
  const { type, id } = request.params as { type: string; id: string };
  if (type === 'Binary' && !asksForFhir(request)) return fileAnswer(context, request, visit, null);
  const contentType = answerType(request);
  const part = partOf(request);
  return contentAnswer(request, contentType, await store.read(visit, type, id), part);
};

export const vread: Interaction = async (context, request, visit) => {
  const { store } = context;
  const { type, id, version } = request.params as { type: string; id: string; version: string };
  if (type === 'Binary' && !asksForFhir(request)) {
    return fileAnswer(context, request, visit, versionOf(version));
  }
  const contentType = answerType(request);
  const part = partOf(request);
  return contentAnswer(request, contentType, await store.vread(visit, type, id, versionOf(version)), part);
};

/** What part of the resource is asked for; null for all of it. Throws `invalid` for what is no part. */
function partOf({ query }: RoutedRequest): Subset | null {
  if (!query.includes('_summary=') && !query.includes('_elements=')) return null;
  const asked = new URLSearchParams(query);
  const summary = asked.get('_summary') || 'false';
  if (summary === 'count') throw new PosternError('invalid', 'A read takes no _summary=count.');
  return parseSubset(summary, asked.get('_elements'));
}

/** A version that is not written as one is asked for all the same, as one that nothing has. */
function versionOf(text: string): number {
  const version = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  return version > 0x7fffffff ? 0 : version;
}

function contentAnswer(
  request: RoutedRequest,
  contentType: string,
  stored: Stored | null,
  part: Subset | null,
): Answer {
  if (stored === null) throw notFound();
  if (stored.content === null) throw new PosternError('gone', 'This resource was deleted.');
  const headers = versionHeaders(stored);
  if (isKnown(request, stored)) return { status: 304, headers, body: null };
  const bytes = stored.content.bytes();
  const body = part === null ? bytes : subsetBytes(bytes, part);
  return { status: 200, headers: { 'content-type': contentType, ...headers }, body };
}
