/**
 * What goes into an archive, part after part, each read when its turn comes: pages of resources, then file
 * after file. The session of whoever asked is asked for anew at each step; what it stops reaching ends all.
 */
import { type ErrorCode, PosternError } from '../base/errors.ts';
import type { ResourceId } from '../base/ids.ts';
import { readResource, type Stored } from '../chart/index.ts';
import { kindNamed, STRICT_POLICY } from '../documents/index.ts';
import { stillReaches } from '../fhir/index.ts';
import type { Visit } from '../gate/index.ts';
import { type JobRun, sessionOver } from '../jobs/index.ts';
import { type ArchiveCounts, type ArchiveOrder, NOTHING_YET } from './archive-order.ts';
import type { ArchiveParts } from './archive-parts.ts';
import { SectionsMet } from './archive-seal.ts';
import { ccdaOf } from './ccda/document.ts';
import { bundleText } from './contents/bundle.ts';
import { fileIndex } from './contents/file-index.ts';
import { type ArchiveFile, dataOf, FileList, inlineData } from './contents/file-list.ts';
import { indexPage } from './contents/index-page.ts';
import type { FileState, ListedFile } from './contents/listed-file.ts';
import { readmeText } from './contents/readme-text.ts';
import { summaryPdf } from './pdf/summary-pdf.ts';
import { type ChartSummary, SummaryMaker } from './summary/chart-summary.ts';
import { wordsIn } from './words/words.ts';
import type { ZipPart } from './zip/zip-stream.ts';

/** A file did not open when its turn had come, in the middle of a zip that cannot be mended. */
export class FileUnopened extends Error {
  readonly state: Exclude<FileState, 'there'>;

  constructor(state: Exclude<FileState, 'there'> = 'unopened') {
    super('A file of the chart does not open');
    this.state = state;
  }
}

/** Resources of a page: few enough that opening them keeps nobody waiting. */
const PAGE = 200;
const TELL_MS = 500;
/** Kinds that shrink when they are compressed. */
const LOOSE: ReadonlySet<string> = new Set(['text', 'ccda', 'dicom', 'tiff', 'other-xml', 'page']);

export interface MakingOptions {
  /** Whether each file is read to its end before it is put in: where one did not open before. */
  readonly careful: boolean;
  /** Told of the bytes of all files as soon as they are known; throws where there is no room for them. */
  onSize(bytes: number): Promise<void>;
  onCounts(counts: ArchiveCounts): Promise<void>;
}

export class ArchiveMaking {
  readonly #parts: ArchiveParts;
  readonly #job: JobRun;
  readonly #order: ArchiveOrder;
  readonly #options: MakingOptions;
  readonly #sections = new SectionsMet();
  readonly #summary: SummaryMaker;
  readonly #list = new FileList();
  #counts: ArchiveCounts = NOTHING_YET;
  #toldAt = 0;

  constructor(parts: ArchiveParts, job: JobRun, options: MakingOptions) {
    this.#parts = parts;
    this.#job = job;
    this.#order = job.payload as ArchiveOrder;
    this.#options = options;
    this.#summary = new SummaryMaker(this.#order.chart);
  }

  get counts(): ArchiveCounts {
    return this.#counts;
  }

  /** The sections of the chart that something came from so far. */
  get sections(): SectionsMet {
    return this.#sections;
  }

