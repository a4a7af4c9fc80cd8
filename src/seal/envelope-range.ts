/**
 * Opening a part of an envelope without reading the rest, for `Range` requests. The length is authenticated
 * by opening the last chunk before anything else is let out, so a file that was cut short fails on every
 * request and not only on the one that reaches its end.
 */
import type { KeyObject } from 'node:crypto';
import { PosternError } from '../base/errors.ts';
import {
  CHUNK_BYTES,
  damaged,
  type EnvelopeKey,
  HEADER_BYTES,
  letGo,
  openChunk,
  openHeader,
  plaintextSize,
  SEALED_CHUNK_BYTES,
} from './cobblestone.ts';
import type { Permit } from './envelope-stream.ts';

/** Where an envelope lies: a file, a blob, a buffer. */
export interface EnvelopeSource {
  /** Bytes of the whole envelope. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset`; never asked beyond `size`, nor for two things at once. `into` is
   * memory of that length that may be used for them, and holds nothing that anybody wants.
   */
  read(offset: number, length: number, into?: Buffer): Promise<Buffer>;
}

/** Chunks fetched in one read: 256 KiB, so that a large range is not thousands of small reads. */
const CHUNKS_PER_READ = 16;
const READ_BYTES = CHUNKS_PER_READ * SEALED_CHUNK_BYTES;

/** Bytes of the plaintext, authenticated. Throws `damaged`. */
export async function openedLength(
  key: KeyObject,
  context: Uint8Array,
  source: EnvelopeSource,
): Promise<number> {
  return (await openEnds(key, context, source)).length;
}

/**
 * The plaintext from byte `start` up to and without `endExclusive`, first a chunk and then as many as were
 * read together, each authenticated and `permit` asked before it: what is sent in few large pieces is sent
 * much faster.
 * Throws `invalid` where the range does not lie within the plaintext, `damaged` where the envelope is.
 */
export async function* openRange(
  key: KeyObject,
  context: Uint8Array,
  source: EnvelopeSource,
  start: number,
  endExclusive: number,
  permit: Permit = () => {},
): AsyncGenerator<Buffer, void, void> {
  const { envelopeKey, length, last, lastIndex } = await openEnds(key, context, source);
  const sound = Number.isSafeInteger(start) && Number.isSafeInteger(endExclusive);
  if (!sound || start < 0 || start > endExclusive || endExclusive > length) {
    throw new PosternError('invalid', 'The range does not lie within the content.');
  }
  if (start === endExclusive) return;
  const endIndex = Math.floor((endExclusive - 1) / CHUNK_BYTES);
  let index = Math.floor(start / CHUNK_BYTES);
  const first = index;
  const countFrom = (at: number) =>
    Math.min(at === first ? 1 : CHUNKS_PER_READ, endIndex + 1 - at, lastIndex - at);
  // Into the memory of one reading the next but one is read.
  const spare: Buffer[] = [];
  const readFrom = (at: number) => {
    const count = countFrom(at);
    const into = count === CHUNKS_PER_READ ? (spare.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES)) : undefined;
    const reading = readChunks(source, at, count, into);
    reading.catch(() => undefined);
    return { count, into, reading };
  };
  let ahead = readFrom(index);
  while (index <= endIndex) {
    const { count, into, reading } = ahead;
    const sealed = await reading;
    // What comes next is read while this is opened and sent.
    ahead = readFrom(index + count);
    const opened: Buffer[] = [];
    for (let step = 0; step < Math.max(count, 1); step += 1, index += 1) {
      permit();
      const chunk = sealed === null ? last : openChunk(envelopeKey, index, chunkAt(sealed, step));
      const origin = index * CHUNK_BYTES;
      opened.push(chunk.subarray(Math.max(start - origin, 0), Math.min(endExclusive - origin, chunk.length)));
    }
    if (into !== undefined) spare.push(into);
    yield opened.length === 1 ? opened[0]! : joined(opened);
  }
}

/** Of chunks that nobody else holds. */
function joined(chunks: readonly Buffer[]): Buffer {
  const whole = Buffer.concat(chunks);
  for (const chunk of chunks) letGo(chunk);
  return whole;
}

interface Ends {
  envelopeKey: EnvelopeKey;
  length: number;
  last: Buffer;
  lastIndex: number;
}

/** Checks the commitment, then opens the last chunk, which proves the length. */
async function openEnds(key: KeyObject, context: Uint8Array, source: EnvelopeSource): Promise<Ends> {
  const length = plaintextSize(source.size);
  if (length === null) throw damaged();
  const envelopeKey = openHeader(key, context, await readExactly(source, 0, HEADER_BYTES));
  const lastIndex = Math.floor(length / CHUNK_BYTES);
  const offset = HEADER_BYTES + lastIndex * SEALED_CHUNK_BYTES;
  const last = openChunk(envelopeKey, lastIndex, await readExactly(source, offset, source.size - offset));
  return { envelopeKey, length, last, lastIndex };
}

/** Null for none. Whoever does not wait for it is not told where it fails. */
async function readChunks(
  source: EnvelopeSource,
  index: number,
  count: number,
  into?: Buffer,
): Promise<Buffer | null> {
  if (count <= 0) return null;
  return readExactly(source, HEADER_BYTES + index * SEALED_CHUNK_BYTES, count * SEALED_CHUNK_BYTES, into);
}

function chunkAt(sealed: Buffer, step: number): Buffer {
  return sealed.subarray(step * SEALED_CHUNK_BYTES, (step + 1) * SEALED_CHUNK_BYTES);
}

async function readExactly(
  source: EnvelopeSource,
  offset: number,
  length: number,
  into?: Buffer,
): Promise<Buffer> {
  const bytes = await source.read(offset, length, into);
  if (bytes.length !== length) throw damaged();
  return bytes;
}
