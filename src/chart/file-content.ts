/**
 * The content of a file, as the row of its Binary knows it. The bytes lie in a store of blobs that this room
 * does not know; what is here says which, under which key, and what they add up to.
 */
import { PosternError } from '../base/errors.ts';
import { type BlobId, isUuid, type PracticeId, type ResourceId } from '../base/ids.ts';
import type { Visit } from '../gate/index.ts';
import type { ContentKey } from '../seal/index.ts';

/** A part of the content, under a name that says nothing. */
export interface Stretch {
  readonly name: BlobId;
  /** Of the plaintext. */
  readonly bytes: number;
}

/** What is known of a file's content; sealed beside the row. */
export interface FileFacts {
  readonly bytes: number;
  /** Of the whole, in lower-case hex. */
  readonly sha256: string;
  /** In their order. */
  readonly stretches: readonly Stretch[];
  /** What the bytes are, whatever was said of them: a name that the room of documents knows. */
  readonly kind: string;
  /** What it was called where it came from; null where nobody said. */
  readonly name: string | null;
  /** What it was before its metadata was taken out, where the practice keeps that; under the same key. */
  readonly original?: Pick<FileFacts, 'bytes' | 'sha256' | 'stretches'>;
}

export interface FileContent {
  readonly key: ContentKey;
  readonly facts: FileFacts;
  /** Where the practice's room was taken for it before: by an upload, when it began. */
  readonly hasRoom?: true;
  /** The promise by which room was taken for it before its bytes came; it ends where the file is written. */
  readonly promise?: ResourceId;
}

/** What a practice keeps at most. */
export interface FileRoom {
  readonly bytes: number;
  readonly files: number;
}

/** Keeps the data that comes within resources, and gives it back. */
export interface FileKeeper {
  roomOf(practiceId: PracticeId): Promise<FileRoom>;

  /**
   * Durable when it resolves. Throws `no-room`, `unavailable`, what the key says of the reach, and what a
   * scanner finds, where the practice has one.
   */
  keep(visit: Visit, key: ContentKey, data: Uint8Array): Promise<FileFacts>;

  /** The same of data that stands in a row already, which no scanner can keep out any more. */
  takeOver(visit: Visit, key: ContentKey, data: Uint8Array): Promise<FileFacts>;

  /** Removes what was kept for a record that was not written after all. Never throws. */
  drop(practiceId: PracticeId, stretches: readonly Pick<Stretch, 'name'>[]): Promise<void>;

  /** All of it. Throws `damaged` where a part is not there or not whole, and what the key says. */
  data(visit: Visit, file: FileContent): Promise<Buffer>;
}

export function writeFacts(facts: FileFacts): Buffer {
  return Buffer.from(JSON.stringify(facts));
}

/** Throws `damaged` for what this room has not written. */
export function readFacts(bytes: Buffer): FileFacts {
  const facts = JSON.parse(bytes.toString()) as FileFacts;
  for (const { bytes, stretches } of [facts, facts.original ?? NOTHING]) {
    const total = stretches.reduce((sum, stretch) => sum + stretch.bytes, 0);
    if (total === bytes && stretches.every(({ name }) => isUuid(name))) continue;
    throw new PosternError('damaged', 'What is known of this file does not fit its content.');
  }
  return facts;
}

const NOTHING = { bytes: 0, stretches: [] } as const;

/** All that lies in the store of a file. */
export function stretchesOf({ stretches, original }: FileFacts): readonly Stretch[] {
  return [...stretches, ...(original?.stretches ?? [])];
}
