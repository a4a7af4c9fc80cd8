/**
 * Writing: validate, decide the place, seal, index, and leave a line, all in one transaction. One resource
 * and a whole import batch take the same path.
 */
import { notFound, type PosternError } from '../../base/errors.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import { Opened } from '../../seal/index.ts';
import { CLASSIFIER_VERSION } from '../classifier.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { type FileContent, writeFacts } from '../file-content.ts';
import { writeResource } from '../resource-json.ts';
import { type IndexTerms, indexTerms } from '../search/index-terms.ts';
import { markDrafts, refusePhotosWithin } from './card-marks.ts';
import { filesOf, noteBlobs, withoutData } from './draft-files.ts';
import { assertRoom, redeemPromises } from './file-room.ts';
import { followDocuments } from './files-of-documents.ts';
import { indexTokens } from './index-rows.ts';
import { placeAll } from './place-all.ts';
import type { Draft, Place } from './place-resource.ts';
import { closeEarlierVersions } from './reseal.ts';
import { lineOf, type StoreContext } from './store-context.ts';
import { NOTHING, type ResourceRow, type Stored } from './stored.ts';
import { type KeyOwner, ownerName, type WrappedKey } from './wrapped-keys.ts';
import { type NewRow, writeIndex, writeRows } from './write-rows.ts';

export const NO_TERMS: IndexTerms = { tokens: [], dates: [], at: null };

/** What became of one draft: written, or the reason why not. */
export type Outcome =
  | { readonly kind: 'written'; readonly stored: Stored; readonly created: boolean }
  | { readonly kind: 'refused'; readonly error: PosternError };

/**
 * Writes drafts in their order, each a new version of its id. A draft that is refused does not stop the
 * others; whoever writes a single one throws its error. Authority: `write` on the section it lands in.
 */
export async function writeDrafts(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  drafts: readonly Draft[],
  action: string | ((draft: Draft) => string),
): Promise<Outcome[]> {
  const outcomes = new Map<Draft, Outcome>();
  const refuse = (draft: Draft, error: PosternError) => outcomes.set(draft, { kind: 'refused', error });
  const all = await placeAll(context, tx, visit, drafts, refuse);
  refusePhotosWithin(all, refuse);
  const whole = all.filter(({ draft }) => !outcomes.has(draft));
  const files = await filesOf(context, tx, visit, whole, refuse);
  const placed = all.filter(({ draft }) => !outcomes.has(draft));
  const owners = placed.map(({ place }) => keyOwnerOf(place));
  const keys = await context.wrappedKeys.forWriting(tx, visit, owners);
  const now = context.clock.now();
  const indexVersion = context.indexVersions(visit.scope.practiceId)[0]!;
  const made = placed.map(({ draft, place }) => {
    const key = keys.get(ownerName(keyOwnerOf(place)))!;
    return {
      draft,
      ...sealDraft(visit, { draft, place, file: files.get(draft) ?? null }, key, now, indexVersion),
    };
  });
  const rows = made.map(({ row }) => row);
  const actionOf = typeof action === 'string' ? () => action : action;
  const byAction = Map.groupBy(made, ({ draft }) => actionOf(draft));
  const lines = [...byAction].flatMap(([name, some]) => {
    const entries = some.map(({ row }): LineEntry => [row.chartId, row.type, row.id, row.version]);
    return [...chunks(entries, 500)].map((part) => lineOf(visit, name, part));
  });
  // Asked together and answered in this order.
  const [hadRoom] = await Promise.all([
    redeemPromises(tx, visit, [...files.values()]),
    writeRows(tx, visit, rows, CLASSIFIER_VERSION),
    writeIndex(tx, visit, rows, indexVersion),
    noteBlobs(
      tx,
      visit,
      placed.flatMap(({ draft, place }) => {
        const file = files.get(draft);
        return file === undefined ? [] : [{ id: draft.id, place, file }];
      }),
    ),
    ...lines.map((line) => appendLine(tx as never, line)),
  ]);
  await markDrafts(context, tx, visit, placed);
  if (!hadRoom) await assertRoom(context, tx, visit);
  for (const { draft, place, closes } of placed) {
    if (closes) await closeEarlierVersions(tx, visit, draft.id, keys.get(ownerName(keyOwnerOf(place)))!);
  }
  await followDocuments(context, tx, visit, placed);
  for (const { draft, row, stored } of made) {
    outcomes.set(draft, { kind: 'written', stored, created: row.version === 1 });
  }
  return drafts.map((draft) => outcomes.get(draft)!);
}

export function keyOwnerOf({ chartId, section, author }: Place): KeyOwner {
  return { chartId, section, author: section === 'psychotherapy' ? author : null };
}

function sealDraft(
  visit: Visit,
  { draft, place, file }: { draft: Draft; place: Place; file: FileContent | null },
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
  const row = { ...origin, wrappedKey: key.wrapped, practiceKeyVersion: key.practiceKeyVersion };
  const { keys } = visit.scope;
  const terms = section === 'canary' ? NO_TERMS : indexTerms(resource);
  const tokens = indexTokens(visit, type, key, terms, indexVersion);
  const made = {
    id: draft.id,
    type,
    chartId,
    section,
    author,
    version,
    updatedAt: now,
    keyVersion: key.version,
    deleted: false,
    sealed: keys.seal(row, content),
    file: file === null ? null : keys.sealContent(row, file.key, writeFacts(file.facts)),
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
  return { row: made, stored };
}

/** The resource as it is kept and given out: with the id and the meta that the server assigns. */
function stamped({ id, resource }: Draft, { version }: Place, now: Date): FhirResource {
  const { resourceType, id: _, meta, ...rest } = withoutData(resource);
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
  row: Pick<ResourceRow, 'id' | 'type'>,
  place: Place,
): Promise<Date> {
  const { practiceId, keys } = visit.scope;
  const owner = keyOwnerOf(place);
  const key = (await context.wrappedKeys.forWriting(tx, visit, [owner])).get(ownerName(owner))!;
  const origin = { practiceId, ...owner, type: row.type, id: row.id, version: place.version };
  const { wrapped: wrappedKey, practiceKeyVersion } = key;
  const sealed = keys.seal({ ...origin, wrappedKey, practiceKeyVersion }, NOTHING);
  const updatedAt = context.clock.now();
  const deletion: NewRow = {
    id: row.id,
    type: row.type,
    chartId: place.chartId,
    section: place.section,
    author: place.author,
    version: place.version,
    updatedAt,
    keyVersion: key.version,
    deleted: true,
    sealed,
    file: null,
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
