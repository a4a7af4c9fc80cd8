/**
 * Plaintext with its origin, wrapped so that it cannot slip into a log, an error or a response: whatever
 * turns a value into text sees only that something was opened. Who wants the bytes asks for them by name.
 */
import { inspect } from 'node:util';
import { PosternError } from '../base/errors.ts';
import type { RecordPlace } from './context.ts';

const REDACTED = '[Opened]';

export class Opened {
  readonly #bytes: Buffer;
  readonly #origin: RecordPlace;

  constructor(bytes: Buffer, origin: RecordPlace) {
    this.#bytes = bytes;
    this.#origin = origin;
  }

  /** The place the plaintext was sealed for, as the envelope proved it. */
  get origin(): RecordPlace {
    return this.#origin;
  }

  /** The plaintext itself; not a copy. */
  bytes(): Buffer {
    return this.#bytes;
  }

  /** The plaintext read as JSON, anew at each call. Throws `damaged` where it is none. */
  json<T = unknown>(): T {
    try {
      return JSON.parse(this.#bytes.toString('utf8')) as T;
    } catch {
      // The parser's own message quotes what it stumbled over, so it is not kept as the cause.
      throw new PosternError('damaged', 'A record opened but does not hold JSON.');
    }
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
