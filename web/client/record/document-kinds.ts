/** What people may call a document when they file one by hand: the server's names, with their LOINC codes. */
export const DOCUMENT_KINDS: Readonly<Record<string, { readonly code: string; readonly display: string }>> = {
  'insurance-card': { code: '64290-0', display: 'Health insurance card' },
  'photo-id': { code: '53245-7', display: 'Driver license' },
  letter: { code: '68608-9', display: 'Summary note' },
  'lab-report': { code: '11502-2', display: 'Laboratory report' },
  referral: { code: '57133-1', display: 'Referral note' },
  photo: { code: '72170-4', display: 'Photographic image' },
  radiograph: { code: '18748-4', display: 'Diagnostic imaging study' },
  consent: { code: '59284-0', display: 'Consent Document' },
  'advance-directive': { code: '42348-3', display: 'Advance directives' },
  'discharge-summary': { code: '18842-5', display: 'Discharge summary' },
  'history-form': { code: '10164-2', display: 'History of Present illness Narrative' },
  'outside-record': { code: '34133-9', display: 'Summary of episode note' },
  'consult-note': { code: '11488-4', display: 'Consult note' },
  'progress-note': { code: '11506-3', display: 'Progress note' },
  other: { code: '34109-9', display: 'Note' },
};

/** The name of a kind by its code; null for kinds that nobody files by hand. */
export function kindOfCode(code: string | null): string | null {
  return Object.entries(DOCUMENT_KINDS).find(([, kind]) => kind.code === code)?.[0] ?? null;
}
