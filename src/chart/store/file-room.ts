/** How much a practice keeps in files, against how much it may. */
import { PosternError } from '../../base/errors.ts';
import type { ResourceId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { FileRoom } from '../file-content.ts';
import type { DraftFile } from './draft-files.ts';
import type { StoreContext } from './store-context.ts';

/**
 * Throws `no-room` where the practice now keeps more than it may. Others who write files wait until this
 * transaction ends, so nobody gets past it by writing much at once.
 */
export async function assertRoom(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  files: readonly DraftFile[],
): Promise<void> {
  const asking = files.filter(({ isNew, hasRoom }) => isNew && hasRoom !== true);
  if (asking.length === 0) return;
  await endPromises(
    tx,
    visit,
    asking.flatMap(({ promise }) => promise ?? []),
  );
  const room = await context.files.roomOf(visit.scope.practiceId);
  const held = await heldFiles(tx);
  if (held.bytes <= room.bytes && held.files <= room.files) return;
  throw noRoom();
}

/** What the practice keeps and has promised to keep; the others who ask wait until this transaction ends. */
export async function heldFiles(tx: Transaction): Promise<FileRoom> {
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
