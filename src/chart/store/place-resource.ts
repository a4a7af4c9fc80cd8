/**
 * Where a resource goes: whose chart, which section, who is its author. Decided at every write from the
 * resource itself and what stands, never from what the caller claims beside it; only a stricter section may
 * be asked for.
 */
import { notFound, PosternError, type Refused } from '../../base/errors.ts';
import { type AccountId, type ChartId, NIL_UUID, parseId, type ResourceId } from '../../base/ids.ts';
import { type Section, stricter } from '../../base/section.ts';
import type { Visit } from '../../gate/index.ts';
import { citedReferences, classify } from '../classifier.ts';
import type { FhirResource } from '../fhir-resource.ts';
import type { FileContent } from '../file-content.ts';
import { localReferences, type Ownership, ownerOf } from '../owner.ts';
import { typeOf } from '../type-registry.ts';
import type { Standing } from './standing.ts';
import { movedOn } from './write-rows.ts';

/** A resource on its way into the store, with the id it will have. */
export interface Draft {
  readonly id: ResourceId;
  readonly resource: FhirResource;
  /** The section the author asks for; counts only where it is stricter than the classifier's. */
  readonly section: Section | null;
  /** Whom the version is by: the session's account, unless an import brings somebody's own notes. */
  readonly author: AccountId;
  /** The content that was kept before, of a Binary whose data did not come within it. */
  readonly file?: FileContent;
  /** The version that it was made from: nothing may have come between. */
  readonly follows?: number;
  /** What stands, as far as its author may open it: what that refers to, the new version may go on to. */
  readonly before?: () => FhirResource | null;
}

export interface Place {
  readonly chartId: ChartId | null;
  readonly section: Section;
  readonly author: AccountId;
  /** The version this write makes. */
  readonly version: number;
}

export interface Read {
  readonly owner: Ownership;
  readonly cited: readonly ResourceId[];
  /** Everything it refers to on this server, with the place of the reference. */
  readonly refersTo: readonly {
    readonly id: ResourceId;
    readonly type: string;
    readonly path: string;
  }[];
}

/** Owner and references of a draft. Throws not-processable where it names no owner or a second patient. */
export function readDraft(draft: Draft, ownBases: readonly string[]): Read {
  const owner = ownerOf(draft.resource, { ownBases });
  if (owner.kind === 'refused') {
    throw new PosternError('not-processable', owner.message, { expression: [owner.expression] });
  }
  const cited = citedReferences(draft.resource, ownBases).flatMap(
    (reference) => parseId<ResourceId>(reference.slice(reference.indexOf('/') + 1)) ?? [],
  );
  const refersTo = localReferences(draft.resource, { ownBases }).flatMap((reference) => {
    const id = parseId<ResourceId>(reference.id);
    return id === null ? [] : [{ id, type: reference.type, path: draft.resource.resourceType }];
  });
  return { owner, cited, refersTo };
}

/** Ids that `placeDraft` will ask about. */
export function idsInvolved(draft: Draft, { owner, cited, refersTo }: Read): ResourceId[] {
  const ids = [draft.id, ...cited, ...refersTo.map(({ id }) => id)];
  if (owner.kind === 'chart') ids.push(owner.chart as string as ResourceId);
  if (owner.kind === 'inherited') ids.push(...owner.from.flatMap(({ id }) => parseId<ResourceId>(id) ?? []));
  return ids;
}

/**
 * The place of a draft; `before` is what it follows. Throws not-processable for an owner that is not there or
 * not the visit's, or that would move; not-found where the visit may not write to that section of that chart.
 */
export function placeDraft(
  visit: Visit,
  draft: Draft,
  read: Read,
  standing: ReadonlyMap<ResourceId, Standing>,
  before: Standing | undefined,
): Place {
  const { owner, refersTo } = read;
  const type = draft.resource.resourceType;
  if (before !== undefined && before.type !== type) throw notFound();
  if (draft.follows !== undefined && draft.follows !== before?.version) throw movedOn();
  const chartId = chartOf(draft, owner, standing);
  if (before !== undefined && before.chartId !== chartId) {
    throw new PosternError('not-processable', 'A resource stays with its patient. Make a new one instead.');
  }
  if (!typeOf(type).namesOthers) refuseForeign(chartId, refersTo, standing);
  const section = sectionFor(draft, read, standing, before);
  const author = draft.author;
  const bound = section === 'psychotherapy' ? author : null;
  if (!visit.scope.allows('write', section, chartId, bound, type)) throw notWritable(chartId, before);
  if (before?.section === 'psychotherapy' && before.author !== author && !visit.scope.system)
    throw notFound();
  return { chartId, section, author, version: (before?.version ?? 0) + 1 };
}

