/** Uploads as PostgreSQL keeps them: their sender's alone, by row policy. */
import { PosternError } from '../../base/errors.ts';
import type { AccountId, BlobId, ChartId, PracticeId, ResourceId } from '../../base/ids.ts';
import { SECTIONS } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { KeyPlace } from '../../seal/index.ts';
import type { UploadLimits } from '../rules/file-rules.ts';

export type UploadStanding = 'open' | 'done' | 'kept-apart';

export interface UploadRow {
  readonly id: ResourceId;
  readonly account_id: AccountId;
  readonly chart_id: ChartId;
  readonly section: number;
  readonly key_version: number;
  readonly version: number;
  /** Bytes of the whole, and those that have come. */
  readonly length: number;
  readonly arrived: number;
  readonly state: UploadStanding;
  readonly expires_at: Date;
  readonly sealed: Buffer;
}

export interface NewUploadRow
  extends Pick<UploadRow, 'id' | 'key_version' | 'length' | 'expires_at' | 'sealed'> {
  readonly place: KeyPlace & { readonly chartId: ChartId };
  readonly accountId: AccountId;
}

export interface Held {
  readonly bytes: number;
  readonly files: number;
  /** Of whoever asks, and not ended. */
  readonly ownUploads: number;
}

/** What the practice holds and has promised to take; the others who ask wait until this transaction ends. */
export async function heldBy(tx: Transaction): Promise<Held> {
  const { rows } = await tx.query<{ bytes: string; files: string; own_uploads: string }>(
    'select h.bytes, h.files, h.own_uploads from postern.files_held() h',
  );
  const [held] = rows;
  return {
    bytes: Number(held!.bytes),
    files: Number(held!.files),
    ownUploads: Number(held!.own_uploads),
  };
}

/** Throws `throttled` and `no-room`. */
export function assertRoom(
  held: Held,
  length: number,
  { bytesOfPractice, filesOfPractice, openOfPerson }: UploadLimits,
): void {
  if (held.ownUploads >= openOfPerson) {
    throw new PosternError('throttled', 'Many uploads of yours have not ended. Finish or end some first.');
  }
  if (held.bytes + length <= bytesOfPractice && held.files < filesOfPractice) return;
  throw new PosternError('no-room', 'The practice keeps as many files as it may. Tell the practice.');
}

export async function insertUpload(
  tx: Transaction,
  practiceId: PracticeId,
  { place, accountId, ...row }: NewUploadRow,
): Promise<void> {
  await tx.query(
    `insert into postern.upload (
       practice_id, id, account_id, chart_id, section, key_version, version, length, expires_at, sealed)
     values ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9)`,
    [
      practiceId,
      row.id,
      accountId,
      place.chartId,
      SECTIONS[place.section],
      row.key_version,
      row.length,
      row.expires_at,
      row.sealed,
    ],
  );
}

export async function findUpload(
  tx: Transaction,
  practiceId: PracticeId,
  id: ResourceId,
): Promise<UploadRow | null> {
  const { rows } = await tx.query<UploadRow & { length: string; arrived: string }>({
    name: 'find-upload',
    text: `
      select u.id, u.account_id, u.chart_id, u.section, u.key_version, u.version, u.length, u.arrived,
        u.state, u.expires_at, u.sealed
      from postern.upload u
      where u.practice_id = $1
        and u.id = $2
        and u.expires_at > clock_timestamp()`,
    values: [practiceId, id],
  });
  const [row] = rows;
  return row === undefined ? null : { ...row, length: Number(row.length), arrived: Number(row.arrived) };
}

export interface NextUpload {
  readonly arrived: number;
  readonly state: UploadStanding;
  readonly blobs: readonly BlobId[];
  readonly sealed: Buffer;
  /** Where a scanner has found something: until when it is kept, and what it said, sealed. */
  readonly apart: { readonly at: Date; readonly expiresAt: Date; readonly finding: Buffer } | null;
}

/** The next version of an upload; false where somebody else has made it meanwhile. */
export async function updateUpload(
  tx: Transaction,
  practiceId: PracticeId,
  { id, version }: Pick<UploadRow, 'id' | 'version'>,
  next: NextUpload,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'update-upload',
    text: `
      update postern.upload u
      set version = u.version + 1, arrived = $4, state = $5, blobs = $6, sealed = $7,
        apart_at = coalesce($8, u.apart_at), expires_at = coalesce($9, u.expires_at),
        finding = coalesce($10, u.finding)
      where u.practice_id = $1
        and u.id = $2
        and u.version = $3
        and u.state = 'open'`,
    values: [
      practiceId,
      id,
      version,
      next.arrived,
      next.state,
      next.blobs,
      next.sealed,
      next.apart?.at ?? null,
      next.apart?.expiresAt ?? null,
      next.apart?.finding ?? null,
    ],
  });
  return rowCount === 1;
}

export async function removeUpload(tx: Transaction, practiceId: PracticeId, id: ResourceId): Promise<void> {
  await tx.query('delete from postern.upload u where u.practice_id = $1 and u.id = $2', [practiceId, id]);
}

/** Whether the document that the upload becomes stands already. */
export async function isFiled(tx: Transaction, practiceId: PracticeId, id: ResourceId): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select from postern.resource r where r.practice_id = $1 and r.id = $2',
    [practiceId, id],
  );
  return rowCount === 1;
}
