/** Files as they come and go: bytes in, bytes out, for whoever asks. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Person, ServedPractices } from './served-practices.ts';

export type Fields = Readonly<Record<string, string>>;
export type Source = Uint8Array | AsyncIterable<Uint8Array>;

/** As a socket would carry it; `bytes` is the answer's content, or fails where that broke off. */
export async function sendFile(
  { server }: Pick<ServedPractices, 'server'>,
  { token }: Pick<Person, 'token'>,
  method: string,
  target: string,
  headers: Fields = {},
  source: Source = Buffer.alloc(0),
) {
  const [path = '', query = ''] = target.split('?', 2);
  const body = source instanceof Uint8Array ? once(source) : source;
  const address = '192.0.2.1';
  const fields = { authorization: `Bearer ${token}`, ...headers };
  const answer = await server.handle({ method, path, query, headers: fields, address, body });
  // Read at once: what nobody reads would stay open.
  const { body: content } = answer;
  const read =
    content === null || content instanceof Uint8Array
      ? Promise.resolve(Buffer.from(content ?? []))
      : method === 'HEAD'
        ? Promise.resolve(leave(content))
        : buffer(content);
  await read.catch(() => undefined);
  const bytes = () => read;
  return { ...answer, bytes };
}

/** As a carrier does with what HEAD does not send. */
function leave(content: AsyncIterable<Uint8Array>): Buffer {
  void content[Symbol.asyncIterator]().return?.();
  return Buffer.alloc(0);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

/** Files a Binary of that chart as that person; its id. Throws where it is not taken. */
export async function fileOf(
  served: Pick<ServedPractices, 'server'>,
  who: Person,
  context: string,
  source: Source,
): Promise<string> {
  const headers = { 'content-type': 'application/octet-stream', 'x-security-context': context };
  const answer = await sendFile(served, who, 'POST', '/fhir/Binary', headers, source);
  const id = /\/Binary\/([0-9a-f-]{36})\//.exec(answer.headers.location ?? '')?.[1];
  if (id === undefined) throw new Error(`${answer.status}: ${String(await answer.bytes())}`);
  return id;
}

/** Paths of what lies in the store. */
export async function blobPaths({ filesFolder }: Pick<ServedPractices, 'filesFolder'>): Promise<string[]> {
  const entries = await readdir(filesFolder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

export const TUS = { 'tus-resumable': '1.0.0' };
export const PART = { ...TUS, 'content-type': 'application/offset+octet-stream' };

export function uploadHeaders(length: number, said: Fields): Fields {
  const metadata = Object.entries(said).map(
    ([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`,
  );
  return { ...TUS, 'upload-length': String(length), 'upload-metadata': metadata.join(',') };
}

/** Where the blobs of all files lie. */
export async function blobsOf({ filesFolder }: Pick<ServedPractices, 'filesFolder'>): Promise<string[]> {
  const entries = await readdir(filesFolder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
