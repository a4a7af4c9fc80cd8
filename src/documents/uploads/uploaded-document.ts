/** The document that an upload becomes. */
import type { FhirResource } from '../../chart/index.ts';
import { DOCUMENT_TYPES } from '../document-types.ts';
import type { UploadOrder } from './upload-order.ts';

export interface Uploaded {
  /** Sent by a patient or for them: staff look through it, and say when it is final. */
  readonly isSent: boolean;
  /** Where its content is; null while there is none. */
  readonly attachment: object | null;
}

/** https://hl7.org/fhir/R4/documentreference.html */
export function documentOf(order: UploadOrder, now: Date, { isSent, attachment }: Uploaded): FhirResource {
  const { code, display } = DOCUMENT_TYPES[order.type];
  const { title, date } = order;
  const content = { ...attachment, title, ...(date === null ? {} : { creation: date }) };
  return {
    resourceType: 'DocumentReference',
    status: 'current',
    docStatus: isSent ? 'preliminary' : 'final',
    type: { coding: [{ system: 'http://loinc.org', code, display }] },
    subject: { reference: `Patient/${order.chartId}` },
    date: now.toISOString(),
    description: title,
    content: [{ attachment: content }],
  };
}
