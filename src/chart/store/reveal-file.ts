/**
 * Revealing the photo of a card: to one session, one file, for some minutes, with what it is for. The line
 * that says so is durable with it; what is read then leaves lines of its own.
 */
import { PosternError } from '../../base/errors.ts';
import { NIL_UUID, parseId, type ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine } from '../../ledger/index.ts';
import { maskedFile } from './card-marks.ts';
import { readResource } from './read-resource.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openByKey, type ResourceRow, ROW_COLUMNS } from './stored.ts';

/** What somebody may want to see a card for; the patient and those who act for them need none but `own`. */
export const REVEAL_PURPOSES = ['identity', 'coverage', 'billing', 'correction', 'own'] as const;
export type RevealPurpose = (typeof REVEAL_PURPOSES)[number];

/** Long enough to look at both sides, and over before somebody comes back from a break. */
const SHOWN_SECONDS = 300;

/**
 * Until when the file is shown. Null for what is hidden and absent, with a refusal line. Throws
 * `not-processable` where there is nothing to reveal, and `masked` for an app, whatever it asks about.
 * Authority: `open`.
 */
export async function revealFile(
  context: StoreContext,
  visit: Visit,
  id: string,
  purpose: RevealPurpose,
): Promise<Date | null> {
  if (visit.scope.app !== null) throw maskedFile(visit);
  const known = parseId<ResourceId>(id) ?? (NIL_UUID as ResourceId);
  const until = await inVisit(context, visit, async (tx, current) => {
    const { rows } = await tx.query<ResourceRow>({
      name: 'file-to-reveal',
      text: `
        select ${ROW_COLUMNS}
        from postern.resource r ${KEY_JOIN}
        where r.practice_id = $1
          and r.id = $2
          and r.type = 'Binary'
          and not r.deleted`,
      values: [current.scope.practiceId, known],
    });
    const [row] = rows;
    if (row === undefined || openByKey(current, row) === null) return null;
    const shown = await tx.query<{ until: Date | null }>({
      name: 'card-show',
      text: 'select postern.card_show($1, $2) as until',
      values: [known, SHOWN_SECONDS],
    });
    const end = shown.rows[0]?.until ?? null;
    if (end === null) return null;
    const line = lineOf(current, 'reveal', [[row.chart_id, row.type, known, row.version]]);
    await appendLine(tx as never, { ...line, purpose });
    return end;
  });
  if (until !== null) return until;
  // What there is no card of is answered as a read of it would be.
  const stored = await readResource(context, visit, 'Binary', id, null);
  if (stored === null) return null;
  if (stored.content === null) throw new PosternError('gone', 'This file was deleted.');
  throw new PosternError('not-processable', 'This file is not masked: it opens without being revealed.');
}