/**
 * A person refers to what stands and is his to see: what cannot be seen would count for nothing where the
 * section is decided. Throws not-processable, alike for what is hidden and what is absent. Imports and other
 * jobs see everything, and may refer to what comes later.
 */
export function refuseUnseen(
  visit: Visit,
  draft: Draft,
  { refersTo }: Read,
  isSeen: (id: ResourceId) => boolean,
  ownBases: readonly string[],
): void {
  if (visit.scope.system) return;
  const unseen = refersTo.filter(({ id }) => id !== draft.id && !isSeen(id));
  if (unseen.length === 0) return;
  const before = draft.before?.() ?? null;
  const kept = before === null ? [] : localReferences(before, { ownBases }).map(({ id }) => id);
  const refused = unseen.filter(({ id }) => !kept.includes(id));
  if (refused.length === 0) return;
  throw new PosternError(
    'not-processable',
    'It refers to something that is not there, or not yours to see.',
    {
      expression: [draft.resource.resourceType],
      refused: refused.map(({ id, type }) => ({ type, id })),
    },
  );
}

/** A resource refers to its own chart and to the practice; anything else would tie two patients together. */
function refuseForeign(
  chartId: ChartId | null,
  refersTo: Read['refersTo'],
  standing: ReadonlyMap<ResourceId, Standing>,
): void {
  for (const { id, path } of refersTo) {
    const target = standing.get(id);
    if (target === undefined || target.chartId === null || target.chartId === chartId) continue;
    throw new PosternError('not-processable', "It refers to something in another patient's chart.", {
      expression: [path],
    });
  }
}

function chartOf(
  draft: Draft,
  owner: Ownership,
  standing: ReadonlyMap<ResourceId, Standing>,
): ChartId | null {
  if (owner.kind === 'practice' || owner.kind === 'refused') return null;
  if (owner.kind === 'chart') {
    if (draft.resource.resourceType === 'Patient') return owner.chart;
    const patient = standing.get(owner.chart as string as ResourceId);
    if (patient?.type === 'Patient' && !patient.deleted) return owner.chart;
    throw unknownOwner('The patient it names is not there, or not yours to write for.', [
      { type: 'Patient', id: owner.chart },
    ]);
  }
  const owners = new Set<ChartId | null>();
  for (const { id, type } of owner.from) {
    const target = standing.get(id as ResourceId);
    if (target === undefined || target.type !== type || target.deleted) continue;
    owners.add(target.chartId);
  }
  if (owners.size === 1) return [...owners][0]!;
  if (owners.size > 1) throw new PosternError('not-processable', 'It belongs to more than one patient.');
  throw unknownOwner('What it belongs to is not there, or not yours to write for.', owner.from);
}

/** The owner that a draft names is hidden or absent: which of the two, nothing here knows. */
function unknownOwner(message: string, refused: readonly Refused[]): PosternError {
  const named = refused.map(({ type, id }) => ({ type, id: parseId<ResourceId>(id) ?? NIL_UUID }));
  return new PosternError('not-processable', message, { refused: named });
}

/** What is new has no id yet that would say whose chart it was aimed at. */
export function notWritable(chartId: ChartId | null, before: Standing | undefined): PosternError {
  const aimed = before === undefined && chartId !== null;
  return notFound({ refused: aimed ? [{ type: 'Patient', id: chartId }] : [] });
}

/** An update never opens what was closed: that takes a reclassification. */
function sectionFor(
  draft: Draft,
  read: Read,
  standing: ReadonlyMap<ResourceId, Standing>,
  before: Standing | undefined,
): Section {
  const section = sectionByRules(draft, read, standing, classify);
  return before === undefined || before.deleted ? section : stricter(section, before.section);
}

/** The section by the rules alone, whatever it was before. */
export function sectionByRules(
  draft: Pick<Draft, 'resource' | 'section'>,
  { owner, cited }: Pick<Read, 'owner' | 'cited'>,
  standing: ReadonlyMap<ResourceId, Standing>,
  rules: typeof classify,
): Section {
  // What the practice owns has a section of its own in the registry; only a patient's can be stricter.
  if (owner.kind === 'practice') return owner.section;
  const sources = owner.kind === 'inherited' ? owner.from.map(({ id }) => id as ResourceId) : [];
  const sections = [...cited, ...sources].flatMap((id) => standing.get(id)?.section ?? []);
  const { section } = rules(draft.resource, {
    cited: sections,
    ...(draft.section === null ? {} : { authorChoice: draft.section }),
  });
  return section;
}
