/** What was imported, so that a second run changes nothing. Authority: a system scope with housekeeping. */
import type { ResourceId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { inVisit, type StoreContext } from './store-context.ts';

/**
 * Digests by id of what was imported under those ids; an empty one where the id stands but was not imported.
 */
export async function readImportDigests(
  context: StoreContext,
  visit: Visit,
  ids: readonly ResourceId[],
): Promise<Map<ResourceId, Buffer>> {
  return inVisit(context, visit, async (tx, { scope }) => {
    const { rows } = await tx.query<{ id: ResourceId; digest: Buffer | null }>({
      name: 'import-digests',
      text: `
        select u.id, e.digest
        from unnest($2::uuid[]) u (id)
          left join postern.import_entry e on e.practice_id = $1 and e.id = u.id
        where e.id is not null
          or exists (select from postern.resource r where r.practice_id = $1 and r.id = u.id)`,
      values: [scope.practiceId, ids],
    });
    return new Map(rows.map(({ id, digest }) => [id, digest ?? Buffer.alloc(0)]));
  });
}

export async function writeImportDigests(
  tx: Transaction,
  practiceId: string,
  entries: readonly { readonly id: ResourceId; readonly digest: Uint8Array }[],
): Promise<void> {
  if (entries.length === 0) return;
  await tx.query({
    name: 'write-import-digests',
    text: `
      insert into postern.import_entry (practice_id, id, digest)
      select $1, u.id, u.digest
      from unnest($2::uuid[], $3::bytea[]) u (id, digest)
      on conflict (practice_id, id) do update set digest = excluded.digest`,
    values: [practiceId, entries.map(({ id }) => id), entries.map(({ digest }) => Buffer.from(digest))],
  });
}
