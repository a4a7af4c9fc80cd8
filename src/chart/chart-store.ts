/**
 * The chart store: every path to a resource, for reading as for writing. Each function takes a visit (a scope
 * and where it came from); a bare id opens nothing.
 *
 * Answers are null for "not yours or absent", with a refusal line in the access log and the same work either
 * way; errors are thrown for what is yours but malformed or in conflict. Every answer's line is durable
 * before the promise resolves.
 */
import { PosternError, type Refused } from '../base/errors.ts';
import type { BlobId, ChartId, ResourceId } from '../base/ids.ts';
import { maskOf, type Section } from '../base/section.ts';
import type { Visit } from '../gate/index.ts';
import {
  type AccessLine,
  closingLine,
  type LineEntry,
  type Outcome as LineOutcome,
  type LinePage,
} from '../ledger/index.ts';
import { CardStore } from './card-store.ts';
import type { FhirResource } from './fhir-resource.ts';
import type { Compartment } from './search/compartment.ts';
import { applyChanges } from './store/apply-changes.ts';
import { type Change, type Changed, ChangeRefused, onChange } from './store/change.ts';
import { type Checked, type CheckedChange, checkChange } from './store/check-change.ts';
import { completeAll, completeCopies, completeOne, isSubsetted } from './store/complete-files.ts';
import { readImportDigests, writeImportDigests } from './store/import-entries.ts';
import { type ChartFilesPage, listChartFiles } from './store/list-chart-files.ts';
import { type FileMark, type KeptFile, listFiles } from './store/list-files.ts';
import { matchPatients, type PatientMatches } from './store/match-patients.ts';
import { moveDataToFiles } from './store/move-data.ts';
import { notePreview } from './store/note-preview.ts';
import { noteRefusal } from './store/note-refusal.ts';
import type { Draft } from './store/place-resource.ts';
import { giveBack, PromisedRoom } from './store/promised-room.ts';
import { readAuthors, type VersionAuthor } from './store/read-authors.ts';
import { type ChangesAsk, type ChangesPage, readChanges } from './store/read-changes.ts';
import { type EverythingAsk, type EverythingPage, readEverything } from './store/read-everything.ts';
import { readEverythingOfAll } from './store/read-everything-of-all.ts';
import { changesSettled, type ExportAsk, type ExportPage, readExport } from './store/read-export.ts';
import { readFile, type StoredFile } from './store/read-file.ts';
import { type HistoryAsk, type HistoryPage, readHistory } from './store/read-history.ts';
import { type LinesAsk, readLines } from './store/read-lines.ts';
import { readResource } from './store/read-resource.ts';
import { type Reclassified, type ReclassifyOptions, reclassify } from './store/reclassify.ts';
import { reindex } from './store/reindex.ts';
import { type SearchPage, searchResources } from './store/search-resources.ts';
import { inVisit, lineOf, type StoreContext } from './store/store-context.ts';
import type { Stored } from './store/stored.ts';
import { type Outcome, writeDrafts } from './store/write-resources.ts';
import { typeOf } from './type-registry.ts';
import { type Issue, validate } from './validation.ts';

/** A draft with the keyed digest of its source. */
export interface ImportDraft extends Draft {
  readonly digest: Uint8Array;
}

/** A line that is about no record of the registry. */
export interface NotedLine {
  readonly action: string;
  readonly entries: readonly LineEntry[];
  readonly outcome?: LineOutcome;
}

/** What an update made. */
export interface Updated extends Stored {
  /** Whether what stood before was a deletion. */
  readonly revived: boolean;
}

export class ChartStore {
  readonly #context: StoreContext;
  /** Photo IDs and insurance cards. */
  readonly cards: CardStore;

  constructor(context: StoreContext) {
    this.#context = context;
    this.cards = new CardStore(context);
  }

  /** The standing version; its content is null where it is deleted. Authority: `read`, for Binary `open`. */
  async read(visit: Visit, type: string, id: string): Promise<Stored | null> {
    return this.#complete(visit, await readResource(this.#context, visit, type, id, null));
  }

  /** One version, whether standing or earlier. Authority as for `read`, in the section of that version. */
  async vread(visit: Visit, type: string, id: string, version: number): Promise<Stored | null> {
    return this.#complete(visit, await readResource(this.#context, visit, type, id, version));
  }

