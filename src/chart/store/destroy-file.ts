/**
 * Destroying the content of a file for good: the keys of all its versions go with the transaction, and who
 * destroyed it stands in a line. What lies in the store is of no use to anybody from then on; the caller
 * removes it, and what is left where that fails is collected later. The record of the file stays, deleted.
 */
import type { BlobId, ChartId, ResourceId } from '../../base/ids.ts';
import { sectionOf } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine } from '../../ledger/index.ts';
import { isCard } from '../card.ts';
import { readResource, writeResource } from '../resource-json.ts';
import { withoutData } from './draft-files.ts';
import { namingVersions } from './naming-versions.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openByKey, placeOfRow, type ResourceRow, ROW_COLUMNS } from './stored.ts';
import { writeDeletion } from './write-resources.ts';

/** What became of a photo: the blobs that nobody can open any more, or why it stays. */
export type FileGone = { readonly blobs: readonly BlobId[] } | 'held' | 'kept';

/**
 * Destroys the photo of a card, and of nothing else: it stays where anything names it, or has named it, that
 * is no card and was not on its way to be looked at. Held is what somebody holds, by whichever document.
 * Repeatable. For an upkeep scope: it writes in every section, and sees which blobs a file has.
 */
export async function destroyFile(
  context: StoreContext,
  visit: Visit,
  document: ResourceId,
  id: ResourceId,
): Promise<FileGone> {
  return inVisit(context, visit, async (tx, current) => {
    const stays = await whyItStays(context, tx, current, document, id);
    if (stays !== null) return stays;
    const { practiceId } = current.scope;
    const { rows } = await tx.query<ResourceRow>(
      `select ${ROW_COLUMNS}
       from postern.resource r ${KEY_JOIN}
       where r.practice_id = $1
         and r.id = $2
         and r.type = 'Binary'
       for update of r`,
      [practiceId, id],
    );
    const [row] = rows;
    if (row === undefined) return { blobs: [] };
    if (!row.deleted) {
      const section = sectionOf(row.section);
      const place = { chartId: row.chart_id, section, author: row.author, version: row.version + 1 };
      await writeDeletion(context, tx, current, row, place);
    }
    await tx.query(
      `update postern.resource_version r
       set file = null
       where r.practice_id = $1
         and r.id = $2
         and r.file is not null`,
      [practiceId, id],
    );
    await emptyRows(tx, current, id);
    const blobs = await tx.query<{ id: BlobId }>(
      'delete from postern.blob b where b.practice_id = $1 and b.file_id = $2 returning b.id',
      [practiceId, id],
    );
    await appendLine(tx as never, lineOf(current, 'destroy-file', [[row.chart_id, row.type, id, null]]));
    return { blobs: blobs.rows.map((blob) => blob.id) };
  });
}

async function whyItStays(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  document: ResourceId,
  file: ResourceId,
): Promise<'held' | 'kept' | null> {
  const asked = async (namers: readonly ResourceId[]) => {
    const text = 'select postern.card_may_go($1, $2, $3) as may';
    const { rows } = await tx.query<{ may: 'yes' | 'held' | 'other' }>(text, [document, file, namers]);
    return rows[0]!.may;
  };
  // Whoever holds anything waits from here on; what names the file is known only after that.
  const first = await asked([]);
  if (first !== 'yes') return first === 'held' ? 'held' : 'kept';
  const { rows } = await tx.query<{ chart: ChartId }>(
    'select r.chart_id as chart from postern.resource r where r.practice_id = $1 and r.id = $2',
    [visit.scope.practiceId, document],
  );
  const all = await namingVersions(context, tx, visit, rows[0]!.chart);
  const namers = all.filter(({ files }) => files.has(file));
  if (namers.some(({ resource }) => !isCard(resource) && resource.docStatus !== 'preliminary')) return 'kept';
  return (await asked(namers.map(({ id }) => id))) === 'held' ? 'held' : null;
}

/** Versions whose data still stands within their rows, from before there was a store of files. */
async function emptyRows(
  tx: Parameters<Parameters<typeof inVisit>[2]>[0],
  visit: Visit,
  id: ResourceId,
): Promise<void> {
  const { practiceId, keys } = visit.scope;
  const { rows } = await tx.query<ResourceRow>(
    `select ${ROW_COLUMNS}
     from postern.resource_version r ${KEY_JOIN}
     where r.practice_id = $1
       and r.id = $2`,
    [practiceId, id],
  );
  for (const row of rows) {
    const content = row.deleted ? null : openByKey(visit, row)?.content;
    if (content == null || row.wrapped === null) continue;
    const resource = readResource(content.bytes().toString());
    if (resource.data === undefined) continue;
    const to = {
      ...placeOfRow(visit, row),
      wrappedKey: row.wrapped,
      practiceKeyVersion: row.practice_key_version!,
    };
    await tx.query(
      `update postern.resource_version r
       set sealed = $4
       where r.practice_id = $1
         and r.id = $2
         and r.version = $3`,
      [practiceId, id, row.version, keys.seal(to, Buffer.from(writeResource(withoutData(resource))))],
    );
  }
}
