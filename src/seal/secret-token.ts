/** Secrets that are made up, and the digests under which they are kept. */
import { createHash, randomBytes } from 'node:crypto';

/** A random token as URL-safe text; 32 bytes (43 characters) unless told otherwise. */
export function newSecretToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/**
 * Lower-case hex of the SHA-256 of a token: what is stored in its place. Fit for random tokens only, never
 * for what people choose.
 */
export function secretTokenHash(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}
