/** A bucket as its stores use it: where it is, who asks, and how what went wrong is said. */
import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { S3Place } from '../../base/blob-setting.ts';
import { PosternError } from '../../base/errors.ts';
import { type BlobId, isUuid, type PracticeId } from '../../base/ids.ts';
import type { BlobPlace } from './blob-store.ts';
import { PartBuffers } from './part-buffers.ts';
import { Turns } from './turns.ts';

export interface S3Keys {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Idle for so long, a connection is given up: what was read of it is asked for anew from where it ended. */
const IDLE_MS = 30_000;
const CONNECT_MS = 5000;
/** Each download that is under way holds one; slow ones must not keep others out. */
const MOST_SOCKETS = 1000;
/**
 * The smallest that every store takes (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).
 */
export const PART_BYTES = 5 * 1024 * 1024;
/** Parts that are on their way to the bucket at once, of all writings of this process. */
const PARTS_AT_ONCE = 4;

export class S3Bucket {
  readonly bucket: string;
  readonly client: S3Client;
  readonly place: S3Place;
  readonly partTurns = new Turns(PARTS_AT_ONCE);
  readonly parts = new PartBuffers(PART_BYTES, PARTS_AT_ONCE);
  /** Whether a writing may be told to take nobody's place (`If-None-Match`); known once it was tried. */
  conditional = false;

  /** Without keys, those that the machine has of AWS are used. */
  constructor(place: S3Place, keys: S3Keys | null) {
    this.place = place;
    this.bucket = place.bucket;
    const agent = { keepAlive: true, maxSockets: MOST_SOCKETS };
    this.client = new S3Client({
      region: place.region,
      forcePathStyle: place.pathStyle,
      ...(place.endpoint === null ? {} : { endpoint: place.endpoint }),
      ...(keys === null
        ? {}
        : { credentials: { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey } }),
      // What is signed has a digest of its own; the newer checksums are unknown to many stores.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        socketTimeout: IDLE_MS,
        httpAgent: agent,
        httpsAgent: agent,
      },
    });
  }

  /** For the operator, without secrets. */
  get name(): string {
    const { bucket, prefix, endpoint } = this.place;
    const at = endpoint === null ? 'AWS' : new URL(endpoint).host;
    return `the bucket ${bucket}${prefix === '' ? '' : `/${prefix}`} at ${at}`;
  }

  keyOf({ practiceId, blobId }: BlobPlace): string {
    return `${this.prefixOf(practiceId)}${blobId}`;
  }

  /** What the names of all blobs, or of one practice's, begin with. */
  prefixOf(practiceId?: PracticeId): string {
    const { prefix } = this.place;
    return `${prefix === '' ? '' : `${prefix}/`}${practiceId === undefined ? '' : `${practiceId}/`}`;
  }

  /** Null where the name is none that a blob has. */
  placeOf(key: string): BlobPlace | null {
    if (!key.startsWith(this.prefixOf())) return null;
    const [practice = '', blob = '', ...more] = key.slice(this.prefixOf().length).split('/');
    if (!isUuid(practice) || !isUuid(blob) || more.length > 0) return null;
    return { practiceId: practice as PracticeId, blobId: blob as BlobId };
  }
}

const NO_ROOM = /Quota|StorageFull|InsufficientStorage|TooManyObjects/;
const NOT_THERE: ReadonlySet<string> = new Set(['NoSuchKey', 'NotFound']);
const THERE_ALREADY: ReadonlySet<number> = new Set([409, 412]);

export function statusOf(error: unknown): number {
  return error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;
}

/** Whether the answer was that no such blob is there; a bucket that is gone is something else. */
export function isAbsent(error: unknown): boolean {
  return error instanceof S3ServiceException && NOT_THERE.has(error.name);
}

/** What a store throws, in one sentence: nothing of what the bucket said is shown to whoever asked. */
export function explained(error: unknown): unknown {
  if (error instanceof PosternError) return error;
  if (!(error instanceof Error)) return error;
  const status = statusOf(error);
  if (status === 507 || NO_ROOM.test(error.name)) {
    const text = 'The store of files has no room left for this file; whoever runs it has to make some.';
    return new PosternError('no-room', text, { cause: error });
  }
  if (THERE_ALREADY.has(status) && error.name !== 'OperationAborted') {
    return new PosternError('conflict', 'A file lies there already.', { cause: error });
  }
  const text = 'The store of files cannot be reached, or does not let us in; try again later.';
  return new PosternError('unavailable', text, { cause: error });
}

/** Does it, and says in our words what went wrong. */
export async function explaining<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explained(error);
  }
}
