import type { Refused } from '../../base/errors.ts';
import { type LineId, newId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { inVisit, type StoreContext } from './store-context.ts';

/**
 * Leaves one refusal line for what was named and is not the visit's, and alarms on canaries; the same for
 * what is hidden and what is absent. In a transaction of its own: the one that failed is gone.
 */
export async function noteRefusal(
  context: StoreContext,
  visit: Visit,
  action: string,
  named: readonly Refused[],
): Promise<void> {
  await inVisit(context, visit, async (tx, { scope, address }) => {
    const names = [named.map(({ type }) => type), named.map(({ id }) => id)];
    const values = [newId<LineId>(), scope.purpose, action, scope.client, address, ...names];
    await tx.query('select postern.note_refusal($1, $2, $3, $4, $5, $6, $7)', values);
  });
}
