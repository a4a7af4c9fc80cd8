/** The document that an upload becomes. */
import type { AccountId } from '../../base/ids.ts';
import { ACCOUNT_SYSTEM, type FhirResource, SENT_DIGEST } from '../../chart/index.ts';
import { DOCUMENT_TYPES } from '../document-types.ts';
import type { UploadOrder } from './upload-order.ts';

/** Who sends into a chart without the right to write there. */
export interface Sender {
  readonly accountId: AccountId;
  /** Null where the account has none. */
  readonly name: string | null;
}

export interface Uploaded {
  /** A patient, or who acts for them: staff look through it, and say when it is final. Null for staff. */
  readonly sender: Sender | null;
  /** Where its content is; null while there is none. */
  readonly attachment: object | null;
}

/** https://hl7.org/fhir/R4/documentreference.html */
export function documentOf(order: UploadOrder, now: Date, { sender, attachment }: Uploaded): FhirResource {
  const { code, display } = DOCUMENT_TYPES[order.type];
  const { title, date, sha256, expires } = order;
  const content = {
    ...attachment,
    title,
    ...(date === null ? {} : { creation: date }),
    ...(sha256 === null ? {} : { extension: [{ url: SENT_DIGEST, valueString: sha256 }] }),
  };
  return {
    resourceType: 'DocumentReference',
    status: 'current',
    docStatus: sender === null ? 'final' : 'preliminary',
    type: { coding: [{ system: 'http://loinc.org', code, display }] },
    subject: { reference: `Patient/${order.chartId}` },
    date: now.toISOString(),
    ...(sender === null ? {} : { author: [authorOf(sender)] }),
    description: title,
    ...(expires === undefined ? {} : { identifier: [{ period: { end: expires } }] }),
    content: [{ attachment: content }],
  };
}

/** By the account: whoever acts for a patient need not stand in the chart. */
function authorOf({ accountId, name }: Sender): object {
  const identifier = { system: ACCOUNT_SYSTEM, value: accountId };
  return { identifier, ...(name === null || name === '' ? {} : { display: name }) };
}
