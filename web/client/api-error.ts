/** What can go wrong between a page and the server, in the few kinds that a person can do something about. */

export type Failure =
  /** No session, or no more: sign in. */
  | 'signed-out'
  /** Not there, or not theirs: the server makes no difference, and neither do we. */
  | 'refused'
  /** Too much asked for what is not there; wait. */
  | 'throttled'
  /** The server has more to do than it can, and says when to come again. */
  | 'busy'
  /** The network does not reach the server. */
  | 'offline'
  /** The person would not or could not show that they are there. */
  | 'untouched'
  /** What was sent cannot be taken. */
  | 'invalid'
  /** The server cannot answer just now. */
  | 'failed';

export interface ApiErrorDetail {
  readonly cause?: unknown;
  /** What the server said of it. */
  readonly said?: string;
  /** As `Retry-After` says. */
  readonly waitSeconds?: number | null;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly failure: Failure;
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** The text of the answer; empty where there is none. */
  readonly said: string;
  /** After which to try again; null where nothing was said of it. */
  readonly waitSeconds: number | null;

  constructor(
    failure: Failure,
    status: number,
    { cause, said = '', waitSeconds = null }: ApiErrorDetail = {},
  ) {
    super(`The server did not answer as asked: ${failure}`, { cause });
    this.failure = failure;
    this.status = status;
    this.said = said;
    this.waitSeconds = waitSeconds;
  }
}

/** What kind of failure that was; what is no `ApiError` is a fault of ours. */
export function failureOf(error: unknown): Failure {
  return error instanceof ApiError ? error.failure : 'failed';
}

/** Who is told to come again later than this is not told of a server that is busy just now. */
const BUSY_SECONDS = 60;

/** `waitSeconds` is what the server asks to wait; null where it says nothing of it. */
export function failureOfStatus(status: number, waitSeconds: number | null): Failure {
  if (status === 401) return 'signed-out';
  if (status === 404 || status === 410) return 'refused';
  if (status === 429) return 'throttled';
  if (status === 503 && waitSeconds !== null && waitSeconds <= BUSY_SECONDS) return 'busy';
  return status < 500 ? 'invalid' : 'failed';
}

/** How long the server asks to wait; null where it says nothing of it. */
export function waitOf(error: unknown): number | null {
  return error instanceof ApiError ? error.waitSeconds : null;
}
