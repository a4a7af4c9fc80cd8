/**
 * What is sealed in an upload's row: what was begun, and what has come of it. Under the key of the chart that
 * it is for, so that shredding the chart takes it along.
 */
import { notFound } from '../../base/errors.ts';
import type { AccountId, ChartId, ResourceId } from '../../base/ids.ts';
import { sectionOf } from '../../base/section.ts';
import { inVisit, type StoreContext, type Stretch } from '../../chart/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { ContentKey, KeyedPlace, KeyPlace } from '../../seal/index.ts';
import type { UploadOrder } from './upload-order.ts';
import type { UploadRow } from './upload-rows.ts';

export interface SealedUpload {
  readonly order: UploadOrder;
  readonly stretches: readonly Stretch[];
}

export interface OpenUpload extends SealedUpload {
  readonly row: UploadRow;
  readonly key: ContentKey;
}

export type UploadPlace = KeyPlace & { readonly chartId: ChartId };

export function uploadPlace(section: KeyPlace['section'], chartId: ChartId, account: AccountId): UploadPlace {
  return { chartId, section, author: section === 'psychotherapy' ? account : null };
}

/** Throws not-found where the writer may no longer write there, `damaged` for what does not open. */
export async function openUpload(context: StoreContext, writer: Visit, row: UploadRow): Promise<OpenUpload> {
  const at = uploadPlace(sectionOf(row.section), row.chart_id, row.account_id);
  const place = await keyedUpload(context, writer, at, row.id, row.version, row.key_version);
  const opened = writer.scope.keys.openContent({ ...place, sealed: row.sealed });
  if (opened === null) throw notFound();
  return { row, key: opened.key, ...(JSON.parse(opened.facts.toString()) as SealedUpload) };
}

export function sealUpload(writer: Visit, place: KeyedPlace, key: ContentKey, sealed: SealedUpload): Buffer {
  return writer.scope.keys.sealContent(place, key, Buffer.from(JSON.stringify(sealed)));
}

/**
 * The place of an upload's row with the chart's key; where no version of that is named, the one to write
 * with, made where the chart has none for the section yet. Throws not-found where there is none any more.
 */
export async function keyedUpload(
  context: StoreContext,
  writer: Visit,
  at: UploadPlace,
  id: ResourceId,
  version: number,
  keyVersion?: number,
): Promise<KeyedPlace & { readonly keyVersion: number }> {
  const found =
    keyVersion === undefined
      ? await inVisit(context, writer, async (tx, current) => {
          const keys = await context.wrappedKeys.forWriting(tx, current, [at]);
          return [...keys.values()][0] ?? null;
        })
      : await context.wrappedKeys.one(context.pool, writer, at, keyVersion);
  if (found === null) throw notFound();
  const { practiceId } = writer.scope;
  const { wrapped: wrappedKey, practiceKeyVersion, version: of } = found;
  return { practiceId, ...at, type: 'Upload', id, version, wrappedKey, practiceKeyVersion, keyVersion: of };
}
