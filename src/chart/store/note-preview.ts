/** Notes the blob of a preview with the file that it was drawn out of, wherever that stands by now. */
import type { BlobId, ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { inVisit, type StoreContext } from './store-context.ts';

/**
 * For upkeep, which may write wherever the file stands. A preview that was drawn anew takes the place of the
 * one before; nothing is noted where the file is gone.
 */
export async function notePreview(
  context: StoreContext,
  visit: Visit,
  fileId: ResourceId,
  blob: { readonly id: BlobId; readonly bytes: number },
): Promise<void> {
  await inVisit(context, visit, async (tx, { scope: { practiceId } }) => {
    await tx.query({
      name: 'forget-preview',
      text: `
        delete from postern.blob b
        where b.practice_id = $1
          and b.id = $2
          and b.file_id = $3`,
      values: [practiceId, blob.id, fileId],
    });
    await tx.query({
      name: 'note-preview',
      text: `
        insert into postern.blob (practice_id, id, chart_id, section, author, file_id, bytes)
        select r.practice_id, $3, r.chart_id, r.section, r.author, r.id, $4
        from postern.resource r
        where r.practice_id = $1
          and r.id = $2
        on conflict do nothing`,
      values: [practiceId, fileId, blob.id, blob.bytes],
    });
  });
}
