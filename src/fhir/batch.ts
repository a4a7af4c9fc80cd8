/**
 * A batch: each entry is asked on its own, by the same route as a request for it, and answered on its own
 * (https://hl7.org/fhir/R4/http.html#brules). What one is refused for is counted as it always is.
 */
import { PosternError } from '../base/errors.ts';
import type { Answer, Method, RoutedRequest } from '../base/exchange.ts';
import { writeResource } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import { addressOf, type BundleEntry, readBundle } from './bundle-entry.ts';
import { type EntryResult, resultsBytes } from './bundle-results.ts';
import { contentLimit } from './content-limit.ts';
import type { FhirContext, Interaction } from './fhir-context.ts';
import { type AnswerType, answerType } from './media-type.ts';
import { errorAnswer } from './outcome.ts';
import { answerTransaction } from './transaction.ts';

/** A route as its table has it: the path begins with `/fhir`. */
export interface TabledRoute {
  readonly method: Method;
  readonly path: string;
  readonly only?: Readonly<Record<string, { has(value: string): boolean }>>;
  readonly interaction: Interaction;
}

/** Batches over those routes, and transactions. */
export function bundleInteraction(routes: readonly TabledRoute[]): Interaction {
  return async (context, request, visit) => {
    const contentType = answerType(request);
    const { type, entries } = await readBundle(request, await contentLimit(context, visit));
    if (type === 'transaction') return answerTransaction(context, request, visit, contentType, entries);
    return answerBatch(context, request, visit, contentType, { routes, entries });
  };
}

async function answerBatch(
  context: FhirContext,
  request: RoutedRequest,
  visit: Visit,
  contentType: AnswerType,
  { routes, entries }: { routes: readonly TabledRoute[]; entries: readonly BundleEntry[] },
): Promise<Answer> {
  const results: EntryResult[] = [];
  /** Once there have been too many refusals, nothing more is looked up. */
  let stopped: PosternError | null = null;
  for (const entry of entries) {
    try {
      if (stopped !== null) throw stopped;
      results.push(resultOf(await answerEntry(context, request, visit, routes, entry)));
    } catch (error) {
      if (!(error instanceof PosternError)) throw error;
      if (error.isRefusal) stopped = await verdictOn(context, visit);
      results.push(resultOf(errorAnswer(stopped ?? error)));
    }
  }
  const body = resultsBytes('batch-response', results);
  return { status: 200, headers: { 'content-type': contentType }, body };
}

/** Counts a refusal; the error that everything after it gets, where there have been too many. */
async function verdictOn({ gate }: FhirContext, visit: Visit): Promise<PosternError | null> {
  const verdict = await gate.noteRefusal(visit);
  if (verdict === 'pass') return null;
  if (verdict === 'locked') return new PosternError('unauthenticated', 'The session is locked.');
  return new PosternError('throttled', 'Too many requests for what is not there, or not yours. Wait.');
}

async function answerEntry(
  context: FhirContext,
  request: RoutedRequest,
  visit: Visit,
  routes: readonly TabledRoute[],
  entry: BundleEntry,
): Promise<Answer> {
  const { segments, query } = addressOf(entry.url, context.base);
  const found = match(routes, entry.method, segments);
  const { headers, content } = contentOf(entry, request.headers.prefer);
  const asked: RoutedRequest = {
    ...request,
    method: entry.method,
    path: `/fhir/${segments.join('/')}`,
    query,
    headers,
    params: found.params,
    body: (async function* () {
      if (content !== null) yield content;
    })(),
  };
  return found.interaction(context, asked, visit);
}

/**
 * The route of an entry; where a segment is written out, that is the one, as for any request. Throws
 * `invalid` where none answers.
 */
function match(
  routes: readonly TabledRoute[],
  method: string,
  segments: readonly string[],
): { interaction: Interaction; params: Record<string, string> } {
  const path = ['fhir', ...segments];
  const fitting = routes.flatMap((route) => {
    const names = route.path.slice(1).split('/');
    if (route.method !== method || names.length !== path.length) return [];
    const fits = names.every((name, at) => name === path[at] || (name.startsWith(':') && path[at] !== ''));
    if (!fits) return [];
    const values = names.flatMap((name, at) => (name.startsWith(':') ? [[name.slice(1), path[at]!]] : []));
    const params: Record<string, string> = Object.fromEntries(values);
    const exists = Object.entries(route.only ?? {}).every(([name, set]) => set.has(params[name]!));
    return exists ? [{ interaction: route.interaction, params, open: values.length }] : [];
  });
  const [found] = fitting.sort((one, other) => one.open - other.open);
  if (found === undefined) throw new PosternError('invalid', 'No entry of a batch can ask this.');
  return found;
}

/** The entry as a request of its own: its conditions as headers, its resource or patch as content. */
function contentOf(entry: BundleEntry, prefer: RoutedRequest['headers'][string]) {
  const headers: Record<string, string> = {};
  const conditions = {
    'if-match': entry.ifMatch,
    'if-none-match': entry.ifNoneMatch,
    'if-modified-since': entry.ifModifiedSince,
    'if-none-exist': entry.ifNoneExist,
  };
  for (const [name, value] of Object.entries(conditions)) if (value !== null) headers[name] = value;
  if (typeof prefer === 'string') headers.prefer = prefer;
  const { resource } = entry;
  if (resource === null) return { headers, content: null };
  const { contentType, data } = resource;
  // A JSON Patch is no resource, so it comes in one.
  if (entry.method === 'PATCH' && resource.resourceType === 'Binary' && typeof data === 'string') {
    headers['content-type'] = String(contentType);
    return { headers, content: Buffer.from(data, 'base64') };
  }
  headers['content-type'] = 'application/fhir+json';
  return { headers, content: Buffer.from(writeResource(resource)) };
}

function resultOf({ status, headers, body }: Answer): EntryResult {
  const content = body instanceof Uint8Array ? body : null;
  const modified = headers['last-modified'];
  return {
    status,
    location: headers.location,
    etag: headers.etag,
    lastModified: modified === undefined ? undefined : new Date(modified).toISOString(),
    ...(status >= 400 ? { outcome: content } : { resource: content }),
  };
}
