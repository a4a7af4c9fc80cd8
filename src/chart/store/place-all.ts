/** The places of drafts that are written together and depend on each other, in whatever order they come. */
import { PosternError } from '../../base/errors.ts';
import { parseId, type ResourceId } from '../../base/ids.ts';
import { stricter } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { sensitivityOf } from '../classifier.ts';
import { type FhirResource, valuesAt } from '../fhir-resource.ts';
import { parseReference } from '../reference.ts';
import { skimResource } from '../resource-json.ts';
import { addImportedFiles, isUnseen, notToClose } from './imported-files.ts';
import {
  type Draft,
  idsInvolved,
  notWritable,
  type Place,
  placeDraft,
  type Read,
  readDraft,
  refuseUnseen,
} from './place-resource.ts';
import { readStanding, type Standing } from './standing.ts';
import type { StoreContext } from './store-context.ts';
import { KEY_JOIN, openByKey, type ResourceRow, ROW_COLUMNS } from './stored.ts';
import { mayLeave, standingForApp } from './within-app.ts';

export interface Placed {
  readonly draft: Draft;
  readonly place: Place;
  /** Whether it was in a more open section until now. */
  readonly closes: boolean;
}

/**
 * Each draft is placed after those that it refers to, so that these stand, in their sections, before it is
 * looked at. Those that refer to each other in a circle are looked at again until no place changes.
 */
export async function placeAll(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  drafts: readonly Draft[],
  refuse: (draft: Draft, error: PosternError) => void,
): Promise<Placed[]> {
  const reads = new Map<Draft, Read>();
  const trying = <T>(draft: Draft, work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof PosternError)) throw error;
      refuse(draft, error);
      return null;
    }
  };
  for (const draft of drafts) {
    const read = trying(draft, () => readDraft(draft, context.ownBases));
    if (read !== null) reads.set(draft, read);
  }
  const involved = new Map([...reads].map(([draft, read]) => [draft, idsInvolved(draft, read)]));
  const standing = await readStanding(tx, visit.scope.practiceId, [...involved.values()].flat());
  await addImportedFiles(tx, visit, drafts, standing);
  const charts = [...reads.values()].flatMap(({ owner }) => (owner.kind === 'chart' ? [owner.chart] : []));
  const own = new Set(drafts.map(({ id }) => id));
  await standingForApp(context, tx, visit, standing, { own, charts });
  const before = new Map(standing);
  await revealTopics(tx, visit, standing);
  const { order, circular } = placingOrder(involved);
  const places = new Map<Draft, Place>();
  const taken = new Set<ResourceId>();
  const together = new Set(drafts.map(({ id }) => id));
  const isSeen = (id: ResourceId) => standing.has(id) || together.has(id);
  const place = (draft: Draft): boolean => {
    refuseUnseen(visit, draft, reads.get(draft)!, isSeen, context.ownBases);
    const found = placeDraft(visit, draft, reads.get(draft)!, standing, before.get(draft.id));
    const was = before.get(draft.id);
    const isReplaced = was !== undefined && was.section !== found.section;
    if (isReplaced && isUnseen(visit, { ...was, type: draft.resource.resourceType, author: found.author })) {
      throw notToClose();
    }
    const interaction = was !== undefined ? 'u' : 'c';
    if (!mayLeave(context, visit, interaction, draft.resource, found.chartId)) {
      throw notWritable(found.chartId, before.get(draft.id));
    }
    const changed = found.section !== places.get(draft)?.section;
    places.set(draft, found);
    standing.set(draft.id, standingFor(draft, found));
    return changed;
  };
  for (const draft of order) {
    trying(draft, () => {
      if (taken.has(draft.id)) throw new PosternError('conflict', 'The same resource comes twice.');
      place(draft);
      taken.add(draft.id);
    });
  }
  // Sections only ever become stricter, so this ends.
  for (let changed = circular.length > 0; changed; ) {
    changed = false;
    for (const draft of circular) {
      if (!places.has(draft)) continue;
      const moved = trying(draft, () => place(draft));
      if (moved === null) places.delete(draft);
      changed ||= moved !== false;
    }
  }
  return drafts.flatMap((draft) => {
    const found = places.get(draft);
    if (found === undefined) return [];
    const was = before.get(draft.id)?.section ?? found.section;
    return [{ draft, place: found, closes: stricter(found.section, was) !== was }];
  });
}

