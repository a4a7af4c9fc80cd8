/**
 * How it is told that the database is away. What the driver throws then is no bug, and nobody's fault who
 * asks: it answers 503, and a command ends with one sentence. Everybody who works with the database meets it,
 * so it is known by its form here and not by the driver's classes.
 */
import { PosternError } from './errors.ts';

/** SQLSTATE: connection exceptions, being shut down, crashed or starting, and no connection to be had. */
const STATES = /^(?:08\w{3}|57P0[123]|53300)$/;
/** What the system says of a connection that is lost or cannot be made. */
const SYSTEM =
  /^(?:ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|E(?:HOST|NET)UNREACH|EAI_AGAIN|ENOTFOUND)$/;
/** What the driver says in words alone. */
const WORDS = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
]);

/** The error to tell in place of what a statement or connection failed with; `null` for any other failure. */
export function lostDatabase(error: unknown): PosternError | null {
  if (!(error instanceof Error) || error instanceof PosternError) return null;
  if (!isLoss(error)) return null;
  const text =
    'The database was stopped, or the connection to it was lost. Do the same again when it is back.';
  return new PosternError('unavailable', text, { cause: error });
}

function isLoss(error: NodeJS.ErrnoException): boolean {
  const { code = '', syscall, message } = error;
  if (syscall === undefined) return STATES.test(code) || WORDS.has(message);
  // The socket of a PostgreSQL on this machine goes with it.
  return SYSTEM.test(code) || (code === 'ENOENT' && syscall === 'connect');
}
