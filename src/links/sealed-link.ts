/**
 * What is sealed of a link under the keys of the chart: its label, and of each file its key and what is known
 * of it. Only a session that may still pass that section on opens any of it.
 */
import { notFound } from '../base/errors.ts';
import type { ChartId, ResourceId } from '../base/ids.ts';
import { type Section, sectionOf } from '../base/section.ts';
import { inVisit, type StoreContext, type Stretch } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import type { ContentKey, KeyedPlace } from '../seal/index.ts';
import type { LinkFileRow, ListedLinkRow } from './link-rows.ts';
import type { Source } from './link-source.ts';

/** What is known of a file. */
export interface LinkFacts {
  readonly link: ResourceId;
  readonly contentType: string;
  /** Letters of the JWE. */
  readonly bytes: number;
  readonly stretches: readonly Stretch[];
  readonly sources: readonly Source[];
}

export interface LinkFile {
  readonly id: ResourceId;
  readonly key: ContentKey;
  readonly facts: LinkFacts;
}

type Keyed = KeyedPlace & { readonly keyVersion: number };

/** Where something of a link is sealed, with the chart's key. Throws not-found where there is none. */
export async function placeToSeal(
  context: StoreContext,
  visit: Visit,
  at: { readonly chartId: ChartId; readonly section: Section; readonly id: ResourceId },
): Promise<Keyed> {
  const owner = { chartId: at.chartId, section: at.section, author: null };
  return inVisit(context, visit, async (tx, current) => {
    const keys = await context.wrappedKeys.forWriting(tx, current, [owner]);
    const [found] = [...keys.values()];
    if (found === undefined) throw notFound();
    return keyed(visit, owner, at.id, found);
  });
}

async function placeToOpen(
  context: StoreContext,
  visit: Visit,
  row: Pick<LinkFileRow, 'id' | 'chart_id' | 'section' | 'key_version'>,
): Promise<Keyed | null> {
  const owner = { chartId: row.chart_id, section: sectionOf(row.section), author: null };
  const found = await context.wrappedKeys.one(context.pool, visit, owner, row.key_version);
  return found === null ? null : keyed(visit, owner, row.id, found);
}

function keyed(
  { scope }: Visit,
  owner: { readonly chartId: ChartId; readonly section: Section; readonly author: null },
  id: ResourceId,
  key: { readonly wrapped: Buffer; readonly practiceKeyVersion: number; readonly version: number },
): Keyed {
  const { wrapped: wrappedKey, practiceKeyVersion, version: keyVersion } = key;
  const place = { practiceId: scope.practiceId, ...owner, type: 'Link', id, version: 1 };
  return { ...place, wrappedKey, practiceKeyVersion, keyVersion };
}

export function sealLabel({ scope }: Visit, place: KeyedPlace, label: string): Buffer {
  return scope.keys.seal(place, Buffer.from(JSON.stringify({ label })));
}

/** Null where the visit may not pass on any more what the link holds. */
export async function openLabel(
  context: StoreContext,
  visit: Visit,
  row: ListedLinkRow,
): Promise<string | null> {
  const place = await placeToOpen(context, visit, row);
  const opened = place === null ? null : visit.scope.keys.open({ ...place, sealed: row.sealed });
  return opened === null ? null : opened.json<{ label: string }>().label;
}

export function sealFile({ scope }: Visit, place: KeyedPlace, key: ContentKey, facts: LinkFacts): Buffer {
  return scope.keys.sealContent(place, key, Buffer.from(JSON.stringify(facts)));
}

/** Null where the visit may not pass it on any more, where the chart is shredded, and for another link's. */
export async function openFile(
  context: StoreContext,
  visit: Visit,
  linkId: ResourceId,
  row: LinkFileRow,
): Promise<LinkFile | null> {
  const place = await placeToOpen(context, visit, row);
  const opened = place === null ? null : visit.scope.keys.openContent({ ...place, sealed: row.sealed });
  if (opened === null) return null;
  const facts = JSON.parse(opened.facts.toString()) as LinkFacts;
  return facts.link === linkId ? { id: row.id, key: opened.key, facts } : null;
}
