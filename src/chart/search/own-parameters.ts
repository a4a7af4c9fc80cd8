/**
 * Search parameters of our own, for what R4 has none: which documents patients sent that nobody has looked
 * at, since when; and whether a file is in the chart already, by the digest of what was sent.
 */
import { isObject, type JsonObject } from '../fhir-resource.ts';
import type { Extract } from './fhir-path.ts';

/** The system of an account's id, as the identifier of who sent a document. */
export const ACCOUNT_SYSTEM = 'urn:postern:account';
/** SHA-256 of a file as it was sent, in lower-case hex: an extension of its attachment. */
export const SENT_DIGEST = 'urn:postern:sent-sha256';

export const OWN_PARAMETERS = [
  {
    url: 'urn:postern:search-parameter:waiting',
    code: 'waiting',
    type: 'date',
    base: ['DocumentReference'],
    expression: 'DocumentReference.date',
  },
  {
    url: 'urn:postern:search-parameter:sent-digest',
    code: 'sent-digest',
    type: 'token',
    base: ['DocumentReference'],
    expression: `DocumentReference.content.attachment.extension('${SENT_DIGEST}').value`,
  },
] as const;

/** Since when a document waits for the practice to look at it; of any other nothing. */
export const waitingSince: Extract = (document, emit) => {
  if (!isObject(document) || document.status !== 'current' || document.docStatus !== 'preliminary') return;
  if (senderOf(document) !== null) emit(document.date);
};

/** The id of the account that sent a document into the chart; null where staff or a program filed it. */
export function senderOf(document: JsonObject): string | null {
  const authors = Array.isArray(document.author) ? document.author : [];
  for (const { identifier } of authors.filter(isObject)) {
    if (!isObject(identifier) || identifier.system !== ACCOUNT_SYSTEM) continue;
    if (typeof identifier.value === 'string') return identifier.value;
  }
  return null;
}
