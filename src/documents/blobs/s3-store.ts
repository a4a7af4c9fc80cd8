/**
 * Blobs in a bucket that speaks S3: `PREFIX/PRACTICE/ID`. Only this server's keys reach it; nobody else ever
 * gets an address of it (`docs/adr/0121`).
 */

import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import type { S3Place } from '../../base/blob-setting.ts';
import type { PracticeId } from '../../base/ids.ts';
import type { BlobPlace, BlobStore, OpenBlob, StoredBlob } from './blob-store.ts';
import { explaining, S3Bucket, type S3Keys } from './s3-bucket.ts';
import { assertPrivateBucket } from './s3-privacy.ts';
import { openS3Blob } from './s3-reading.ts';
import { S3Writing } from './s3-writing.ts';

export class S3Store implements BlobStore {
  readonly name: string;
  readonly #bucket: S3Bucket;
  readonly #pageSize: number;

  /** Without keys, those that the machine has of AWS are used. `pageSize` is of listings. */
  constructor(place: S3Place, keys: S3Keys | null, pageSize = 1000) {
    this.#pageSize = pageSize;
    this.#bucket = new S3Bucket(place, keys);
    this.name = this.#bucket.name;
  }

  async put(place: BlobPlace, source: Readable, signal: AbortSignal): Promise<number> {
    const writing = new S3Writing(this.#bucket, this.#bucket.keyOf(place));
    const stop = () => source.destroy(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (signal.aborted) stop();
      for await (const piece of source as AsyncIterable<Uint8Array>) await writing.write(piece);
      return await writing.finish();
    } catch (error) {
      source.destroy();
      // What cannot be given up now is swept later.
      await writing.abandon().catch(() => undefined);
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async open(place: BlobPlace): Promise<OpenBlob | null> {
    const reading = await openS3Blob(this.#bucket, this.#bucket.keyOf(place));
    return reading === null ? null : { source: reading, close: async () => reading.close() };
  }

  async remove(place: BlobPlace): Promise<void> {
    const { bucket, client } = this.#bucket;
    const command = new DeleteObjectCommand({ Bucket: bucket, Key: this.#bucket.keyOf(place) });
    await explaining(() => client.send(command));
  }

  async *list(practiceId?: PracticeId): AsyncIterable<StoredBlob> {
    const { bucket, client } = this.#bucket;
    const within = { Bucket: bucket, Prefix: this.#bucket.prefixOf(practiceId), MaxKeys: this.#pageSize };
    for (let token: string | undefined; ; ) {
      const command = new ListObjectsV2Command({ ...within, ContinuationToken: token });
      const page = await explaining(() => client.send(command));
      for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
        const place = this.#bucket.placeOf(Key);
        if (place !== null) yield { ...place, bytes: Size, writtenAt: LastModified };
      }
      token = page.NextContinuationToken;
      if (page.IsTruncated !== true || token === undefined) return;
    }
  }

  async sweep(before: Date): Promise<number> {
    let swept = 0;
    // Gathered first: a listing that shrinks while it is paged may leave something out.
    const left: Upload[] = [];
    for await (const upload of this.#uploads()) if (upload.began < before) left.push(upload);
    const { bucket, client } = this.#bucket;
    for (const { key, uploadId } of left) {
      const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId });
      await explaining(() => client.send(command).catch(unlessEnded));
      swept += 1;
    }
    return swept;
  }

  assertPrivate(): Promise<void> {
    return assertPrivateBucket(this.#bucket);
  }

  async *#uploads(): AsyncIterable<Upload> {
    const { bucket, client } = this.#bucket;
    const within = { Bucket: bucket, Prefix: this.#bucket.prefixOf(), MaxUploads: this.#pageSize };
    for (let from: { KeyMarker?: string; UploadIdMarker?: string } = {}; ; ) {
      const command = new ListMultipartUploadsCommand({ ...within, ...from });
      const page = await explaining(() => client.send(command));
      for (const { Key = '', UploadId = '', Initiated } of page.Uploads ?? []) {
        if (this.#bucket.placeOf(Key) === null || Initiated === undefined) continue;
        yield { key: Key, uploadId: UploadId, began: Initiated };
      }
      if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return;
      from = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker ?? '' };
    }
  }
}

interface Upload {
  readonly key: string;
  readonly uploadId: string;
  readonly began: Date;
}

/** It may have ended since it was listed. */
function unlessEnded(error: unknown): void {
  if ((error as Error).name !== 'NoSuchUpload') throw error;
}
