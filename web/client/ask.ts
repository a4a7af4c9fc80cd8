/** One request to the server that the page came from. */
import { requestOfPage, takeAhead } from './ahead.ts';
import { ApiError, failureOfStatus } from './api-error.ts';

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Goes out as JSON. */
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/** The text of the answer. Throws `ApiError` for anything but success. */
export async function ask(path: string, { method = 'GET', body, signal }: Asked = {}): Promise<string> {
  const request = requestOfPage({
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const response = await send(method === 'GET' ? takeAhead(path) : undefined, path, request);
  if (!response.ok) {
    // What is not read would keep its connection.
    await response.body?.cancel();
    throw new ApiError(failureOfStatus(response.status), response.status);
  }
  return response.text();
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
    throw new ApiError('offline', 0, error);
  }
}
