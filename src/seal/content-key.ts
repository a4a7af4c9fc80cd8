/**
 * The key of one file's content. A file is larger than a row and may be moved to another section, so its
 * content hangs from a key of its own, and the chart's key wraps that: to move, to rotate and to shred are
 * then matters of sixty bytes. The content is sealed in *stretches*, each an envelope with its own name.
 */
import type { KeyObject } from 'node:crypto';
import type { Transform } from 'node:stream';
import { inspect } from 'node:util';
import type { BlobId, PracticeId } from '../base/ids.ts';
import { labelledContext, type RecordPlace, recordContext } from './context.ts';
import { type EnvelopeSource, openedLength, openRange } from './envelope-range.ts';
import { type Permit, sealStream } from './envelope-stream.ts';
import { encodeTuple } from './tuple.ts';

/** Asked before each chunk that is opened or sealed; throws to end it. */
export interface ContentPermits {
  readonly open: Permit;
  readonly write: Permit;
}

const REDACTED = '[ContentKey]';

export class ContentKey {
  readonly #practiceId: PracticeId;
  readonly #key: KeyObject;
  readonly #permits: ContentPermits;

  /** Room-internal; others ask a key ring. */
  constructor(practiceId: PracticeId, key: KeyObject, permits: ContentPermits) {
    this.#practiceId = practiceId;
    this.#key = key;
    this.#permits = permits;
  }

  /** A stream from a stretch's plaintext to its envelope. A name is never used twice. */
  sealStretch(name: BlobId): Transform {
    return sealStream(this.#key, this.#context(name), undefined, this.#permits.write);
  }

  /** A part of a stretch, a chunk at a time. Throws as `openRange`, and what the reach says meanwhile. */
  openStretch(
    name: BlobId,
    source: EnvelopeSource,
    start: number,
    endExclusive: number,
  ): AsyncGenerator<Buffer, void, void> {
    return openRange(this.#key, this.#context(name), source, start, endExclusive, this.#permits.open);
  }

  /** Bytes of a stretch's plaintext, authenticated. Throws `damaged`. */
  async stretchLength(name: BlobId, source: EnvelopeSource): Promise<number> {
    this.#permits.open();
    return openedLength(this.#key, this.#context(name), source);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }

  #context(name: BlobId): Buffer {
    return labelledContext('postern/stretch/v1', this.#practiceId, name);
  }
}

/** What a content key is wrapped with: one that is put beside another row does not unwrap. */
export function contentKeyPurpose(place: RecordPlace): Buffer {
  return encodeTuple(['postern/content-key/v1', recordContext(place)]);
}
