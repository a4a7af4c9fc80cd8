/**
 * Files of what is written: data that comes within a Binary is kept where files are, and a new version that
 * brings none carries the file of the one before on.
 */
import { notFound, PosternError } from '../../base/errors.ts';
import type { ResourceId } from '../../base/ids.ts';
import { SECTIONS } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { sealedSize } from '../../seal/index.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { type FileContent, readFacts, stretchesOf } from '../file-content.ts';
import { keptNow } from './kept-now.ts';
import type { Placed } from './place-all.ts';
import type { Draft, Place } from './place-resource.ts';
import type { StoreContext } from './store-context.ts';
import { KEY_JOIN, placeOfRow, type ResourceRow, ROW_COLUMNS } from './stored.ts';

/** A row with what is sealed beside it. */
export interface FileRow extends ResourceRow {
  readonly file: Buffer | null;
}

export interface DraftFile extends FileContent {
  /** Whether its blobs are new, and must be noted. */
  readonly isNew: boolean;
}

/** The files of those drafts that have one. What cannot be is refused, and the others are not. */
export async function filesOf(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  placed: readonly Placed[],
  refuse: (draft: Draft, error: PosternError) => void,
): Promise<Map<Draft, DraftFile>> {
  const files = new Map<Draft, DraftFile>();
  const binaries = placed.filter(({ draft }) => draft.resource.resourceType === 'Binary');
  if (binaries.length === 0) return files;
  const ids = binaries.filter(({ place }) => place.version > 1).map(({ draft }) => draft.id);
  const before = await fileRows(tx, visit, ids);
  for (const { draft, place } of binaries) {
    try {
      const file = await fileOf(context, tx, visit, draft, place, before.get(draft.id));
      if (file !== null) files.set(draft, file);
    } catch (error) {
      if (!(error instanceof PosternError) || error.code === 'unavailable') throw error;
      refuse(draft, error);
    }
  }
  return files;
}

async function fileOf(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  draft: Draft,
  place: Place,
  before: FileRow | undefined,
): Promise<DraftFile | null> {
  if (draft.file !== undefined) return { ...draft.file, isNew: true };
  const { data } = draft.resource;
  if (typeof data === 'string') {
    const { chartId, section, author } = place;
    const key = visit.scope.keys.newContentKey({ chartId, section, author });
    const facts = await context.files.keep(visit, key, Buffer.from(data, 'base64'));
    keptNow(tx, facts.stretches);
    return { key, facts, isNew: true };
  }
  if (before === undefined) return null;
  const carried = openFile(visit, before);
  // Whoever may not open it may not carry it elsewhere either.
  if (carried === null) throw notFound();
  return { ...carried, isNew: false };
}

/** The Binary as its row holds it: its data lies elsewhere. */
export function withoutData(resource: FhirResource): FhirResource {
  if (resource.resourceType !== 'Binary') return resource;
  const { data: _, ...rest } = resource;
  return rest as FhirResource;
}

/** Null where the row has no file, or the visit may not open it. Throws `damaged` for what does not open. */
export function openFile(visit: Visit, row: FileRow): FileContent | null {
  if (row.file === null || row.wrapped === null || row.practice_key_version === null) return null;
  const place = placeOfRow(visit, row);
  const opened = visit.scope.keys.openContent({
    ...place,
    sealed: row.file,
    wrappedKey: row.wrapped,
    practiceKeyVersion: row.practice_key_version,
  });
  return opened === null ? null : { key: opened.key, facts: readFacts(opened.facts) };
}

async function fileRows(
  tx: Transaction,
  visit: Visit,
  ids: readonly ResourceId[],
): Promise<Map<ResourceId, FileRow>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<FileRow>({
    name: 'files-before',
    text: `
      select ${ROW_COLUMNS}, r.file
      from postern.resource r ${KEY_JOIN}
      where r.practice_id = $1
        and r.id = any($2::uuid[])
        and r.file is not null`,
    values: [visit.scope.practiceId, ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/** Notes the blobs of new files, so that they are found without a key when nobody names them any more. */
export async function noteBlobs(
  tx: Transaction,
  visit: Visit,
  files: readonly {
    readonly id: ResourceId;
    readonly place: Pick<Place, 'chartId' | 'section' | 'author'>;
    readonly file: DraftFile;
  }[],
): Promise<void> {
  const blobs = files.flatMap(({ id, place, file }) =>
    file.isNew ? stretchesOf(file.facts).map((stretch) => ({ id, place, stretch })) : [],
  );
  if (blobs.length === 0) return;
  await tx.query({
    name: 'note-blobs',
    text: `
      insert into postern.blob (practice_id, id, chart_id, section, author, file_id, bytes)
      select $1, n.id, n.chart_id, n.section, n.author, n.file_id, n.bytes
      from unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::uuid[], $6::uuid[], $7::bigint[])
        n (id, chart_id, section, author, file_id, bytes)`,
    values: [
      visit.scope.practiceId,
      blobs.map(({ stretch }) => stretch.name),
      blobs.map(({ place }) => place.chartId),
      blobs.map(({ place }) => SECTIONS[place.section]),
      blobs.map(({ place }) => place.author),
      blobs.map(({ id }) => id),
      blobs.map(({ stretch }) => sealedSize(stretch.bytes)),
    ],
  });
}
