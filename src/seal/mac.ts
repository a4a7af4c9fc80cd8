/** Keyed digests: proof that a row was written by the server, and tokens of the blind index. */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type Part, viewTuple } from './tuple.ts';

const HASH = 'sha256';

/**
 * HMAC-SHA-256 over the parts, each with its length, so that `("ab", "c")` and `("a", "bc")` differ. Begin
 * with a label that says what is being certified. 32 bytes.
 */
export function mac(key: KeyObject, ...parts: readonly Part[]): Buffer {
  return createHmac(HASH, key).update(viewTuple(parts)).digest();
}

/** Compares in a time that does not depend on where the two differ. */
export function macEquals(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * The token under which a normalised value stands in the blind index: the first 64 bits of HMAC-SHA-256 over
 * the parts, as the signed number a PostgreSQL `bigint` holds.
 */
export function blindToken(indexKey: KeyObject, ...parts: readonly string[]): bigint {
  return createHmac(HASH, indexKey).update(viewTuple(parts)).digest().readBigInt64BE(0);
}
