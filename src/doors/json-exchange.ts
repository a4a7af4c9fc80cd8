/** JSON in and out of the doors' routes. */
import { PosternError } from '../base/errors.ts';
import { type Answer, headerOf, type RoutedRequest, readBody } from '../base/exchange.ts';

/** Content of a request: an object whose members are looked at one by one. */
export type Asked = Readonly<Record<string, unknown>>;

/** An answer of an authenticator with its certificates is the longest of them. */
const MOST_BYTES = 32_768;

/** The object that a request holds. Throws `unsupported-media`, `too-large` or `invalid`. */
export async function readAsked(request: RoutedRequest): Promise<Asked> {
  const [name = ''] = (headerOf(request, 'content-type') ?? '').split(';');
  if (name.trim().toLowerCase() !== 'application/json') {
    throw new PosternError('unsupported-media', 'The content must be application/json.');
  }
  const bytes = await readBody(request, MOST_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (cause) {
    throw new PosternError('invalid', 'The content is not JSON.', { cause });
  }
  if (!isRecord(value)) throw new PosternError('invalid', 'The content is not a JSON object.');
  return value;
}

/** A field of a form; null where it is not there once. Throws `unsupported-media`, `too-large`. */
export async function readFormField(request: RoutedRequest, name: string): Promise<string | null> {
  const [type = ''] = (headerOf(request, 'content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw new PosternError('unsupported-media', 'The content must be application/x-www-form-urlencoded.');
  }
  const fields = new URLSearchParams((await readBody(request, MOST_BYTES)).toString());
  const values = fields.getAll(name);
  return values.length === 1 ? values[0]! : null;
}

/** A text of the request. Throws `invalid` where it is missing or longer than that. */
export function textIn(asked: Asked, name: string, most: number): string {
  const value = asked[name];
  if (typeof value === 'string' && value.length <= most) return value;
  throw new PosternError('invalid', `${name} is missing.`);
}

/** The same where it may be left out. */
export function maybeTextIn(asked: Asked, name: string, most: number): string | undefined {
  return asked[name] === undefined ? undefined : textIn(asked, name, most);
}

/**
 * What a browser answered a ceremony with. Only its outer form is looked at; what it proves is for who checks
 * it. Throws `invalid`.
 */
export function ceremonyIn<Response>(asked: Asked): Response {
  const { response } = asked;
  const inner = isRecord(response) ? response.response : null;
  if (isRecord(response) && typeof response.id === 'string' && isRecord(inner)) return response as Response;
  throw new PosternError('invalid', 'response is missing.');
}

export const DONE: Answer = { status: 204, headers: {}, body: null };

function isRecord(value: unknown): value is Asked {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