  async *zipParts(): AsyncGenerator<ZipPart, void, void> {
    const { at, language } = this.#order;
    const words = wordsIn(language);
    const date = at.slice(0, 10);
    yield this.#text('README.txt', readmeText(words, date));
    yield this.#part('fhir/bundle.json', bundleText(this.#parts.base, at, this.#pages()));
    const files = this.#list.named();
    const bytesInAll = files.reduce((sum, { bytes }) => sum + bytes, 0);
    await this.#options.onSize(bytesInAll);
    this.#counts = { ...this.#counts, filesInAll: files.length, bytesInAll };
    const listed: ListedFile[] = [];
    for (const file of files) {
      const state = await this.#stateOf(file);
      listed.push({ ...file, state });
      if (state !== 'there') continue;
      yield this.#file(file);
      this.#counts = { ...this.#counts, files: this.#counts.files + 1 };
    }
    const summary: ChartSummary = this.#summary.finish();
    yield this.#text('files/index.csv', fileIndex(words, listed));
    yield this.#text('c-cda/summary.xml', ccdaOf(words, { summary, order: this.#order, id: this.#job.id }));
    yield this.#part(
      'summary.pdf',
      only(await summaryPdf(words, { summary, files: listed, date, language })),
    );
    yield this.#text('index.html', indexPage(words, { summary, files: listed, date, language }));
    await this.#tell(true);
  }

  /** The session as it is now. Throws `unauthenticated` where it is over or reaches less than it did. */
  async #visit(): Promise<Visit> {
    const visit = await this.#job.visit();
    this.#assertStill(visit);
    return visit;
  }

  #assertStill({ scope }: Visit): void {
    if (!stillReaches(scope, this.#order.reach)) throw sessionOver();
  }

  async *#pages(): AsyncGenerator<readonly Stored[], void, void> {
    const { store } = this.#parts;
    const { chart } = this.#order;
    const related = new Set<string>();
    for (let cursor: string | null = null, more = true; more; ) {
      const page = await store.everything(await this.#visit(), chart, { count: PAGE, cursor });
      if (page === null) throw sessionOver();
      const fresh = page.related.filter(({ id }) => !related.has(id));
      for (const { id } of fresh) related.add(id);
      yield await this.#heard([...page.matches, ...fresh], page.incomplete);
      cursor = page.next;
      more = cursor !== null;
    }
    for (let after: ResourceId | null = null, more = true; more; ) {
      const page = await store.chartFiles(await this.#visit(), chart, after);
      for (const file of page.files) await this.#list.add(file);
      yield await this.#heard(
        page.files.map(({ stored }) => stored),
        page.incomplete,
      );
      after = page.next;
      more = after !== null;
    }
  }

  async #heard(page: readonly Stored[], incomplete: boolean): Promise<readonly Stored[]> {
    for (const { type, content } of page) {
      if (content === null) continue;
      const { chartId, section, author } = content.origin;
      if (chartId === this.#order.chart) this.#sections.add(section, author);
      const resource = readResource(content.bytes().toString());
      this.#summary.hear(resource);
      if (type !== 'Binary') await this.#list.hear(resource);
    }
    this.#summary.incomplete ||= incomplete;
    this.#counts = { ...this.#counts, resources: this.#counts.resources + page.length };
    await this.#tell();
    // Whoever waits for an answer comes first.
    await new Promise<void>((turn) => setImmediate(turn));
    return page;
  }

  #file(file: ArchiveFile): ZipPart {
    const at = file.date === null ? new Date(this.#order.at) : new Date(`${file.date}T12:00:00Z`);
    const compress = LOOSE.has(kindNamed(file.kind, STRICT_POLICY).name);
    return { name: `files/${file.name}`, date: sane(at), compress, content: this.#counted(file) };
  }

  async *#counted(file: ArchiveFile): AsyncGenerator<Uint8Array, void, void> {
    for await (const piece of this.#bytesOf(file)) {
      this.#counts = { ...this.#counts, bytes: this.#counts.bytes + piece.length };
      await this.#tell();
      yield piece;
    }
  }

  /** With care, whether all of it opens: it is read once before it goes in. */
  async #stateOf(file: ArchiveFile): Promise<FileState> {
    if (file.isMasked === true) return 'masked';
    if (!this.#options.careful) return 'there';
    try {
      for await (const _ of this.#bytesOf(file)) await this.#tell();
      return 'there';
    } catch (error) {
      if (error instanceof FileUnopened) return error.state;
      throw error;
    }
  }

  async *#bytesOf(file: ArchiveFile): AsyncGenerator<Uint8Array, void, void> {
    const { source } = file;
    if (source.from === 'file') yield* this.#stored(source, file.bytes);
    else yield await this.#inRecord(source).catch((error: unknown) => Promise.reject(unopenedOr(error)));
  }

  async #inRecord(source: Exclude<ArchiveFile['source'], { from: 'file' }>): Promise<Buffer> {
    const { store } = this.#parts;
    const visit = await this.#visit();
    if (source.from === 'row') {
      const found = await store.readFile(visit, source.id, source.version);
      if (found?.stored.content == null) throw new FileUnopened();
      return dataOf(found.stored.content.bytes());
    }
    const stored = await store.read(visit, source.type, source.id);
    const data = stored?.content == null ? null : inlineData(stored.content.json(), source.at);
    if (data === null) throw new FileUnopened();
    return data;
  }

  /** Where grants change while a large file is read, it goes on where it was, with those there are then. */
  async *#stored(
    { id, version }: { readonly id: ResourceId; readonly version: number },
    bytes: number,
  ): AsyncGenerator<Uint8Array, void, void> {
    const { store, files } = this.#parts;
    for (let sent = 0, before = -1; sent < bytes || before === -1; ) {
      const visit = await this.#visit();
      before = sent;
      try {
        const found = await store.readFile(visit, id, version);
        if (found?.file == null || found.file.facts.bytes !== bytes) throw new FileUnopened();
        for await (const piece of files.read(visit, found.file, sent, bytes)) {
          this.#assertStill(visit);
          sent += piece.length;
          yield piece;
        }
      } catch (error) {
        const hasChanged = visit.scope.ended && sent > before;
        if (codeOf(error) !== 'unauthenticated' || !hasChanged) throw unopenedOr(error);
      }
    }
  }

  /** Now and then, which is also when it hears that nobody wants it any more. */
  async #tell(now = false): Promise<void> {
    if (!now && performance.now() - this.#toldAt < TELL_MS) return;
    this.#toldAt = performance.now();
    await this.#visit();
    await this.#options.onCounts(this.#counts);
  }

  #text(name: string, text: string): ZipPart {
    return this.#part(name, only(Buffer.from(text)));
  }

  #part(name: string, content: AsyncIterable<Uint8Array>): ZipPart {
    return { name, date: new Date(this.#order.at), compress: true, content };
  }
}

function codeOf(error: unknown): ErrorCode | null {
  return error instanceof PosternError ? error.code : null;
}

/** What lies with the file alone, as such; all else as it was. */
function unopenedOr(error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'damaged' || code === 'not-found' || code === 'gone') return new FileUnopened();
  // A card that was shown for some minutes, which have passed.
  return code === 'masked' ? new FileUnopened('masked') : error;
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Zip files know no day before 1980. */
function sane(date: Date): Date {
  const time = date.getTime();
  return Number.isNaN(time) || time < Date.UTC(1980, 0, 2) || time > Date.UTC(2107, 0, 1)
    ? new Date(0)
    : date;
}
