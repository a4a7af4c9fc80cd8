/** Sealing and opening what is held whole in memory: records. Files go through the streams beside this. */
import type { KeyObject } from 'node:crypto';
import {
  CHUNK_BYTES,
  damaged,
  deriveEnvelopeKey,
  freshSalt,
  HEADER_BYTES,
  openChunk,
  openHeader,
  plaintextSize,
  SEALED_CHUNK_BYTES,
  sealChunk,
  sealedSize,
  writeHeader,
} from './cobblestone.ts';

/**
 * Seals `plaintext` under a 32-byte key for the place that `context` names. A `salt` (24 bytes) is given only
 * by tests that must reproduce an envelope; it may never repeat under one key.
 */
export function sealBytes(
  key: KeyObject,
  context: Uint8Array,
  plaintext: Uint8Array,
  salt: Uint8Array = freshSalt(),
): Buffer {
  const envelopeKey = deriveEnvelopeKey(key, context, salt);
  const envelope = Buffer.allocUnsafe(sealedSize(plaintext.length));
  writeHeader(envelope, salt, envelopeKey);
  let offset = HEADER_BYTES;
  for (let index = 0, start = 0; start <= plaintext.length; index += 1, start += CHUNK_BYTES) {
    sealChunk(envelopeKey, index, plaintext.subarray(start, start + CHUNK_BYTES), envelope, offset);
    offset += SEALED_CHUNK_BYTES;
  }
  return envelope;
}

/**
 * Opens an envelope whole. Throws `damaged`, and reveals nothing, where the key, the context or a single bit
 * is another than at sealing, or a piece is missing, moved or added.
 */
export function openBytes(key: KeyObject, context: Uint8Array, envelope: Buffer): Buffer {
  const size = plaintextSize(envelope.length);
  if (size === null) throw damaged();
  const envelopeKey = openHeader(key, context, envelope.subarray(0, HEADER_BYTES));
  if (size < CHUNK_BYTES) return openChunk(envelopeKey, 0, envelope.subarray(HEADER_BYTES));
  const plaintext = Buffer.alloc(size);
  for (
    let index = 0, start = HEADER_BYTES;
    start < envelope.length;
    index += 1, start += SEALED_CHUNK_BYTES
  ) {
    const chunk = openChunk(envelopeKey, index, envelope.subarray(start, start + SEALED_CHUNK_BYTES));
    plaintext.set(chunk, index * CHUNK_BYTES);
  }
  return plaintext;
}
