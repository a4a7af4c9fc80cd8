/**
 * The files of jobs, each job's in a folder of its own: sealed as they are written, a chunk at a time, and
 * private to whoever runs Postern. What lies there is worth nothing without the job's key.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PosternError } from '../base/errors.ts';
import { isUuid, type JobId, newId, type PracticeId, type ResourceId } from '../base/ids.ts';
import type { EnvelopeSource, JobKey } from '../seal/index.ts';

/** What is left free for everything else that writes: a full disk would stop the practice, not the export. */
const RESERVE_BYTES = 256 * 1024 * 1024;

export interface JobPlace {
  readonly practiceId: PracticeId;
  readonly jobId: JobId;
}

/** A file as a checkpoint remembers it. */
export interface FinishedFile {
  /** A random name that says nothing. */
  readonly name: string;
  /** Of the plaintext. */
  readonly bytes: number;
}

export class JobFiles {
  readonly #folder: string;
  readonly #reserveBytes: number;

  constructor(folder: string, reserveBytes: number = RESERVE_BYTES) {
    this.#folder = folder;
    this.#reserveBytes = reserveBytes;
  }

  /** Throws `no-room` where the disk has no more to spare. */
  async assertRoom(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize < this.#reserveBytes) throw noRoom();
  }

  /** Begins a file. Throws `no-room` as its writing does. */
  async create(place: JobPlace, key: JobKey): Promise<JobFile> {
    const folder = this.#folderOf(place);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = newId<ResourceId>();
    return new JobFile(name, join(folder, name), key.sealFile(name));
  }

  /** Opens a finished file to be read in parts; null where it is not there. */
  async open(place: JobPlace, name: string): Promise<OpenFile | null> {
    if (!isUuid(name)) return null;
    try {
      const handle = await open(join(this.#folderOf(place), name), 'r');
      return { handle, source: { size: (await handle.stat()).size, read: readOf(handle) } };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Removes what no checkpoint remembers: of a worker that was killed between two. */
  async keepOnly(place: JobPlace, names: ReadonlySet<string>): Promise<void> {
    const folder = this.#folderOf(place);
    for (const name of await listed(folder)) if (!names.has(name)) await rm(join(folder, name));
  }

  /** Removes all that the job made. Repeatable. */
  async remove(place: JobPlace): Promise<void> {
    // A worker that is being told to stop may still write one more file into it.
    await rm(this.#folderOf(place), { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  /** Every job that has a folder here. */
  async places(): Promise<JobPlace[]> {
    const places: JobPlace[] = [];
    for (const practiceId of await listed(this.#folder)) {
      if (!isUuid(practiceId)) continue;
      const jobs = await listed(join(this.#folder, practiceId));
      for (const jobId of jobs)
        if (isUuid(jobId)) places.push({ practiceId: practiceId as PracticeId, jobId: jobId as JobId });
    }
    return places;
  }

  #folderOf({ practiceId, jobId }: JobPlace): string {
    return join(this.#folder, practiceId, jobId);
  }
}

export interface OpenFile {
  readonly handle: FileHandle;
  readonly source: EnvelopeSource;
}

/** A file while it is written. */
export class JobFile {
  readonly name: string;
  readonly #seal: Transform;
  readonly #written: Promise<void>;
  #bytes = 0;

  constructor(name: string, path: string, seal: Transform) {
    this.name = name;
    this.#seal = seal;
    // Durable when it is closed: a checkpoint that names it comes after.
    this.#written = pipeline(seal, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }));
    this.#written.catch(() => undefined);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when more may be written. Throws `no-room`, or why it cannot be written. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#bytes += bytes.length;
    if (this.#seal.write(bytes)) return;
    await explained(Promise.race([once(this.#seal, 'drain'), this.#written]));
  }

  /** Resolves when it is durable. Throws as `write`. */
  async finish(): Promise<FinishedFile> {
    this.#seal.end();
    await explained(this.#written);
    return { name: this.name, bytes: this.#bytes };
  }

  /** Gives up what was begun; it stays behind unfinished, to be removed with its job. */
  async abandon(): Promise<void> {
    this.#seal.destroy();
    await this.#written.catch(() => undefined);
  }
}

async function explained<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (error) {
    if (FULL.has((error as NodeJS.ErrnoException).code ?? '')) throw noRoom(error);
    throw error;
  }
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS']);

function noRoom(cause?: unknown): PosternError {
  const text = 'The server has no room left for the files of this; whoever runs it has to make some.';
  return new PosternError('no-room', text, { cause });
}

function readOf(handle: FileHandle): EnvelopeSource['read'] {
  return async (offset, length) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
}

/** Names in a folder; none where it is not there. */
async function listed(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
