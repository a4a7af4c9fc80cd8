/** Takes the original of a photo away from every version that has it; the photo itself stays. */
import { PosternError } from '../../base/errors.ts';
import type { ResourceId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine } from '../../ledger/index.ts';
import { type Stretch, writeFacts } from '../file-content.ts';
import { type FileRow, openFile } from './draft-files.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, placeOfRow, ROW_COLUMNS } from './stored.ts';

/**
 * What is left in the store, to be removed there; nothing where there is no original. Throws `conflict` where
 * anything of its chart is held. Authority: `open` and `write` where the file is.
 */
export async function removeOriginal(
  context: StoreContext,
  visit: Visit,
  id: ResourceId,
): Promise<readonly Stretch[]> {
  return inVisit(context, visit, async (tx, current) => {
    await assertNotHeld(tx, id);
    const left = [
      ...(await takeOut(tx, current, 'resource', id)),
      ...(await takeOut(tx, current, 'resource_version', id)),
    ];
    const stretches = [...new Map(left.map(({ stretch }) => [stretch.name, stretch])).values()];
    if (stretches.length === 0) return [];
    await tx.query('delete from postern.blob b where b.practice_id = $1 and b.id = any($2::uuid[])', [
      current.scope.practiceId,
      stretches.map(({ name }) => name),
    ]);
    const [{ row }] = left as [(typeof left)[number]];
    await appendLine(tx as never, lineOf(current, 'remove-original', [[row.chart_id, 'Binary', id, null]]));
    return stretches;
  });
}

async function assertNotHeld(tx: Transaction, id: ResourceId): Promise<void> {
  const { rows } = await tx.query<{ may: boolean }>('select postern.original_may_go($1) as may', [id]);
  if (rows[0]?.may === true) return;
  throw new PosternError(
    'conflict',
    'This record is on hold, or a document of it is: nothing of it is removed until that has ended.',
  );
}

async function takeOut(
  tx: Transaction,
  visit: Visit,
  table: 'resource' | 'resource_version',
  id: ResourceId,
): Promise<{ readonly row: FileRow; readonly stretch: Stretch }[]> {
  const { practiceId, keys } = visit.scope;
  const { rows } = await tx.query<FileRow>(
    `select ${ROW_COLUMNS}, r.file
     from postern.${table} r ${KEY_JOIN}
     where r.practice_id = $1
       and r.id = $2
       and r.file is not null
     for update of r`,
    [practiceId, id],
  );
  const left: { readonly row: FileRow; readonly stretch: Stretch }[] = [];
  for (const row of rows) {
    const file = openFile(visit, row);
    if (file?.facts.original === undefined) continue;
    const { original, ...facts } = file.facts;
    const to = {
      ...placeOfRow(visit, row),
      wrappedKey: row.wrapped!,
      practiceKeyVersion: row.practice_key_version!,
    };
    await tx.query(
      `update postern.${table} r
       set file = $4
       where r.practice_id = $1
         and r.id = $2
         and r.version = $3`,
      [practiceId, id, row.version, keys.sealContent(to, file.key, writeFacts(facts))],
    );
    left.push(...original.stretches.map((stretch) => ({ row, stretch })));
  }
  return left;
}
