/**
 * What opens an archive. It holds what stands in several sections of a chart, so its key is sealed under the
 * keys of all of them, one within the other: it opens for whoever reads each of those sections, and is
 * shredded with any. The job's own key, under which its checkpoint is sealed, says whose it is.
 */
import { notFound } from '../base/errors.ts';
import type { AccountId, ChartId, JobId, PracticeId, ResourceId } from '../base/ids.ts';
import { SECTIONS } from '../base/section.ts';
import { type FileContent, inVisit, readFacts, type StoreContext, writeFacts } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import type { RecordPlace } from '../seal/index.ts';
import type { Layer, SealedArchive } from './archive-order.ts';

export interface ArchivePlace {
  readonly practiceId: PracticeId;
  readonly chartId: ChartId;
  readonly jobId: JobId;
}

/** A section with its author, where one keeps it. */
export type SealedSection = Pick<Layer, 'section' | 'author'>;

/** The sections that something came from, each once. The administrative one is always among them. */
export class SectionsMet {
  readonly #met = new Map<string, SealedSection>();

  constructor() {
    this.add('administrative', null);
  }

  add(section: SealedSection['section'], author: AccountId | null): void {
    const kept = section === 'psychotherapy' ? author : null;
    this.#met.set(`${section} ${kept ?? ''}`, { section, author: kept });
  }

  all(): SealedSection[] {
    return [...this.#met.values()].sort((a, b) => SECTIONS[a.section] - SECTIONS[b.section]);
  }
}

/** Authority: `write` in each of the sections, so a job's. */
export async function sealArchive(
  context: StoreContext,
  writer: Visit,
  place: ArchivePlace,
  sections: readonly SealedSection[],
  content: FileContent,
): Promise<SealedArchive> {
  const layers: Layer[] = [];
  let { key } = content;
  let inner: Uint8Array = writeFacts(content.facts);
  for (const [at, { section, author }] of sections.entries()) {
    const owner = { chartId: place.chartId, section, author };
    const found = await inVisit(context, writer, async (tx, current) => {
      const keys = await context.wrappedKeys.forWriting(tx, current, [owner]);
      return [...keys.values()][0] ?? null;
    });
    if (found === null) throw notFound();
    const { keys } = writer.scope;
    if (at > 0) key = keys.newContentKey(owner);
    const { wrapped: wrappedKey, practiceKeyVersion, version: keyVersion } = found;
    const row = { ...placeOf(place, { section, author }, at), wrappedKey, practiceKeyVersion };
    inner = keys.sealContent(row, key, inner);
    layers.push({ section, author, keyVersion });
  }
  return { layers, sealed: Buffer.from(inner).toString('base64'), bytes: content.facts.bytes };
}

/**
 * What opens the zip. Null where the visit does not read one of its sections, or its key is shredded; throws
 * `damaged` for what was not sealed as this.
 */
export async function openArchive(
  context: StoreContext,
  visit: Visit,
  place: ArchivePlace,
  { layers, sealed }: SealedArchive,
): Promise<FileContent | null> {
  let inner: Buffer = Buffer.from(sealed, 'base64');
  for (let at = layers.length - 1; at >= 0; at -= 1) {
    const { section, author, keyVersion } = layers[at]!;
    const owner = { chartId: place.chartId, section, author };
    const found = await context.wrappedKeys.one(context.pool, visit, owner, keyVersion);
    if (found === null) return null;
    const { wrapped: wrappedKey, practiceKeyVersion } = found;
    const row = { ...placeOf(place, { section, author }, at), wrappedKey, practiceKeyVersion };
    const opened = visit.scope.keys.openContent({ ...row, sealed: inner });
    if (opened === null) return null;
    if (at === 0) return { key: opened.key, facts: readFacts(opened.facts) };
    inner = opened.facts;
  }
  return null;
}

/** Its type is none of FHIR's, so it takes `read`, as the records that are in it did. */
function placeOf(
  { practiceId, chartId, jobId }: ArchivePlace,
  { section, author }: SealedSection,
  at: number,
): RecordPlace {
  const id = jobId as string as ResourceId;
  return { practiceId, chartId, section, author, type: 'Archive', id, version: at + 1 };
}
