/** Where the rules would file what stands, version by version. */
import { SECTIONS, type Section, sectionOf, stricter } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { classify } from '../classifier.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { skimResource } from '../resource-json.ts';
import type { Damage } from './damage.ts';
import { revealTopics } from './place-all.ts';
import { type Draft, idsInvolved, readDraft, sectionByRules } from './place-resource.ts';
import { readStanding } from './standing.ts';
import type { StoreContext } from './store-context.ts';
import { KEY_JOIN, openByKey, type ResourceRow, ROW_COLUMNS } from './stored.ts';

/** A version of a resource and whether it is the one that stands. */
export interface VersionRow extends ResourceRow {
  readonly standing: boolean;
}

/** All versions of resources, the standing one of each first, then backwards. */
export const VERSIONS = `
select ${ROW_COLUMNS}, r.standing
from (
    select *, true as standing from postern.resource c
    where c.practice_id = $1 and c.id = any($2::uuid[])
    union all
    select *, false as standing from postern.resource_version v
    where v.practice_id = $1 and v.id = any($2::uuid[])
  ) r ${KEY_JOIN}
order by r.id, r.version desc`;

/**
 * The section code of each version by the rules, never more open than it is now. A standing version that
 * moves takes the earlier ones along; a deletion goes where the version before it goes. Rows that the visit
 * does not open, and those that are damaged, are left out: they stay where they are.
 */
export async function sectionsByRules(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  rows: readonly VersionRow[],
  rules: typeof classify,
  damage: Damage,
): Promise<Map<VersionRow, number>> {
  const opened = rows.flatMap((row) => {
    const content = damage.past(() => openByKey(visit, row))?.content;
    if (content == null) return [];
    const draft = draftOf(row, skimResource(content.bytes().toString()));
    return [{ row, draft, read: readDraft(draft, context.ownBases) }];
  });
  const ids = opened.flatMap(({ draft, read }) => idsInvolved(draft, read));
  const standing = await readStanding(tx, visit.scope.practiceId, ids);
  await revealTopics(tx, visit, standing);
  const own = new Map<VersionRow, Section>();
  for (const { row, draft, read } of opened) {
    own.set(row, stricter(sectionOf(row.section), sectionByRules(draft, read, standing, rules)));
  }
  const sections = new Map<VersionRow, number>();
  for (const versions of Map.groupBy(rows, ({ id }) => id).values()) {
    for (const [row, section] of settle(versions, own)) sections.set(row, SECTIONS[section]);
  }
  return sections;
}

/** The versions come newest first. */
function settle(
  versions: readonly VersionRow[],
  own: ReadonlyMap<VersionRow, Section>,
): Map<VersionRow, Section> {
  const settled = new Map<VersionRow, Section>();
  const [newest] = versions;
  const moved = newest === undefined ? undefined : own.get(newest);
  const floor = moved !== undefined && SECTIONS[moved] !== newest?.section ? moved : null;
  let below: Section | null = null;
  for (const row of versions.toReversed()) {
    const section: Section | null = row.deleted ? below : (own.get(row) ?? null);
    if (section === null) continue;
    below = stricter(section, sectionOf(row.section));
    settled.set(row, floor === null ? below : stricter(below, floor));
  }
  return settled;
}

function draftOf(row: VersionRow, resource: FhirResource): Draft {
  return { id: row.id, resource, section: null, author: row.author };
}
