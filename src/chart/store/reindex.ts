/**
 * Making the tokens of a practice anew under its newest index key. Each batch is one transaction, so that a
 * search finds a resource before and after it and at no time twice; what is done is recognised by its
 * version.
 */
import { type ChartId, NIL_UUID, type ResourceId } from '../../base/ids.ts';
import { sectionOf } from '../../base/section.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import { skimResource } from '../resource-json.ts';
import { indexTerms } from '../search/index-terms.ts';
import { Damage, noteDamage } from './damage.ts';
import { indexTokens } from './index-rows.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openByKey, type ResourceRow, ROW_COLUMNS } from './stored.ts';
import type { WrappedKey } from './wrapped-keys.ts';
import { type IndexedRow, removeFromIndex, writeIndex } from './write-rows.ts';

/**
 * Rows whose tokens are of another version, in the order of their ids. They stay locked for the transaction.
 */
const OUTDATED = `
select ${ROW_COLUMNS}
from postern.resource r ${KEY_JOIN}
where r.practice_id = $1
  and r.id > $2
  and not r.deleted
  and (
    exists (
      select from postern.chart_token t
      where t.practice_id = r.practice_id and t.resource_id = r.id and t.key_version <> $3)
    or exists (
      select from postern.practice_token t
      where t.practice_id = r.practice_id and t.resource_id = r.id and t.key_version <> $3)
  )
order by r.id
limit $4
for update of r`;

const BATCH = 200;

/**
 * Answers how many resources were indexed anew. May be stopped and begun again at any time. What is damaged
 * keeps its tokens, and an incident says so. Authority: reading and writing in every section; what the visit
 * does not reach keeps its tokens.
 */
export async function reindex(
  context: StoreContext,
  visit: Visit,
  onProgress: (done: number) => void = () => undefined,
): Promise<number> {
  let done = 0;
  let after: ResourceId | null = NIL_UUID as ResourceId;
  while (after !== null) {
    const from: ResourceId = after;
    const damage = new Damage();
    const batch = await inVisit(context, visit, async (tx, current) => {
      const [version] = context.indexVersions(current.scope.practiceId);
      const { rows } = await tx.query<ResourceRow>({
        name: 'outdated-tokens',
        text: OUTDATED,
        values: [current.scope.practiceId, from, version, BATCH],
      });
      const made = rows.flatMap((row) => damage.past(() => indexedRow(current, row, version!)) ?? []);
      await removeFromIndex(
        tx,
        current.scope.practiceId,
        made.map(({ id }) => id),
      );
      await writeIndex(tx, current, made, version!);
      const entries = rows.map((row): LineEntry => [row.chart_id, row.type, row.id, row.version]);
      if (entries.length > 0) await appendLine(tx as never, lineOf(current, 'reindex', entries));
      return { count: made.length, last: rows.at(-1)?.id ?? null };
    });
    await noteDamage(context, visit.scope.practiceId, damage);
    done += batch.count;
    after = batch.last;
    if (batch.count > 0) onProgress(done);
  }
  return done;
}

/** What a row puts into the index; null for what the visit does not open. */
export function indexedRow(visit: Visit, row: ResourceRow, indexVersion: number): IndexedRow | null {
  const content = openByKey(visit, row)?.content;
  if (content == null) return null;
  const key = keyOfRow(row);
  const terms = indexTerms(skimResource(content.bytes().toString()));
  const tokens = indexTokens(visit, row.type, key, terms, indexVersion);
  return { id: row.id, type: row.type, chartId: row.chart_id, section: key.section, terms, tokens };
}

function keyOfRow(row: ResourceRow): WrappedKey {
  const section = sectionOf(row.section);
  return {
    chartId: row.chart_id as ChartId | null,
    section,
    author: section === 'psychotherapy' ? row.author : null,
    version: row.key_version,
    wrapped: row.wrapped!,
    practiceKeyVersion: row.practice_key_version!,
  };
}
