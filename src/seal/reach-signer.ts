/**
 * Signs reach: what the process tells PostgreSQL about a session. PostgreSQL checks it with its own SHA-256
 * from the two padded keys of HMAC (RFC 2104), which only the owner role can read.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { mac } from './mac.ts';
import type { PracticeKeys } from './practice-keys.ts';

const BLOCK_BYTES = 64;

export interface ReachSigner {
  /** HMAC-SHA-256 of the payload's UTF-8. */
  sign(payload: string): Buffer;
  /** The key XORed into the inner and outer pad: what `postern.reach_key` holds. */
  pads(): { inner: Buffer; outer: Buffer };
}

/**
 * The signer that belongs to an installation: derived from its own MAC key, so every process has the same.
 */
export function reachSigner(installation: PracticeKeys): ReachSigner {
  const bytes = mac(installation.macKey(1), 'postern/reach-key/v1');
  const key: KeyObject = createSecretKey(bytes);
  const padded = (pad: number) => {
    const block = Buffer.alloc(BLOCK_BYTES, pad);
    for (const [at, byte] of bytes.entries()) block[at] = byte ^ pad;
    return block;
  };
  return {
    sign: (payload) => createHmac('sha256', key).update(payload, 'utf8').digest(),
    pads: () => ({ inner: padded(0x36), outer: padded(0x5c) }),
  };
}
