/**
 * The work of an export: page after page of the charts into files, one for each type, sealed as they are
 * written. Every so often the files are closed and a checkpoint names them with the place to go on from; a
 * worker that takes the job over removes what no checkpoint names and goes on there, so nothing is lost or
 * written twice.
 */
import type { ChartStore, ExportPage } from '../../chart/index.ts';
import type { Visit } from '../../gate/index.ts';
import { type JobFile, type JobKind, type JobRun, sessionOver } from '../../jobs/index.ts';
import { outcomeBytes } from '../outcome.ts';
import { askOf, type ExportOrder } from './export-order.ts';
import { stillReaches } from './export-right.ts';
import { EXPORT, type ExportFile, type ExportProgress, KEPT_SECONDS, NOTHING_YET } from './export-words.ts';

export interface ExportParts {
  readonly store: ChartStore;
  /** The address of the API as people reach it. */
  readonly base: string;
  /** Resources between two checkpoints, about; more for few large files, fewer to lose less. */
  readonly checkpointEvery?: number;
}

const CHECKPOINT_EVERY = 50_000;
const CHECKPOINT_BYTES = 128 * 1024 * 1024;

export function exportKind(parts: ExportParts): JobKind {
  return {
    name: EXPORT,
    run: async (job) => {
      const order = job.payload as ExportOrder;
      let progress = (job.checkpoint as ExportProgress | null) ?? NOTHING_YET;
      if (job.checkpoint === null) await parts.store.settled();
      while (!progress.finished) {
        await job.keepOnly(new Set(progress.files.map(({ name }) => name)));
        progress = await stretch(parts, job, order, progress);
        await job.save(progress, progress.count);
      }
      const visit = await visitOf(job, order);
      await parts.store.note(visit, { action: 'export-end', entries: [[null, 'Export', job.id, null]] });
      return { ttlSeconds: KEPT_SECONDS };
    },
    gaveUp: async ({ id }, visit) => {
      if (visit === null) return;
      await parts.store.note(visit, {
        action: 'export-end',
        entries: [[null, 'Export', id, null]],
        outcome: 'failed',
      });
    },
  };
}

/** The session of whoever asked. Throws `unauthenticated` where it is over, or was narrowed in any way. */
async function visitOf(job: JobRun, { reach }: ExportOrder): Promise<Visit> {
  const visit = await job.visit();
  if (!stillReaches(visit.scope, reach)) throw sessionOver();
  return visit;
}

/** From one checkpoint to the next. */
async function stretch(
  { store, base, checkpointEvery = CHECKPOINT_EVERY }: ExportParts,
  job: JobRun,
  order: ExportOrder,
  before: ExportProgress,
): Promise<ExportProgress> {
  const ask = askOf(order, base);
  const shelf = new Shelf(job);
  let { cursor, incomplete } = before;
  let finished = false;
  try {
    while (!finished && shelf.count < checkpointEvery && shelf.bytes < CHECKPOINT_BYTES) {
      const page = await store.export(await visitOf(job, order), { ...ask, cursor });
      await putAway(shelf, page);
      // Whoever waits for an answer comes first.
      await new Promise<void>((turn) => setImmediate(turn));
      cursor = page.next;
      finished = cursor === null;
      incomplete ||= page.incomplete;
    }
    if (finished && incomplete) await shelf.put('error', 'OperationOutcome', [LEFT_OUT]);
    const files = await shelf.close();
    return {
      files: [...before.files, ...files],
      cursor,
      count: before.count + shelf.count,
      incomplete,
      finished,
    };
  } catch (error) {
    await shelf.abandon();
    throw error;
  }
}

async function putAway(shelf: Shelf, { resources, deleted }: ExportPage): Promise<void> {
  for (const [type, some] of Map.groupBy(resources, (one) => one.type)) {
    const lines = some.map(({ content }) => content!.bytes());
    await shelf.put('output', type, lines);
  }
  if (deleted.length > 0) await shelf.put('deleted', 'Bundle', [deletions(deleted)]);
}

/** As https://hl7.org/fhir/uv/bulkdata/STU2/export.html#bulk-data-output-file-request says of `deleted`. */
function deletions(places: readonly string[]): Buffer {
  const entry = places.map((url) => ({ request: { method: 'DELETE', url } }));
  return Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }));
}

const LEFT_OUT = outcomeBytes({
  severity: 'error',
  code: 'incomplete',
  text: 'Something that belongs here does not open and is left out. The practice has been told.',
});

const LINE_FEED = Buffer.from('\n');

/** The files of one stretch: one for each type, begun when the first of it comes. */
class Shelf {
  readonly #job: JobRun;
  readonly #files = new Map<
    string,
    { file: JobFile; list: ExportFile['list']; type: string; count: number }
  >();
  count = 0;
  bytes = 0;

  constructor(job: JobRun) {
    this.#job = job;
  }

  async put(list: ExportFile['list'], type: string, resources: readonly Buffer[]): Promise<void> {
    const known = this.#files.get(`${list} ${type}`);
    const one = known ?? { file: await this.#job.newFile(), list, type, count: 0 };
    if (known === undefined) this.#files.set(`${list} ${type}`, one);
    one.count += resources.length;
    if (list === 'output') this.count += resources.length;
    const text = Buffer.concat(resources.flatMap((bytes) => [onOneLine(bytes), LINE_FEED]));
    this.bytes += text.length;
    await one.file.write(text);
  }

  async close(): Promise<ExportFile[]> {
    const finished: ExportFile[] = [];
    for (const { file, list, type, count } of this.#files.values()) {
      finished.push({ ...(await file.finish()), list, type, count });
    }
    return finished;
  }

  async abandon(): Promise<void> {
    for (const { file } of this.#files.values()) await file.abandon();
  }
}

/** In JSON a line feed stands between values alone, where a space says the same. */
function onOneLine(bytes: Buffer): Buffer {
  if (!bytes.includes(10) && !bytes.includes(13)) return bytes;
  return Buffer.from(bytes.map((byte) => (byte === 10 || byte === 13 ? 32 : byte)));
}
