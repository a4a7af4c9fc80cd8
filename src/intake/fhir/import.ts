/**
 * Import of FHIR files in two passes. The first reads every file for names alone; the second reads again,
 * in the order in which owners come before what they own, and stores in batches. An id is derived from the
 * name that a resource has at its source, and what is already stored with the same content is left alone:
 * so a second run changes nothing, and a run that was killed is finished by running it again.
 */
import type { ResourceId } from '../../base/ids.ts';
import { loadDefinitions, TYPES } from '../../chart/index.ts';
import { BoundedTasks } from './bounded-tasks.ts';
import { ImportReport } from './import-report.ts';
import type { ImportStore, PutResult } from './import-store.ts';
import { type DigestOf, type Preparation, type Prepared, prepareItem } from './prepare-item.ts';
import {
  type EntrySpans,
  type Read,
  readAgain,
  readEntries,
  reasonOf,
  type SourceEntry,
} from './read-entries.ts';
import { samePerson, traitsOf } from './same-person.ts';
import { findFiles, type SourceFile } from './source-files.ts';
import { type DeriveId, PHASES, type Phase, phaseOf, SourceIndex } from './source-index.ts';
import { sourceBase } from './source-key.ts';

export interface ImportProgress {
  /** `reading` counts files, `storing` counts resources. */
  readonly stage: 'reading' | 'storing';
  readonly done: number;
  readonly total: number;
  readonly failed: number;
}

export interface ImportOptions {
  /** Files and folders. */
  readonly paths: readonly string[];
  /** Name or base URL of the system that the files come from; ids of two systems never meet. */
  readonly source?: string;
  readonly deriveId: DeriveId;
  readonly digestOf: DigestOf;
  readonly store: ImportStore;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Everything except storing: the counts say what would happen. */
  readonly dryRun?: boolean;
  /** Stops between two batches; the report says so. */
  readonly signal?: AbortSignal;
  /** Resources in a batch. */
  readonly batchSize?: number;
  /** Batches that the store works on while the next is prepared. */
  readonly batchesAtOnce?: number;
}

/** A file with the phase of each of its entries; `SKIPPED` for those that were dealt with on reading. */
interface FilePlan {
  readonly file: SourceFile;
  readonly spans: EntrySpans;
  readonly phases: number[];
}

const SKIPPED = 9;

/** Throws for a path that is not there and for what the store throws; everything else is in the report. */
export async function importSources(options: ImportOptions): Promise<ImportReport> {
  const { files, ignored } = await findFiles(options.paths);
  const base = sourceBase(options.source);
  const index = new SourceIndex(base, options.deriveId);
  const definitions = await loadDefinitions();
  const run = new ImportRun(options, { base, index, definitions, digestOf: options.digestOf });
  run.report.ignored = ignored;
  await run.readAll(files);
  await run.askStore();
  for (const phase of PHASES) await run.storePhase(phase);
  return run.report;
}

class ImportRun {
  readonly report = new ImportReport();
  readonly #options: ImportOptions;
  readonly #preparation: Preparation;
  readonly #plans: FilePlan[] = [];
  /** The first of those that stand in the sources more than once, by `Type/id`. */
  readonly #firsts = new Map<string, { readonly digest: string; readonly file: string }>();
  #total = 0;

  constructor(options: ImportOptions, preparation: Preparation) {
    this.#options = options;
    this.#preparation = preparation;
    this.report.dryRun = options.dryRun === true;
  }

  /** The first pass. */
  async readAll(files: readonly SourceFile[]): Promise<void> {
    for (const [number, file] of files.entries()) {
      if (this.#stopped()) return;
      const plan: FilePlan = { file, spans: [], phases: [] };
      this.#plans.push(plan);
      let reads = 0;
      for await (const read of readEntries(file, plan.spans)) {
        this.#note(read, number, plan);
        reads += 1;
      }
      if (reads === 0) this.report.warn({ file: file.path, path: '' }, 'The file holds nothing to import.');
      this.report.files += 1;
      this.#progress('reading', this.report.files, files.length);
    }
    this.#total = this.#plans.reduce(
      (sum, { phases }) => sum + phases.filter((one) => one !== SKIPPED).length,
      0,
    );
    this.#total += this.report.done();
  }

