/**
 * A zip file as a stream, one part after the other, with nothing of it in memory but what is under way
 * (APPNOTE 6.3.10; large ones with the Zip64 extensions).
 */
import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';

export interface ZipPart {
  /** A path with slashes, safe to unpack. */
  readonly name: string;
  readonly date: Date;
  /** Whether it is worth compressing: pictures and films are not. */
  readonly compress: boolean;
  /** Read once, and not before its turn has come. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** Yields when more is wanted. Throws what the parts throw; then what came before is no zip file. */
export async function* zipOf(parts: AsyncIterable<ZipPart>): AsyncGenerator<Uint8Array, void, void> {
  const zip = new ZipFile();
  const out = zip.outputStream as Readable;
  // What it gives may be told to stop, which the stream of the library does not say of itself.
  const taken = new PassThrough({ highWaterMark: 256 * 1024 });
  const stop = (error: Error) => void taken.destroy(error);
  out.on('error', stop);
  zip.on('error', stop);
  out.pipe(taken);
  const putting = putAll(zip, taken, parts);
  putting.catch(stop);
  try {
    for await (const piece of taken) yield piece as Uint8Array;
    await putting;
  } finally {
    taken.destroy();
    await putting.catch(() => undefined);
  }
}

async function putAll(zip: ZipFile, taken: PassThrough, parts: AsyncIterable<ZipPart>): Promise<void> {
  for await (const { name, date, compress, content } of parts) {
    const source = Readable.from(content, { objectMode: false, highWaterMark: 64 * 1024 });
    await new Promise<void>((resolve, reject) => {
      const gone = () => void source.destroy(new Error('The zip is not wanted any more'));
      if (taken.destroyed) gone();
      taken.once('close', gone);
      source.once('error', reject);
      source.once('end', () => {
        taken.off('close', gone);
        resolve();
      });
      zip.addReadStream(source, name, { mtime: date, mode: 0o100600, compress });
    });
  }
  zip.end();
}
