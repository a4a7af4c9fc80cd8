/**
 * Types of documents that people file by hand, out of the document ontology of LOINC (https://loinc.org/document-ontology).
 * What comes from elsewhere may have any other.
 */

interface TypeRow {
  readonly code: string;
  readonly display: string;
}

export const DOCUMENT_TYPES = {
  'photo-id': { code: '53245-7', display: 'Driver license' },
  'insurance-card': { code: '64290-0', display: 'Health insurance card' },
  consent: { code: '59284-0', display: 'Consent Document' },
  'advance-directive': { code: '42348-3', display: 'Advance directives' },
  radiograph: { code: '18748-4', display: 'Diagnostic imaging study' },
  photo: { code: '72170-4', display: 'Photographic image' },
  'lab-report': { code: '11502-2', display: 'Laboratory report' },
  referral: { code: '57133-1', display: 'Referral note' },
  'consult-note': { code: '11488-4', display: 'Consult note' },
  'progress-note': { code: '11506-3', display: 'Progress note' },
  'discharge-summary': { code: '18842-5', display: 'Discharge summary' },
  'history-form': { code: '10164-2', display: 'History of Present illness Narrative' },
  'outside-record': { code: '34133-9', display: 'Summary of episode note' },
  letter: { code: '68608-9', display: 'Summary note' },
  other: { code: '34109-9', display: 'Note' },
} as const satisfies Readonly<Record<string, TypeRow>>;

export type DocumentType = keyof typeof DOCUMENT_TYPES;

/** Of cards, as little is kept as can be: no original beside the photo. */
export function isCardType(type: DocumentType): boolean {
  return type === 'photo-id' || type === 'insurance-card';
}

export function isDocumentType(text: string): text is DocumentType {
  return Object.hasOwn(DOCUMENT_TYPES, text);
}
