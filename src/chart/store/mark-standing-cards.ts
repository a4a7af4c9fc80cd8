/**
 * Cards that stand from before files were masked: every document is looked at once in the life of a practice,
 * a page at a time, so it may be stopped and begun again.
 */
import { NIL_UUID, type ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import { type CardFacts, cardOf } from '../card.ts';
import { skimResource } from '../resource-json.ts';
import { markCards } from './card-marks.ts';
import { Damage, noteDamage } from './damage.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openByKey, type ResourceRow, ROW_COLUMNS } from './stored.ts';

const BATCH = 200;

/** Answers how many cards were found. For an upkeep scope. */
export async function markStandingCards(
  context: StoreContext,
  visit: Visit,
  signal?: AbortSignal,
): Promise<number> {
  let found = 0;
  if (await lookedThrough(context, visit, false)) return found;
  for (let after: ResourceId | null = NIL_UUID as ResourceId; after !== null; ) {
    if (signal?.aborted === true) return found;
    const page: { readonly cards: number; readonly last: ResourceId | null } = await markPage(
      context,
      visit,
      after,
    );
    found += page.cards;
    after = page.last;
  }
  await lookedThrough(context, visit, true);
  return found;
}

async function lookedThrough(context: StoreContext, visit: Visit, done: boolean): Promise<boolean> {
  return inVisit(context, visit, async (tx) => {
    const { rows } = await tx.query<{ is: boolean | null }>('select postern.cards_looked_through($1) as is', [
      done,
    ]);
    return rows[0]?.is === true;
  });
}

async function markPage(
  context: StoreContext,
  visit: Visit,
  after: ResourceId,
): Promise<{ readonly cards: number; readonly last: ResourceId | null }> {
  const damage = new Damage();
  const page = await inVisit(context, visit, async (tx, current) => {
    const { rows } = await tx.query<ResourceRow>(
      `select ${ROW_COLUMNS}
       from postern.resource r ${KEY_JOIN}
       where r.practice_id = $1
         and r.type = 'DocumentReference'
         and r.id > $2
       order by r.id
       limit ${BATCH}`,
      [current.scope.practiceId, after],
    );
    const cards: [ResourceId, CardFacts][] = [];
    const entries: LineEntry[] = [];
    for (const row of rows) {
      const content = row.deleted ? null : damage.past(() => openByKey(current, row))?.content;
      if (content == null) continue;
      entries.push([row.chart_id, row.type, row.id, row.version]);
      const card = cardOf(skimResource(content.bytes().toString()), context.ownBases);
      if (card !== null) cards.push([row.id, card]);
    }
    await markCards(tx, cards);
    if (entries.length > 0) await appendLine(tx as never, lineOf(current, 'reclassify', entries));
    return { cards: cards.length, last: rows.length < BATCH ? null : rows.at(-1)!.id };
  });
  await noteDamage(context, visit.scope.practiceId, damage);
  return page;
}
