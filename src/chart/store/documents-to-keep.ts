/** Documents as whoever works out how long they are kept sees them: in upkeep, and told to nobody. */
import { type ChartId, NIL_UUID, type ResourceId } from '../../base/ids.ts';
import { type Section, sectionOf } from '../../base/section.ts';
import type { Visit } from '../../gate/index.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { skimResource } from '../resource-json.ts';
import { Damage, noteDamage } from './damage.ts';
import { inVisit, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openByKey, type ResourceRow, ROW_COLUMNS } from './stored.ts';

export interface DocumentToKeep {
  readonly id: ResourceId;
  readonly version: number;
  readonly chartId: ChartId;
  readonly section: Section;
  readonly resource: FhirResource;
}

/** Which of them: a page of all that stand behind that id, or those that are named. */
export type WhichDocuments =
  | { readonly after: ResourceId; readonly most: number }
  | { readonly ids: readonly ResourceId[] };

export interface DocumentsPage {
  readonly documents: readonly DocumentToKeep[];
  /** Where the next page begins; null where this was the last. */
  readonly last: ResourceId | null;
}

/** Those that stand; damaged ones are left out, with an incident. */
export async function documentsToKeep(
  context: StoreContext,
  visit: Visit,
  which: WhichDocuments,
): Promise<DocumentsPage> {
  const damage = new Damage();
  const [ids, after, most] =
    'ids' in which ? [which.ids, NIL_UUID, which.ids.length] : [null, which.after, which.most];
  const page = await inVisit(context, visit, async (tx, current) => {
    const { rows } = await tx.query<ResourceRow>(
      `select ${ROW_COLUMNS}
       from postern.resource r ${KEY_JOIN}
       where r.practice_id = $1
         and r.type = 'DocumentReference'
         and r.id > $2
         and ($4::uuid[] is null or r.id = any($4))
         and r.chart_id is not null
         and not r.deleted
       order by r.id
       limit $3`,
      [current.scope.practiceId, after, most, ids],
    );
    const documents = rows.flatMap((row): DocumentToKeep[] => {
      const content = damage.past(() => openByKey(current, row))?.content;
      if (content == null) return [];
      const { id, version, chart_id: chartId } = row;
      const resource = skimResource(content.bytes().toString());
      return [{ id, version, chartId: chartId!, section: sectionOf(row.section), resource }];
    });
    return { documents, last: rows.length < most ? null : rows.at(-1)!.id };
  });
  await noteDamage(context, visit.scope.practiceId, damage);
  return page;
}

/** The latest visit of each of those charts that had one, or has one to come. */
export async function lastVisits(
  context: StoreContext,
  visit: Visit,
  charts: readonly ChartId[],
): Promise<ReadonlyMap<ChartId, Date>> {
  return inVisit(context, visit, async (tx, { scope }) => {
    const { rows } = await tx.query<{ chart_id: ChartId; at: Date }>(
      `select r.chart_id, max(coalesce(r.at_end, r.at)) as at
       from postern.resource r
       where r.practice_id = $1
         and r.chart_id = any($2::uuid[])
         and r.type in ('Encounter', 'Appointment')
         and r.at is not null
         and not r.deleted
       group by r.chart_id`,
      [scope.practiceId, charts],
    );
    return new Map(rows.map(({ chart_id: chart, at }) => [chart, at]));
  });
}
