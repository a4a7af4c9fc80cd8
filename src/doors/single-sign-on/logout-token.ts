/**
 * Logout tokens of identity providers (OpenID Connect Back-Channel Logout 1.0 sections 2.4 and 2.6), read as
 * strictly as ID tokens are: signed by the provider's own key, for us alone, new, and no other kind of token.
 */
import { createRemoteJWKSet, customFetch, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { PosternError } from '../../base/errors.ts';
import type { outsideFetch } from '../../base/outside-fetch.ts';
import type { Provider } from './provider-terms.ts';

export interface LogoutToken {
  /** Whose sessions end: of a subject, of one session of the provider, or of both together. */
  readonly subject: string | null;
  readonly session: string | null;
  /** It is taken once. */
  readonly id: string;
}

export type ProviderKeys = ReturnType<typeof createRemoteJWKSet>;

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const LONGEST_NAME = 255;
const LONGEST_TOKEN = 16_384;
/** Longest that a token may be under way, in seconds: its id is remembered for longer. */
export const TOKEN_SECONDS = 120;
const CLOCKS_APART_SECONDS = 30;
/** Keys that do not come, or come as no keys. */
const AWAY: ReadonlySet<string> = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);
/** It says what it is, so that no other token of the provider passes for one (OWASP ASVS 5.0, 10.5.5). */
const TYPES: readonly unknown[] = ['logout+jwt', 'application/logout+jwt'];

/** The provider's keys, asked again when one is missing, twice a minute at most. */
export function keysAt(address: string, fetch: ReturnType<typeof outsideFetch>): ProviderKeys {
  return createRemoteJWKSet(new URL(address), { [customFetch]: fetch, cooldownDuration: 30_000 });
}

/** Null for anything less than a whole token. Throws `unavailable` where the provider's keys are away. */
export async function readLogoutToken(
  token: string,
  { issuer, clientId, algorithm }: Provider,
  keys: ProviderKeys,
): Promise<LogoutToken | null> {
  if (token.length > LONGEST_TOKEN || !isOfType(token)) return null;
  let claims: Readonly<Record<string, unknown>>;
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: [algorithm],
      issuer,
      audience: clientId,
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      maxTokenAge: TOKEN_SECONDS,
      clockTolerance: CLOCKS_APART_SECONDS,
    });
    claims = payload;
  } catch (error) {
    if (error instanceof errors.JOSEError && !AWAY.has(error.code)) return null;
    const text = 'The keys of the identity provider do not answer.';
    throw new PosternError('unavailable', text, { cause: error });
  }
  const { aud, azp, jti, sub, sid, nonce, events } = claims;
  if (Array.isArray(aud) && aud.length !== 1) return null;
  if (azp !== undefined && azp !== clientId) return null;
  // An ID token has one: neither may pass for the other.
  if (nonce !== undefined || !isLogout(events)) return null;
  const [id, subject, session] = [nameIn(jti), nameIn(sub), nameIn(sid)];
  if (id === null || (sub !== undefined && subject === null) || (sid !== undefined && session === null)) {
    return null;
  }
  return subject === null && session === null ? null : { id, subject, session };
}

function isOfType(token: string): boolean {
  try {
    const { typ } = decodeProtectedHeader(token);
    return TYPES.includes(typeof typ === 'string' ? typ.toLowerCase() : typ);
  } catch {
    return false;
  }
}

function isLogout(events: unknown): boolean {
  if (!isObject(events) || !Object.hasOwn(events, EVENT)) return false;
  return isObject(events[EVENT]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME ? value : null;
}
