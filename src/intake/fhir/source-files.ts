/**
 * The files that an import reads: those named, and those in the folders named and beneath, sorted so that two
 * runs see them in one order.
 */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import { PosternError } from '../../base/errors.ts';

export interface SourceFile {
  /** As the person who named it would, folders included. */
  readonly path: string;
  /** `lines`: one resource a line (NDJSON). `whole`: a bundle or a single resource. */
  readonly form: 'whole' | 'lines';
  readonly gzipped: boolean;
  /** On disk, in bytes; for progress. */
  readonly bytes: number;
}

export interface FoundFiles {
  readonly files: readonly SourceFile[];
  /** Files in folders that have no name of a kind that is read. */
  readonly ignored: readonly string[];
}

/** A bundle is held in memory while its entries are read; NDJSON has no limit. */
const LARGEST_BUNDLE_BYTES = 1024 * 1024 * 1024;

const NAME = /\.(?:(json)|(ndjson|jsonl))(\.gz)?$/i;

/**
 * Throws `invalid` for a path that is not there, and where nothing is found to read. Symbolic links are
 * followed only where they are named.
 */
export async function findFiles(paths: readonly string[]): Promise<FoundFiles> {
  const files: SourceFile[] = [];
  const ignored: string[] = [];
  for (const path of paths) {
    const info = await stat(path).catch(() => null);
    if (info === null) throw new PosternError('invalid', `There is no file or folder at ${path}.`);
    if (info.isDirectory()) {
      for (const name of await filesBeneath(path)) {
        const file = await sourceFile(name, false);
        if (file === null) ignored.push(name);
        else files.push(file);
      }
    } else {
      files.push((await sourceFile(path, true))!);
    }
  }
  if (files.length === 0) {
    const skipped =
      ignored.length === 0 ? 'there is no file' : `there are only others: ${endingsOf(ignored)}`;
    throw new PosternError(
      'invalid',
      `Nothing ends in .json, .ndjson or .jsonl (or .gz after it); ${skipped}.`,
    );
  }
  return { files: unique(files), ignored };
}

/** How many files of what ending: `3 .xml, 1 .txt`; the most frequent first. */
export function endingsOf(paths: readonly string[]): string {
  const byEnding = Map.groupBy(paths, (path) => extname(path).toLowerCase() || 'without an ending');
  return [...byEnding]
    .sort(([a, as], [b, bs]) => bs.length - as.length || (a < b ? -1 : 1))
    .map(([ending, { length }]) => `${length} ${ending}`)
    .join(', ');
}

async function filesBeneath(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesBeneath(path)));
    else if (entry.isFile() && !entry.name.startsWith('.')) found.push(path);
  }
  return found;
}

/** `null` for a name of another kind; a file that was named itself is taken for JSON. */
async function sourceFile(path: string, named: boolean): Promise<SourceFile | null> {
  const match = NAME.exec(path);
  if (match === null && !named) return null;
  const { size } = await stat(path);
  return {
    path,
    form: match?.[2] === undefined ? 'whole' : 'lines',
    gzipped: /\.gz$/i.test(path),
    bytes: size,
  };
}

function unique(files: readonly SourceFile[]): SourceFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** The content of a `whole` file. Throws `too-large`, `invalid` (not gzip), or what the file system says. */
export async function readWhole(file: SourceFile): Promise<Uint8Array> {
  if (file.bytes > LARGEST_BUNDLE_BYTES) throw tooLarge();
  const content = await readFile(file.path);
  if (!file.gzipped) return content;
  try {
    return await promisify(gunzip)(content, { maxOutputLength: LARGEST_BUNDLE_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new PosternError('invalid', 'The file is not in gzip form, or it was cut off.');
  }
}

/** The lines of a file, without their ends; a line longer than `limit` bytes comes out as `null`. */
export async function* readLines(file: SourceFile, limit: number): AsyncGenerator<Uint8Array | null> {
  const raw = createReadStream(file.path, { highWaterMark: 256 * 1024 });
  const stream: Readable = file.gzipped ? raw.pipe(createGunzip()) : raw;
  raw.once('error', (error) => stream.destroy(error));
  let parts: Uint8Array[] = [];
  let held = 0;
  const add = (part: Uint8Array): void => {
    held += part.length;
    if (held <= limit) parts.push(part);
  };
  const line = (): Uint8Array | null => {
    const whole = held > limit ? null : Buffer.concat(parts);
    parts = [];
    held = 0;
    return whole;
  };
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
        add(chunk.subarray(start, end));
        yield line();
        start = end + 1;
      }
      add(chunk.subarray(start));
    }
    if (held > 0) yield line();
  } finally {
    raw.destroy();
  }
}

function tooLarge(): PosternError {
  return new PosternError('too-large', 'The file is larger than a bundle may be; send it as NDJSON.');
}