/** What is referred to first; `circular` are drafts that came before something that they refer to. */
function placingOrder(involved: ReadonlyMap<Draft, readonly ResourceId[]>): {
  order: readonly Draft[];
  circular: readonly Draft[];
} {
  const drafts = new Map<ResourceId, Draft>();
  for (const draft of involved.keys()) if (!drafts.has(draft.id)) drafts.set(draft.id, draft);
  const order: Draft[] = [];
  const begun = new Set<Draft>();
  const done = new Set<Draft>();
  const circular = new Set<Draft>();
  const visitDraft = (draft: Draft) => {
    if (begun.has(draft)) return;
    begun.add(draft);
    for (const id of involved.get(draft)!) {
      const other = drafts.get(id);
      if (other === undefined || other === draft) continue;
      visitDraft(other);
      if (!done.has(other)) circular.add(draft);
    }
    done.add(draft);
    order.push(draft);
  };
  for (const draft of involved.keys()) visitDraft(draft);
  // Who depends on one in a circle may have been placed by what it was at first.
  return { order, circular: circular.size === 0 ? [] : order };
}

/**
 * A medicine in the practice's list stands in the section that everyone may read, yet who is given an HIV
 * drug, or a mixture of which one is a part, has a sensitive prescription: for those who cite it, it counts
 * as sensitive.
 */
export async function revealTopics(
  tx: Transaction,
  visit: Visit,
  standing: Map<ResourceId, Standing>,
): Promise<void> {
  const seen = new Set<ResourceId>();
  let cited = new Map<ResourceId, ResourceId[]>();
  for (const [id, one] of standing)
    if (one.type === 'Medication' && one.chartId === null) cited.set(id, [id]);
  while (cited.size > 0) {
    const parts = new Map<ResourceId, ResourceId[]>();
    for (const row of await readMedications(tx, visit, [...cited.keys()])) {
      seen.add(row.id);
      const citedAs = cited.get(row.id)!;
      const content = openByKey(visit, row)?.content;
      if (content == null) continue;
      const medication = skimResource(content.bytes().toString());
      if (sensitivityOf(medication) !== null) {
        for (const id of citedAs) standing.set(id, { ...standing.get(id)!, section: 'sensitive' });
        continue;
      }
      for (const part of partsOf(medication)) {
        if (!seen.has(part)) parts.set(part, [...(parts.get(part) ?? []), ...citedAs]);
      }
    }
    cited = parts;
  }
}

function partsOf(medication: FhirResource): ResourceId[] {
  return valuesAt(medication, 'ingredient.itemReference.reference').flatMap((text) => {
    const reference = parseReference(String(text));
    return reference.kind === 'local' ? (parseId<ResourceId>(reference.id) ?? []) : [];
  });
}

async function readMedications(
  tx: Transaction,
  visit: Visit,
  ids: readonly ResourceId[],
): Promise<ResourceRow[]> {
  const { rows } = await tx.query<ResourceRow>({
    name: 'cited-medications',
    text: `
      select ${ROW_COLUMNS}
      from postern.resource r ${KEY_JOIN}
      where r.practice_id = $1
        and r.id = any($2::uuid[])
        and r.type = 'Medication'`,
    values: [visit.scope.practiceId, ids],
  });
  return rows;
}

/** As the others of the same write see it. */
function standingFor({ resource }: Draft, place: Place): Standing {
  const type = resource.resourceType;
  const reveals = type === 'Medication' && place.chartId === null && sensitivityOf(resource) !== null;
  return { ...place, section: reveals ? 'sensitive' : place.section, type, deleted: false };
}
