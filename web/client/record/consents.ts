/** Consents of a chart: what a signed form covers, until when, and whether it still stands. Pure. */
import type { Consent } from '@medplum/fhirtypes';

export const CONSENT_KINDS = ['treatment', 'procedure', 'privacy', 'release', 'financial'] as const;
export type ConsentKind = (typeof CONSENT_KINDS)[number];

export interface SignedConsent {
  readonly id: string;
  /** Null for what was agreed elsewhere, in words of its own. */
  readonly kind: ConsentKind | null;
  /** What else is said of it: the procedure, to whom, or the words of its own. */
  readonly about: string;
  /** FHIR dateTime; empty where nobody noted it. */
  readonly signed: string;
  /** FHIR date; empty where it does not end by itself. */
  readonly until: string;
  readonly standing: 'active' | 'ended' | 'revoked' | 'other';
  /** The document that was signed; null where none is named. */
  readonly document: string | null;
  readonly consent: Consent;
}

export interface ConsentSaid {
  readonly chart: string;
  readonly document: string;
  readonly kind: ConsentKind;
  /** The procedure, or to whom it is released; empty for the others. */
  readonly about: string;
  /** YYYY-MM-DD; empty where it does not end by itself. */
  readonly until: string;
}

const KIND = 'urn:postern:consent-kind';
const LOINC = 'http://loinc.org';
const HL7 = 'http://terminology.hl7.org/CodeSystem';

export function signedConsents(found: readonly Consent[], today: string): SignedConsent[] {
  return found.flatMap((consent) => (consent.id === undefined ? [] : [signed(consent, consent.id, today)]));
}

function signed(consent: Consent, id: string, today: string): SignedConsent {
  const { category, sourceReference, provision, status } = consent;
  const until = provision?.period?.end?.slice(0, 10) ?? '';
  const said = category.find(({ text }) => text !== undefined)?.text ?? '';
  const released = provision?.actor?.[0]?.reference.display ?? '';
  const isOver = until !== '' && until < today;
  const standing =
    status === 'active' ? (isOver ? 'ended' : 'active') : status === 'inactive' ? 'revoked' : 'other';
  return {
    id,
    kind: kindOf(consent),
    about: released || said,
    signed: consent.dateTime ?? '',
    until,
    standing,
    document: /^DocumentReference\/([\w-]+)$/.exec(sourceReference?.reference ?? '')?.[1] ?? null,
    consent,
  };
}

function kindOf({ category, scope }: Consent): ConsentKind | null {
  const codings = category.flatMap(({ coding = [] }) => coding);
  const own = codings.find(({ system }) => system === KIND)?.code;
  const known = CONSENT_KINDS.find((kind) => kind === own);
  if (known !== undefined) return known;
  if (codings.some(({ code }) => code === 'npp')) return 'privacy';
  return scope.coding?.some(({ code }) => code === 'treatment') ? 'treatment' : null;
}

const SCOPES = {
  treatment: { system: `${HL7}/consentscope`, code: 'treatment', display: 'Treatment' },
  privacy: { system: `${HL7}/consentscope`, code: 'patient-privacy', display: 'Privacy Consent' },
} as const;

const CATEGORIES = {
  treatment: { system: LOINC, code: '59284-0', display: 'Consent Document' },
  procedure: { system: LOINC, code: '59284-0', display: 'Consent Document' },
  privacy: { system: `${HL7}/consentcategorycodes`, code: 'npp', display: 'Notice of Privacy Practices' },
  release: { system: LOINC, code: '64292-6', display: 'Release of information consent' },
  financial: { system: LOINC, code: '59284-0', display: 'Consent Document' },
} as const satisfies Readonly<Record<ConsentKind, object>>;

/**
 * The Consent that a form is (https://hl7.org/fhir/R4/consent.html): it says what was signed, and opens nothing to
 * anybody; what people may see is given at the page of access.
 */
export function consentOf({ chart, document, kind, about, until }: ConsentSaid, now: Date): Consent {
  const isTreatment = kind === 'treatment' || kind === 'procedure';
  const said = about.trim();
  const category = { coding: [CATEGORIES[kind], { system: KIND, code: kind }] };
  const recipient = {
    role: { coding: [{ system: `${HL7}/v3-ParticipationType`, code: 'IRCP' }] },
    reference: { display: said },
  };
  return {
    resourceType: 'Consent',
    status: 'active',
    scope:
      kind === 'financial'
        ? { text: 'Financial agreement' }
        : { coding: [isTreatment ? SCOPES.treatment : SCOPES.privacy] },
    category: [said === '' || kind === 'release' ? category : { ...category, text: said }],
    patient: { reference: `Patient/${chart}` },
    dateTime: now.toISOString(),
    sourceReference: { reference: `DocumentReference/${document}` },
    policyRule: { text: 'As the signed form says' },
    provision: {
      type: 'permit',
      ...(until === '' ? {} : { period: { end: until } }),
      ...(kind === 'release' && said !== '' ? { actor: [recipient] } : {}),
    },
  };
}
