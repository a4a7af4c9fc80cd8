/**
 * Two stores as one, while blobs are moved from the one to the other: what is new goes into the new store,
 * and what has not been moved yet is found in the old. Nothing has to stand still for that.
 */
import type { Readable } from 'node:stream';
import type { PracticeId } from '../../base/ids.ts';
import type { BlobPlace, BlobStore, OpenBlob, StoredBlob } from './blob-store.ts';

export class MovingStore implements BlobStore {
  readonly name: string;
  readonly #now: BlobStore;
  readonly #before: BlobStore;

  constructor(now: BlobStore, before: BlobStore) {
    [this.#now, this.#before] = [now, before];
    this.name = `${now.name}, and until it is moved ${before.name}`;
  }

  put(place: BlobPlace, source: Readable, signal: AbortSignal): Promise<number> {
    return this.#now.put(place, source, signal);
  }

  async open(place: BlobPlace): Promise<OpenBlob | null> {
    return (await this.#now.open(place)) ?? (await this.#before.open(place));
  }

  /** From the old one first, so that nothing is moved that has been removed. */
  async remove(place: BlobPlace): Promise<void> {
    await this.#before.remove(place);
    await this.#now.remove(place);
  }

  /** Each once, though it may lie in both. */
  async *list(practiceId?: PracticeId): AsyncIterable<StoredBlob> {
    const told = new Set<string>();
    for await (const blob of this.#now.list(practiceId)) {
      told.add(blob.blobId);
      yield blob;
    }
    for await (const blob of this.#before.list(practiceId)) if (!told.has(blob.blobId)) yield blob;
  }

  async sweep(before: Date): Promise<number> {
    return (await this.#now.sweep(before)) + (await this.#before.sweep(before));
  }

  async assertPrivate(): Promise<void> {
    await this.#now.assertPrivate();
    await this.#before.assertPrivate();
  }
}
