/** Where a request carries its session token. */
import { cookieOf, SESSION_TOKEN } from '../base/browser-sessions.ts';
import { headerOf, type Request } from '../base/exchange.ts';

const BEARER = /^Bearer +([\w\-.~+/]{1,512}=*)$/i;
/** RFC 9449 section 7.1. */
const DPOP = /^DPoP +([\w\-.~+/]{1,512}=*)$/i;

export interface Credential {
  readonly token: string;
  /** `cookie` where a browser added it by itself, which says nothing about who wanted the request. */
  readonly from: 'header' | 'cookie';
  /** Whether it says that a proof of its key comes with it. */
  readonly byProof: boolean;
}

/**
 * The token of `Authorization: Bearer` (RFC 6750 section 2.1) or `DPoP` (RFC 9449), or else of the cookie of
 * that name; null where there is none. A header that is there and unusable is not made up for by a cookie.
 */
export function credentialOf(request: Pick<Request, 'headers'>, cookie: string): Credential | null {
  const header = headerOf(request, 'authorization');
  if (header !== undefined) {
    const token = (BEARER.exec(header) ?? DPOP.exec(header))?.[1];
    return token === undefined ? null : { token, from: 'header', byProof: DPOP.test(header) };
  }
  const token = cookieOf(request, cookie, SESSION_TOKEN);
  return token === null ? null : { token, from: 'cookie', byProof: false };
}
