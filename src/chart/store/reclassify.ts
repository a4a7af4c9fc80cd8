/**
 * Filing what stands again, after the classifier has learnt. A resource whose section changes is resealed,
 * every version of it, under the key of its new section and moves with its index rows in one transaction.
 *
 * What moves may take with it what cites it, so the walk over the practice is repeated until nothing moves;
 * only then are the rows marked with the new version of the rules. A job that was killed therefore begins
 * again and finds what it had moved in place. By itself it only ever closes: an author's own choice of a
 * stricter section is not recorded apart from the section, and must not be undone by a rule. What is damaged
 * opens to nobody and stays where it is; an incident says so.
 */
import { NIL_UUID, type ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import { CLASSIFIER_VERSION, classify } from '../classifier.ts';
import { Damage, noteDamage } from './damage.ts';
import { moveResource } from './move-resource.ts';
import { sectionsByRules, VERSIONS, type VersionRow } from './section-by-rules.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';

export interface ReclassifyOptions {
  /** The rules; the classifier's own where not given. */
  readonly rules?: typeof classify;
  /** Their version; rows of an older one are filed again. */
  readonly version?: number;
  /** Stops after the batch at hand; the next run finishes. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (examined: number, moved: number) => void;
}

export interface Reclassified {
  /** Walks over the practice; none where every row is of this version already. */
  readonly passes: number;
  readonly examined: number;
  readonly moved: number;
}

const BATCH = 100;
const MOST_PASSES = 10;
const STAMPED_AT_ONCE = 1000;

/** Authority: reading, opening and writing in every section but canary charts, which are left alone. */
export async function reclassify(
  context: StoreContext,
  visit: Visit,
  options: ReclassifyOptions = {},
): Promise<Reclassified> {
  const { rules = classify, version = CLASSIFIER_VERSION, signal, onProgress } = options;
  const total = { passes: 0, examined: 0, moved: 0 };
  if (!(await anyOutdated(context, visit, version))) return total;
  for (let settled = false; !settled && total.passes < MOST_PASSES; ) {
    const before = total.moved;
    for (let after: ResourceId | null = NIL_UUID as ResourceId; after !== null; ) {
      const found: Examined = await examine(context, visit, after, rules);
      for (const id of found.misfiled) {
        if (await moveResource(context, visit, id, rules)) total.moved += 1;
      }
      total.examined += found.count;
      after = found.last;
      onProgress?.(total.examined, total.moved);
      if (signal?.aborted === true) return total;
    }
    total.passes += 1;
    settled = total.moved === before;
  }
  await stamp(context, visit, version);
  return total;
}

interface Examined {
  readonly count: number;
  readonly misfiled: readonly ResourceId[];
  readonly last: ResourceId | null;
}

/** The resources of a batch of which a version lies in another section than the rules say. */
async function examine(
  context: StoreContext,
  visit: Visit,
  after: ResourceId,
  rules: typeof classify,
): Promise<Examined> {
  const damage = new Damage();
  const examined = await inVisit(context, visit, async (tx, current) => {
    const { practiceId } = current.scope;
    const { rows: next } = await tx.query<{ id: ResourceId }>({
      name: 'next-to-classify',
      text: `
        select r.id
        from postern.resource r
        where r.practice_id = $1
          and r.id > $2
          and r.chart_id is not null
          and r.section <> 0
        order by r.id
        limit $3`,
      values: [practiceId, after, BATCH],
    });
    if (next.length === 0) return { count: 0, misfiled: [], last: null };
    const { rows } = await tx.query<VersionRow>({
      name: 'versions-to-classify',
      text: VERSIONS,
      values: [practiceId, next.map(({ id }) => id)],
    });
    const sections = await sectionsByRules(context, tx, current, rows, rules, damage);
    const misfiled = rows.filter((row) => (sections.get(row) ?? row.section) !== row.section);
    const entries = rows.map((row): LineEntry => [row.chart_id, row.type, row.id, row.version]);
    for (let start = 0; start < entries.length; start += 500) {
      await appendLine(tx as never, lineOf(current, 'reclassify', entries.slice(start, start + 500)));
    }
    return {
      count: next.length,
      misfiled: [...new Set(misfiled.map(({ id }) => id))],
      last: next.length < BATCH ? null : next.at(-1)!.id,
    };
  });
  await noteDamage(context, visit.scope.practiceId, damage);
  return examined;
}

async function anyOutdated(context: StoreContext, visit: Visit, version: number): Promise<boolean> {
  return inVisit(context, visit, async (tx, { scope }) => {
    const { rows } = await tx.query<{ found: boolean }>(
      `select exists (
         select from postern.resource r
         where r.practice_id = $1 and r.classifier_version < $2 and r.section <> 0) as found`,
      [scope.practiceId, version],
    );
    return rows[0]!.found;
  });
}

async function stamp(context: StoreContext, visit: Visit, version: number): Promise<void> {
  for (const table of ['resource', 'resource_version']) {
    for (let count = STAMPED_AT_ONCE; count >= STAMPED_AT_ONCE; ) {
      count = await inVisit(context, visit, async (tx, { scope }) => {
        const result = await tx.query(
          `update postern.${table} r
           set classifier_version = $2
           where r.practice_id = $1
             and (r.id, r.version) in (
               select o.id, o.version
               from postern.${table} o
               where o.practice_id = $1 and o.classifier_version < $2 and o.section <> 0
               limit $3)`,
          [scope.practiceId, version, STAMPED_AT_ONCE],
        );
        return result.rowCount ?? 0;
      });
    }
  }
}
