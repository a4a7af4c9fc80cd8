/**
 * The chart store: every path to a resource, for reading as for writing. Each function takes a visit (a scope
 * and where it came from); a bare id opens nothing.
 *
 * Answers are null for "not yours or absent", with a refusal line in the access log and the same work either
 * way; errors are thrown for what is yours but malformed or in conflict. Every answer's line is durable
 * before the promise resolves.
 */
import { notFound, PosternError } from '../base/errors.ts';
import { NIL_UUID, newId, parseId, type ResourceId } from '../base/ids.ts';
import { type Section, sectionOf } from '../base/section.ts';
import type { Transaction } from '../db/index.ts';
import type { Visit } from '../gate/index.ts';
import { appendLine } from '../ledger/index.ts';
import type { FhirResource } from './fhir-resource.ts';
import { readImportDigests, writeImportDigests } from './store/import-entries.ts';
import { noteRefusal } from './store/note-refusal.ts';
import type { Draft } from './store/place-resource.ts';
import { type ChangesAsk, type ChangesPage, readChanges } from './store/read-changes.ts';
import { type HistoryAsk, type HistoryPage, readHistory } from './store/read-history.ts';
import { readResource } from './store/read-resource.ts';
import { type Reclassified, type ReclassifyOptions, reclassify } from './store/reclassify.ts';
import { reindex } from './store/reindex.ts';
import { type SearchPage, searchResources } from './store/search-resources.ts';
import { inVisit, lineOf, type StoreContext } from './store/store-context.ts';
import { KEY_JOIN, type ResourceRow, ROW_COLUMNS, type Stored } from './store/stored.ts';
import { type Outcome, theOne, writeDeletion, writeDrafts } from './store/write-resources.ts';
import { movedOn } from './store/write-rows.ts';
import { typeOf } from './type-registry.ts';
import { assertValid } from './validation.ts';

/** A draft with the keyed digest of its source. */
export interface ImportDraft extends Draft {
  readonly digest: Uint8Array;
}

/** What an update made. */
export interface Updated extends Stored {
  /** Whether what stood before was a deletion. */
  readonly revived: boolean;
}