  #note(read: Read, number: number, plan: FilePlan): void {
    if ('failure' in read) {
      if (read.failure.index >= 0) plan.phases[read.failure.index] = SKIPPED;
      this.report.fail(read.failure, 'unknown', read.failure.reason);
      return;
    }
    const { entry } = read;
    const type = entry.resource.resourceType;
    plan.phases[entry.index] = SKIPPED;
    // The outcome that a search set carries is about the search.
    if (type === 'OperationOutcome') return;
    if (!TYPES.has(type)) {
      this.report.fail(entry, type, 'Postern keeps no resources of this type.');
      return;
    }
    try {
      this.#preparation.index.add(entry, number);
      plan.phases[entry.index] = phaseOf(type);
    } catch (error) {
      this.report.fail(entry, type, reasonOf(error));
    }
  }

  /** What no source explains may have been stored by an earlier run. */
  async askStore(): Promise<void> {
    const { index } = this.#preparation;
    const { store } = this.#options;
    for (const form of index.unexplained()) {
      if (this.#stopped()) return;
      const search = /^([A-Za-z]+)\?identifier=([^|]*)\|(.*)$/s.exec(form);
      if (search !== null) {
        const [, type, system, value] = search;
        const id = TYPES.has(type!) ? await store.findByIdentifier(type!, system!, value!) : null;
        if (id !== null) index.explain(form, `${type}/${id}`);
        continue;
      }
      const candidates = index.candidates(form);
      if (candidates.length === 0) continue;
      const existing = await store.existing(candidates.map(({ id }) => id));
      const found = candidates.find(({ id }) => existing.has(id));
      if (found !== undefined) index.explain(form, found.literal);
    }
  }

  /** The second pass, for the types of one phase; returns when all of them are stored. */
  async storePhase(phase: Phase): Promise<void> {
    const { batchSize = 250, batchesAtOnce = 2 } = this.#options;
    const tasks = new BoundedTasks(batchesAtOnce);
    let batch: Prepared[] = [];
    for await (const prepared of this.#prepared(phase)) {
      batch.push(prepared);
      if (batch.length < batchSize) continue;
      const full = batch;
      batch = [];
      await tasks.start(() => this.#store(full));
    }
    if (batch.length > 0) await tasks.start(() => this.#store(batch));
    await tasks.drain();
  }

  async *#prepared(phase: Phase): AsyncGenerator<Prepared> {
    for (const [number, { file, spans, phases }] of this.#plans.entries()) {
      if (!phases.includes(phase)) continue;
      for await (const read of readAgain(file, spans, (index) => phases[index] === phase)) {
        if (this.#stopped()) return;
        if ('failure' in read) {
          this.report.fail(read.failure, 'unknown', read.failure.reason);
          continue;
        }
        const prepared = this.#prepare(read.entry, number);
        if (prepared !== null && this.#isFirst(prepared)) yield prepared;
      }
    }
  }

  #prepare(entry: SourceEntry, file: number): Prepared | null {
    const { index } = this.#preparation;
    try {
      const prepared = prepareItem(entry, file, this.#preparation);
      for (const place of prepared.unresolved) {
        this.report.warn(entry, `${place} refers to something that is neither in these files nor stored.`);
      }
      return prepared;
    } catch (error) {
      const reason = reasonOf(error);
      this.#fail(entry, index.identify(entry).literal, reason);
      return null;
    }
  }

  /** What belongs to a patient who was not imported would otherwise join a chart that may be another's. */
  #fail(entry: SourceEntry, literal: string, reason: string): void {
    const type = entry.resource.resourceType;
    this.report.fail(entry, type, reason);
    const { barred } = this.#preparation.index;
    if (type === 'Patient' && !barred.has(literal)) {
      barred.set(literal, {
        own: 'This patient stands in the files more than once, and another entry of it was refused.',
        theirs: 'The patient it belongs to could not be imported.',
      });
    }
  }

  /**
   * Later ones of the same name are not stored; that they differ is told, and for a chart it is a failure.
   */
  #isFirst({ item, entry }: Prepared): boolean {
    const literal = `${item.type}/${item.id}`;
    if (!this.#preparation.index.repeated.has(literal)) return true;
    const digest = Buffer.from(item.digest).toString('base64');
    const first = this.#firsts.get(literal);
    if (first === undefined) {
      this.#firsts.set(literal, { digest, file: entry.file });
      return true;
    }
    const { kind } = TYPES.get(item.type)!.owner;
    if (first.digest === digest || entry.ifNoneExist !== null || kind === 'practice' || kind === 'self') {
      this.report.count(item.type, 'repeated');
      if (first.digest !== digest && entry.ifNoneExist === null) {
        this.report.warn(entry, `It differs from the one of the same name in ${first.file}, which was kept.`);
      }
    } else {
      this.report.fail(entry, item.type, `Another one goes by the same name in ${first.file}.`);
    }
    return false;
  }

  async #store(batch: readonly Prepared[]): Promise<void> {
    const { store } = this.#options;
    const existing = await store.existing(batch.map(({ item }) => item.id));
    const changed: Prepared[] = [];
    for (const prepared of batch) {
      const { item, entry } = prepared;
      const known = existing.get(item.id);
      if (known !== undefined && (entry.ifNoneExist !== null || Buffer.from(item.digest).equals(known))) {
        this.report.count(item.type, 'unchanged');
      } else if (known === undefined || (await this.#mayReplace(prepared))) {
        changed.push(prepared);
      }
    }
    const results = await this.#put(changed, existing);
    for (const [at, { item, entry }] of changed.entries()) {
      const result = results[at]!;
      if (result.outcome === 'failed') this.#fail(entry, `${item.type}/${item.id}`, result.reason);
      else this.report.count(item.type, result.outcome);
    }
    this.#progress('storing', this.report.done(), this.#total);
  }

  async #put(
    changed: readonly Prepared[],
    existing: ReadonlyMap<ResourceId, Uint8Array>,
  ): Promise<readonly PutResult[]> {
    if (changed.length === 0) return [];
    if (this.report.dryRun) {
      return changed.map(({ item }) => ({ outcome: existing.has(item.id) ? 'updated' : 'created' }));
    }
    return await this.#options.store.put(changed.map(({ item }) => item));
  }

  /** A patient's record is never written over by another person's. */
  async #mayReplace({ item, entry }: Prepared): Promise<boolean> {
    if (item.type !== 'Patient') return true;
    const stored = await this.#options.store.readPatient(item.id);
    if (stored === null || samePerson(traitsOf(stored), traitsOf(item.resource))) return true;
    this.#fail(
      entry,
      `Patient/${item.id}`,
      'A different person is stored under this id; name the system that the files come from.',
    );
    return false;
  }

  #stopped(): boolean {
    if (this.#options.signal?.aborted === true) this.report.interrupted = true;
    return this.report.interrupted;
  }

  #progress(stage: ImportProgress['stage'], done: number, total: number): void {
    this.#options.onProgress?.({ stage, done, total, failed: this.report.failureCount });
  }
}
