/**
 * What somebody may still change of a document that they sent themselves, as long as the practice has not
 * looked at it: how it is called, what it is, of which day, and whether it is taken back. Nothing else of it
 * can be said here, so nobody accepts their own document or signs it as somebody else.
 */
import { notFound, PosternError } from '../base/errors.ts';
import { type ChartId, parseId, type ResourceId } from '../base/ids.ts';
import {
  type Change,
  type ChartStore,
  type FhirResource,
  readResource,
  type Stored,
  senderOf,
} from '../chart/index.ts';
import type { Gate, Visit } from '../gate/index.ts';
import { DOCUMENT_TYPES, type DocumentType } from './document-types.ts';

export interface Amendment {
  readonly title?: string;
  readonly type?: DocumentType;
  /** The day that it is of, YYYY-MM-DD; empty for none. */
  readonly date?: string;
  /** Takes it back, and says why. */
  readonly withdrawn?: string;
  /** The id of another that they sent since, in place of this one. */
  readonly replacedBy?: string;
}

/** Why a document stands no more, in the words of whoever withdrew it: an extension of the document. */
export const WITHDRAWN_REASON = 'urn:postern:withdrawn-reason';

interface Parts {
  readonly store: ChartStore;
  readonly gate: Pick<Gate, 'asJob'>;
}

interface SentDocument {
  readonly stored: Stored;
  readonly document: FhirResource;
  readonly chartId: ChartId;
}

/**
 * The document as it is then. Authority: `share` of the record, by the account that sent the document. Throws
 * not-found for what is not there and for what somebody else sent, `conflict` where the practice has looked
 * at it already, `version-conflict` where it is not the version named.
 */
export async function amendSent(
  parts: Parts,
  visit: Visit,
  id: string,
  amendment: Amendment,
  ifMatch: number | null,
): Promise<Stored> {
  const sent = await ownSent(parts, visit, id);
  const follows = ifMatch ?? sent.stored.version;
  const changes: Change[] = [updateOf(sent, amended(sent.document, amendment), follows)];
  if (amendment.replacedBy !== undefined) {
    const other = await ownSent(parts, visit, amendment.replacedBy);
    const { id: otherId } = other.stored;
    if (otherId === sent.stored.id || other.chartId !== sent.chartId) {
      throw new PosternError('not-processable', 'A document is replaced by another of the same record.');
    }
    const target = { reference: `DocumentReference/${sent.stored.id}` };
    const replacing = { ...other.document, relatesTo: [{ code: 'replaces', target }] };
    changes.push(updateOf(other, replacing, other.stored.version));
  }
  const { practiceId } = visit.scope;
  // Patients write nothing themselves; whether this one may was asked above, and is asked again.
  const [changed] = await parts.gate.asJob(practiceId, 'system-upkeep', 'amendment', async (job) => {
    assertSends(visit, sent.chartId);
    return parts.store.transact(job, changes);
  });
  const { stored } = changed!;
  const entries = [[sent.chartId, 'DocumentReference', stored.id, stored.version]] as const;
  await parts.store.note(visit, { action: 'amend', entries });
  return stored;
}

async function ownSent({ store }: Parts, visit: Visit, id: string): Promise<SentDocument> {
  const stored = await store.read(visit, 'DocumentReference', id);
  if (stored === null) throw notFound();
  if (stored.content === null) throw new PosternError('gone', 'This resource was deleted.');
  const document = readResource(stored.content.bytes().toString());
  const chartId = stored.content.origin.chartId as ChartId | null;
  if (chartId === null || senderOf(document) !== visit.scope.accountId) {
    await store.noteRefusal(visit, 'amend', [{ type: 'DocumentReference', id: stored.id }]);
    throw notFound();
  }
  assertSends(visit, chartId);
  if (document.status !== 'current' || document.docStatus !== 'preliminary') {
    throw new PosternError(
      'conflict',
      'The practice has looked at this document already. Ask them to change it.',
    );
  }
  return { stored, document, chartId };
}

function assertSends({ scope }: Visit, chartId: ChartId): void {
  if (scope.allows('share', 'administrative', chartId, null, 'DocumentReference')) return;
  throw notFound({ refused: [{ type: 'Patient', id: chartId }] });
}

function updateOf({ stored }: SentDocument, resource: FhirResource, ifMatch: number): Change {
  const target = { id: stored.id };
  return { kind: 'update', type: 'DocumentReference', target, resource, ifMatch };
}

function amended(document: FhirResource, amendment: Amendment): FhirResource {
  const { title, type, date, withdrawn, replacedBy } = amendment;
  const content = (document.content as readonly { readonly attachment: object }[]).map((one, at) =>
    at > 0 ? one : { ...one, attachment: attachmentOf(one.attachment, amendment) },
  );
  const coding = type === undefined ? null : [{ system: 'http://loinc.org', ...DOCUMENT_TYPES[type] }];
  const reason = { url: WITHDRAWN_REASON, valueString: withdrawn };
  const extension = [...((document.extension as readonly object[] | undefined) ?? []), reason];
  return {
    ...document,
    ...(title === undefined ? {} : { description: title }),
    ...(coding === null ? {} : { type: { coding } }),
    ...(title === undefined && date === undefined ? {} : { content }),
    ...(withdrawn === undefined ? {} : { status: 'entered-in-error', extension }),
    ...(replacedBy === undefined ? {} : { status: 'superseded' }),
  };
}

function attachmentOf(attachment: object, { title, date }: Amendment): object {
  const { creation: _, ...undated } = attachment as { creation?: unknown };
  return {
    ...(date === undefined ? attachment : undated),
    ...(title === undefined ? {} : { title }),
    ...(date === undefined || date === '' ? {} : { creation: date }),
  };
}

/** As the id of a resource reads; for whoever takes one from outside. */
export function documentIn(reference: string): ResourceId | null {
  const [type, id = ''] = reference.split('/');
  return type === 'DocumentReference' ? parseId<ResourceId>(id) : null;
}
