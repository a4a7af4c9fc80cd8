/**
 * Blobs in a folder: `PRACTICE/AB/ID`, private to whoever runs Postern. A blob is written under the name of a
 * draft, made durable and only then given its own, so that what has a name is whole. A process that is killed
 * leaves a draft at most, which the sweep removes.
 */
import { constants, createWriteStream } from 'node:fs';
import {
  access,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  rm,
  stat,
  statfs,
  unlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PosternError } from '../../base/errors.ts';
import { type BlobId, isUuid, newId, type PracticeId } from '../../base/ids.ts';
import type { BlobPlace, BlobStore, OpenBlob, StoredBlob } from './blob-store.ts';

/** What is left free for everything else that writes: a full disk would stop the practice. */
const RESERVE_BYTES = 256 * 1024 * 1024;
/** How much is written between two looks at the disk, and how long it lasts. */
const LOOK_EVERY_BYTES = 16 * 1024 * 1024;
const LOOK_EVERY_MS = 1000;
/** Pieces that come while one is written are written together; what is no more than this, at once. */
const GATHERED_BYTES = 1024 * 1024;
const DRAFT = '.draft';
const OTHERS_MAY = 0o077;

export class FolderStore implements BlobStore {
  readonly name: string;
  readonly #folder: string;
  readonly #reserveBytes: number;
  /** Folders that are there, durably. */
  readonly #made = new Set<string>();
  /** Since somebody looked whether there is room. */
  #unlookedBytes = Number.POSITIVE_INFINITY;
  #lookedAt = 0;

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
      await this.#standing(folder);
      const written = await this.#write(folder, draft, addAbortSignal(signal, source), signal);
      // Takes no other's place, as renaming would.
      await link(draft, path);
      await Promise.all([unlink(draft), syncFolder(folder)]);
      return written;
    } catch (error) {
      source.destroy();
      await rm(draft, { force: true });
      throw explained(error);
    }
  }

  /** What is small is written at once: each call for a file is a way to another thread and back. */
  async #write(folder: string, draft: string, source: Readable, signal: AbortSignal): Promise<number> {
    const pieces = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const { gathered, bytes, isWhole } = await gather(pieces);
    await this.#lookForRoom(bytes);
    const handle = await this.#draft(folder, draft);
    if (isWhole) {
      try {
        await handle.writeFile(Buffer.concat(gathered));
        await handle.sync();
      } finally {
        await handle.close();
      }
      return bytes;
    }
    const file = createWriteStream(draft, { fd: handle, flush: true, highWaterMark: GATHERED_BYTES });
    await pipeline(this.#whileThereIsRoom(gathered, pieces), file, { signal });
    return file.bytesWritten;
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
      await this.#assertRoom();
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

  async #standing(folder: string): Promise<void> {
    if (!this.#made.has(folder)) await this.#makeFolder(folder);
    this.#made.add(folder);
  }

  /** Where somebody took the folder away, it is made again. */
  async #draft(folder: string, draft: string): Promise<FileHandle> {
    try {
      return await open(draft, 'wx', 0o600);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      this.#made.delete(folder);
      await this.#standing(folder);
      return open(draft, 'wx', 0o600);
    }
  }

  /** Each folder on the way is durable before anything lies in it. */
  async #makeFolder(folder: string): Promise<void> {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made === undefined) return;
    for (let at = folder; at.length >= made.length; at = dirname(at)) await syncFolder(dirname(at));
  }

  /** Passes everything on and looks at the disk now and then. */
  async *#whileThereIsRoom(
    gathered: readonly Buffer[],
    pieces: AsyncIterator<Buffer>,
  ): AsyncGenerator<Buffer, void, void> {
    try {
      yield* gathered;
      for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
        await this.#lookForRoom(next.value.length);
        yield next.value;
      }
    } finally {
      await pieces.return?.();
    }
  }

  /** Looks at the disk where much was written since somebody did, or some time has gone by. */
  async #lookForRoom(bytes: number): Promise<void> {
    this.#unlookedBytes += bytes;
    const now = performance.now();
    if (this.#unlookedBytes < LOOK_EVERY_BYTES && now - this.#lookedAt < LOOK_EVERY_MS) return;
    await this.#assertRoom();
    [this.#unlookedBytes, this.#lookedAt] = [0, now];
  }

  async #assertRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize < this.#reserveBytes) throw noRoom();
  }
}

/** What comes first, up to about a mebibyte; `isWhole` where that is all. */
async function gather(
  pieces: AsyncIterator<Buffer>,
): Promise<{ gathered: Buffer[]; bytes: number; isWhole: boolean }> {
  const gathered: Buffer[] = [];
  let bytes = 0;
  while (bytes <= GATHERED_BYTES) {
    const next = await pieces.next();
    if (next.done === true) return { gathered, bytes, isWhole: true };
    gathered.push(next.value);
    bytes += next.value.length;
  }
  return { gathered, bytes, isWhole: false };
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
  return async (offset: number, length: number, into = Buffer.allocUnsafe(length)) => {
    const { buffer, bytesRead } = await handle.read(into, 0, length, offset);
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
