/**
 * The key of one file's content. A file is larger than a row and may be moved to another section, so its
 * content hangs from a key of its own, which is sealed together with what is known of the content under the
 * chart's key: to move, to rotate and to shred are then matters of a few hundred bytes. The content is sealed
 * in *stretches*, each an envelope with its own name.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Transform } from 'node:stream';
import { inspect } from 'node:util';
import type { BlobId, PracticeId } from '../base/ids.ts';
import { labelledContext, type RecordPlace, recordContext } from './context.ts';
import { type EnvelopeSource, openedLength, openRange } from './envelope-range.ts';
import { type Permit, sealStream } from './envelope-stream.ts';

/** Asked before each chunk that is opened or sealed; throws to end it. */
export interface ContentPermits {
  readonly open: Permit;
  readonly write: Permit;
}

const REDACTED = '[ContentKey]';

/** The bytes themselves, for this room alone. */
let bytesOf: (key: ContentKey) => Buffer;

export class ContentKey {
  static {
    bytesOf = (key) => key.#key.export();
  }

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

  /**
   * The same for a picture that was drawn out of the content: whoever may open the file may keep one beside
   * it. A preview never opens as a stretch, nor a stretch as one.
   */
  sealPreview(name: BlobId): Transform {
    return sealStream(this.#key, this.#previewContext(name), undefined, this.#permits.open);
  }

  /** All of a preview, a chunk at a time. Throws as `openStretch`. */
  async *openPreview(name: BlobId, source: EnvelopeSource): AsyncGenerator<Buffer, void, void> {
    this.#permits.open();
    const context = this.#previewContext(name);
    const end = await openedLength(this.#key, context, source);
    yield* openRange(this.#key, context, source, 0, end, this.#permits.open);
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

  #previewContext(name: BlobId): Buffer {
    return labelledContext('postern/preview/v1', this.#practiceId, name);
  }

  #context(name: BlobId): Buffer {
    return labelledContext('postern/stretch/v1', this.#practiceId, name);
  }
}

const KEY_BYTES = 32;

/** What is sealed beside a row: the key of its file, then what is known of the file. */
export function joinContent(key: ContentKey, facts: Uint8Array): Buffer {
  const bytes = bytesOf(key);
  const joined = Buffer.concat([bytes, facts]);
  bytes.fill(0);
  return joined;
}

/** The parts again; the bytes of the key are wiped in what was given. */
export function splitContent(joined: Buffer): { key: KeyObject; facts: Buffer } {
  const key = createSecretKey(joined.subarray(0, KEY_BYTES));
  joined.fill(0, 0, KEY_BYTES);
  return { key, facts: joined.subarray(KEY_BYTES) };
}

/** The context of that: no row's content opens as its file, nor beside another row. */
export function contentContext(place: RecordPlace): Buffer {
  return labelledContext('postern/content/v1', recordContext(place));
}
