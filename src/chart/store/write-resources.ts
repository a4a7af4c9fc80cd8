/**
 * Writing: validate, decide the place, seal, index, and leave a line, all in one transaction. One resource
 * and a whole import batch take the same path.
 */
import { notFound, PosternError } from '../../base/errors.ts';
import type { ResourceId } from '../../base/ids.ts';
import { stricter } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import { Opened } from '../../seal/index.ts';
import { CLASSIFIER_VERSION, sensitivityOf } from '../classifier.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { skimResource, writeResource } from '../resource-json.ts';
import { type IndexTerms, indexTerms } from '../search/index-terms.ts';
import { indexTokens } from './index-rows.ts';
import { type Draft, idsInvolved, type Place, placeDraft, readDraft } from './place-resource.ts';
import { closeEarlierVersions } from './reseal.ts';
import { readStanding, type Standing } from './standing.ts';
import { lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openRow, type ResourceRow, ROW_COLUMNS, type Stored } from './stored.ts';
import { type KeyOwner, ownerName, type WrappedKey } from './wrapped-keys.ts';
import { type NewRow, writeIndex, writeRows } from './write-rows.ts';

export const NO_TERMS: IndexTerms = { tokens: [], dates: [], at: null };

/** What became of one draft: written, or the reason why not. */
export type Outcome =
  | { readonly kind: 'written'; readonly stored: Stored; readonly created: boolean }
  | { readonly kind: 'refused'; readonly error: PosternError };

interface Placed {
  readonly draft: Draft;
  readonly place: Place;
  /** Whether it was in a more open section until now. */
  readonly closes: boolean;
}

/**
 * Writes drafts in their order, each a new version of its id. A draft that is refused does not stop the
 * others; whoever writes a single one throws its error. Authority: `write` on the section it lands in.
 */
export async function writeDrafts(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  drafts: readonly Draft[],
  action: string,
): Promise<Outcome[]> {
  const outcomes = new Map<Draft, Outcome>();
  const placed = await placeAll(context, tx, visit, drafts, outcomes);
  const owners = placed.map(({ place }) => keyOwnerOf(place));
  const keys = await context.wrappedKeys.forWriting(tx, visit, owners);
  const now = context.clock.now();
  const indexVersion = context.indexVersions(visit.scope.practiceId)[0]!;
  const made = placed.map(({ draft, place }) => {
    const key = keys.get(ownerName(keyOwnerOf(place)))!;
    return { draft, ...sealDraft(visit, draft, place, key, now, indexVersion) };
  });
  const rows = made.map(({ row }) => row);
  const entries = rows.map((row): LineEntry => [row.chartId, row.type, row.id, row.version]);
  // Asked together and answered in this order.
  await Promise.all([
    writeRows(tx, visit, rows, CLASSIFIER_VERSION),
    writeIndex(tx, visit, rows, indexVersion),
    ...chunks(entries, 500).map((part) => appendLine(tx as never, lineOf(visit, action, part))),
  ]);
  for (const { draft, place, closes } of placed) {
    if (closes) await closeEarlierVersions(tx, visit, draft.id, keys.get(ownerName(keyOwnerOf(place)))!);
  }
  for (const { draft, row, stored } of made) {
    outcomes.set(draft, { kind: 'written', stored, created: row.version === 1 });
  }
  return drafts.map((draft) => outcomes.get(draft)!);
}

/** Drafts of one batch may depend on each other: each that is placed stands for those after it. */
async function placeAll(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  drafts: readonly Draft[],
  outcomes: Map<Draft, Outcome>,
): Promise<Placed[]> {
  const reads = new Map<Draft, ReturnType<typeof readDraft>>();
  const refuse = (draft: Draft, error: unknown) => {
    if (!(error instanceof PosternError)) throw error;
    outcomes.set(draft, { kind: 'refused', error });
  };
  for (const draft of drafts) {
    try {
      reads.set(draft, readDraft(draft, context.ownBases));
    } catch (error) {
      refuse(draft, error);
    }
  }
  const ids = [...reads].flatMap(([draft, read]) => idsInvolved(draft, read));
  const standing = await readStanding(tx, visit.scope.practiceId, ids);
  await revealTopics(tx, visit, standing);
  const placed: Placed[] = [];
  const taken = new Set<ResourceId>();
  for (const [draft, read] of reads) {
    try {
      if (taken.has(draft.id)) throw new PosternError('conflict', 'The same resource comes twice.');
      const place = placeDraft(visit, draft, read, standing);
      const before = standing.get(draft.id)?.section ?? place.section;
      const closes = stricter(place.section, before) !== before;
      taken.add(draft.id);
      standing.set(draft.id, standingFor(draft, place));
      placed.push({ draft, place, closes });
    } catch (error) {
      refuse(draft, error);
    }
  }
  return placed;
}

