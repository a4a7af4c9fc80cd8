/**
 * The key that signs ID tokens: RSA of 2048 bits, since RS256 is the one algorithm that every OpenID client
 * knows (https://openid.net/specs/openid-connect-core-1_0.html#ServerMTI), as a private JWK (RFC 7517).
 */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

export type PrivateJwk = Readonly<Record<string, unknown>>;

/** A new one, with that key id. Whoever calls seals it. */
export async function newSigningJwk(kid: string): Promise<PrivateJwk> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
}
