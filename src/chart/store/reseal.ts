/**
 * Versions that go to another section, each resealed under that section's key; and the earlier ones of a
 * resource that an update has closed, which would tell what it no longer does.
 */
import { invariant } from '../../base/errors.ts';
import type { ResourceId } from '../../base/ids.ts';
import { SECTIONS, sectionOf, stricter } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import { type FileContent, writeFacts } from '../file-content.ts';
import { type FileRow, openFile } from './draft-files.ts';
import { lineOf } from './store-context.ts';
import { KEY_JOIN, NOTHING, openByKey, type ResourceRow, ROW_COLUMNS } from './stored.ts';
import type { WrappedKey } from './wrapped-keys.ts';

/**
 * Seals a version under the key. One that becomes a psychotherapy note is the key's author's from then on:
 * nobody else could open it. Authority: reading or opening it, and writing where it is and where it goes.
 */
export async function reseal(
  tx: Transaction,
  visit: Visit,
  table: 'resource' | 'resource_version',
  row: ResourceRow,
  key: WrappedKey,
): Promise<void> {
  const content = openByKey(visit, row)?.content ?? null;
  invariant(row.deleted || content !== null, 'what is moved was opened before');
  const { practiceId } = visit.scope;
  const { chartId, section, author, wrapped: wrappedKey, practiceKeyVersion } = key;
  const place = { practiceId, chartId, section, author, type: row.type, id: row.id, version: row.version };
  const bytes = content?.bytes() ?? NOTHING;
  const to = { ...place, wrappedKey, practiceKeyVersion };
  const sealed = visit.scope.keys.seal(to, bytes);
  const file = row.type === 'Binary' ? await fileOf(tx, visit, table, row) : null;
  const { rowCount } = await tx.query(
    `update postern.${table} r
     set section = $4, key_version = $5, sealed = $6, author = $7, file = $8
     where r.practice_id = $1
       and r.id = $2
       and r.version = $3`,
    [
      practiceId,
      row.id,
      row.version,
      SECTIONS[section],
      key.version,
      sealed,
      author ?? row.author,
      file && visit.scope.keys.sealContent(to, file.key, writeFacts(file.facts)),
    ],
  );
  invariant(rowCount === 1, 'what is resealed is there');
}

/** The content of a file goes along as it is: its key is sealed anew, and none of its stretches. */
async function fileOf(
  tx: Transaction,
  visit: Visit,
  table: 'resource' | 'resource_version',
  row: ResourceRow,
): Promise<FileContent | null> {
  const { rows } = await tx.query<Pick<FileRow, 'file'>>(
    `select r.file from postern.${table} r where r.practice_id = $1 and r.id = $2 and r.version = $3`,
    [visit.scope.practiceId, row.id, row.version],
  );
  return openFile(visit, { ...row, file: rows[0]?.file ?? null });
}

/**
 * Takes the earlier versions of a resource into the section of that key, where it is stricter than their own.
 * Versions that the visit does not see are in a stricter one already. Leaves a line for what it opened.
 */
export async function closeEarlierVersions(
  tx: Transaction,
  visit: Visit,
  id: ResourceId,
  key: WrappedKey,
): Promise<void> {
  const { rows } = await tx.query<ResourceRow>({
    name: 'earlier-versions',
    text: `
      select ${ROW_COLUMNS}
      from postern.resource_version r ${KEY_JOIN}
      where r.practice_id = $1
        and r.id = $2`,
    values: [visit.scope.practiceId, id],
  });
  const open = rows.filter((row) => {
    const section = sectionOf(row.section);
    return stricter(section, key.section) !== section;
  });
  if (open.length === 0) return;
  for (const row of open) await reseal(tx, visit, 'resource_version', row, key);
  const entries = open.map((row): LineEntry => [row.chart_id, row.type, row.id, row.version]);
  await appendLine(tx as never, lineOf(visit, 'move', entries));
}
