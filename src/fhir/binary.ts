/**
 * Files as they are (https://hl7.org/fhir/R4/binary.html#rest): bytes in, bytes out, through the door on each
 * request. JSON is for whoever asks for it by name.
 */
import { rangeHeaders, rangeOf } from '../base/byte-range.ts';
import { notFound, PosternError } from '../base/errors.ts';
import { type Answer, headerOf, type Request, type RoutedRequest } from '../base/exchange.ts';
import type { Change, FhirResource, PromisedRoom, StoredFile } from '../chart/index.ts';
import { linkToOriginal } from '../documents/index.ts';
import type { Visit } from '../gate/index.ts';
import type { FhirContext } from './fhir-context.ts';
import { isKnown } from './precondition.ts';

/** In one request; more comes as an upload that can be gone on with. */
const MOST_BYTES = 2 * 1024 ** 3;

const JSON_TYPES = /(?:^|[\s,])(?:application\/(?:fhir\+)?(?:json|xml)|application\/\*)(?:[\s,;]|$)/i;

/** Whether a Binary is asked for in a form of FHIR, and not as the bytes that it is. */
export function asksForFhir(request: Pick<Request, 'headers' | 'query'>): boolean {
  return request.query.includes('_format=') || JSON_TYPES.test(headerOf(request, 'accept') ?? '');
}

/** Whether a Binary is sent as the bytes that it is. */
export function sendsBytes(request: Pick<RoutedRequest, 'headers' | 'params'>): boolean {
  const type = headerOf(request, 'content-type') ?? '';
  return request.params.type === 'Binary' && !/^application\/(?:fhir\+)?json\b/i.test(type);
}

/** The content of a version, the standing one where `version` is null: whole, in part, or known already. */
export async function fileAnswer(
  context: FhirContext,
  request: RoutedRequest,
  visit: Visit,
  version: number | null,
): Promise<Answer> {
  const found = await context.store.readFile(visit, request.params.id!, version);
  if (found === null) throw notFound();
  const { stored, file } = found;
  if (stored.content === null) throw new PosternError('gone', 'This file was deleted.');
  if (file === null && version !== null && dataOf(found) === null) {
    throw new PosternError('gone', 'What this version held was destroyed.');
  }
  const etag = `"${stored.version}"`;
  const headers = { etag, 'last-modified': stored.updatedAt.toUTCString() };
  if (isKnown(request, stored)) return { status: 304, headers, body: null };
  const bytes = file === null ? (dataOf(found)?.length ?? 0) : file.facts.bytes;
  const range = rangeOf(request, { bytes, etag, updatedAt: stored.updatedAt });
  const { status, headers: ranged } = rangeHeaders(range, bytes);
  if (range === null) return { status, headers: { ...headers, ...ranged }, body: null };
  const shown = file === null ? DOWNLOAD : await context.files.shownAs(visit, file.facts);
  const link = version === null ? linkToOriginal(visit, found) : null;
  // Last, since it holds a part of the file open until it is sent.
  const body =
    file === null
      ? (dataOf(found) ?? Buffer.alloc(0)).subarray(range.start, range.end)
      : await begun(request, sending(context, visit, found, range.start, range.end, !range.partial));
  const more = link === null ? {} : { link };
  return { status, headers: { ...headers, ...ranged, ...shown, ...more }, body };
}

/** Nobody has looked at what stands in a row. */
const DOWNLOAD = { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' };

/** The data that stands in a row, as it did before there was a store of files; null where none does. */
function dataOf({ stored }: StoredFile): Buffer | null {
  const { data } = stored.content!.json<{ data?: string }>();
  return data === undefined ? null : Buffer.from(data, 'base64');
}

/** Ends with an error as soon as the session is over, or does not reach any more what it did. */
async function* sending(
  { files, store }: FhirContext,
  visit: Visit,
  { file, line }: StoredFile,
  start: number,
  end: number,
  isWhole: boolean,
): AsyncGenerator<Buffer> {
  let sent = 0;
  try {
    for await (const chunk of files.read(visit, file!, start, end)) {
      sent += chunk.length;
      yield chunk;
    }
  } finally {
    // A viewer asks for a file in many parts; each has its line, the whole one that tells how much went out.
    if (isWhole) await store.noteClosed(line, sent);
  }
}

/**
 * Opens the first chunk before anything is answered: what is damaged there is told, and not cut off. No
 * generator around it: one that nobody began to read would not close what was opened here.
 */
async function begun(
  request: Pick<Request, 'method'>,
  chunks: AsyncGenerator<Buffer>,
): Promise<AsyncIterable<Uint8Array>> {
  // To HEAD no content goes out, so none is opened.
  if (request.method === 'HEAD') return chunks;
  let first: IteratorResult<Uint8Array> | null = await chunks.next();
  const next = async () => {
    const piece = first ?? (await chunks.next());
    first = null;
    return piece;
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: () => chunks.return(undefined) }) };
}

