/** A small JSON object out of a request. */
import { PosternError } from '../base/errors.ts';
import { headerOf, type RoutedRequest, readBody } from '../base/exchange.ts';
import { isObject, type JsonObject, parseJson } from '../chart/index.ts';

const SMALL = { bytes: 16 * 1024, depth: 5 };

/** Throws `unsupported-media` for any other content, `invalid` for what is no object. */
export async function readJson(request: RoutedRequest): Promise<JsonObject> {
  const [name = ''] = (headerOf(request, 'content-type') ?? '').split(';');
  if (name.trim().toLowerCase() !== 'application/json') {
    throw new PosternError('unsupported-media', 'The content must be application/json.');
  }
  const value = parseJson(await readBody(request, SMALL.bytes), SMALL);
  if (!isObject(value)) throw new PosternError('invalid', 'The content is not a JSON object.');
  return value;
}
