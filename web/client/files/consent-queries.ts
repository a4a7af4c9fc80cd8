/** What is asked and written about consents. */
import type { Consent } from '@medplum/fhirtypes';
import { ask } from '../ask.ts';
import { ofChart } from '../chart-queries.ts';
import { type ConsentSaid, consentOf, type SignedConsent } from '../record/consents.ts';

export function consents(chart: string) {
  return ofChart<Consent>('Consent', chart, { _sort: '-date' });
}

/** Notes what a signed form covers. Throws `ApiError`. */
export async function noteConsent(said: ConsentSaid): Promise<void> {
  await ask('/fhir/Consent', { method: 'POST', body: consentOf(said, new Date()) });
}

/** From now on it does not stand; what was signed stays on record. Throws `ApiError`. */
export async function revokeConsent({ id, consent }: SignedConsent): Promise<void> {
  const headers = { 'if-match': `W/"${consent.meta?.versionId ?? ''}"` };
  await ask(`/fhir/Consent/${encodeURIComponent(id)}`, {
    method: 'PUT',
    headers,
    body: { ...consent, status: 'inactive' },
  });
}
