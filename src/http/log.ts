/**
 * The server's own log: what failed, never whose it was. Nothing that a request or a record says is written
 * (paths and queries hold ids and names, messages of parsers and the database quote what they were given);
 * which chart was asked for stands in the access log alone.
 */
import { type DestinationStream, type LogFn, type Logger, pino } from 'pino';
import { PosternError } from '../base/errors.ts';

export type Log = Logger;

/** A second guard for whoever logs more one day. */
const REDACTED = ['headers', 'body', 'query', 'url', 'token', 'code', 'authorization', 'cookie'];

export function openLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    serializers: { err: describeError },
    hooks: { logMethod: withoutQuotes },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Where an error comes without words of ours, pino would make the error's own message the line's. */
function withoutQuotes(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, ...rest]: unknown[] = args;
  const entry = first instanceof Error ? { err: first } : first;
  const words = rest.length === 0 && typeof entry === 'object' ? ['failed'] : rest;
  method.apply(this, [entry, ...words] as Parameters<LogFn>);
}

interface ErrorDescription {
  readonly name: string;
  /** Ours, PostgreSQL's or the system's. */
  readonly failure?: string;
  readonly message?: string;
  readonly frames: readonly string[];
  readonly cause?: ErrorDescription;
}

const FRAMES = 8;

/** What may be written of an error: its message only where it is in our own words. */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const { code } = error as { code?: unknown };
  const ours = error instanceof PosternError || error.message.startsWith('Broken invariant: ');
  const stack = error.stack ?? '';
  // The message stands before the frames and may have lines of its own.
  const after = stack.slice(Math.max(0, stack.indexOf(error.message)) + error.message.length);
  const frames = after.split('\n').filter((line) => line.startsWith('    at '));
  return {
    name: error.name,
    ...(typeof code === 'string' ? { failure: code } : {}),
    ...(ours ? { message: error.message } : {}),
    frames: frames.slice(0, FRAMES).map((line) => line.trim()),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
