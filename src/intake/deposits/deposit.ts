/** What partners may leave, and what is said of it. Pure. */
import { PosternError } from '../../base/errors.ts';
import type { AccountId, DepositId, ResourceId } from '../../base/ids.ts';

/** Bytes that one deposit may have: it is sealed in memory. */
export const DEPOSIT_BYTES = 16 * 1024 * 1024;
/** What one partner may have waiting; who sends faster than anybody looks waits too. */
export const WAITING_LIMITS = { deposits: 10_000, bytes: 1024 ** 3 } as const;

/** The one type of content that can be filed so far. */
export const FHIR_JSON = 'application/fhir+json';

const HL7_V2 = 'application/hl7-v2';
const X12 = 'application/edi-x12';

/**
 * Names under which content may come, and the one under which it is kept. What a sender writes is never kept
 * itself: a header can say anything.
 */
const ACCEPTED: ReadonlyMap<string, string> = new Map([
  [FHIR_JSON, FHIR_JSON],
  ['application/json', FHIR_JSON],
  [HL7_V2, HL7_V2],
  ['application/hl7-v2+er7', HL7_V2],
  ['x-application/hl7-v2+er7', HL7_V2],
  [X12, X12],
  ['application/x12', X12],
  ...[
    'application/hl7-cda+xml',
    'application/dicom',
    'application/pdf',
    'image/jpeg',
    'image/png',
    'image/tiff',
    'text/plain',
  ].map((name): [string, string] => [name, name]),
]);

/** The type that content is kept under. Throws `unsupported-media` for one that nobody here could file. */
export function mediaTypeOf(contentType: string): string {
  const [name = ''] = contentType.split(';');
  const known = ACCEPTED.get(name.trim().toLowerCase());
  if (known !== undefined) return known;
  throw new PosternError(
    'unsupported-media',
    `A deposit is one of: ${[...new Set(ACCEPTED.values())].join(', ')}.`,
  );
}

export const DEPOSIT_STATES = ['waiting', 'filed', 'discarded'] as const;
export type DepositState = (typeof DEPOSIT_STATES)[number];

/** What staff see of a deposit without opening it. */
export interface DepositLine {
  readonly id: DepositId;
  readonly partner: AccountId;
  readonly receivedAt: Date;
  readonly mediaType: string;
  readonly bytes: number;
  readonly state: DepositState;
  readonly filedAs: readonly ResourceId[];
  readonly decidedBy: AccountId | null;
  readonly decidedAt: Date | null;
  /** The last deposit of the same content by the same partner that has been decided. */
  readonly earlier: { readonly id: DepositId; readonly state: DepositState } | null;
}

/** What a partner is told of a deposit of its own: never how it was decided, which would tell of patients. */
export interface Receipt {
  readonly id: DepositId;
  readonly receivedAt: Date;
  readonly state: 'waiting' | 'settled';
}
