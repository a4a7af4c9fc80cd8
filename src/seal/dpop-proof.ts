/**
 * Proofs that whoever shows a token has the key it is bound to (DPoP, RFC 9449 section 4.3): a JWS that
 * carries its own public key. What it must say beside being signed is for the caller to compare.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

export interface DpopProof {
  /** Of the key, by RFC 7638. */
  readonly thumbprint: string;
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  /** Seconds since 1970. */
  readonly iat: number;
  /** Base64url of the SHA-256 of the token. */
  readonly ath: string;
}

interface Algorithm {
  readonly kty: string;
  readonly crv?: string;
  readonly hash: string;
  readonly pss?: true;
}

const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  ES256: { kty: 'EC', crv: 'P-256', hash: 'sha256' },
  ES384: { kty: 'EC', crv: 'P-384', hash: 'sha384' },
  RS256: { kty: 'RSA', hash: 'sha256' },
  RS384: { kty: 'RSA', hash: 'sha384' },
  PS256: { kty: 'RSA', hash: 'sha256', pss: true },
  PS384: { kty: 'RSA', hash: 'sha384', pss: true },
};

const MOST_BYTES = 4096;
const JWS = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
/** Below it nobody vouches for an RSA key any more (RFC 7518 section 3.3). */
const RSA_BITS = 2048;

/** What a proof says; null for one that is none, or that the key in it did not sign. */
export function readDpopProof(text: string): DpopProof | null {
  const parts = text.length > MOST_BYTES ? null : JWS.exec(text);
  if (parts === null) return null;
  const [, head = '', body = '', signature = ''] = parts;
  const header = objectIn(head);
  const claims = objectIn(body);
  if (header?.typ !== 'dpop+jwt' || header.crit !== undefined || claims === null) return null;
  const algorithm =
    typeof header.alg === 'string' && Object.hasOwn(ALGORITHMS, header.alg) ? ALGORITHMS[header.alg]! : null;
  const jwk = publicPart(header.jwk);
  if (algorithm === null || jwk === null || !fits(jwk, algorithm)) return null;
  const key = keyOf(jwk);
  if (key === null || !isSigned(key, algorithm, `${head}.${body}`, Buffer.from(signature, 'base64url'))) {
    return null;
  }
  const { jti, htm, htu, iat, ath } = claims;
  if (typeof jti !== 'string' || typeof htm !== 'string' || typeof htu !== 'string') return null;
  if (typeof iat !== 'number' || typeof ath !== 'string') return null;
  return { thumbprint: thumbprintOf(jwk), jti, htm, htu, iat, ath };
}

type Jwk = Readonly<Record<string, string>>;

function objectIn(part: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  RSA: ['e', 'kty', 'n'],
};

/** The members that make the key, in the order of RFC 7638; null for a private one, or for none. */
function publicPart(value: unknown): Jwk | null {
  if (typeof value !== 'object' || value === null || 'd' in value || 'k' in value) return null;
  const given = value as Readonly<Record<string, unknown>>;
  const names = Object.hasOwn(MEMBERS, String(given.kty)) ? MEMBERS[String(given.kty)]! : [];
  if (names.length === 0 || !names.every((name) => typeof given[name] === 'string')) return null;
  // With another exponent than 65537 a key may be one that anybody can sign for.
  if (given.kty === 'RSA' && given.e !== 'AQAB') return null;
  return Object.fromEntries(names.map((name) => [name, given[name] as string]));
}

function fits(jwk: Jwk, { kty, crv }: Algorithm): boolean {
  return jwk.kty === kty && jwk.crv === crv;
}

function keyOf(jwk: Jwk): KeyObject | null {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength;
    return bits !== undefined && bits < RSA_BITS ? null : key;
  } catch {
    return null;
  }
}

function isSigned(key: KeyObject, { kty, hash, pss }: Algorithm, text: string, signature: Buffer): boolean {
  // Constants of OpenSSL: RSA_PKCS1_PSS_PADDING, and a salt as long as the digest.
  const padding = pss === true ? { padding: 6, saltLength: -1 } : {};
  const form = kty === 'EC' ? { dsaEncoding: 'ieee-p1363' as const } : padding;
  try {
    return verify(hash, Buffer.from(text), { key, ...form }, signature);
  } catch {
    return false;
  }
}

function thumbprintOf(jwk: Jwk): string {
  return createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
}
