/**
 * Keys under keys: AES-256-GCM with a random 96-bit nonce and what the key is for as associated data. A
 * wrapped key is `1 (format) || nonce (12) || ciphertext (32) || tag (16)`, whoever wrapped it: the key
 * vaults write the same form.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { invariant, PosternError } from '../base/errors.ts';

export const WRAP_FORMAT = 1;
export const WRAP_NONCE_BYTES = 12;
export const WRAP_TAG_BYTES = 16;
export const WRAPPED_BYTES = 1 + WRAP_NONCE_BYTES + 32 + WRAP_TAG_BYTES;

const KEY_BYTES = 32;
const ALGORITHM = 'aes-256-gcm';
const GCM = { authTagLength: WRAP_TAG_BYTES } as const;

/** Wraps 32 key bytes. `purpose` says what the key is for; it must be given again to unwrap. */
export function wrapKey(kek: KeyObject, key: Uint8Array, purpose: Uint8Array): Buffer {
  invariant(key.length === KEY_BYTES, 'a wrapped key has 32 bytes');
  const nonce = randomBytes(WRAP_NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, kek, nonce);
  cipher.setAAD(purpose);
  const sealed = cipher.update(key);
  cipher.final();
  return joinWrapped(nonce, sealed, cipher.getAuthTag());
}

/** Throws `damaged` where the wrapping key, the purpose or a bit is another than at wrapping. */
export function unwrapKey(kek: KeyObject, wrapped: Uint8Array, purpose: Uint8Array): KeyObject {
  const bytes = unwrapBytes(kek, wrapped, purpose);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

/** Like `unwrapKey`, as bytes: for the vaults. The caller wipes them. */
export function unwrapBytes(kek: KeyObject, wrapped: Uint8Array, purpose: Uint8Array): Buffer {
  const { nonce, sealed, tag } = splitWrapped(wrapped);
  const decipher = createDecipheriv(ALGORITHM, kek, nonce, GCM);
  decipher.setAAD(purpose);
  decipher.setAuthTag(tag);
  const key = decipher.update(sealed);
  try {
    decipher.final();
  } catch {
    key.fill(0);
    throw doesNotUnwrap();
  }
  return key;
}

export function joinWrapped(nonce: Uint8Array, ...rest: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from([WRAP_FORMAT]), nonce, ...rest]);
}

/** Throws `damaged` on another format or size. */
export function splitWrapped(wrapped: Uint8Array): { nonce: Buffer; sealed: Buffer; tag: Buffer } {
  if (wrapped.length !== WRAPPED_BYTES || wrapped[0] !== WRAP_FORMAT) throw doesNotUnwrap();
  const bytes = Buffer.from(wrapped.buffer, wrapped.byteOffset, wrapped.length);
  const start = 1 + WRAP_NONCE_BYTES;
  return {
    nonce: bytes.subarray(1, start),
    sealed: bytes.subarray(start, start + KEY_BYTES),
    tag: bytes.subarray(start + KEY_BYTES),
  };
}

export function doesNotUnwrap(cause?: unknown): PosternError {
  return new PosternError('damaged', 'A wrapped key is damaged or was wrapped for another purpose.', {
    cause,
  });
}
