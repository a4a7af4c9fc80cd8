/**
 * Branded identifiers. All are lower-case UUIDs in their text form; the brand keeps a chart's id from being
 * passed where a practice's is meant. Ids are random and never serve as a control.
 */
import { randomUUID } from 'node:crypto';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type PracticeId = Branded<'PracticeId'>;
/** The id of a chart, which is the id of its Patient resource. */
export type ChartId = Branded<'ChartId'>;
export type ResourceId = Branded<'ResourceId'>;
export type AccountId = Branded<'AccountId'>;
export type GrantId = Branded<'GrantId'>;
export type LineId = Branded<'LineId'>;
/** The id of what a partner left, which is no resource. */
export type DepositId = Branded<'DepositId'>;
/** The name of sealed content in a store of files; it says nothing. */
export type BlobId = Branded<'BlobId'>;
/** The id of a background job. */
export type JobId = Branded<'JobId'>;
/** Lower-case hex of the SHA-256 of a session token; the token itself is never stored. */
export type SessionHash = Branded<'SessionHash'>;

type UuidId = PracticeId | ChartId | ResourceId | AccountId | GrantId | LineId | DepositId | JobId | BlobId;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function newId<Id extends UuidId>(): Id {
  return randomUUID() as string as Id;
}

/** Whether the text is a UUID in the one form that Postern writes (lower case, hyphens). */
export function isUuid(text: string): boolean {
  return text.length === 36 && UUID.test(text);
}

/** The id, or `null` where the text is none: an id that cannot exist is answered like one that does not. */
export function parseId<Id extends UuidId>(text: string): Id | null {
  return isUuid(text) ? (text as Id) : null;
}

/** The nil UUID: stands for "nobody" where a key must not be null. */
export const NIL_UUID = '00000000-0000-0000-0000-000000000000';
