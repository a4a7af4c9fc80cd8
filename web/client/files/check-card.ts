/** Noting that somebody at the desk looked at a card. */
import { ask } from '../ask.ts';
import type { CardKind } from '../record/cards.ts';

export interface CardLook {
  readonly chart: string;
  readonly kind: CardKind;
  /** Empty where it is not to be noted; so are the day, YYYY-MM-DD, and the last four places at most. */
  readonly issuer: string;
  readonly expires: string;
  readonly last4: string;
  /** The document of a photo that was looked at with it; null where there is none. */
  readonly document: string | null;
}

/** Throws `ApiError`. */
export async function checkCard({ chart, kind, issuer, expires, last4, document }: CardLook): Promise<void> {
  const parameter = [
    { name: 'kind', valueCode: kind },
    ...(issuer.trim() === '' ? [] : [{ name: 'issuer', valueString: issuer.trim() }]),
    ...(expires === '' ? [] : [{ name: 'expires', valueDate: expires }]),
    ...(last4.trim() === '' ? [] : [{ name: 'last4', valueString: last4.trim() }]),
    ...(document === null
      ? []
      : [{ name: 'document', valueReference: { reference: `DocumentReference/${document}` } }]),
  ];
  const body = { resourceType: 'Parameters', parameter };
  await ask(`/fhir/Patient/${encodeURIComponent(chart)}/$check-card`, { method: 'POST', body });
}
