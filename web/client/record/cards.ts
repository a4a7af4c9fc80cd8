/** Photo IDs and insurance cards: what is noted of each, and what is kept of it until when. Pure. */
import type { DocumentReference, Extension } from '@medplum/fhirtypes';
import { isCard, type ListedDocument } from './documents.ts';

export interface KeptCard {
  readonly listed: ListedDocument;
  readonly kind: CardKind;
  /** Who issued it, as somebody noted; empty where nobody did. */
  readonly issuer: string;
  /** With dots before the last places; empty where nobody noted any. */
  readonly number: string;
  /** FHIR date; empty where nobody noted it. */
  readonly expires: string;
  /** FHIR instant of the look at it, and who looked; empty where nobody has. */
  readonly checkedAt: string;
  readonly checkedBy: string;
  /** FHIR date of the last day of its photo; empty where none is set. */
  readonly until: string;
  /** FHIR instant at which its photo was destroyed; empty where it was not. */
  readonly destroyed: string;
  readonly hasPhoto: boolean;
}

export const CARD_KINDS = ['photo-id', 'insurance-card'] as const;
export type CardKind = (typeof CARD_KINDS)[number];

const CHECK = 'urn:postern:card-check';
const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

export function keptCards(listed: readonly ListedDocument[]): KeptCard[] {
  return listed.filter(isCard).map((each) => {
    const { document, code } = each;
    const [identifier] = document.identifier ?? [];
    return {
      listed: each,
      kind: code === '53245-7' ? 'photo-id' : 'insurance-card',
      issuer: identifier?.assigner?.display ?? '',
      number: identifier?.value ?? '',
      expires: identifier?.period?.end?.slice(0, 10) ?? '',
      ...checkOf(document),
      hasPhoto: document.content.some(({ attachment }) => attachment.url !== undefined),
    };
  });
}

function checkOf({ extension }: DocumentReference) {
  const parts = extension?.find(({ url }) => url === CHECK)?.extension ?? [];
  const part = (name: string): Extension | undefined => parts.find(({ url }) => url === name);
  return {
    checkedAt: part('at')?.valueInstant ?? '',
    checkedBy: part('by')?.valueString ?? '',
    until: part('until')?.valueDate ?? '',
    destroyed: part('destroyed')?.valueInstant ?? '',
  };
}

/** How a card stands on a day: over, over within thirty days, or neither. */
export function standingOf({ expires }: Pick<KeptCard, 'expires'>, today: string): 'over' | 'soon' | 'valid' {
  if (expires === '') return 'valid';
  if (expires < today) return 'over';
  return Date.parse(expires) - Date.parse(today) <= SOON_DAYS * DAY_MS ? 'soon' : 'valid';
}

/** As YYYY-MM-DD, by the clock of whoever looks. */
export function today(): string {
  return new Intl.DateTimeFormat('sv-SE').format(new Date());
}
