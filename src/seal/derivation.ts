/**
 * HKDF-Expand with SHA-512 (RFC 5869 section 2.3). Node offers only Extract and Expand in one, and our keys
 * are uniformly random already, so Expand is built here from HMAC.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { type Part, viewTuple } from './tuple.ts';

const HASH = 'sha512';
const HASH_BYTES = 64;

/**
 * Holds `T(1) || info || counter`, the input of the second round. One buffer for all calls, since a
 * derivation never waits; what is secret in it is wiped before the call returns.
 */
let scratch = Buffer.alloc(1024);

/** Derives 65 to 128 bytes from a uniformly random key. `info` is written by the caller, to save a copy. */
export function expandTwoBlocks(
  key: KeyObject,
  infoBytes: number,
  writeInfo: (target: Buffer, offset: number) => void,
): { first: Buffer; second: Buffer } {
  const end = HASH_BYTES + infoBytes;
  if (scratch.length <= end) scratch = Buffer.alloc(2 * (end + 1));
  writeInfo(scratch, HASH_BYTES);
  scratch[end] = 1;
  const first = createHmac(HASH, key)
    .update(scratch.subarray(HASH_BYTES, end + 1))
    .digest();
  scratch.set(first, 0);
  scratch[end] = 2;
  const second = createHmac(HASH, key)
    .update(scratch.subarray(0, end + 1))
    .digest();
  scratch.fill(0, 0, HASH_BYTES);
  return { first, second };
}

/** A 32-byte key for one stated purpose, derived from another key. The first part is the purpose's label. */
export function deriveKey(key: KeyObject, label: string, ...parts: readonly Part[]): KeyObject {
  const bytes = deriveBytes(key, label, ...parts);
  const derived = createSecretKey(bytes);
  bytes.fill(0);
  return derived;
}

/** Like `deriveKey`, as 32 bytes, for what is a seed and not a secret key. The caller wipes them. */
export function deriveBytes(key: KeyObject, label: string, ...parts: readonly Part[]): Buffer {
  const block = createHmac(HASH, key)
    .update(viewTuple([label, ...parts]))
    .update(Buffer.from([1]))
    .digest();
  const bytes = Buffer.from(block.subarray(0, 32));
  block.fill(0);
  return bytes;
}
