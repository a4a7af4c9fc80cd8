/**
 * Checkpoints outside the database: `checkpoint` holds the newest note, as C2SP tlog-tiles serves it, and
 * `checkpoints` every note ever signed, one after the other with an empty line between, only ever appended to
 * and on the disk before anything builds on it. Whoever rewrites the database cannot rewrite these unseen.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { ifThere, readIfThere, replaceFile } from './tile-store.ts';

const SEPARATOR = '\n\n';
/** Room for many notes, each with many cosignatures. */
const TAIL_BYTES = 64 * 1024;

export class CheckpointFile {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Every note in the order it was written. A torn end, left by a crash, is no note. */
  async notes(): Promise<string[]> {
    const bytes = await readIfThere(this.#history);
    return bytes === null ? [] : splitNotes(bytes.toString());
  }

  /** The notes written last; none where there is no file. */
  async recentNotes(): Promise<string[]> {
    const handle = await open(this.#history, 'r').catch(ifThere);
    if (handle === null) return [];
    try {
      const { bytes, whole } = await readTail(handle);
      // A piece that was cut in the middle goes; what it belonged to is then no note.
      const text = bytes.toString();
      return splitNotes(whole ? text : text.slice(text.indexOf(SEPARATOR) + SEPARATOR.length));
    } finally {
      await handle.close();
    }
  }

  /** Adds a note. Where it is of an older tree than the newest, `newest` keeps that one in its place. */
  async append(note: string, newest = true): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const handle = await open(this.#history, 'a+', 0o600);
    try {
      const { bytes, size } = await readTail(handle);
      const torn = bytes.length - (bytes.lastIndexOf(SEPARATOR) + SEPARATOR.length);
      if (size > 0 && torn > 0) await handle.truncate(size - torn);
      await handle.appendFile(`${note}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (newest) await replaceFile(path.join(this.directory, 'checkpoint'), note);
  }

  get #history(): string {
    return path.join(this.directory, 'checkpoints');
  }
}

async function readTail(handle: FileHandle): Promise<{ bytes: Buffer; size: number; whole: boolean }> {
  const { size } = await handle.stat();
  const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
  await handle.read(bytes, 0, bytes.length, size - bytes.length);
  return { bytes, size, whole: bytes.length === size };
}

/** A note is a text and, behind an empty line, its signatures; an empty line ends it. */
export function splitNotes(file: string): string[] {
  const pieces = file.split(SEPARATOR);
  // What stands behind the last empty line was not finished.
  pieces.pop();
  const notes: string[] = [];
  pieces.forEach((piece, i) => {
    const text = pieces[i - 1];
    if (piece.startsWith('— ') && text !== undefined) notes.push(`${text}\n\n${piece}\n`);
  });
  return notes;
}