/**
 * A Binary made of bytes that come as they are. Whose it is says `X-Security-Context`, and whether that may
 * be is asked before the first byte is read.
 */
export async function createFromBytes(
  context: FhirContext,
  request: RoutedRequest,
  visit: Visit,
): Promise<Change> {
  const reference = headerOf(request, 'x-security-context');
  const resource: FhirResource = {
    resourceType: 'Binary',
    contentType: contentTypeOf(request),
    ...(reference === undefined ? {} : { securityContext: { reference } }),
  };
  return withFile(context, request, visit, null, { kind: 'create', type: 'Binary', resource });
}

/** A new version of a Binary out of bytes; whose it is stays as it was. */
export async function updateFromBytes(
  context: FhirContext,
  request: RoutedRequest,
  visit: Visit,
  ifMatch: number | null,
): Promise<Change> {
  const id = request.params.id;
  if (id === undefined)
    throw new PosternError('invalid', 'Name the Binary that these bytes are for by its id.');
  const contentType = contentTypeOf(request);
  const before = await context.store.readFile(visit, id, null);
  if (before?.stored.content == null) throw notFound();
  const resource = { ...before.stored.content.json<FhirResource>(), contentType };
  const update = { kind: 'update', type: 'Binary', target: { id }, resource } as const;
  return withFile(context, request, visit, id, ifMatch === null ? update : { ...update, ifMatch });
}

async function withFile(
  { store, files }: FhirContext,
  request: RoutedRequest,
  visit: Visit,
  id: string | null,
  change: Extract<Change, { kind: 'create' | 'update' }>,
): Promise<Change> {
  const length = headerOf(request, 'content-length');
  const told = length === undefined ? null : Number(length);
  const { limits } = await files.rulesOf(visit.scope.practiceId);
  const most = Math.min(MOST_BYTES, limits.bytesOfFile);
  if (told !== null && told > most) throw tooLarge(most);
  const [issue] = store.validate(change.resource);
  if (issue !== undefined) throw new PosternError('not-processable', `${issue.expression} ${issue.message}.`);
  const { refusal, place } = await store.checkChange(visit, {
    type: 'Binary',
    id,
    resource: change.resource,
  });
  if (refusal !== null) throw refusal;
  const key = visit.scope.keys.newContentKey(place!);
  const { signal } = new AbortController();
  const promised = await store.promiseRoom(visit, told);
  try {
    const source = within(request.flow, most, promised);
    const facts = await files.write(visit, { key, source, signal, name: null });
    return { ...change, file: { key, facts, promise: promised.id } };
  } catch (error) {
    await promised.giveBack();
    throw error;
  }
}

/** No piece is kept before there is room for it, whatever length was told. */
async function* within(
  flow: AsyncIterable<Uint8Array>,
  most: number,
  promised: PromisedRoom,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of flow) {
    bytes += piece.length;
    if (bytes > most) throw tooLarge(most);
    await promised.cover(bytes);
    yield piece;
  }
}

function contentTypeOf(request: Pick<Request, 'headers'>): string {
  const type = headerOf(request, 'content-type');
  if (type === undefined || headerOf(request, 'content-encoding') !== undefined) {
    throw new PosternError(
      'unsupported-media',
      'Say in Content-Type what the bytes are, and send them as they are.',
    );
  }
  return type;
}

function tooLarge(most: number): PosternError {
  return new PosternError('too-large', `A file in one request may have at most ${most} bytes.`);
}