  /**
   * A version of a Binary with what opens its content; the standing one where `version` is null. Authority:
   * `open`.
   */
  async readFile(visit: Visit, id: string, version: number | null): Promise<StoredFile | null> {
    return readFile(this.#context, visit, id, version);
  }

  /**
   * The files behind the mark, a page of them; an empty one is the last. For upkeep. Authority: `open`, in
   * every section that is to be seen.
   */
  async listFiles(visit: Visit, after: FileMark, most: number): Promise<KeptFile[]> {
    return listFiles(this.#context, visit, after, most);
  }

  /** The files of a chart that stand, a page behind that id. Authority: `open`. */
  async chartFiles(visit: Visit, chartId: ChartId, after: ResourceId | null): Promise<ChartFilesPage> {
    return listChartFiles(this.#context, visit, chartId, after);
  }

  /** Versions newest first. Null where none is in reach, with a refusal line. */
  async history(visit: Visit, type: string, id: string, page: HistoryAsk): Promise<HistoryPage | null> {
    return this.#versions(visit, await readHistory(this.#context, visit, type, id, page));
  }

  /** By whose account the versions are, newest first. Null where none is in reach, with a refusal line. */
  async authors(visit: Visit, type: string, id: string): Promise<readonly VersionAuthor[] | null> {
    return readAuthors(this.#context, visit, type, id);
  }

  /** Versions of every resource of a type, or of every type, in reach, newest first. */
  async changes(visit: Visit, type: string | null, page: ChangesAsk): Promise<ChangesPage> {
    return this.#versions(visit, await readChanges(this.#context, visit, type, page));
  }

  /**
   * A chart as far as it is in reach, or every chart where `id` is null, by pages. Null where nothing of the
   * chart is in reach, with a refusal line.
   */
  async everything(visit: Visit, id: string | null, ask: EverythingAsk): Promise<EverythingPage | null> {
    const page =
      id === null
        ? await readEverythingOfAll(this.#context, visit, ask)
        : await readEverything(this.#context, visit, id, ask);
    return page && { ...page, matches: await completeAll(this.#context, visit, page.matches) };
  }

  /** Charts on their way out, and what the practice owns, by pages; for a job. Authority: `read`. */
  async export(visit: Visit, ask: ExportAsk): Promise<ExportPage> {
    const page = await readExport(this.#context, visit, ask);
    const resources = await completeCopies(this.#context, visit, page.resources);
    // What is too large for a line of JSON is left out of it, which the export says.
    const incomplete = page.incomplete || resources.some(isSubsetted);
    return { ...page, resources, incomplete };
  }

  /** Resolves when every change that was under way is there to be read. */
  async settled(): Promise<void> {
    return changesSettled(this.#context);
  }

  /** Leaves a line in the access log that names no record of the registry. Durable when it resolves. */
  async note(visit: Visit, line: NotedLine): Promise<AccessLine> {
    const noted = { ...lineOf(visit, line.action, line.entries, line.outcome ?? 'ok') };
    await this.#context.lines.write(noted);
    return noted;
  }

  /** Notes the blob of a preview with its file, so that it is found when nobody needs it any more. */
  async notePreview(visit: Visit, fileId: ResourceId, blob: { id: BlobId; bytes: number }): Promise<void> {
    await notePreview(this.#context, visit, fileId, blob);
  }

  /** Leaves the closing line of one that was noted. */
  async noteClosed(line: AccessLine, bytes: number): Promise<void> {
    await this.#context.lines.write(closingLine(line, bytes));
  }

  /** Leaves a refusal line for what was named and is hidden or absent, as a read of it would. */
  async noteRefusal(visit: Visit, action: string, named: readonly Refused[]): Promise<void> {
    await noteRefusal(this.#context, visit, action, named);
  }

  /** Lines of the access log that the visit may see, newest first. */
  async lines(visit: Visit, ask: LinesAsk): Promise<LinePage> {
    return readLines(this.#context, visit, ask);
  }

  /** Patients within reach who are like that one, the likeliest first. */
  async match(
    visit: Visit,
    patient: FhirResource,
    options: { count: number; onlyCertain: boolean },
  ): Promise<PatientMatches> {
    return matchPatients(this.#context, visit, patient, options);
  }

  /**
   * What is wrong with a resource, whoever asks, against a known profile as well where one is named: nothing
   * that is kept is looked at.
   */
  validate(resource: FhirResource, profile: string | null = null): Issue[] {
    const { definitions } = this.#context;
    return validate(definitions, resource, profile === null ? null : definitions.profile(profile));
  }

  knowsProfile(canonical: string): boolean {
    return this.#context.definitions.profile(canonical) !== undefined;
  }

  /** Takes room for a file before its bytes come; null where nobody knows how many. Throws `no-room`. */
  async promiseRoom(visit: Visit, bytes: number | null): Promise<PromisedRoom> {
    return PromisedRoom.take(this.#context, visit, bytes);
  }

  /** Gives back what was taken for a file that was not written. Never throws. */
  async endPromise(visit: Visit, id: ResourceId): Promise<void> {
    await giveBack(this.#context, visit, id);
  }

  /** What would come of a change as things stand. Throws not-found as `change` does. */
  async checkChange(visit: Visit, change: CheckedChange): Promise<Checked> {
    typeOf(change.type);
    return checkChange(this.#context, visit, change);
  }

  /** Of the types that `_type` names where `type` is null; within a compartment where one is named. */
  async search(
    visit: Visit,
    type: string | null,
    query: URLSearchParams,
    compartment: Compartment | null = null,
  ): Promise<SearchPage> {
    const page = await searchResources(this.#context, visit, type, query, compartment);
    const [matches, included] = await Promise.all([
      completeAll(this.#context, visit, page.matches),
      completeAll(this.#context, visit, page.included),
    ]);
    return { ...page, matches, included };
  }

  /**
   * Makes, changes, deletes or looks up one resource, by id or by a search within reach. Throws `invalid` and
   * `not-processable` for content that cannot be, not-found for what is not there or not the visit's to
   * write (ids are the store's to give), `version-conflict` where `ifMatch` is not what stands,
   * `several-matches` where a search finds more than one.
   */
  async change(visit: Visit, change: Change): Promise<Changed> {
    typeOf(change.type);
    try {
      return (await applyChanges(this.#context, visit, [change], { linked: false }))[0]!;
    } catch (error) {
      throw error instanceof ChangeRefused ? error.cause : error;
    }
  }

  /**
   * Several that stand or fall together: deletions, then what is new, then what changes, then what is read.
   * Throws `ChangeRefused`, which says for which of them, and does nothing then.
   */
  async transact(visit: Visit, changes: readonly Change[]): Promise<Changed[]> {
    for (const [index, { type }] of changes.entries()) await onChange(index, () => typeOf(type));
    return applyChanges(this.#context, visit, changes, { linked: true });
  }

  /** Whether there is a chart, or the practice itself, where the visit writes resources. */
  async writesAnything(visit: Visit): Promise<boolean> {
    if (writesSomewhere(visit)) return true;
    // Grants may have been given since the visit began.
    return inVisit(this.#context, visit, async (_, current) => writesSomewhere(current));
  }

  /** Makes a resource under an id of the store's own; an id in the resource is not used. */
  async create(visit: Visit, resource: FhirResource, options: { section?: Section } = {}): Promise<Stored> {
    const { resourceType: type } = resource;
    return (await this.change(visit, { kind: 'create', type, resource, ...options })).stored;
  }

  /** Makes a new version of a standing resource; a deleted one comes back. */
  async update(
    visit: Visit,
    type: string,
    id: string,
    resource: FhirResource,
    options: { ifMatch?: number } = {},
  ): Promise<Updated> {
    const target = { id };
    const { what, stored } = await this.change(visit, { kind: 'update', type, target, resource, ...options });
    return { ...stored, revived: what === 'revived' };
  }

  /** Deletes: later reads say so, earlier versions stay. Null where there is nothing in reach to delete. */
  async remove(
    visit: Visit,
    type: string,
    id: string,
    options: { ifMatch?: number } = {},
  ): Promise<{ version: number; updatedAt: Date } | null> {
    try {
      return (await this.change(visit, { kind: 'delete', type, target: { id }, ...options })).stored;
    } catch (error) {
      if (error instanceof PosternError && error.code === 'not-found') return null;
      throw error;
    }
  }

  /** Digests by id of what was imported before; empty where the id stands but was not. For a system scope. */
  async importDigests(visit: Visit, ids: readonly ResourceId[]): Promise<Map<ResourceId, Buffer>> {
    return readImportDigests(this.#context, visit, ids);
  }

  /**
   * Writes many at once, in their order, for import: each outcome stands alone, the batch commits together,
   * and the digests of what was written with it. The resources have been validated. For a system scope.
   */
  async importBatch(visit: Visit, drafts: readonly ImportDraft[]): Promise<Outcome[]> {
    return inVisit(this.#context, visit, async (tx, current) => {
      const outcomes = await writeDrafts(this.#context, tx, current, drafts, 'import');
      const written = drafts.filter((_, at) => outcomes[at]!.kind === 'written');
      await writeImportDigests(tx, current.scope.practiceId, written);
      return outcomes;
    });
  }

  /**
   * Makes the tokens that are not under the practice's newest index key anew; answers how many resources had
   * such. Resumable. For an upkeep scope.
   */
  async reindex(visit: Visit, onProgress?: (done: number) => void): Promise<number> {
    return reindex(this.#context, visit, onProgress);
  }

  /**
   * Files again what was filed by older rules, and moves what they now close. Resumable. For an upkeep scope.
   */
  async reclassify(visit: Visit, options?: ReclassifyOptions): Promise<Reclassified> {
    return reclassify(this.#context, visit, options);
  }

  /**
   * Moves data out of rows into files, as new Binaries have it. Resumable. For an upkeep scope.
   */
  async moveDataToFiles(visit: Visit, signal?: AbortSignal): Promise<number> {
    return moveDataToFiles(this.#context, visit, signal);
  }

  async #complete<Found extends Stored | null>(visit: Visit, stored: Found): Promise<Found | Stored> {
    return stored?.type === 'Binary' ? completeOne(this.#context, visit, stored) : stored;
  }

  async #versions<Page extends { readonly versions: readonly Stored[] } | null>(
    visit: Visit,
    page: Page,
  ): Promise<Page> {
    return page && { ...page, versions: await completeAll(this.#context, visit, page.versions) };
  }
}

function writesSomewhere({ scope }: Visit): boolean {
  const { allMask, pairs } = scope.reachable('write');
  const reached = [...pairs.values()].reduce((all, mask) => all | mask, allMask);
  // What partners leave is no resource.
  return (reached & ~maskOf('deposit')) !== 0;
}
