/**
 * What is noted of the blobs of files, for the operator's upkeep of their store: without any key, and as the
 * database's owner.
 */
import type { Pool } from 'pg';
import type { BlobId, PracticeId } from '../../base/ids.ts';

export interface NotedBlob {
  readonly blobId: BlobId;
  /** Of the envelope; null where it is of an upload that has not ended, or of an archive or a link. */
  readonly bytes: number | null;
}

const PAGE = 2000;

/** Every blob that a practice's files, uploads, archives and links name, but for those of shredded charts. */
export async function* notedBlobs(owner: Pool, practiceId: PracticeId): AsyncGenerator<NotedBlob> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await owner.query<{ id: BlobId; bytes: string }>(
      `select b.id, b.bytes
       from postern.blob b
       where b.practice_id = $1
         and b.id > $2
         and not exists (
           select from postern.shred s
           where s.practice_id = b.practice_id and s.chart_id = b.chart_id)
       order by b.id
       limit ${PAGE}`,
      [practiceId, after],
    );
    for (const { id, bytes } of rows) yield { blobId: id, bytes: Number(bytes) };
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    after = last.id;
  }
  const { rows } = await owner.query<{ id: BlobId }>(
    `select distinct n.id
     from postern.upload u, unnest(u.blobs) n (id)
     where u.practice_id = $1
       and u.state <> 'done'
     union
     select n.id
     from postern.archive a, unnest(a.blobs) n (id)
     where a.practice_id = $1
     union
     select n.id
     from postern.link_file f, unnest(f.blobs) n (id)
     where f.practice_id = $1`,
    [practiceId],
  );
  for (const { id } of rows) yield { blobId: id, bytes: null };
}

/** Which of them a file, an upload, an archive or a link names, whoever's chart they are of. */
export async function notedAmong(
  owner: Pool,
  practiceId: PracticeId,
  blobIds: readonly BlobId[],
): Promise<Set<BlobId>> {
  const { rows } = await owner.query<{ id: BlobId }>(
    `select b.id
     from postern.blob b
     where b.practice_id = $1 and b.id = any($2::uuid[])
     union
     select n.id
     from postern.upload u, unnest(u.blobs) n (id)
     where u.practice_id = $1 and n.id = any($2::uuid[])
     union
     select n.id
     from postern.archive a, unnest(a.blobs) n (id)
     where a.practice_id = $1 and n.id = any($2::uuid[])
     union
     select n.id
     from postern.link_file f, unnest(f.blobs) n (id)
     where f.practice_id = $1 and n.id = any($2::uuid[])`,
    [practiceId, blobIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The next few blobs of shredded charts, which no key opens any more. */
export async function shreddedBlobs(owner: Pool, practiceId: PracticeId, most: number): Promise<BlobId[]> {
  const { rows } = await owner.query<{ id: BlobId }>(
    `select b.id
     from postern.blob b
     join postern.shred s on s.practice_id = b.practice_id and s.chart_id = b.chart_id
     where b.practice_id = $1
     limit $2`,
    [practiceId, most],
  );
  return rows.map(({ id }) => id);
}

/** After they were removed. */
export async function forgetBlobs(
  owner: Pool,
  practiceId: PracticeId,
  blobIds: readonly BlobId[],
): Promise<void> {
  await owner.query('delete from postern.blob b where b.practice_id = $1 and b.id = any($2::uuid[])', [
    practiceId,
    blobIds,
  ]);
}
