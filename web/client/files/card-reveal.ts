/** Asking to see the photo of a card, which is masked until then. */
import { ask } from '../ask.ts';

/** What somebody who works here may want to see a card for. */
export const REVEAL_PURPOSES = ['identity', 'coverage', 'billing', 'correction'] as const;
export type RevealPurpose = (typeof REVEAL_PURPOSES)[number];

/**
 * From now on, for some minutes, this session is shown that Binary; the access log says so, and what for.
 * `own` is for patients and those who act for them. Throws `ApiError`.
 */
export async function revealCard(binary: string, purpose: RevealPurpose | 'own'): Promise<void> {
  const parameter = [{ name: 'purpose', valueCode: purpose }];
  const body = { resourceType: 'Parameters', parameter };
  await ask(`/fhir/Binary/${encodeURIComponent(binary)}/$reveal`, { method: 'POST', body });
}
