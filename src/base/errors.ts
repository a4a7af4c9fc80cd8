/**
 * The one error class of Postern. A `PosternError` has a stable code that programs may rely on, a message
 * that is safe to show to whoever asked (never patient data), and the HTTP status that answers with it.
 * Everything else that is thrown is a bug and answers 500 without its message.
 */

/** HTTP status of every error code. A new code is added here and described in `docs/errors.md`. */
const STATUS = {
  invalid: 400,
  'too-costly': 400,
  unauthenticated: 401,
  'foreign-page': 403,
  'step-up': 403,
  masked: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  conflict: 409,
  gone: 410,
  'version-conflict': 412,
  'several-matches': 412,
  'too-large': 413,
  'unsupported-media': 415,
  'not-processable': 422,
  throttled: 429,
  'not-configured': 500,
  damaged: 500,
  'not-open': 503,
  unavailable: 503,
  'no-room': 507,
} as const;

export type ErrorCode = keyof typeof STATUS;

export const ERROR_CODES = Object.keys(STATUS) as readonly ErrorCode[];

export interface ErrorDetail {
  /** What lies behind it; kept for the log at the edge, never shown. */
  cause?: unknown;
  /** FHIRPath expressions of the elements at fault, without their values. */
  expression?: readonly string[];
  /** What was named and is absent or not the asker's, where the request's own address does not say it. */
  refused?: readonly Refused[];
}

/** A resource that somebody named: for the access log and the count of refusals, never for the answer. */
export interface Refused {
  readonly type: string;
  readonly id: string;
}

export class PosternError extends Error {
  override readonly name = 'PosternError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly expression: readonly string[];
  readonly refused: readonly Refused[];

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.status = STATUS[code];
    this.expression = detail.expression ?? [];
    this.refused = detail.refused ?? [];
  }

  /** Whether it answers for what is absent or not the asker's; bursts of such are somebody's search. */
  get isRefusal(): boolean {
    return this.code === 'not-found' || this.refused.length > 0;
  }
}

/** The one answer to "not there" and "not yours": same words, same code, whatever the reason. */
export function notFound(detail: Pick<ErrorDetail, 'refused'> = {}): PosternError {
  return new PosternError('not-found', 'No such resource, or it is not yours to see.', detail);
}

/** Asserts what only a bug can break; the message never holds data. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Broken invariant: ${message}`);
}
