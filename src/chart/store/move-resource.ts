/**
 * Moves a resource to another section: every version resealed under that section's key, index rows and all.
 */

import type { ResourceId } from '../../base/ids.ts';
import { sectionOf } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import type { classify } from '../classifier.ts';
import { Damage } from './damage.ts';
import { indexedRow } from './reindex.ts';
import { reseal } from './reseal.ts';
import { sectionsByRules, VERSIONS, type VersionRow } from './section-by-rules.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';
import { type KeyOwner, ownerName } from './wrapped-keys.ts';
import { removeFromIndex, writeIndex } from './write-rows.ts';

interface Move {
  readonly row: VersionRow;
  readonly owner: KeyOwner;
}

/**
 * One transaction; whether anything was to be moved after all. A psychotherapy note stays its author's, by
 * whose key it is sealed. Authority: reading, opening and writing where it is and where it goes.
 */
export async function moveResource(
  context: StoreContext,
  visit: Visit,
  id: ResourceId,
  rules: typeof classify,
): Promise<boolean> {
  return inVisit(context, visit, (tx, current) => moveWithin(context, tx, current, id, rules));
}

/** The same within a transaction that does more. */
export async function moveWithin(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  id: ResourceId,
  rules: typeof classify,
): Promise<boolean> {
  const { practiceId } = visit.scope;
  await tx.query('select from postern.resource r where r.practice_id = $1 and r.id = $2 for update', [
    practiceId,
    id,
  ]);
  const { rows } = await tx.query<VersionRow>({
    name: 'versions-to-classify',
    text: VERSIONS,
    values: [practiceId, [id]],
  });
  const damage = new Damage();
  const sections = await sectionsByRules(context, tx, visit, rows, rules, damage);
  const moves = rows.flatMap((row): Move[] => {
    const code = sections.get(row) ?? row.section;
    if (code === row.section) return [];
    const section = sectionOf(code);
    const author = section === 'psychotherapy' ? row.author : null;
    return [{ row, owner: { chartId: row.chart_id, section, author } }];
  });
  if (moves.length === 0) return false;
  const keys = await context.wrappedKeys.forWriting(
    tx,
    visit,
    moves.map(({ owner }) => owner),
  );
  const standing = moves.find(({ row }) => row.standing);
  if (standing !== undefined) await removeFromIndex(tx, practiceId, [id]);
  for (const { row, owner } of moves) {
    const table = row.standing ? 'resource' : 'resource_version';
    await reseal(tx, visit, table, row, keys.get(ownerName(owner))!);
  }
  if (standing !== undefined) await indexAnew(context, tx, visit, id);
  const entries = moves.map(({ row }): LineEntry => [row.chart_id, row.type, row.id, row.version]);
  await appendLine(tx as never, lineOf(visit, 'move', entries));
  return true;
}

async function indexAnew(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  id: ResourceId,
): Promise<void> {
  const { practiceId } = visit.scope;
  const { rows } = await tx.query<VersionRow>({
    name: 'versions-to-classify',
    text: VERSIONS,
    values: [practiceId, [id]],
  });
  const [version] = context.indexVersions(practiceId);
  const row = rows.find(({ standing, deleted }) => standing && !deleted);
  const indexed = row === undefined ? null : indexedRow(visit, row, version!);
  if (indexed !== null) await writeIndex(tx, visit, [indexed], version!);
}
