/** One request to the server that the page came from. */
import { ApiError, failureOfStatus } from './api-error.ts';

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Goes out as JSON. */
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/** The text of the answer. Throws `ApiError` for anything but success. */
export async function ask(path: string, { method = 'GET', body, signal }: Asked = {}): Promise<string> {
  const response = await send(path, {
    method,
    headers: {
      // No form or link of another site can add a field: it tells the server that a page of ours asks.
      'postern-page': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'error',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) {
    // What is not read would keep its connection.
    await response.body?.cancel();
    throw new ApiError(failureOfStatus(response.status), response.status);
  }
  return response.text();
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new ApiError('offline', 0, error);
  }
}
