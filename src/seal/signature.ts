/** Ed25519 (RFC 8032) for the checkpoints of the access log. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { invariant } from '../base/errors.ts';

const SEED_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** DER of an Ed25519 private key up to its seed, and of a public key up to its point (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export interface Signer {
  /** 32 bytes, as RFC 8032 encodes the point. */
  readonly publicKey: Buffer;
  /** 64 bytes; the same for the same message. */
  sign(message: Uint8Array): Buffer;
}

/** The signer that belongs to a 32-byte seed. The seed is the secret; the caller wipes it. */
export function createSigner(seed: Uint8Array): Signer {
  invariant(seed.length === SEED_BYTES, 'a signing seed has 32 bytes');
  const der = Buffer.concat([PRIVATE_PREFIX, seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const publicKey = Buffer.from(spki.subarray(PUBLIC_PREFIX.length));
  return { publicKey, sign: (message) => sign(null, message, key) };
}

/** Whether the signature is the key's. What is no key or no signature is answered `false` as well. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  const key = readPublicKey(publicKey);
  return key !== null && verify(null, message, key, signature);
}

function readPublicKey(publicKey: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, publicKey]), format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}
