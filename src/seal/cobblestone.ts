/**
 * The parts of Cobblestone-256 (c2sp.org/chunked-encryption with SHA-512 and AES-256-GCM) that sealing whole,
 * as a stream and by random access share. An envelope is
 *
 *     salt (24) || commitment (32) || chunk 0 || chunk 1 || ... || last chunk
 *
 * where every chunk is 16 KiB of plaintext and a 16-byte tag, except the last, which is always shorter and
 * may be empty. Key, base nonce and commitment come from the sealing key, the salt and the context by
 * HKDF-Expand.
 */
import {
  createCipheriv,
  createDecipheriv,
  type KeyObject,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';
import { invariant, PosternError } from '../base/errors.ts';
import { expandTwoBlocks } from './derivation.ts';

export const KEY_BYTES = 32;
export const SALT_BYTES = 24;
export const HEADER_BYTES = 56;
export const TAG_BYTES = 16;
export const CHUNK_BYTES = 16_384;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

/**
 * An envelope holds fewer chunks than this, so that the counter never leaves the last 38 bits of the nonce.
 */
export const CHUNK_LIMIT = 2 ** 38;

const NONCE_BYTES = 12;
const ALGORITHM = 'aes-256-gcm';
const GCM = { authTagLength: TAG_BYTES } as const;
const LABEL = Buffer.from('c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0', 'latin1');

/** What one envelope is sealed with; derived anew for each and never stored. */
export interface EnvelopeKey {
  readonly aeadKey: Buffer;
  readonly baseNonce: Buffer;
  /** The commitment's 20 first and 12 last bytes, as the two blocks of the derivation hold them. */
  readonly commitmentHead: Buffer;
  readonly commitmentTail: Buffer;
}

const COMMITMENT_HEAD_BYTES = 20;

/** The one answer to everything that does not open, whatever the reason. */
export function damaged(): PosternError {
  return new PosternError('damaged', 'The sealed data is damaged or was sealed for another place.');
}

export function deriveEnvelopeKey(key: KeyObject, context: Uint8Array, salt: Uint8Array): EnvelopeKey {
  invariant(key.symmetricKeySize === KEY_BYTES, 'a sealing key has 32 bytes');
  invariant(salt.length === SALT_BYTES, 'a salt has 24 bytes');
  const { first, second } = expandTwoBlocks(
    key,
    LABEL.length + SALT_BYTES + context.length,
    (target, offset) => {
      target.set(LABEL, offset);
      target.set(salt, offset + LABEL.length);
      target.set(context, offset + LABEL.length + SALT_BYTES);
    },
  );
  return {
    aeadKey: first.subarray(0, 32),
    baseNonce: first.subarray(32, 44),
    commitmentHead: first.subarray(44, 64),
    commitmentTail: second.subarray(0, 12),
  };
}

/** Derives the key of a standing envelope from its 56-byte header; throws `damaged` on a false commitment. */
export function openHeader(key: KeyObject, context: Uint8Array, header: Buffer): EnvelopeKey {
  const envelopeKey = deriveEnvelopeKey(key, context, header.subarray(0, SALT_BYTES));
  const split = SALT_BYTES + COMMITMENT_HEAD_BYTES;
  const head = timingSafeEqual(envelopeKey.commitmentHead, header.subarray(SALT_BYTES, split));
  const tail = timingSafeEqual(envelopeKey.commitmentTail, header.subarray(split, HEADER_BYTES));
  if (!head || !tail) throw damaged();
  return envelopeKey;
}

export function writeHeader(target: Buffer, salt: Uint8Array, envelopeKey: EnvelopeKey): void {
  target.set(salt, 0);
  target.set(envelopeKey.commitmentHead, SALT_BYTES);
  target.set(envelopeKey.commitmentTail, SALT_BYTES + COMMITMENT_HEAD_BYTES);
}

/** Seals one chunk into `target` at `offset`: the ciphertext and then its tag. */
export function sealChunk(
  { aeadKey, baseNonce }: EnvelopeKey,
  index: number,
  plaintext: Uint8Array,
  target: Buffer,
  offset: number,
): void {
  const cipher = createCipheriv(ALGORITHM, aeadKey, chunkNonce(baseNonce, index));
  if (plaintext.length > 0) {
    const ciphertext = cipher.update(plaintext);
    target.set(ciphertext, offset);
    letGo(ciphertext);
  }
  cipher.final();
  target.set(cipher.getAuthTag(), offset + plaintext.length);
}

/** Opens one sealed chunk; throws `damaged` before a byte of it is seen when it does not authenticate. */
export function openChunk({ aeadKey, baseNonce }: EnvelopeKey, index: number, sealed: Buffer): Buffer {
  const split = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, aeadKey, chunkNonce(baseNonce, index), GCM);
  decipher.setAuthTag(sealed.subarray(split));
  const plaintext = decipher.update(sealed.subarray(0, split));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw damaged();
  }
  return plaintext;
}

/** Less than this is not worth it. */
const LET_GO_BYTES = 4096;

/**
 * Gives the memory of what was copied back at once. Left to the collector, the chunks of one large file make
 * it go through all that the server holds several times, which takes longer than opening them.
 */
export function letGo({ buffer, byteLength }: Buffer): void {
  if (byteLength < LET_GO_BYTES || buffer.byteLength !== byteLength) return;
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** The base nonce XOR the chunk's index as a big-endian number. */
export function chunkNonce(baseNonce: Buffer, index: number): Buffer {
  if (index === 0) return baseNonce;
  if (index >= CHUNK_LIMIT) throw new PosternError('too-large', 'An envelope holds at most 4 PiB.');
  const nonce = Buffer.from(baseNonce);
  const low = nonce.readUInt32BE(NONCE_BYTES - 4) ^ (index % 2 ** 32);
  nonce.writeUInt32BE(low >>> 0, NONCE_BYTES - 4);
  nonce[NONCE_BYTES - 5]! ^= Math.floor(index / 2 ** 32);
  return nonce;
}

/** Bytes of the envelope of a plaintext of that many bytes. */
export function sealedSize(plaintextBytes: number): number {
  const fullChunks = Math.floor(plaintextBytes / CHUNK_BYTES);
  return HEADER_BYTES + plaintextBytes + (fullChunks + 1) * TAG_BYTES;
}

/**
 * Bytes of the plaintext of an envelope of that many bytes, or `null` where no envelope has that size. It is
 * arithmetic only: the length is authentic once the last chunk has been opened.
 */
export function plaintextSize(envelopeBytes: number): number | null {
  const body = envelopeBytes - HEADER_BYTES;
  if (body < TAG_BYTES) return null;
  const lastChunk = body % SEALED_CHUNK_BYTES;
  if (lastChunk < TAG_BYTES) return null;
  const fullChunks = Math.floor(body / SEALED_CHUNK_BYTES);
  return fullChunks >= CHUNK_LIMIT ? null : fullChunks * CHUNK_BYTES + lastChunk - TAG_BYTES;
}

/** Salts are drawn many at a time: one draw costs as much as deriving half a key. */
const saltPool = Buffer.alloc(SALT_BYTES * 256);
let saltsUsed = saltPool.length;

export function freshSalt(): Buffer {
  if (saltsUsed === saltPool.length) {
    randomFillSync(saltPool);
    saltsUsed = 0;
  }
  saltsUsed += SALT_BYTES;
  return Buffer.from(saltPool.subarray(saltsUsed - SALT_BYTES, saltsUsed));
}
