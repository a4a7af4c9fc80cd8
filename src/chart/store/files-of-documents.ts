/**
 * Files go with the document that names them: into the section that closes it, and away from whoever may only
 * read once it is withdrawn (https://hl7.org/fhir/R4/documentreference.html, `status`).
 */

import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { classify } from '../classifier.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { namedFiles } from '../named-files.ts';
import { moveWithin } from './move-resource.ts';
import type { Placed } from './place-all.ts';
import type { StoreContext } from './store-context.ts';

/**
 * Does what the new versions of documents mean for their files. What the visit may not write of them stays as
 * it is. Authority: of `moveResource`, for files of what was closed.
 */
export async function followDocuments(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  placed: readonly Placed[],
): Promise<void> {
  const documents = placed.filter(({ draft, place }) => {
    const { resource } = draft;
    return resource.resourceType === 'DocumentReference' && (place.version > 1 || isWithdrawn(resource));
  });
  const files = documents.flatMap(({ draft: { resource }, place, closes }) =>
    namedFiles(resource, context.ownBases).map((id) => ({
      id,
      closes,
      chartId: place.chartId,
      withheld: isWithdrawn(resource),
    })),
  );
  if (documents.length === 0) return;
  for (const { id, closes } of files) if (closes) await moveWithin(context, tx, visit, id, classify);
  // The documents too: who holds a copy of one that was withdrawn is told by its row, without opening it.
  const rows = [
    ...files.map((file) => ({ ...file, type: 'Binary' })),
    ...documents.map(({ draft, place: { chartId } }) => {
      return { id: draft.id, chartId, withheld: isWithdrawn(draft.resource), type: 'DocumentReference' };
    }),
  ];
  const values = [
    visit.scope.practiceId,
    rows.map(({ id }) => id),
    rows.map(({ chartId }) => chartId),
    rows.map(({ withheld }) => withheld),
    rows.map(({ type }) => type),
  ];
  for (const table of ['resource', 'resource_version']) {
    await tx.query({
      name: `withhold-${table}`,
      text: `
        update postern.${table} r
        set withheld = n.withheld
        from unnest($2::uuid[], $3::uuid[], $4::boolean[], $5::text[]) n (id, chart_id, withheld, type)
        where r.practice_id = $1
          and r.id = n.id
          and r.chart_id = n.chart_id
          and r.type = n.type
          and r.withheld <> n.withheld`,
      values,
    });
  }
}

function isWithdrawn({ status }: FhirResource): boolean {
  return status === 'entered-in-error';
}
