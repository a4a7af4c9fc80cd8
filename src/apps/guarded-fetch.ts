/**
 * How the keys of clients are fetched (`jwks_uri`): over TLS, without following anybody elsewhere, and not
 * from addresses of our own network. The dispatcher that oidc-provider hands over cuts connections to such;
 * where it has none, nothing is fetched. On this very machine alone, where the server itself is, all of it
 * may be.
 */

import { PosternError } from '../base/errors.ts';
import { LOOPBACK_NAMES } from '../base/loopback.ts';

const WAIT_MS = 5000;

type Options = RequestInit & { readonly dispatcher?: unknown };

export function guardedFetch(
  publicUrl: string,
): (url: URL | RequestInfo, options?: Options) => Promise<Response> {
  const { protocol, hostname } = new URL(publicUrl);
  const atHome = protocol === 'http:' && LOOPBACK_NAMES.has(hostname);
  return async (input, options = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const guarded: RequestInit = { redirect: 'error', signal: AbortSignal.timeout(WAIT_MS), ...options };
    if (atHome && LOOPBACK_NAMES.has(url.hostname)) {
      const { dispatcher: _, ...rest } = guarded as Options;
      return fetch(url, { ...rest, redirect: 'error' });
    }
    if (url.protocol !== 'https:' || options.dispatcher === undefined || options.dispatcher === null) {
      throw new PosternError('not-processable', 'Keys of clients are fetched over TLS from elsewhere alone.');
    }
    return fetch(url, { ...guarded, redirect: 'error' });
  };
}