/**
 * A medicine in the practice's list stands in the section that everyone may read, yet who is given an HIV
 * drug has a sensitive prescription: for those who cite it, it counts as sensitive.
 */
export async function revealTopics(
  tx: Transaction,
  visit: Visit,
  standing: Map<ResourceId, Standing>,
): Promise<void> {
  const ids = [...standing]
    .filter(([, one]) => one.type === 'Medication' && one.chartId === null)
    .map(([id]) => id);
  if (ids.length === 0) return;
  const { rows } = await tx.query<ResourceRow>({
    name: 'cited-medications',
    text: `
      select ${ROW_COLUMNS}
      from postern.resource r ${KEY_JOIN}
      where r.practice_id = $1
        and r.id = any($2::uuid[])`,
    values: [visit.scope.practiceId, ids],
  });
  for (const row of rows) {
    const content = openRow(visit, row)?.content;
    if (content == null || sensitivityOf(skimResource(content.bytes().toString())) === null) continue;
    standing.set(row.id, { ...standing.get(row.id)!, section: 'sensitive' });
  }
}

function standingFor({ resource }: Draft, place: Place): Standing {
  return { ...place, type: resource.resourceType, deleted: false };
}

export function keyOwnerOf({ chartId, section, author }: Place): KeyOwner {
  return { chartId, section, author: section === 'psychotherapy' ? author : null };
}

function sealDraft(
  visit: Visit,
  draft: Draft,
  place: Place,
  key: WrappedKey,
  now: Date,
  indexVersion: number,
): { row: NewRow; stored: Stored } {
  const resource = stamped(draft, place, now);
  const type = resource.resourceType;
  const content = Buffer.from(writeResource(resource));
  const { chartId, section, author, version } = place;
  const bound = section === 'psychotherapy' ? author : null;
  const origin = {
    practiceId: visit.scope.practiceId,
    chartId,
    section,
    author: bound,
    type,
    id: draft.id,
    version,
  };
  const sealed = visit.scope.keys.seal(
    { ...origin, wrappedKey: key.wrapped, practiceKeyVersion: key.practiceKeyVersion },
    content,
  );
  const terms = section === 'canary' ? NO_TERMS : indexTerms(resource);
  const tokens = indexTokens(visit, type, key, terms, indexVersion);
  const row = {
    id: draft.id,
    type,
    chartId,
    section,
    author,
    version,
    updatedAt: now,
    keyVersion: key.version,
    sealed,
    terms,
    tokens,
  };
  const stored = {
    type,
    id: draft.id,
    version,
    updatedAt: now,
    deleted: false,
    content: new Opened(content, origin),
  };
  return { row, stored };
}

/** The resource as it is kept and given out: with the id and the meta that the server assigns. */
function stamped({ id, resource }: Draft, { version }: Place, now: Date): FhirResource {
  const { resourceType, id: _, meta, ...rest } = resource;
  return {
    resourceType,
    id,
    meta: { ...meta, versionId: String(version), lastUpdated: now.toISOString() },
    ...rest,
  };
}

function* chunks<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** The deletion of what stands at that version: a version without content, and nothing left in the index. */
export async function writeDeletion(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  row: ResourceRow,
  place: Place,
): Promise<Date> {
  const updatedAt = context.clock.now();
  const deletion: NewRow = {
    id: row.id,
    type: row.type,
    chartId: place.chartId,
    section: place.section,
    author: place.author,
    version: place.version,
    updatedAt,
    keyVersion: 1,
    sealed: null,
    terms: NO_TERMS,
    tokens: { chart: [], practice: [] },
  };
  const line = lineOf(visit, 'delete', [[place.chartId, row.type, row.id, place.version]]);
  await Promise.all([writeRows(tx, visit, [deletion], CLASSIFIER_VERSION), appendLine(tx as never, line)]);
  return updatedAt;
}

/** Throws the refusal of a single write; not-found where there is none to tell. */
export function theOne(outcomes: readonly Outcome[]): Extract<Outcome, { kind: 'written' }> {
  const [outcome] = outcomes;
  if (outcome === undefined) throw notFound();
  if (outcome.kind === 'refused') throw outcome.error;
  return outcome;
}
