/** The versions of one resource, newest first. */
import { type LineId, NIL_UUID, newId, parseId, type ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openRow, type ResourceRow, ROW_COLUMNS, type Stored } from './stored.ts';

export interface HistoryPage {
  readonly versions: readonly Stored[];
  /** The version below which the next page starts; null on the last. */
  readonly next: number | null;
}

const HISTORY = `
select ${ROW_COLUMNS}
from (
    select * from postern.resource c
    where c.practice_id = $1 and c.id = $2 and c.type = $3 and c.version < $4
    union all
    select * from postern.resource_version v
    where v.practice_id = $1 and v.id = $2 and v.type = $3 and v.version < $4
  ) r ${KEY_JOIN}
order by r.version desc
limit $5`;

const NEWEST = 2_147_483_647;

/**
 * Each version under its own section, so a reader sees the versions that are his. Null where none is, with a
 * refusal line. Authority: `read`.
 */
export async function readHistory(
  context: StoreContext,
  visit: Visit,
  type: string,
  id: string,
  { count, before }: { count: number; before?: number },
): Promise<HistoryPage | null> {
  const known = parseId<ResourceId>(id) ?? (NIL_UUID as ResourceId);
  return inVisit(context, visit, async (tx, current) => {
    const { scope } = current;
    const { rows } = await tx.query<ResourceRow>({
      name: 'history',
      text: HISTORY,
      values: [scope.practiceId, known, type, before ?? NEWEST, count + 1],
    });
    const seen = rows.slice(0, count).flatMap((row) => {
      const stored = openRow(current, row);
      return stored === null ? [] : [{ row, stored }];
    });
    if (seen.length === 0) {
      await tx.query('select postern.note_refusal($1, $2, $3, $4, $5, $6, $7)', [
        newId<LineId>(),
        scope.purpose,
        'history',
        scope.client,
        current.address,
        [type],
        [known],
      ]);
      return null;
    }
    const entries = seen.map(({ row }): LineEntry => [row.chart_id, type, known, row.version]);
    await appendLine(tx as never, lineOf(current, 'history', entries));
    const more = rows.length > count ? rows[count - 1] : undefined;
    return { versions: seen.map(({ stored }) => stored), next: more?.version ?? null };
  });
}
