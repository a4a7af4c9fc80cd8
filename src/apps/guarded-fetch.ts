/**
 * How the keys of clients are fetched (`jwks_uri`): as whatever strangers name, over TLS from public
 * addresses alone, and from this very machine only where the server itself is for this machine alone.
 */
import { LOOPBACK_NAMES } from '../base/loopback.ts';
import { outsideFetch } from '../base/outside-fetch.ts';

type Options = Pick<RequestInit, 'method' | 'body' | 'headers'>;

export function guardedFetch(
  publicUrl: string,
): (url: URL | RequestInfo, options?: Options) => Promise<Response> {
  const { protocol, hostname } = new URL(publicUrl);
  const atHome = protocol === 'http:' && LOOPBACK_NAMES.has(hostname);
  const ask = outsideFetch({ atHome, privateNetwork: false });
  return (input, { method = 'GET', headers = {}, body = null } = {}) => {
    const address = input instanceof Request ? input.url : String(input);
    return ask(address, { method, headers: Object.fromEntries(new Headers(headers)), body });
  };
}
