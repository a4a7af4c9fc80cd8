/** Where a request carries its session token. */
import { headerOf, type Request } from '../base/exchange.ts';

const BEARER = /^Bearer +([\w\-.~+/]{1,512}=*)$/i;

/** The token of `Authorization: Bearer` (RFC 6750 section 2.1); null where there is none. */
export function tokenOf(request: Pick<Request, 'headers'>): string | null {
  return BEARER.exec(headerOf(request, 'authorization') ?? '')?.[1] ?? null;
}
