/**
 * Where the sealed content of files lies. A store knows nothing of what it holds: envelopes under the id of a
 * practice and a random name, written once, never changed, read in parts. What lies there is worth nothing
 * without the keys of the chart, and a name opens nothing: every reading goes through the gate.
 */
import type { Readable } from 'node:stream';
import type { BlobId, PracticeId } from '../../base/ids.ts';
import type { EnvelopeSource } from '../../seal/index.ts';

/** Where a blob lies in every store. */
export interface BlobPlace {
  readonly practiceId: PracticeId;
  readonly blobId: BlobId;
}

/** A blob as a listing shows it. */
export interface StoredBlob extends BlobPlace {
  /** Of the envelope. */
  readonly bytes: number;
  readonly writtenAt: Date;
}

/** A blob that is open to be read; whoever opened it closes it. */
export interface OpenBlob {
  readonly source: EnvelopeSource;
  close(): Promise<void>;
}

export interface BlobStore {
  /** Says in one sentence where it is, without secrets: for the operator. */
  readonly name: string;

  /**
   * Writes a blob and answers with its bytes once it is durable. Where it rejects (the source failed, the
   * signal said so), nothing is left. Throws `no-room` where the store has none, `conflict` where a blob lies
   * there already, and what the source or the signal throws.
   */
  put(place: BlobPlace, source: Readable, signal: AbortSignal): Promise<number>;

  /** Null where there is none. Throws `unavailable` where the store cannot be reached. */
  open(place: BlobPlace): Promise<OpenBlob | null>;

  /** Removes it, durably. Repeatable. */
  remove(place: BlobPlace): Promise<void>;

  /** Every blob that is whole, of one practice or of all, in no order. */
  list(practiceId?: PracticeId): AsyncIterable<StoredBlob>;

  /** Removes what writings left behind that began before `before` and never ended; answers how many. */
  sweep(before: Date): Promise<number>;

  /**
   * Resolves where nobody but us can use it, and where we can. Throws `not-configured` with what mends it,
   * and `unavailable` where that cannot be told. Asked before anything is kept there.
   */
  assertPrivate(): Promise<void>;
}
