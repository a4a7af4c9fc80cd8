/**
 * Blobs in a folder: `PRACTICE/AB/ID`, private to whoever runs Postern. A blob is written under the name of a
 * draft, made durable and only then given its own, so that what has a name is whole. A process that is killed
 * leaves a draft at most, which the sweep removes.
 */
import { constants, createWriteStream } from 'node:fs';
import { access, type FileHandle, link, mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PosternError } from '../../base/errors.ts';
import { type BlobId, isUuid, newId, type PracticeId } from '../../base/ids.ts';
import type { BlobPlace, BlobStore, OpenBlob, StoredBlob } from './blob-store.ts';

/** What is left free for everything else that writes: a full disk would stop the practice. */
const RESERVE_BYTES = 256 * 1024 * 1024;
/** How much is written between two looks at the disk. */
const LOOK_EVERY_BYTES = 16 * 1024 * 1024;
/** Pieces that come while one is written are written together. */
const GATHERED_BYTES = 1024 * 1024;
const DRAFT = '.draft';
const OTHERS_MAY = 0o077;

export class FolderStore implements BlobStore {
  readonly name: string;
  readonly #folder: string;
  readonly #reserveBytes: number;

  constructor(folder: string, reserveBytes: number = RESERVE_BYTES) {
    this.name = `the folder ${folder}`;
    this.#folder = folder;
    this.#reserveBytes = reserveBytes;
  }

  async put(place: BlobPlace, source: Readable, signal: AbortSignal): Promise<number> {
    const path = this.#pathOf(place);
    const folder = dirname(path);
    const draft = join(folder, `${newId<BlobId>()}${DRAFT}`);
    try {
      await this.#makeFolder(folder);
      const written = { flags: 'wx', mode: 0o600, flush: true, highWaterMark: GATHERED_BYTES };
      const file = createWriteStream(draft, written);
      await pipeline(source, this.#whileThereIsRoom(), file, { signal });
      // Takes no other's place, as renaming would.
      await link(draft, path);
      await rm(draft);
      await syncFolder(folder);
      return file.bytesWritten;
    } catch (error) {
      source.destroy();
      await rm(draft, { force: true });
      throw explained(error);
    }
  }

  async open(place: BlobPlace): Promise<OpenBlob | null> {
    let handle: FileHandle;
    try {
      handle = await open(this.#pathOf(place), 'r');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
    return {
      source: { size: (await handle.stat()).size, read: readOf(handle) },
      close: () => handle.close(),
    };
  }

  async remove(place: BlobPlace): Promise<void> {
    const path = this.#pathOf(place);
    await rm(path, { force: true });
    await syncFolder(dirname(path)).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
    });
  }

  async *list(practiceId?: PracticeId): AsyncIterable<StoredBlob> {
    for await (const { path, file, practice } of this.#files(practiceId)) {
      if (!isUuid(file) || path !== this.#pathOf({ practiceId: practice, blobId: file as BlobId })) continue;
      const found = await stat(path).catch(() => null);
      if (found === null) continue;
      yield { practiceId: practice, blobId: file as BlobId, bytes: found.size, writtenAt: found.mtime };
    }
  }

  async sweep(before: Date): Promise<number> {
    let swept = 0;
    for await (const { path, file } of this.#files()) {
      if (!file.endsWith(DRAFT)) continue;
      const found = await stat(path).catch(() => null);
      if (found === null || found.mtime >= before) continue;
      await rm(path, { force: true });
      swept += 1;
    }
    return swept;
  }

  async assertPrivate(): Promise<void> {
    const folder = this.#folder;
    try {
      await this.#makeFolder(folder);
      await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      if (error instanceof PosternError) throw error;
      const text = `The folder of files ${folder} cannot be used (${codeOf(error)}); see whose it is.`;
      throw new PosternError('not-configured', text, { cause: error });
    }
    const [own, { uid, mode }] = [process.geteuid?.(), await stat(folder)];
    if (own === undefined) return;
    if (uid !== own) throw careless(folder, 'belongs to another user', `chown ${own} ${folder}`);
    if ((mode & OTHERS_MAY) === 0) return;
    throw careless(folder, 'can be read or changed by others', `chmod 700 ${folder}`);
  }

  #pathOf({ practiceId, blobId }: BlobPlace): string {
    return join(this.#folder, practiceId, blobId.slice(0, 2), blobId);
  }

  async *#files(only?: PracticeId): AsyncIterable<{ path: string; file: string; practice: PracticeId }> {
    const practices = only === undefined ? await listed(this.#folder) : [only];
    for (const practice of practices.filter(isUuid)) {
      for (const first of await listed(join(this.#folder, practice))) {
        const folder = join(this.#folder, practice, first);
        for (const file of await listed(folder))
          yield { path: join(folder, file), file, practice: practice as PracticeId };
      }
    }
  }

  /** Each folder on the way is durable before anything lies in it. */
  async #makeFolder(folder: string): Promise<void> {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    await this.#assertRoom();
    if (made === undefined) return;
    for (let at = folder; at.length >= made.length; at = dirname(at)) await syncFolder(dirname(at));
  }

  /** Passes everything on and looks at the disk now and then. */
  #whileThereIsRoom(): (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer> {
    const assertRoom = () => this.#assertRoom();
    return async function* (source) {
      let unlooked = 0;
      for await (const piece of source) {
        unlooked += piece.length;
        if (unlooked >= LOOK_EVERY_BYTES) {
          unlooked = 0;
          await assertRoom();
        }
        yield piece;
      }
    };
  }

  async #assertRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize < this.#reserveBytes) throw noRoom();
  }
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS']);

function explained(error: unknown): unknown {
  const code = codeOf(error);
  if (FULL.has(code)) return noRoom(error);
  if (code === 'EEXIST') return new PosternError('conflict', 'A file lies there already.', { cause: error });
  return error;
}

function noRoom(cause?: unknown): PosternError {
  const text = 'The server has no room left for this file; whoever runs it has to make some.';
  return new PosternError('no-room', text, { cause });
}

function careless(folder: string, what: string, mend: string): PosternError {
  return new PosternError('not-configured', `The folder of files ${folder} ${what}; run: ${mend}`);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? '';
}

function readOf(handle: FileHandle) {
  return async (offset: number, length: number) => {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Names in a folder; none where it is not there. */
async function listed(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
