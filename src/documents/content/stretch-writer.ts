/** One stretch of a file while it is written: sealed as it comes, and in the store when it is finished. */
import { once } from 'node:events';
import type { Transform } from 'node:stream';
import type { BlobId, PracticeId } from '../../base/ids.ts';
import type { Stretch } from '../../chart/index.ts';
import type { ContentKey } from '../../seal/index.ts';
import type { BlobStore } from '../blobs/blob-store.ts';

/** Where the content of a file lies, and the key that it hangs from. */
export interface ContentPlace {
  readonly store: BlobStore;
  readonly practiceId: PracticeId;
  readonly key: ContentKey;
}

export class StretchWriter {
  readonly #name: BlobId;
  readonly #seal: Transform;
  readonly #stored: Promise<number>;
  #bytes = 0;

  constructor({ store, practiceId, key }: ContentPlace, name: BlobId, signal: AbortSignal) {
    this.#name = name;
    this.#seal = key.sealStretch(this.#name);
    this.#stored = store.put({ practiceId, blobId: this.#name }, this.#seal, signal);
    this.#stored.catch(() => undefined);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when more may be written. Throws what the store throws. */
  async write(piece: Uint8Array): Promise<void> {
    this.#bytes += piece.length;
    if (!this.#seal.write(piece)) await Promise.race([once(this.#seal, 'drain'), this.#stored]);
  }

  /** Resolves when it is durable. Throws what the store throws; nothing is left of it then. */
  async finish(): Promise<Stretch> {
    this.#seal.end();
    await this.#stored;
    return { name: this.#name, bytes: this.#bytes };
  }

  /** Gives it up; nothing is left. */
  async abandon(): Promise<void> {
    this.#seal.destroy(new Error('given up'));
    await this.#stored.catch(() => undefined);
  }
}
