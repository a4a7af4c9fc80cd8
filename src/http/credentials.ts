/** Where a request carries its session token. */
import { headerOf, type Request } from '../base/exchange.ts';

const BEARER = /^Bearer +([\w\-.~+/]{1,512}=*)$/i;
/** RFC 9449 section 7.1. */
const DPOP = /^DPoP +([\w\-.~+/]{1,512}=*)$/i;
const TOKEN = /^[\w\-.~+/]{1,512}=*$/;

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
  const token = cookieOf(request, cookie);
  return token === null ? null : { token, from: 'cookie', byProof: false };
}

/**
 * The value of a cookie (RFC 6265 section 4.2); null where it is not there, not a token, or there twice. It
 * is parted as browsers do it, at semicolons alone and with spaces and tabs around: what they take for the
 * value or the name of another cookie, which any neighbouring host may set, must never be read as ours.
 */
function cookieOf(request: Pick<Request, 'headers'>, name: string): string | null {
  const field = headerOf(request, 'cookie') ?? '';
  const values = field
    .split(';')
    .map((pair) => pair.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && TOKEN.test(value) ? value : null;
}