export class ChartStore {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** The standing version; its content is null where it is deleted. Authority: `read`, for Binary `open`. */
  async read(visit: Visit, type: string, id: string): Promise<Stored | null> {
    return readResource(this.#context, visit, type, id, null);
  }

  /** One version, whether standing or earlier. Authority as for `read`, in the section of that version. */
  async vread(visit: Visit, type: string, id: string, version: number): Promise<Stored | null> {
    return readResource(this.#context, visit, type, id, version);
  }

  /** Versions newest first. Null where none is in reach, with a refusal line. */
  async history(visit: Visit, type: string, id: string, page: HistoryAsk): Promise<HistoryPage | null> {
    return readHistory(this.#context, visit, type, id, page);
  }

  /** Versions of every resource of a type, or of every type, in reach, newest first. */
  async changes(visit: Visit, type: string | null, page: ChangesAsk): Promise<ChangesPage> {
    return readChanges(this.#context, visit, type, page);
  }

  async search(visit: Visit, type: string, query: URLSearchParams): Promise<SearchPage> {
    return searchResources(this.#context, visit, type, query);
  }

  /**
   * Makes a resource under an id of the store's own; an id in the resource is not used. Throws `invalid` and
   * `not-processable` for content that cannot be, not-found where the visit may not write there.
   */
  async create(visit: Visit, resource: FhirResource, options: { section?: Section } = {}): Promise<Stored> {
    typeOf(resource.resourceType);
    assertValid(this.#context.definitions, resource);
    const id = newId<ResourceId>();
    return this.#write(
      visit,
      'create',
      async (tx, current) => {
        const draft = this.#draft(current, id, resource, options.section);
        return writeDrafts(this.#context, tx, current, [draft], 'create');
      },
      resource.resourceType,
      id,
    );
  }

  /**
   * Makes a new version of a standing resource; a deleted one comes back. Throws not-found where there is
   * none in reach (ids are the store's to give) and version-conflict where `ifMatch` is not its version.
   */
  async update(
    visit: Visit,
    type: string,
    id: string,
    resource: FhirResource,
    options: { ifMatch?: number } = {},
  ): Promise<Updated> {
    typeOf(type);
    assertValid(this.#context.definitions, resource);
    const known = parseId<ResourceId>(id) ?? (NIL_UUID as ResourceId);
    let revived = false;
    const stored = await this.#write(
      visit,
      'update',
      async (tx, current) => {
        const row = await this.#writable(tx, current, type, known, options.ifMatch);
        revived = row.deleted;
        const draft = this.#draft(current, known, resource, undefined);
        return writeDrafts(this.#context, tx, current, [draft], 'update');
      },
      type,
      known,
    );
    return { ...stored, revived };
  }

  /** Deletes: later reads say so, earlier versions stay. Null where there is nothing in reach to delete. */
  async remove(
    visit: Visit,
    type: string,
    id: string,
    options: { ifMatch?: number } = {},
  ): Promise<{ version: number; updatedAt: Date } | null> {
    typeOf(type);
    const known = parseId<ResourceId>(id) ?? (NIL_UUID as ResourceId);
    return this.#refusing(visit, 'delete', type, known, () =>
      inVisit(this.#context, visit, async (tx, current) => {
        const row = await this.#writable(tx, current, type, known, options.ifMatch);
        if (row.deleted) {
          await appendLine(
            tx as never,
            lineOf(current, 'delete', [[row.chart_id, type, known, row.version]]),
          );
          return { version: row.version, updatedAt: row.updated_at };
        }
        const section = sectionOf(row.section);
        const author = section === 'psychotherapy' ? row.author : current.scope.accountId;
        const place = { chartId: row.chart_id, section, author, version: row.version + 1 };
        const updatedAt = await writeDeletion(this.#context, tx, current, row, place);
        return { version: place.version, updatedAt };
      }),
    ).catch((error) => {
      if (error instanceof PosternError && error.code === 'not-found') return null;
      throw error;
    });
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

  #draft(visit: Visit, id: ResourceId, resource: FhirResource, section: Section | undefined): Draft {
    return { id, resource: { ...resource, id }, section: section ?? null, author: visit.scope.accountId };
  }

  async #write(
    visit: Visit,
    action: string,
    work: (tx: Transaction, visit: Visit) => Promise<Outcome[]>,
    type: string,
    id: ResourceId,
  ): Promise<Stored> {
    return this.#refusing(visit, action, type, id, () =>
      inVisit(this.#context, visit, async (tx, current) => theOne(await work(tx, current)).stored),
    );
  }

  /** Leaves a refusal line for what was named and is not the visit's, once the failed transaction is gone. */
  async #refusing<T>(
    visit: Visit,
    action: string,
    type: string,
    id: ResourceId,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PosternError) || !error.isRefusal) throw error;
      const named = error.refused.length > 0 ? error.refused : [{ type, id }];
      await noteRefusal(this.#context, visit, action, named);
      throw error;
    }
  }

  /** The standing row, for whoever may write there; who may only read it is told nothing of its version. */
  async #writable(
    tx: Transaction,
    visit: Visit,
    type: string,
    id: ResourceId,
    ifMatch: number | undefined,
  ): Promise<ResourceRow> {
    const row = await this.#standing(tx, visit, type, id);
    if (row === null) throw notFound();
    const section = sectionOf(row.section);
    const author = section === 'psychotherapy' ? row.author : null;
    if (!visit.scope.allows('write', section, row.chart_id, author)) throw notFound();
    if (ifMatch !== undefined && ifMatch !== row.version) throw movedOn();
    return row;
  }

  async #standing(tx: Transaction, visit: Visit, type: string, id: ResourceId): Promise<ResourceRow | null> {
    const { rows } = await tx.query<ResourceRow>({
      name: 'standing-row',
      text: `
        select ${ROW_COLUMNS}
        from postern.resource r ${KEY_JOIN}
        where r.practice_id = $1
          and r.id = $2
          and r.type = $3`,
      values: [visit.scope.practiceId, id, type],
    });
    return rows[0] ?? null;
  }
}
