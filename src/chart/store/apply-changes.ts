/**
 * Changes that stand or fall together, be it one or a transaction's hundred
 * (https://hl7.org/fhir/R4/http.html#trules): deletions first, then what is new, then what is changed, then
 * what is read. Whatever the order in which they come, each sees the others done.
 */
import { PosternError, type Refused } from '../../base/errors.ts';
import { NIL_UUID, parseId, type ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { assertValid } from '../validation.ts';
import { ALL, type Change, type Changed, ChangeRefused, onChange } from './change.ts';
import { ChangeRun } from './change-run.ts';
import { noteRefusal } from './note-refusal.ts';
import { inVisit, type StoreContext } from './store-context.ts';

/**
 * What came of each change, in their order. Throws `ChangeRefused` for the first that cannot be, and nothing
 * is done then; a refusal of what is hidden or absent leaves a line, and so does what was looked for. The
 * types are registered ones. `linked`: references may be searches, as in a transaction. Authority: `write`
 * where each lands, `read` for what is matched or patched.
 */
export async function applyChanges(
  context: StoreContext,
  visit: Visit,
  changes: readonly Change[],
  { linked }: { linked: boolean },
): Promise<Changed[]> {
  for (const [index, change] of changes.entries()) {
    if (!('resource' in change)) continue;
    await onChange(index, () => assertValid(context.definitions, change.resource));
  }
  const runs: ChangeRun[] = [];
  try {
    return await inVisit(context, visit, (tx, current) => {
      const run = new ChangeRun(context, tx, current, changes, linked);
      runs.push(run);
      return run.apply();
    });
  } catch (error) {
    const refused = refusalOf(error, changes);
    if (refused === null) throw error;
    await runs.at(-1)?.noteLooks();
    if (refused.cause.isRefusal) {
      const change = changes[refused.index] ?? changes[0]!;
      const named = refused.cause.refused.length > 0 ? refused.cause.refused : [nameOf(change)];
      await noteRefusal(context, visit, change.kind, named);
    }
    throw refused;
  }
}

function refusalOf(error: unknown, changes: readonly Change[]): ChangeRefused | null {
  if (error instanceof ChangeRefused) return error;
  if (!(error instanceof PosternError) || !error.isRefusal) return null;
  return new ChangeRefused(changes.length === 1 ? 0 : ALL, error);
}

function nameOf(change: Change): Refused {
  const id = 'target' in change && 'id' in change.target ? parseId<ResourceId>(change.target.id) : null;
  return { type: change.type, id: id ?? NIL_UUID };
}
