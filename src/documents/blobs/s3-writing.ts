/**
 * One blob on its way into a bucket. What fits one part is put at once; what does not goes up in parts and
 * has its name only when they are put together, so what has a name is whole. At most one part is being
 * filled, and whoever writes waits for a turn before it begins the next: memory is so many writings, and a
 * few parts on their way, times five mebibytes.
 *
 * Parts on their way are waited for before an upload is given up, since one that comes after that would be
 * left behind (https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html).
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { PosternError } from '../../base/errors.ts';
import { type BlobId, newId } from '../../base/ids.ts';
import { explaining, isAbsent, PART_BYTES, type S3Bucket, statusOf } from './s3-bucket.ts';

/** Parts of one blob that are on their way at once. */
const PARTS_AT_ONCE = 2;

export class S3Writing {
  readonly #bucket: S3Bucket;
  readonly #named: { readonly Bucket: string; readonly Key: string };
  /** Says which writing a blob came from: an answer that is lost on its way leaves that open. */
  readonly #token = newId<BlobId>();
  readonly #onTheirWay = new Set<Promise<void>>();
  readonly #parts: { ETag: string; PartNumber: number }[] = [];
  #part: Buffer | null = null;
  #filled = 0;
  #bytes = 0;
  #uploadId: string | null = null;

  constructor(bucket: S3Bucket, key: string) {
    this.#bucket = bucket;
    this.#named = { Bucket: bucket.bucket, Key: key };
  }

  /** Resolves when more may be written. */
  async write(piece: Uint8Array): Promise<void> {
    for (let rest = piece; rest.length > 0; ) {
      if (this.#filled === PART_BYTES) await explaining(() => this.#sendPart());
      this.#part ??= this.#bucket.parts.take();
      const taken = rest.subarray(0, PART_BYTES - this.#filled);
      this.#part.set(taken, this.#filled);
      this.#filled += taken.length;
      this.#bytes += taken.length;
      rest = rest.subarray(taken.length);
    }
  }

  /** Answers with the bytes of the blob when it is durable. Throws `conflict` where one lies there. */
  async finish(): Promise<number> {
    const uploadId = this.#uploadId;
    await explaining(() => (uploadId === null ? this.#putWhole() : this.#putTogether(uploadId)));
    return this.#bytes;
  }

  /** Leaves nothing of it. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.#onTheirWay);
    if (this.#uploadId === null) return;
    await this.#bucket.client.send(
      new AbortMultipartUploadCommand({ ...this.#named, UploadId: this.#uploadId }),
    );
  }

  async #putWhole(): Promise<void> {
    await this.#assertFree();
    const body = this.#part?.subarray(0, this.#filled) ?? Buffer.alloc(0);
    const blob = { ...this.#named, Body: body, ...this.#marks() };
    await this.#standing(() =>
      this.#bucket.client.send(new PutObjectCommand({ ...blob, ...this.#condition() })),
    );
    if (this.#part !== null) this.#bucket.parts.give(this.#part);
    this.#part = null;
  }

  async #putTogether(uploadId: string): Promise<void> {
    await this.#sendPart();
    await Promise.all(this.#onTheirWay);
    const whole = { ...this.#named, UploadId: uploadId, MultipartUpload: { Parts: this.#parts } };
    await this.#standing(() =>
      this.#bucket.client.send(new CompleteMultipartUploadCommand({ ...whole, ...this.#condition() })),
    );
    this.#uploadId = null;
  }

  async #sendPart(): Promise<void> {
    const uploadId = await this.#begin();
    while (this.#onTheirWay.size >= PARTS_AT_ONCE) await Promise.race(this.#onTheirWay);
    await this.#bucket.partTurns.take();
    const sending = this.#send(uploadId, this.#part!, this.#filled);
    [this.#part, this.#filled] = [null, 0];
    // One that has failed stays, so that whoever comes next is told of it.
    void sending.then(
      () => this.#onTheirWay.delete(sending),
      () => undefined,
    );
    this.#onTheirWay.add(sending);
  }

  async #send(uploadId: string, buffer: Buffer, filled: number): Promise<void> {
    const { client, parts, partTurns } = this.#bucket;
    const part = { ETag: '', PartNumber: this.#parts.length + 1 };
    this.#parts.push(part);
    const upload = { ...this.#named, UploadId: uploadId, PartNumber: part.PartNumber };
    try {
      const sent = await client.send(new UploadPartCommand({ ...upload, Body: buffer.subarray(0, filled) }));
      part.ETag = sent.ETag ?? '';
      // Not where it failed: something may still be reading it.
      parts.give(buffer);
    } finally {
      partTurns.give();
    }
  }

  async #begin(): Promise<string> {
    if (this.#uploadId !== null) return this.#uploadId;
    await this.#assertFree();
    const command = new CreateMultipartUploadCommand({ ...this.#named, ...this.#marks() });
    const { UploadId } = await this.#bucket.client.send(command);
    if (UploadId === undefined) throw new PosternError('unavailable', 'The store of files began no upload.');
    this.#uploadId = UploadId;
    return UploadId;
  }

  /** Where the answer may have been lost on its way, the bucket is asked whether the blob stands. */
  async #standing(put: () => Promise<unknown>): Promise<void> {
    try {
      await put();
    } catch (error) {
      const found = await this.#head().catch(() => null);
      if (found?.Metadata?.writing === this.#token && found.ContentLength === this.#bytes) return;
      throw error;
    }
  }

  /** For stores that cannot be told to take nobody's place. */
  async #assertFree(): Promise<void> {
    if (this.#bucket.conditional || (await this.#head()) === null) return;
    throw new PosternError('conflict', 'A file lies there already.');
  }

  async #head() {
    try {
      return await this.#bucket.client.send(new HeadObjectCommand(this.#named));
    } catch (error) {
      if (isAbsent(error) || statusOf(error) === 404) return null;
      throw error;
    }
  }

  #condition(): { IfNoneMatch?: string } {
    return this.#bucket.conditional ? { IfNoneMatch: '*' } : {};
  }

  #marks() {
    return { ContentType: 'application/octet-stream', Metadata: { writing: this.#token } };
  }
}
