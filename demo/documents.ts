/** Files in a chart: a DocumentReference that describes one, and the Binary that holds its bytes. */
import type { CodeableConcept, DocumentReference } from '@medplum/fhirtypes';
import type { ChartPen, PenOptions, ReferenceTo } from './chart-pen.ts';
import { coding } from './terminology.ts';

export interface FileSpec {
  title: string;
  type: CodeableConcept;
  contentType: 'application/pdf' | 'image/png' | 'image/jpeg' | 'text/plain';
  bytes: Buffer;
  /** Instant at which the file came into the chart. */
  at: string;
  /** Key of the practitioner who filed it. */
  practitioner?: string;
  encounter?: string;
}

export interface NoteSpec {
  title: string;
  type: CodeableConcept;
  text: string;
  at: string;
  practitioner: string;
  encounter?: string;
  /** Codes of HL7 sensitivity labels (v3-ActCode), such as PSYTHPN; the note is then "restricted". */
  labels?: readonly string[];
}

const CLINICAL_NOTE: CodeableConcept = {
  coding: [
    {
      system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
      code: 'clinical-note',
      display: 'Clinical Note',
    },
  ],
};

function describe(pen: ChartPen, spec: FileSpec | NoteSpec): Omit<DocumentReference, 'content'> {
  return {
    resourceType: 'DocumentReference',
    status: 'current',
    docStatus: 'final',
    type: spec.type,
    subject: pen.patient,
    date: spec.at,
    description: spec.title,
    custodian: { reference: 'Organization/practice' },
    ...(spec.practitioner ? { author: [{ reference: `Practitioner/${spec.practitioner}` }] } : {}),
    ...(spec.encounter
      ? { context: { encounter: [{ reference: spec.encounter }], period: { start: spec.at } } }
      : {}),
  };
}

/** Security labels for a note: how confidential, and why. */
export function securityLabels(labels: readonly string[]): NonNullable<DocumentReference['meta']> {
  const level = labels.includes('PSYTHPN') ? 'V' : 'R';
  const display = level === 'V' ? 'very restricted' : 'restricted';
  return {
    security: [coding('confidentiality', level, display), ...labels.map((label) => coding('actCode', label))],
  };
}

/** A text note, its sentences in the attachment itself. */
export function writeNote(
  pen: ChartPen,
  spec: NoteSpec,
  options: PenOptions = {},
): ReferenceTo<DocumentReference> {
  const labels = spec.labels ?? [];
  return pen.write<DocumentReference>(
    {
      ...describe(pen, spec),
      ...(labels.length > 0 ? { meta: securityLabels(labels) } : {}),
      category: [CLINICAL_NOTE],
      content: [
        {
          attachment: {
            contentType: 'text/plain; charset=utf-8',
            language: 'en',
            data: Buffer.from(spec.text, 'utf8').toString('base64'),
            title: spec.title,
            creation: spec.at,
          },
        },
      ],
    },
    { author: spec.practitioner, ...options },
  );
}

/** A file; its Binary names the DocumentReference as its security context, so both are open to the same. */
export function attachFile(
  pen: ChartPen,
  spec: FileSpec,
  options: PenOptions & { key: string },
): ReferenceTo<DocumentReference> {
  const binary = `Binary/${options.key}`;
  const document = pen.write<DocumentReference>(
    {
      ...describe(pen, spec),
      content: [
        {
          attachment: {
            contentType: spec.contentType,
            url: binary,
            size: spec.bytes.length,
            title: spec.title,
            creation: spec.at,
          },
        },
      ],
    },
    options,
  );
  pen.write(
    {
      resourceType: 'Binary',
      contentType: spec.contentType,
      securityContext: document,
      data: spec.bytes.toString('base64'),
    },
    options,
  );
  return document;
}

export const DOCUMENT_TYPES = {
  photoId: { coding: [coding('loinc', '53245-7', 'Driver license')], text: 'Photo identification' },
  consentForm: {
    coding: [coding('loinc', '59284-0', 'Consent Document')],
    text: 'Signed consent',
  },
  radiograph: { coding: [coding('loinc', '18748-4', 'Diagnostic imaging study')], text: 'Dental radiograph' },
  progressNote: { coding: [coding('loinc', '11506-3', 'Progress note')], text: 'Progress note' },
  consultNote: { coding: [coding('loinc', '11488-4', 'Consult note')], text: 'Consultation note' },
  referral: { coding: [coding('loinc', '57133-1', 'Referral note')], text: 'Referral letter' },
  insuranceCard: { coding: [coding('loinc', '64290-0', 'Health insurance card')], text: 'Insurance card' },
  labReport: { coding: [coding('loinc', '11502-2', 'Laboratory report')], text: 'Laboratory report' },
} satisfies Record<string, CodeableConcept>;
