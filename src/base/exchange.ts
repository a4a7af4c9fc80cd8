/**
 * HTTP as the rooms of Postern see it: a request comes in, an answer goes out, and nobody asks who carried
 * them (a socket of our own, a relay, a test). Routes are data, so that the server, the attack suite and the
 * table of endpoints are made from one list.
 */
import { PosternError } from './errors.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Header fields by lower-case name. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Request {
  /** As it was sent, whatever it is. To HEAD comes the answer of GET; the carrier keeps its content back. */
  readonly method: string;
  /** Without the query, still percent-encoded. */
  readonly path: string;
  /** What stands behind the `?`; empty where nothing does. */
  readonly query: string;
  readonly headers: RequestHeaders;
  /** The network address of whoever asks. */
  readonly address: string;
  /** The content, to be read once; see `readBody`. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** A request that a route answers, with the values of its path's parameters. */
export interface RoutedRequest extends Request {
  readonly params: Readonly<Record<string, string>>;
  /**
   * The same content for whoever passes it on and keeps none of it: as much as comes, for as long as it keeps
   * coming. Of this and `body` one is read, once.
   */
  readonly flow: AsyncIterable<Uint8Array>;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case. `content-length` is the carrier's to say. */
  readonly headers: Readonly<Record<string, string>>;
  /** Values of further `set-cookie` fields, which cannot be joined into one (RFC 6265 section 3). */
  readonly cookies?: readonly string[];
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
}

interface RouteBase {
  readonly method: Method;
  /** Segments behind slashes, `:name` for a parameter. A literal segment wins over a parameter. */
  readonly path: string;
  /** One line that says what it does. */
  readonly summary: string;
  /** The values that a parameter may have; for any other the address does not exist. */
  readonly only?: Readonly<Record<string, { has(value: string): boolean }>>;
}

/** Places of their own, so that a flood of one thing does not keep people from another. */
export type RouteRoom = 'sign-in' | 'reports' | 'others';

/** A route that anyone may ask, or one that needs a live session. */
export type Route<Session> =
  | (RouteBase & {
      readonly who: 'anyone';
      /** Answered however much there is to do: it reads no content and asks nobody. */
      readonly light?: true;
      /** Where it takes its place among what is under way; `others` where it says nothing. */
      readonly room?: RouteRoom;
      handle(request: RoutedRequest): Promise<Answer>;
    })
  | (RouteBase & {
      readonly who: 'session';
      handle(request: RoutedRequest, session: Session): Promise<Answer>;
    });

/** The header field, several joined as RFC 9110 section 5.3 says. */
export function headerOf({ headers }: Pick<Request, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}

/**
 * The whole content. Throws `too-large` beyond `limit` bytes, unread where its length was told, and `invalid`
 * where it breaks off.
 */
export async function readBody(request: Pick<Request, 'headers' | 'body'>, limit: number): Promise<Buffer> {
  if (Number(headerOf(request, 'content-length') ?? 0) > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body) {
      length += chunk.length;
      if (length > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof PosternError) throw error;
    throw new PosternError('invalid', 'The content broke off.', { cause: error });
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(limit: number): PosternError {
  return new PosternError('too-large', `The content may have at most ${limit} bytes.`);
}

/** An answer of plain JSON; FHIR's own go out by `src/fhir`. */
export function jsonAnswer(
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}
