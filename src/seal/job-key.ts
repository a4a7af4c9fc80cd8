/**
 * The key of one background job: what the job was asked, how far it has come and the files it made are sealed
 * under it, and under nothing else, so that destroying it destroys them all. It is wrapped under a key of a
 * kind of its own that is derived from the practice's, with practice and job as associated data: a row that
 * is moved to another job, or written by hand, does not open.
 */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Transform } from 'node:stream';
import { inspect } from 'node:util';
import type { PracticeId } from '../base/ids.ts';
import { labelledContext } from './context.ts';
import { openBytes, sealBytes } from './envelope.ts';
import { type EnvelopeSource, openRange } from './envelope-range.ts';
import { type Permit, sealStream } from './envelope-stream.ts';
import type { PracticeKeys } from './practice-keys.ts';
import type { Part } from './tuple.ts';
import { encodeTuple } from './tuple.ts';
import { unwrapKey, wrapKey } from './wrap.ts';

/** A job's key as it is stored, and the version of the practice's MAC key that it hangs from. */
export interface WrappedJobKey {
  readonly wrapped: Buffer;
  readonly keyVersion: number;
}

const REDACTED = '[JobKey]';

export class JobKey {
  readonly #practiceId: PracticeId;
  readonly #jobId: string;
  readonly #key: KeyObject;

  /** Room-internal; others call `newJobKey` or `openJobKey`. */
  constructor(practiceId: PracticeId, jobId: string, key: KeyObject) {
    this.#practiceId = practiceId;
    this.#jobId = jobId;
    this.#key = key;
  }

  /** Seals what the job keeps in its row. `parts` say what it is, and must be given again to open it. */
  seal(parts: readonly Part[], plaintext: Uint8Array): Buffer {
    return sealBytes(this.#key, this.#context('row', parts), plaintext);
  }

  /** Throws `damaged` for what was not sealed as that. */
  open(parts: readonly Part[], sealed: Buffer): Buffer {
    return openBytes(this.#key, this.#context('row', parts), sealed);
  }

  /** A stream from the plaintext of a file of the job to its envelope. A name is never used twice. */
  sealFile(name: string): Transform {
    return sealStream(this.#key, this.#context('file', [name]));
  }

  /** A part of a file; `permit` is asked before each chunk and throws to end it. Throws as `openRange`. */
  openFile(
    name: string,
    source: EnvelopeSource,
    start: number,
    endExclusive: number,
    permit: Permit,
  ): AsyncGenerator<Buffer, void, void> {
    return openRange(this.#key, this.#context('file', [name]), source, start, endExclusive, permit);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }

  #context(kind: 'row' | 'file', parts: readonly Part[]): Buffer {
    return labelledContext(`postern/job-${kind}/v1`, this.#practiceId, this.#jobId, ...parts);
  }
}

/** Makes the key of a new job. `stored` must be durable before anything is sealed under it for good. */
export function newJobKey(keys: PracticeKeys, jobId: string): { key: JobKey; stored: WrappedJobKey } {
  const keyVersion = keys.currentVersion('mac');
  const bytes = randomBytes(32);
  const wrapped = wrapKey(keys.jobWrappingKey(keyVersion), bytes, purposeOf(keys.practiceId, jobId));
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { key: new JobKey(keys.practiceId, jobId, key), stored: { wrapped, keyVersion } };
}

/** Throws `damaged` where it is not the key of that job of that practice. */
export function openJobKey(
  keys: PracticeKeys,
  jobId: string,
  { wrapped, keyVersion }: WrappedJobKey,
): JobKey {
  const key = unwrapKey(keys.jobWrappingKey(keyVersion), wrapped, purposeOf(keys.practiceId, jobId));
  return new JobKey(keys.practiceId, jobId, key);
}

function purposeOf(practiceId: PracticeId, jobId: string): Buffer {
  return encodeTuple(['postern/job-key/v1', practiceId, jobId]);
}
