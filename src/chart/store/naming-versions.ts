/**
 * What names the files of a chart, or has named them in any version: before a file is destroyed for good,
 * somebody has to know who else it is for.
 */
import type { ChartId, ResourceId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { filesNamedIn, NAMING_TYPES } from '../named-files.ts';
import { skimResource } from '../resource-json.ts';
import type { StoreContext } from './store-context.ts';
import { KEY_JOIN, openByKey, type ResourceRow, ROW_COLUMNS, SHREDDED_KEY_VERSION } from './stored.ts';

/** One version of something that names files. */
export interface NamingVersion {
  readonly id: ResourceId;
  readonly resource: FhirResource;
  readonly files: ReadonlySet<ResourceId>;
}

/**
 * Of all of the chart that could name one, each version that does. Throws `damaged` for one that does not
 * open: nobody knows what it names. For an upkeep scope.
 */
export async function namingVersions(
  { ownBases }: StoreContext,
  tx: Transaction,
  visit: Visit,
  chartId: ChartId,
): Promise<readonly NamingVersion[]> {
  const { rows } = await tx.query<ResourceRow>(
    `select ${ROW_COLUMNS}
     from (
         select * from postern.resource c
         where c.practice_id = $1 and c.chart_id = $2 and c.type = any($3)
         union all
         select * from postern.resource_version v
         where v.practice_id = $1 and v.chart_id = $2 and v.type = any($3)
       ) r ${KEY_JOIN}
     where not r.deleted
       and r.key_version <> ${SHREDDED_KEY_VERSION}`,
    [visit.scope.practiceId, chartId, NAMING_TYPES],
  );
  return rows.flatMap((row): NamingVersion[] => {
    const content = openByKey(visit, row)?.content ?? null;
    if (content === null) return [];
    const resource = skimResource(content.bytes().toString());
    const files = filesNamedIn(resource, ownBases);
    return files.size === 0 ? [] : [{ id: row.id, resource, files }];
  });
}
