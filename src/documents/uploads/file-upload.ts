/** What an upload becomes: a document in the chart, and a Binary that is open to the same people. */
import { newId, type ResourceId } from '../../base/ids.ts';
import { type FileFacts, type NewResource, type StoreContext, writeTogether } from '../../chart/index.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { KIND_NAMES, kindNamed, STRICT_POLICY } from '../kinds/file-kind.ts';
import type { OpenUpload } from './sealed-upload.ts';
import { documentOf, type Sender } from './uploaded-document.ts';

export interface UploadToFile {
  readonly upload: Pick<OpenUpload, 'row' | 'order' | 'key'>;
  readonly facts: FileFacts;
  /** Of what was sent, before anything was taken out of it. */
  readonly sha256: string;
  readonly sender: Sender | null;
}

/** In one transaction with what else is written. Authority: `write` where it goes. */
export async function fileUpload(
  context: StoreContext,
  writer: Visit,
  { upload: { row, order, key }, facts, sha256, sender }: UploadToFile,
  also: (tx: Transaction) => Promise<void> = async () => undefined,
): Promise<void> {
  const binaryId = newId<ResourceId>();
  const kind = kindNamed(KIND_NAMES.find((known) => known === facts.kind) ?? 'unknown', STRICT_POLICY);
  const attachment = { contentType: kind.mediaType, url: `Binary/${binaryId}`, size: facts.bytes };
  const document = documentOf({ ...order, sha256 }, context.clock.now(), { sender, attachment });
  const binary = {
    resourceType: 'Binary',
    contentType: kind.mediaType,
    securityContext: { reference: `DocumentReference/${row.id}` },
  };
  const both: NewResource[] = [
    { id: row.id, resource: { ...document, id: row.id } },
    { id: binaryId, resource: { ...binary, id: binaryId }, file: { key, facts, hasRoom: true } },
  ];
  await writeTogether(context, writer, both, 'upload', also);
}
