/**
 * Destroys a document: it and the files that it alone names stand as deleted, and every version of them loses
 * what was sealed. The database refuses where it was not approved in this version, or somebody holds it.
 */

import type { BlobId, ResourceId } from '../../base/ids.ts';
import { sectionOf } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import { namedFiles } from '../named-files.ts';
import { skimResource } from '../resource-json.ts';
import { namingVersions } from './naming-versions.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openByKey, type ResourceRow, ROW_COLUMNS, SHREDDED_KEY_VERSION } from './stored.ts';
import { writeDeletion } from './write-resources.ts';

/** What is left in the store, for the caller to remove; null where it may not be. Authority: upkeep's. */
export async function destroyDocument(
  context: StoreContext,
  visit: Visit,
  id: ResourceId,
): Promise<readonly BlobId[] | null> {
  return inVisit(context, visit, async (tx, current) => {
    const { practiceId } = current.scope;
    const begun = await tx.query<{ may: boolean }>('select postern.destroy_begin($1) as may', [id]);
    if (begun.rows[0]?.may !== true) return null;
    const versions = await versionsOf(tx, practiceId, id);
    const [standing] = versions.filter(({ id: of }) => of === id).sort((a, b) => b.version - a.version);
    if (standing === undefined || standing.chart_id === null) return null;
    const own = filesNamed(context, current, versions);
    // What else names a file, or has named it, may be held or kept longer: such a file stays.
    const all = await namingVersions(context, tx, current, standing.chart_id);
    const elsewhere = new Set(all.flatMap((one) => (one.id === id ? [] : [...one.files])));
    const files = await standingFiles(
      tx,
      practiceId,
      standing,
      [...own].filter((file) => !elsewhere.has(file)),
    );
    for (const row of [standing, ...files]) {
      if (row.deleted) continue;
      const section = sectionOf(row.section);
      const author = section === 'psychotherapy' ? row.author : current.scope.accountId;
      const place = { chartId: row.chart_id, section, author, version: row.version + 1 };
      await writeDeletion(context, tx, current, row, place);
    }
    const ended = await tx.query<{ blobs: BlobId[] }>('select postern.destroy_end($1, $2) as blobs', [
      id,
      files.map((file) => file.id),
    ]);
    const entries = [standing, ...files].map(
      (row): LineEntry => [row.chart_id, row.type, row.id, row.version],
    );
    await appendLine(tx as never, lineOf(current, 'destroy', entries));
    return ended.rows[0]!.blobs;
  });
}

async function versionsOf(tx: Transaction, practiceId: string, id: ResourceId): Promise<ResourceRow[]> {
  const { rows } = await tx.query<ResourceRow>(
    `select ${ROW_COLUMNS}
     from (
         select * from postern.resource c where c.practice_id = $1
         union all
         select * from postern.resource_version v where v.practice_id = $1
       ) r ${KEY_JOIN}
     where r.id = $2
       and r.key_version <> ${SHREDDED_KEY_VERSION}`,
    [practiceId, id],
  );
  return rows;
}

function filesNamed(
  { ownBases }: StoreContext,
  visit: Visit,
  rows: readonly ResourceRow[],
): ReadonlySet<ResourceId> {
  const named = new Set<ResourceId>();
  for (const row of rows) {
    const content = row.deleted ? null : (openByKey(visit, row)?.content ?? null);
    if (content === null) continue;
    for (const id of namedFiles(skimResource(content.bytes().toString()), ownBases)) named.add(id);
  }
  return named;
}

/** Of the same chart alone, whatever the document names. */
async function standingFiles(
  tx: Transaction,
  practiceId: string,
  { chart_id: chartId }: ResourceRow,
  ids: readonly ResourceId[],
): Promise<ResourceRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await tx.query<ResourceRow>(
    `select ${ROW_COLUMNS}
     from postern.resource r ${KEY_JOIN}
     where r.practice_id = $1
       and r.id = any($2::uuid[])
       and r.chart_id = $3
       and r.type = 'Binary'
     for update of r`,
    [practiceId, ids, chartId],
  );
  return rows;
}
