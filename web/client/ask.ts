/** One request to the server that the page came from. */
import { requestOfPage, takeAhead } from './ahead.ts';
import { ApiError, failureOfStatus } from './api-error.ts';
import { isTouchWanted, touched } from './fresh-touch.ts';

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Goes out as JSON. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The text of the answer. Throws `ApiError` for anything but success. */
export async function ask(path: string, asked: Asked = {}): Promise<string> {
  return (await answerOf(path, asked)).text();
}

/**
 * The answer, when it is one. Where the server wants to know that the person is there, they are asked, and so
 * is the server once more. Throws `ApiError` for anything but success.
 */
export async function answerOf(path: string, asked: Asked = {}): Promise<Response> {
  const first = await answerTo(path, asked);
  if (first.ok) return first;
  const said = await first.text();
  if (!isTouchWanted(first.status, said)) throw failed(first, said);
  if (!(await touched())) throw new ApiError('untouched', first.status);
  const second = await answerTo(path, asked);
  if (second.ok) return second;
  throw failed(second, await second.text());
}

function answerTo(path: string, { method = 'GET', body, headers = {}, signal }: Asked): Promise<Response> {
  const request = requestOfPage({
    method,
    ...(body === undefined
      ? { headers }
      : { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  return send(method === 'GET' ? takeAhead(path) : undefined, path, request);
}

function failed({ status, headers }: Response, said: string): ApiError {
  const wait = Number.parseInt(headers.get('retry-after') ?? '', 10);
  const waitSeconds = Number.isNaN(wait) ? null : wait;
  return new ApiError(failureOfStatus(status, waitSeconds), status, { said, waitSeconds });
}

async function send(
  ahead: Promise<Response> | undefined,
  path: string,
  init: RequestInit,
): Promise<Response> {
  try {
    return await (ahead ?? fetch(path, init));
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new ApiError('offline', 0, { cause: error });
  }
}
