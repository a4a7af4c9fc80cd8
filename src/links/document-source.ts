/**
 * A document as it goes out by a link: its DocumentReference, which holds the content itself in base64, since
 * whoever opens the link can follow no address into the record.
 */
import { notFound, PosternError } from '../base/errors.ts';
import { type ChartId, newId, type ResourceId } from '../base/ids.ts';
import type { Section } from '../base/section.ts';
import {
  type ChartStore,
  type FhirResource,
  isCard,
  isObject,
  type JsonObject,
  parseResource,
  type Stored,
  type StoredFile,
  valuesAt,
  writeResource,
} from '../chart/index.ts';
import type { Files } from '../documents/index.ts';
import type { Visit } from '../gate/index.ts';
import { boundScope, type LinkSource, mayGoOut, protectedContent, strictest } from './link-source.ts';

export interface DocumentParts {
  readonly store: ChartStore;
  readonly files: Pick<Files, 'read'>;
}

const BINARY = /^Binary\/([A-Za-z0-9\-.]{1,64})$/;

/**
 * Throws not-found for what is not a document of that chart, or not the visit's to open; `not-processable`
 * for what may not go out.
 */
export async function documentSource(
  parts: DocumentParts,
  visit: Visit,
  chartId: ChartId,
  id: ResourceId,
): Promise<LinkSource> {
  const { store } = parts;
  const stored = await store.read(visit, 'DocumentReference', id);
  if (stored?.content == null || stored.content.origin.chartId !== chartId) throw notFound();
  const sections: Section[] = [sectionOf(visit, stored, chartId)];
  const resource = parseResource(stored.content.bytes());
  // Photos of cards are for whoever asks to see one on purpose, and no link asks.
  if (isCard(resource)) throw protectedContent();
  const binaries = new Map<string, StoredFile>();
  const sources = [sourceOf(stored)];
  let bytes = stored.content.bytes().length;
  for (const attachment of attachmentsOf(resource)) {
    const binary = typeof attachment.url === 'string' ? BINARY.exec(attachment.url)?.[1] : undefined;
    if (binary === undefined) continue;
    const read = await store.readFile(visit, binary, null);
    if (read?.stored.content == null || read.stored.content.origin.chartId !== chartId) throw notFound();
    sections.push(sectionOf(visit, read.stored, chartId));
    sources.push(sourceOf(read.stored));
    bytes += ((read.file?.facts.bytes ?? read.stored.content.bytes().length) * 4) / 3;
    const place = newId();
    binaries.set(place, read);
    delete attachment.url;
    attachment.data = place;
  }
  // Nor a photo that the session was shown, under whatever other document.
  const files = [...binaries.values()].map((read) => read.stored.id);
  if ((await store.cards.marked(visit, files)).size > 0) throw protectedContent();
  const text = writeResource(resource);
  return {
    section: strictest(sections),
    sources,
    bytes,
    content: () => filled(parts, visit, text, binaries),
  };
}

function sectionOf({ scope }: Visit, { content }: Stored, chartId: ChartId): Section {
  const { section } = content!.origin;
  if (!mayGoOut(boundScope(scope), section, chartId)) throw protectedContent();
  return section;
}

function sourceOf({ type, id, version }: Stored) {
  return { type, id, version };
}

function attachmentsOf(resource: FhirResource): Record<string, unknown>[] {
  return valuesAt(resource, 'content').flatMap((content) => {
    const attachment = isObject(content) ? (content as JsonObject).attachment : null;
    return isObject(attachment) ? [attachment as Record<string, unknown>] : [];
  });
}

/** The text with the content of each Binary where its place is kept. */
async function* filled(
  parts: DocumentParts,
  visit: Visit,
  text: string,
  binaries: ReadonlyMap<string, StoredFile>,
): AsyncGenerator<Uint8Array, void, void> {
  let rest = text;
  for (const [place, read] of binaries) {
    const at = rest.indexOf(place);
    yield Buffer.from(rest.slice(0, at));
    yield* base64Of(parts, visit, read);
    rest = rest.slice(at + place.length);
  }
  yield Buffer.from(rest);
}

async function* base64Of(
  { store, files }: DocumentParts,
  visit: Visit,
  { stored, file, line }: StoredFile,
): AsyncGenerator<Uint8Array, void, void> {
  if (file === null) {
    const { data } = stored.content!.json<{ data?: unknown }>();
    if (typeof data !== 'string') throw new PosternError('not-processable', 'A document has no content.');
    const inRow = data.replace(/\s+/g, '');
    yield Buffer.from(inRow);
    await store.noteClosed(line, inRow.length);
    return;
  }
  const { bytes } = file.facts;
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of files.read(visit, file, 0, bytes)) {
    const all = Buffer.concat([rest, piece]);
    const whole = all.length - (all.length % 3);
    rest = all.subarray(whole);
    yield Buffer.from(all.subarray(0, whole).toString('base64'), 'ascii');
  }
  yield Buffer.from(rest.toString('base64'), 'ascii');
  await store.noteClosed(line, bytes);
}
