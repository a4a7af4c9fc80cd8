/**
 * The content of files, from bytes to blobs and back, whoever asks for what: the reach is asked by the key of
 * each file, before every chunk.
 */
import { createHash, type Hash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { PracticeId } from '../base/ids.ts';
import type { FileContent, FileFacts, FileKeeper, Stretch } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import type { ContentKey } from '../seal/index.ts';
import type { BlobStore } from './blobs/blob-store.ts';
import { readContent } from './content/read-content.ts';
import { writeContent } from './content/write-content.ts';

const NEVER = new AbortController().signal;
const UNKNOWN = 'application/octet-stream';

export class Files implements FileKeeper {
  readonly #store: BlobStore;

  constructor(store: BlobStore) {
    this.#store = store;
  }

  async keep(visit: Visit, key: ContentKey, data: Uint8Array): Promise<FileFacts> {
    return this.write(visit, key, only(data), NEVER);
  }

  async data(visit: Visit, file: FileContent): Promise<Buffer> {
    return buffer(this.read(visit, file, 0, file.facts.bytes));
  }

  /**
   * Writes content as it comes and answers when all of it is durable. Where it cannot, or the signal says so,
   * nothing is left. Throws what the source throws, `no-room`, `unavailable`, and what the key says.
   */
  async write(
    { scope: { practiceId } }: Visit,
    key: ContentKey,
    source: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<FileFacts> {
    const stretches: Stretch[] = [];
    const hash = createHash('sha256');
    const onStretch = async (stretch: Stretch) => void stretches.push(stretch);
    try {
      const place = { store: this.#store, practiceId, key };
      await writeContent(place, hashed(source, hash), { signal, onStretch });
    } catch (error) {
      await this.drop(practiceId, stretches);
      throw error;
    }
    const bytes = stretches.reduce((sum, stretch) => sum + stretch.bytes, 0);
    return { bytes, sha256: hash.digest('hex'), stretches, mediaType: UNKNOWN, inert: true };
  }

  /**
   * The content from byte `start` up to and without `end`, each chunk authenticated before it is let out.
   * Throws `damaged` where a part is not there or not what was written, and what the reach says meanwhile.
   */
  read({ scope: { practiceId } }: Visit, file: FileContent, start: number, end: number) {
    const { key, facts } = file;
    return readContent({ store: this.#store, practiceId, key }, facts.stretches, start, end);
  }

  /** Removes what nobody will ask for; what cannot be removed now is collected later. */
  async drop(practiceId: PracticeId, stretches: readonly Stretch[]): Promise<void> {
    for (const { name } of stretches) {
      await this.#store.remove({ practiceId, blobId: name }).catch(() => undefined);
    }
  }
}

async function* only(data: Uint8Array): AsyncGenerator<Uint8Array> {
  yield data;
}

async function* hashed(source: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    hash.update(piece);
    yield piece;
  }
}
