/**
 * Uploads over HTTP: tus 1.0 (https://tus.io/protocols/resumable-upload) with creation, creation-with-upload,
 * checksum, expiration and termination. A part that is lost with its connection is asked for again by HEAD.
 */
import { createHash } from 'node:crypto';
import { PosternError } from '../../base/errors.ts';
import { type Answer, headerOf, type Request, type Route, type RoutedRequest } from '../../base/exchange.ts';
import type { Visit } from '../../gate/index.ts';
import { readOrder } from './upload-order.ts';
import { type CheckedSource, ChecksumMismatch, type UploadState, type Uploads } from './uploads.ts';

const VERSION = '1.0.0';
const PART = 'application/offset+octet-stream';

type Handle = (request: RoutedRequest, visit: Visit) => Promise<Answer>;

export function uploadRoutes(uploads: Uploads): readonly Route<Visit>[] {
  const begin: Handle = async (request, visit) => {
    const length = wholeNumber(headerOf(request, 'upload-length'), 'Upload-Length');
    if (length === 0) throw new PosternError('invalid', 'The file is empty.');
    const order = readOrder(headerOf(request, 'upload-metadata') ?? '');
    let state = await uploads.begin(visit, order, length);
    const type = headerOf(request, 'content-type');
    if (type !== undefined) state = await append(request, visit, state.id, 0);
    return answer(201, state, { location: `/uploads/${state.id}` });
  };
  const look: Handle = async (request, visit) => answer(200, await uploads.state(visit, idOf(request)));
  const part: Handle = async (request, visit) => {
    const offset = wholeNumber(headerOf(request, 'upload-offset'), 'Upload-Offset');
    return answer(204, await append(request, visit, idOf(request), offset));
  };
  const end: Handle = async (request, visit) => {
    await uploads.end(visit, idOf(request));
    return { status: 204, headers: { 'tus-resumable': VERSION }, body: null };
  };
  const append = (request: RoutedRequest, visit: Visit, id: string, offset: number) => {
    if (headerOf(request, 'content-type') !== PART) {
      throw new PosternError('unsupported-media', `A part of an upload is sent as ${PART}.`);
    }
    return uploads.append(visit, id, offset, request.flow, checkOf(request));
  };
  return [
    { method: 'POST', path: '/uploads', summary: 'begins to send a file', handle: begin },
    { method: 'GET', path: '/uploads/:id', summary: 'says how far a file has come', handle: look },
    { method: 'PATCH', path: '/uploads/:id', summary: 'sends a part of a file', handle: part },
    { method: 'DELETE', path: '/uploads/:id', summary: 'ends the sending of a file', handle: end },
  ].map(({ handle, ...route }) => ({
    ...(route as { method: 'POST' | 'GET' | 'PATCH' | 'DELETE'; path: string; summary: string }),
    who: 'session',
    handle: async (request, visit) => {
      assertVersion(request);
      return handle(request, visit).catch(mismatch);
    },
  }));
}

function idOf({ params }: RoutedRequest): string {
  return params.id!;
}

function answer(status: number, state: UploadState, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: {
      'tus-resumable': VERSION,
      'upload-offset': String(state.arrived),
      'upload-length': String(state.length),
      'upload-expires': state.expiresAt.toUTCString(),
      // The document that it has become has the id of its upload.
      ...(state.state === 'done' ? { 'upload-document': `DocumentReference/${state.id}` } : {}),
      ...headers,
    },
    body: null,
  };
}

function mismatch(error: unknown): Answer {
  if (!(error instanceof ChecksumMismatch)) throw error;
  // A status of tus alone, and no error of ours.
  return { status: 460, headers: { 'tus-resumable': VERSION }, body: null };
}

function assertVersion(request: Pick<Request, 'headers' | 'method'>): void {
  if (headerOf(request, 'tus-resumable') === VERSION) return;
  throw new PosternError('version-conflict', `Uploads are sent by tus ${VERSION}: say so in Tus-Resumable.`);
}

function wholeNumber(text: string | undefined, name: string): number {
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text);
  throw new PosternError('invalid', `${name} must be a whole number of bytes.`);
}

/** `Upload-Checksum: sha256 BASE64`, as the part that comes with it must be. */
function checkOf(request: Pick<Request, 'headers'>) {
  const text = headerOf(request, 'upload-checksum');
  if (text === undefined) return null;
  const [algorithm, expected] = text.split(' ');
  if (algorithm !== 'sha256' || expected === undefined) {
    throw new PosternError('invalid', 'Upload-Checksum takes sha256 and the digest in base64.');
  }
  return (source: AsyncIterable<Uint8Array>): CheckedSource => {
    const hash = createHash('sha256');
    const watched = (async function* () {
      for await (const piece of source) {
        hash.update(piece);
        yield piece;
      }
    })();
    return { source: watched, holds: () => hash.digest('base64') === expected };
  };
}
