/** A request to a server as somebody, without a socket, and the answer with its content read. */
import type { Server } from '../../src/http/index.ts';

export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Who asks; 192.0.2.1 where nothing is said. */
  readonly address?: string;
  /** An object goes out as FHIR JSON, text and bytes as they are. */
  readonly body?: object | string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Values of further `set-cookie` fields. */
  readonly cookies: readonly string[];
  readonly text: string;
  /** The content as JSON; null where it is none. */
  readonly json: Json;
}

/** JSON that a test walks: what is not there is undefined. */
export type Json = { readonly [name: string]: Json } & readonly Json[];

function contentOf(body: AskOptions['body']): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
}

/** As that token's holder, or as nobody. */
export async function ask(
  server: Server,
  token: string | null,
  method: string,
  target: string,
  { headers = {}, address = '192.0.2.1', body }: AskOptions,
): Promise<Answered> {
  const [path = '', query = ''] = target.split('?', 2);
  const content = contentOf(body);
  const answer = await server.handle({
    method,
    path,
    query,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(typeof body === 'object' ? { 'content-type': 'application/fhir+json' } : {}),
      ...headers,
    },
    address,
    body: (async function* () {
      yield content;
    })(),
  });
  const chunks: Uint8Array[] = [];
  if (answer.body instanceof Uint8Array) chunks.push(answer.body);
  else for await (const chunk of answer.body ?? []) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return {
    status: answer.status,
    headers: answer.headers,
    cookies: answer.cookies ?? [],
    text,
    json: /(?<!nd)json/.test(answer.headers['content-type'] ?? '') ? JSON.parse(text) : null,
  };
}
