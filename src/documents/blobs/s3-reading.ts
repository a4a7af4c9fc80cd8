/**
 * A blob in a bucket, read as an envelope is: its head, its end, and then from some point on, a few chunks
 * at a time. The head comes with the first request. Reading on goes through one answer as it streams in, and
 * each answer that is read to its end is followed by a larger one, so that a part of a page costs little and
 * a large file few requests. Nothing is held but the head and what the socket holds.
 */
import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { PosternError } from '../../base/errors.ts';
import type { EnvelopeSource } from '../../seal/index.ts';
import { explained, isAbsent, type S3Bucket, statusOf } from './s3-bucket.ts';

/** What comes with the first request: the whole, of most files. */
const HEAD_BYTES = 256 * 1024;
const GROWTH = 4;
/** How often in a row a connection may be lost without a byte. */
const TRIES = 3;

/** Null where there is none. Throws `unavailable`. */
export async function openS3Blob(bucket: S3Bucket, key: string): Promise<S3Reading | null> {
  let answer: Answer | null;
  try {
    answer = await ask(bucket, key, 0, HEAD_BYTES);
  } catch (error) {
    // Nothing has no beginning to ask for.
    if (statusOf(error) === 416) return new S3Reading(bucket, key, Buffer.alloc(0), 0);
    throw explained(error);
  }
  if (answer === null) return null;
  const { body, size } = answer;
  const head = new Answered(body, 0, Math.min(HEAD_BYTES, size));
  try {
    return new S3Reading(bucket, key, await head.take(Math.min(HEAD_BYTES, size)), size);
  } catch {
    // Its beginning is asked for again with the first reading.
    return new S3Reading(bucket, key, Buffer.alloc(0), size);
  } finally {
    head.close();
  }
}

export class S3Reading implements EnvelopeSource {
  readonly size: number;
  readonly #bucket: S3Bucket;
  readonly #key: string;
  readonly #head: Buffer;
  #answered: Answered | null = null;
  #askFor = HEAD_BYTES;
  #closed = false;

  constructor(bucket: S3Bucket, key: string, head: Buffer, size: number) {
    [this.#bucket, this.#key, this.#head, this.size] = [bucket, key, head, size];
  }

  /** One after the other. Fewer bytes than asked for where the blob is gone, or closed. */
  async read(offset: number, length: number): Promise<Buffer> {
    const head = this.#head.subarray(offset, offset + length);
    if (head.length === length) return head;
    const pieces: Buffer[] = head.length > 0 ? [head] : [];
    let have = head.length;
    for (let lost = 0; have < length && !this.#closed; ) {
      try {
        const answered = await this.#from(offset + have, length - have);
        if (answered === null) break;
        const piece = await answered.take(Math.min(length - have, answered.end - answered.at));
        pieces.push(piece);
        have += piece.length;
        lost = 0;
      } catch (error) {
        this.#drop();
        lost += 1;
        if (lost === TRIES) throw explained(error);
      }
    }
    return Buffer.concat(pieces, have);
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #drop(): void {
    this.#answered?.close();
    this.#answered = null;
  }

  /** What is being answered from there on, or a new question; null where there is nothing any more. */
  async #from(offset: number, atLeast: number): Promise<Answered | null> {
    const running = this.#answered;
    if (running?.at === offset && running.at < running.end) return running;
    const goesOn = running?.at === offset;
    this.#drop();
    this.#askFor = goesOn ? this.#askFor * GROWTH : HEAD_BYTES;
    const end = Math.min(this.size, offset + Math.max(this.#askFor, atLeast));
    const answer = await ask(this.#bucket, this.#key, offset, end);
    if (answer === null) return null;
    if (this.#closed) answer.body.destroy();
    this.#answered = new Answered(answer.body, offset, end);
    return this.#answered;
  }
}

interface Answer {
  readonly body: Readable;
  /** Of the whole blob. */
  readonly size: number;
}

async function ask(bucket: S3Bucket, key: string, start: number, end: number): Promise<Answer | null> {
  const range = `bytes=${start}-${end - 1}`;
  try {
    const answer = await bucket.client.send(
      new GetObjectCommand({ Bucket: bucket.bucket, Key: key, Range: range }),
    );
    if (!(answer.Body instanceof Readable)) throw new Error('an answer without a body');
    const [, from, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.ContentRange ?? '') ?? [];
    if (Number(from) === start) return { body: answer.Body, size: Number(size) };
    answer.Body.destroy();
    throw new PosternError('unavailable', 'The store of files does not answer for parts of a file.');
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** An answer while it comes in; whoever reads takes as much as is wanted. */
class Answered {
  at: number;
  readonly end: number;
  readonly #body: Readable;
  readonly #pieces: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(body: Readable, at: number, end: number) {
    [this.#body, this.at, this.end] = [body, at, end];
    this.#pieces = body[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes. Throws where the connection is lost before. */
  async take(length: number): Promise<Buffer> {
    const pieces = [this.#rest];
    for (let have = this.#rest.length; have < length; ) {
      const next = await this.#pieces.next();
      if (next.done) throw new Error('The answer ended before its end.');
      pieces.push(next.value);
      have += next.value.length;
    }
    const all = pieces.length === 1 ? this.#rest : Buffer.concat(pieces);
    this.#rest = all.subarray(length);
    this.at += length;
    // Only an answer that was seen to its end gives its connection back.
    if (this.at === this.end) await this.#pieces.next();
    return all.subarray(0, length);
  }

  close(): void {
    this.#body.destroy();
  }
}
