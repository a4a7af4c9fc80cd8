/** How much a practice keeps in files, against how much it may. */
import { PosternError } from '../../base/errors.ts';
import type { ResourceId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { sealedSize } from '../../seal/index.ts';
import { type FileRoom, stretchesOf } from '../file-content.ts';
import type { DraftFile } from './draft-files.ts';
import type { StoreContext } from './store-context.ts';

/**
 * Ends the promises of what is new, and answers whether they held room for all of it. A promise that is over,
 * or was lost with the database's process, holds nothing.
 */
export async function redeemPromises(
  tx: Transaction,
  { scope }: Visit,
  files: readonly DraftFile[],
): Promise<boolean> {
  const asking = files.filter(asksForRoom);
  if (asking.length === 0) return true;
  const promises = asking.flatMap(({ promise }) => promise ?? []);
  if (promises.length === 0) return false;
  const { rows } = await tx.query<{ bytes: string }>({
    name: 'redeem-promises',
    text: `
      delete from postern.file_promise p
      where p.practice_id = $1
        and p.id = any($2::uuid[])
        and p.expires_at > clock_timestamp()
      returning p.bytes`,
    values: [scope.practiceId, promises],
  });
  const blobs = asking.flatMap(({ facts }) => stretchesOf(facts));
  const wanted = blobs.reduce((sum, { bytes }) => sum + sealedSize(bytes), 0);
  const promised = rows.reduce((sum, { bytes }) => sum + Number(bytes), 0);
  return promises.length === asking.length && rows.length >= blobs.length && promised >= wanted;
}

/**
 * Throws `no-room` where the practice now keeps more than it may. Others who ask for room wait until this
 * transaction ends, so nobody gets past it by writing much at once.
 */
export async function assertRoom(context: StoreContext, tx: Transaction, visit: Visit): Promise<void> {
  const room = await context.files.roomOf(visit.scope.practiceId);
  const held = await heldFiles(tx);
  if (held.bytes <= room.bytes && held.files <= room.files) return;
  throw noRoom();
}

function asksForRoom({ isNew, hasRoom }: DraftFile): boolean {
  return isNew && hasRoom !== true;
}

/** What the practice keeps and has promised to keep; the others who ask wait until this transaction ends. */
async function heldFiles(tx: Transaction): Promise<FileRoom> {
  const { rows } = await tx.query<{ bytes: string; files: string }>({
    name: 'files-held',
    text: 'select h.bytes, h.files from postern.files_held() h',
  });
  const [held] = rows;
  return { bytes: Number(held!.bytes), files: Number(held!.files) };
}

export function noRoom(): PosternError {
  return new PosternError('no-room', 'The practice keeps as many files as it may. Tell the practice.');
}

export async function endPromises(
  tx: Transaction,
  { scope }: Visit,
  ids: readonly ResourceId[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query({
    name: 'end-promises',
    text: 'delete from postern.file_promise p where p.practice_id = $1 and p.id = any($2::uuid[])',
    values: [scope.practiceId, ids],
  });
}
