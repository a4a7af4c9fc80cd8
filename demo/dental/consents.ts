/** Consents: what was agreed as a Consent, and the signed form as a PDF. */
import type { Consent } from '@medplum/fhirtypes';
import type { ChartPen } from '../chart-pen.ts';
import { attachFile, DOCUMENT_TYPES } from '../documents.ts';
import { writePdf } from '../files/pdf.ts';
import type { Random } from '../random.ts';
import { scribble } from '../signature.ts';
import { hl7 } from '../terminology.ts';

export interface ConsentSpec {
  kind: 'privacy' | 'treatment';
  /** For treatment: what was agreed to, such as "Surgical extraction of 48 (lower right third molar)". */
  treatment?: string;
  tooth?: number;
  day: number;
  practice: string;
  patientName: string;
  birthDate: string;
  chartNumber: string;
  /** Who signed and, where not the patient, as what. */
  signedBy: string;
  signer: { reference: string };
  practitioner: string;
  practitionerName: string;
}

const PRIVACY_PARAGRAPHS = [
  'I have received the Notice of Privacy Practices of this practice and had time to read it and to ' +
    'ask about it.',
  'The practice may use my health information for treatment, payment and the running of the ' +
    'practice. For anything else it will ask me first, except where the law requires otherwise.',
  'I may ask who has looked at my record, ask for a copy of it, ask for a correction, and withdraw ' +
    'this consent in writing. I may name someone to act for me in the patient portal, and take that ' +
    'back at any time.',
];

function treatmentParagraphs(spec: ConsentSpec): string[] {
  return [
    `Proposed treatment: ${spec.treatment ?? 'as discussed'}.`,
    `${spec.practitionerName} has explained to me why this treatment is advised, how it is done, ` +
      'what else could be done instead, and what is likely to happen if nothing is done.',
    'I understand that pain, swelling, bleeding and bruising may follow, that a nerve may stay numb ' +
      'for weeks and in rare cases for good, and that the result cannot be promised. I have told the ' +
      'practice about my illnesses, medicines and allergies.',
    'I have had my questions answered. I may change my mind at any time before treatment begins.',
  ];
}

function form(spec: ConsentSpec, dateInWords: string, isoDate: string, random: Random): Buffer {
  const title = spec.kind === 'privacy' ? 'Privacy notice and consent' : 'Consent to dental treatment';
  const body = spec.kind === 'privacy' ? PRIVACY_PARAGRAPHS : treatmentParagraphs(spec);
  return writePdf({
    title,
    date: isoDate,
    lines: [
      { kind: 'small', text: spec.practice },
      { kind: 'title', text: title },
      { kind: 'rule' },
      {
        kind: 'text',
        text: `Patient: ${spec.patientName}, born ${spec.birthDate}, chart ${spec.chartNumber}`,
      },
      { kind: 'space' },
      ...body.flatMap((text) => [{ kind: 'text', text } as const, { kind: 'space' } as const]),
      { kind: 'signature', name: `${spec.signedBy}, ${dateInWords}`, strokes: scribble(random) },
      { kind: 'space' },
      {
        kind: 'small',
        text: `Witnessed by ${spec.practitionerName}. Scanned into the chart on the day of signing.`,
      },
    ],
  });
}

export function writeConsent(pen: ChartPen, spec: ConsentSpec): void {
  const { calendar } = pen;
  const at = calendar.instant(spec.day, 8, 20);
  const title =
    spec.kind === 'privacy' ? 'Privacy notice, signed' : `Consent to treatment, signed: ${spec.treatment}`;
  const bytes = form(spec, calendar.inWords(spec.day), calendar.date(spec.day), pen.random.fork('hand'));
  const document = attachFile(
    pen,
    {
      title,
      type: DOCUMENT_TYPES.consentForm,
      contentType: 'application/pdf',
      bytes,
      at,
      practitioner: spec.practitioner,
    },
    {
      key: `${pen.chart}-consent-${spec.kind}${spec.kind === 'treatment' ? `-${spec.tooth}${spec.day}` : ''}`,
      author: spec.practitioner,
    },
  );
  const isPrivacy = spec.kind === 'privacy';
  pen.write<Consent>(
    {
      resourceType: 'Consent',
      status: 'active',
      scope: isPrivacy
        ? hl7('consentscope', 'patient-privacy', 'Privacy Consent')
        : hl7('consentscope', 'treatment', 'Treatment'),
      category: [
        isPrivacy
          ? hl7('consentcategorycodes', 'npp', 'Notice of Privacy Practices')
          : {
              coding: [{ system: 'http://loinc.org', code: '59284-0', display: 'Consent Document' }],
              text: title,
            },
      ],
      patient: pen.patient,
      dateTime: at,
      performer: [spec.signer],
      organization: [{ reference: 'Organization/practice' }],
      policy: [{ uri: 'https://postern.example/policy/consent-1' }],
      sourceReference: document,
      provision: { type: 'permit' },
    },
    { author: spec.practitioner },
  );
}
