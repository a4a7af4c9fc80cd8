/**
 * OperationOutcome: how every error, and now and then a success, is told
 * (https://hl7.org/fhir/R4/operationoutcome.html).
 */
import { type ErrorCode, notFound, PosternError } from '../base/errors.ts';
import type { Answer } from '../base/exchange.ts';
import { lostDatabase } from '../base/lost-database.ts';

/** From https://hl7.org/fhir/R4/valueset-issue-type.html, the closest to each of our codes. */
const ISSUE_TYPE: Readonly<Record<ErrorCode, string>> = {
  invalid: 'invalid',
  'too-costly': 'too-costly',
  unauthenticated: 'login',
  'foreign-page': 'forbidden',
  'step-up': 'forbidden',
  masked: 'suppressed',
  'not-found': 'not-found',
  'method-not-allowed': 'not-supported',
  'not-acceptable': 'not-supported',
  conflict: 'conflict',
  gone: 'deleted',
  'version-conflict': 'conflict',
  'several-matches': 'multiple-matches',
  'too-large': 'too-long',
  'unsupported-media': 'not-supported',
  'not-processable': 'processing',
  throttled: 'throttled',
  'not-configured': 'exception',
  damaged: 'exception',
  'not-open': 'transient',
  unavailable: 'transient',
  'no-room': 'no-store',
};

export function issueTypeOf(code: ErrorCode): string {
  return ISSUE_TYPE[code];
}

export const OUTCOME_TYPE = 'application/fhir+json; charset=utf-8';

interface OutcomeIssue {
  readonly severity: 'fatal' | 'error' | 'warning' | 'information';
  readonly code: string;
  readonly text: string;
  /** Where pages must tell it from others of its kind. */
  readonly coding?: string;
  readonly expression?: readonly string[];
}

export function outcomeBytes(issue: OutcomeIssue): Buffer {
  return Buffer.from(JSON.stringify(outcomeResource(issue)));
}

export function outcomeResource({ severity, code, text, coding, expression = [] }: OutcomeIssue): object {
  const at = expression.length === 0 ? {} : { expression };
  const details = { ...(coding === undefined ? {} : { coding: [{ code: coding }] }), text };
  return { resourceType: 'OperationOutcome', issue: [{ severity, code, details, ...at }] };
}

/**
 * The answer to an error: status, fixed headers of its code and an OperationOutcome. What is no PosternError
 * is a bug: it answers 500 and says nothing of itself, unless the database is away.
 */
export function errorAnswer(thrown: unknown): Answer {
  const error = lostDatabase(thrown) ?? thrown;
  if (!(error instanceof PosternError)) return BUG;
  if (error.code === 'unauthenticated') return SIGN_IN;
  if (error.code === 'not-found' && error.message === ABSENT_TEXT) return ABSENT;
  const { code, status, message, expression } = error;
  const severity = status >= 500 ? 'fatal' : 'error';
  const coded = code === 'step-up' || code === 'masked' ? { coding: code } : {};
  const body = outcomeBytes({ severity, code: ISSUE_TYPE[code], text: message, ...coded, expression });
  return { status, headers: { 'content-type': OUTCOME_TYPE, ...EXTRA[code] }, body };
}

const EXTRA: Partial<Record<ErrorCode, Readonly<Record<string, string>>>> = {
  throttled: { 'retry-after': '30' },
  unavailable: { 'retry-after': '5' },
};

const ABSENT_TEXT = notFound().message;

/** The one answer to what is hidden and what is absent. */
const ABSENT: Answer = {
  status: 404,
  headers: { 'content-type': OUTCOME_TYPE },
  body: outcomeBytes({ severity: 'error', code: ISSUE_TYPE['not-found'], text: ABSENT_TEXT }),
};

/** The one answer where no live session stands behind a request, whatever the reason (RFC 6750 section 3). */
const SIGN_IN: Answer = {
  status: 401,
  headers: { 'content-type': OUTCOME_TYPE, 'www-authenticate': 'Bearer realm="postern"' },
  body: outcomeBytes({
    severity: 'error',
    code: ISSUE_TYPE.unauthenticated,
    text: 'There is no live session behind this request. Sign in.',
  }),
};

const BUG: Answer = {
  status: 500,
  headers: { 'content-type': OUTCOME_TYPE },
  body: outcomeBytes({
    severity: 'fatal',
    code: 'exception',
    text: 'Something went wrong here. It has been written to the server log.',
  }),
};
