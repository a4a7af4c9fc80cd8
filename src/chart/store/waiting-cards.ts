/** Cards that somebody has to look at on a day: to remind of their end, or because their photo is to go. */
import { NIL_UUID, type ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { inVisit, type StoreContext } from './store-context.ts';

export interface WaitingCard {
  readonly document: ResourceId;
  readonly isDue: boolean;
  readonly isToRemind: boolean;
}

const MOST = 500;

/** By their ids, behind one of them; empty where no more wait. `day` is a FHIR date. For an upkeep scope. */
export async function waitingCards(
  context: StoreContext,
  visit: Visit,
  day: string,
  after: ResourceId | null,
): Promise<readonly WaitingCard[]> {
  return inVisit(context, visit, async (tx) => {
    const { rows } = await tx.query<{ id: ResourceId; is_due: boolean; is_to_remind: boolean }>(
      `select c.document_id as id, c.is_due, c.is_to_remind
       from postern.cards_waiting($1, $2, ${MOST}) c`,
      [day, after ?? NIL_UUID],
    );
    return rows.map((row) => ({ document: row.id, isDue: row.is_due, isToRemind: row.is_to_remind }));
  });
}

/** Files that were ever marked by a card, whether it still names them or not. For an upkeep scope. */
export async function filesOfCard(
  context: StoreContext,
  visit: Visit,
  document: ResourceId,
): Promise<readonly ResourceId[]> {
  return inVisit(context, visit, async (tx) => {
    const { rows } = await tx.query<{ id: ResourceId }>('select f as id from postern.card_files($1) f', [
      document,
    ]);
    return rows.map(({ id }) => id);
  });
}

/** Says when one is due next, null for never, and that somebody was reminded. For an upkeep scope. */
export async function settleCard(
  context: StoreContext,
  visit: Visit,
  document: ResourceId,
  { due, reminded }: { readonly due: string | null; readonly reminded: string | null },
): Promise<void> {
  await inVisit(context, visit, (tx) =>
    tx.query('select postern.card_settled($1, $2, $3)', [document, due, reminded]),
  );
}
