/** Archives as PostgreSQL knows them: what they take of the practice's room, and the names of their blobs. */
import type pg from 'pg';
import type { BlobId, ChartId, JobId, PracticeId } from '../base/ids.ts';
import { inVisit, type StoreContext } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';

export interface ArchiveJob {
  readonly practiceId: PracticeId;
  readonly id: JobId;
}

/** Begins it, or begins it again; the blobs of the time before, and null where the job has ended. */
export async function beginArchive(
  pool: pg.Pool,
  { practiceId, id }: ArchiveJob,
  chart: ChartId,
): Promise<readonly BlobId[] | null> {
  const { rows } = await pool.query<{ blobs: BlobId[] }>(
    'select b.blobs from postern.archive_begin($1, $2, $3) b',
    [practiceId, id, chart],
  );
  return rows[0]?.blobs ?? null;
}

/**
 * Takes so much of the practice's room in all; false where it has not got it. Whoever else asks for room of
 * the practice waits until this has been decided.
 */
export async function takeRoom(
  context: StoreContext,
  visit: Visit,
  { practiceId, id }: ArchiveJob,
  bytes: number,
  most: number,
): Promise<boolean> {
  return inVisit(context, visit, async (tx) => {
    const { rows: held } = await tx.query<{ bytes: string }>('select h.bytes from postern.files_held() h');
    const free = most - Number(held[0]!.bytes);
    const { rows } = await tx.query<{ taken: boolean }>(
      'select postern.archive_take($1, $2, $3, $4) as taken',
      [practiceId, id, bytes, free],
    );
    return rows[0]?.taken === true;
  });
}

/** Notes a blob that will be of it; false where it has ended meanwhile, and nobody would remove that blob. */
export async function noteBlob(
  pool: pg.Pool,
  { practiceId, id }: ArchiveJob,
  blob: BlobId,
): Promise<boolean> {
  const { rows } = await pool.query<{ noted: boolean }>('select postern.archive_note($1, $2, $3) as noted', [
    practiceId,
    id,
    blob,
  ]);
  return rows[0]?.noted === true;
}

/** Takes away those that have ended: what lies in the store of each is to be removed. */
export async function archivesOver(
  pool: pg.Pool,
): Promise<readonly { readonly practiceId: PracticeId; readonly blobs: readonly BlobId[] }[]> {
  const { rows } = await pool.query<{ practice_id: PracticeId; blobs: BlobId[] }>(
    'select o.practice_id, o.blobs from postern.archives_over() o',
  );
  return rows.map(({ practice_id: practiceId, blobs }) => ({ practiceId, blobs }));
}
