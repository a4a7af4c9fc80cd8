/**
 * Data that stands within the rows of Binaries, from before there was a store of files, moved into it. Each
 * version in a transaction of its own, so that it may be stopped and begun again at any time: until then, and
 * after, it is the same file to whoever asks.
 */
import { NIL_UUID, type ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine } from '../../ledger/index.ts';
import { writeFacts } from '../file-content.ts';
import { readResource, writeResource } from '../resource-json.ts';
import { Damage, noteDamage } from './damage.ts';
import { noteBlobs, withoutData } from './draft-files.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openByKey, placeOfRow, type ResourceRow, ROW_COLUMNS } from './stored.ts';

interface Place {
  readonly id: ResourceId;
  readonly version: number;
}

const BATCH = 100;
const TABLES = ['resource', 'resource_version'] as const;

/**
 * Answers how many versions were moved. What is damaged stays where it is, and an incident says so.
 * Authority: opening and writing in every section.
 */
export async function moveDataToFiles(
  context: StoreContext,
  visit: Visit,
  signal?: AbortSignal,
): Promise<number> {
  let moved = 0;
  for (const table of TABLES) {
    for (let after: Place | null = { id: NIL_UUID as ResourceId, version: 0 }; after !== null; ) {
      const places: Place[] = await placesAfter(context, visit, table, after);
      for (const place of places) {
        if (signal?.aborted === true) return moved;
        if (await moveOne(context, visit, table, place)) moved += 1;
      }
      after = places.length < BATCH ? null : places.at(-1)!;
    }
  }
  return moved;
}

async function placesAfter(
  context: StoreContext,
  visit: Visit,
  table: (typeof TABLES)[number],
  { id, version }: Place,
): Promise<Place[]> {
  return inVisit(context, visit, async (tx, { scope }) => {
    const { rows } = await tx.query<Place>(
      `select r.id, r.version
       from postern.${table} r
       where r.practice_id = $1
         and r.type = 'Binary'
         and r.file is null
         and not r.deleted
         and (r.id, r.version) > ($2, $3)
       order by r.id, r.version
       limit $4`,
      [scope.practiceId, id, version, BATCH],
    );
    return rows;
  });
}

/** Whether there was anything to be moved: a Binary may have no data. */
async function moveOne(
  context: StoreContext,
  visit: Visit,
  table: (typeof TABLES)[number],
  { id, version }: Place,
): Promise<boolean> {
  const damage = new Damage();
  const moved = await inVisit(context, visit, async (tx, current) => {
    const { practiceId, keys } = current.scope;
    const { rows } = await tx.query<ResourceRow>(
      `select ${ROW_COLUMNS}
       from postern.${table} r ${KEY_JOIN}
       where r.practice_id = $1
         and r.id = $2
         and r.version = $3
         and r.file is null
       for update of r`,
      [practiceId, id, version],
    );
    const [row] = rows;
    const content = row === undefined ? null : damage.past(() => openByKey(current, row))?.content;
    if (row === undefined || content == null) return false;
    const resource = readResource(content.bytes().toString());
    if (typeof resource.data !== 'string') return false;
    const place = placeOfRow(current, row);
    const key = keys.newContentKey(place);
    const facts = await context.files.takeOver(current, key, Buffer.from(resource.data, 'base64'));
    const to = { ...place, wrappedKey: row.wrapped!, practiceKeyVersion: row.practice_key_version! };
    const rest = Buffer.from(writeResource(withoutData(resource)));
    await tx.query(
      `update postern.${table} r
       set sealed = $4, file = $5
       where r.practice_id = $1
         and r.id = $2
         and r.version = $3`,
      [practiceId, id, version, keys.seal(to, rest), keys.sealContent(to, key, writeFacts(facts))],
    );
    const file = { key, facts, isNew: true };
    await noteBlobs(tx, current, [{ id, place: { ...place, author: row.author }, file }]);
    await appendLine(tx as never, lineOf(current, 'move', [[row.chart_id, row.type, id, version]]));
    return true;
  });
  await noteDamage(context, visit.scope.practiceId, damage);
  return moved;
}
