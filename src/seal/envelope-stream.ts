/**
 * Sealing and opening as a stream, in constant memory: at most one chunk is held back. An opening stream lets
 * out a chunk only after it has authenticated, and ends with an error, never cleanly, where the envelope is
 * cut off or carries more than it should; what was read before that is a true beginning and no more.
 */
import type { KeyObject } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import {
  CHUNK_BYTES,
  damaged,
  deriveEnvelopeKey,
  type EnvelopeKey,
  freshSalt,
  HEADER_BYTES,
  openChunk,
  openHeader,
  SEALED_CHUNK_BYTES,
  sealChunk,
  TAG_BYTES,
  writeHeader,
} from './cobblestone.ts';

/** Asked before each chunk; it throws to end the stream (a revocation in the middle of a download). */
export type Permit = () => void;

const always: Permit = () => {};

/** Turns plaintext into its envelope. `salt` as for `sealBytes`. */
export function sealStream(
  key: KeyObject,
  context: Uint8Array,
  salt: Uint8Array = freshSalt(),
  permit: Permit = always,
): Transform {
  return new SealStream(key, context, salt, permit);
}

/** Turns an envelope into its plaintext; fails with `damaged`. */
export function openStream(key: KeyObject, context: Uint8Array, permit: Permit = always): Transform {
  return new OpenStream(key, context, permit);
}

/**
 * Collects input into pieces of a wanted size; subclasses say what becomes of a full piece and of the rest.
 */
abstract class PieceStream extends Transform {
  #piece: Buffer;
  #filled = 0;

  protected constructor(pieceBytes: number) {
    super();
    this.#piece = Buffer.alloc(pieceBytes);
  }

  /** Takes a full piece and returns the size of the next. The piece is only valid during the call. */
  protected abstract takePiece(piece: Buffer): number;
  /** Takes what is left at the end: less than a full piece, possibly nothing. */
  protected abstract takeRest(rest: Buffer): void;

  override _transform(input: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#attempt(() => this.#fill(input), done);
  }

  override _flush(done: TransformCallback): void {
    this.#attempt(() => this.takeRest(this.#piece.subarray(0, this.#filled)), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#piece.fill(0);
    done(error);
  }

  #fill(input: Buffer): void {
    for (let offset = 0; offset < input.length; ) {
      const copied = input.copy(this.#piece, this.#filled, offset);
      offset += copied;
      this.#filled += copied;
      if (this.#filled < this.#piece.length) return;
      const nextBytes = this.takePiece(this.#piece);
      if (nextBytes !== this.#piece.length) this.#piece = Buffer.alloc(nextBytes);
      this.#filled = 0;
    }
  }

  #attempt(work: () => void, done: TransformCallback): void {
    try {
      work();
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  }
}

class SealStream extends PieceStream {
  readonly #key: EnvelopeKey;
  readonly #permit: Permit;
  #index = 0;

  constructor(key: KeyObject, context: Uint8Array, salt: Uint8Array, permit: Permit) {
    super(CHUNK_BYTES);
    this.#key = deriveEnvelopeKey(key, context, salt);
    this.#permit = permit;
    const header = Buffer.alloc(HEADER_BYTES);
    writeHeader(header, salt, this.#key);
    this.push(header);
  }

  protected override takePiece(piece: Buffer): number {
    this.#permit();
    const sealed = Buffer.allocUnsafe(piece.length + TAG_BYTES);
    sealChunk(this.#key, this.#index, piece, sealed, 0);
    this.#index += 1;
    this.push(sealed);
    return CHUNK_BYTES;
  }

  protected override takeRest(rest: Buffer): void {
    this.takePiece(rest);
  }
}

class OpenStream extends PieceStream {
  readonly #open: (header: Buffer) => EnvelopeKey;
  readonly #permit: Permit;
  #key: EnvelopeKey | null = null;
  #index = 0;

  constructor(key: KeyObject, context: Uint8Array, permit: Permit) {
    super(HEADER_BYTES);
    this.#open = (header) => openHeader(key, context, header);
    this.#permit = permit;
  }

  protected override takePiece(piece: Buffer): number {
    if (this.#key === null) this.#key = this.#open(piece);
    else this.#release(this.#key, piece);
    return SEALED_CHUNK_BYTES;
  }

  protected override takeRest(rest: Buffer): void {
    if (this.#key === null || rest.length < TAG_BYTES) throw damaged();
    this.#release(this.#key, rest);
  }

  #release(key: EnvelopeKey, sealed: Buffer): void {
    this.#permit();
    const plaintext = openChunk(key, this.#index, sealed);
    this.#index += 1;
    if (plaintext.length > 0) this.push(plaintext);
  }
}
