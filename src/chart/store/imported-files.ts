/**
 * Binaries that an import brings anew. Who imports opens no files, so row policies hide them from it: those
 * that it brought itself it may replace, and it learns no more of them than where they stand.
 */
import { PosternError } from '../../base/errors.ts';
import type { AccountId, ChartId, ResourceId } from '../../base/ids.ts';
import { type Section, sectionOf } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { FhirResource } from '../fhir-resource.ts';
import type { Standing } from './standing.ts';

interface Unseen {
  readonly type: string;
  readonly chartId: ChartId | null;
  readonly section: Section;
  readonly author: AccountId;
}

interface ImportedRow {
  readonly id: ResourceId;
  readonly version: number;
  readonly updatedAt: Date;
  readonly author: AccountId;
  readonly keyVersion: number;
  readonly sealed: Buffer;
  readonly file: Buffer | null;
}

type StandingFile = Omit<Standing, 'section' | 'chartId'> & {
  readonly id: ResourceId;
  readonly chart_id: Standing['chartId'];
  readonly section: number;
};

/** Adds where those of the drafts stand that were imported before and are hidden from this job. */
export async function addImportedFiles(
  tx: Transaction,
  visit: Visit,
  drafts: readonly { readonly id: ResourceId; readonly resource: FhirResource }[],
  standing: Map<ResourceId, Standing>,
): Promise<void> {
  if (!visit.scope.system) return;
  const ids = drafts.flatMap(({ id, resource }) =>
    resource.resourceType === 'Binary' && !standing.has(id) ? [id] : [],
  );
  if (ids.length === 0) return;
  const { rows } = await tx.query<StandingFile>({
    name: 'import-files-standing',
    text: `
      select s.id, s.type, s.chart_id, s.section, s.version, s.deleted, s.author
      from postern.import_files_standing($1) s`,
    values: [ids],
  });
  for (const { id, chart_id: chartId, section, ...row } of rows) {
    standing.set(id, { ...row, chartId, section: sectionOf(section) });
  }
}

/** Whether a version of that place is written without the one before being seen. */
export function isUnseen({ scope }: Visit, { type, chartId, section, author }: Unseen): boolean {
  return type === 'Binary' && scope.system && !scope.allows('open', section, chartId, author, type);
}

/** Earlier versions would have to be resealed, which takes opening them. */
export function notToClose(): PosternError {
  return new PosternError(
    'not-processable',
    'By what it says now, this file belongs into a more closed section than what was imported before. ' +
      'Change its document by hand, and import it again.',
  );
}

/** Writes a next version of an imported file. False where what stands has moved on, or is none of its. */
export async function putImportedFile(
  tx: Transaction,
  row: ImportedRow,
  classifierVersion: number,
): Promise<boolean> {
  const { rows } = await tx.query<{ put: boolean }>({
    name: 'import-file-put',
    text: 'select postern.import_file_put($1, $2, $3, $4, $5, $6, $7, $8) as put',
    values: [
      row.id,
      row.version,
      row.updatedAt.toISOString(),
      row.author,
      row.keyVersion,
      classifierVersion,
      row.sealed,
      row.file,
    ],
  });
  return rows[0]!.put;
}
