/**
 * The work of an archive, from its first page to a sealed file in the store. A zip cannot be gone on with in
 * the middle, so a worker that takes a job over removes what was written and begins again.
 */
import { createHash } from 'node:crypto';
import { PosternError } from '../base/errors.ts';
import type { BlobId } from '../base/ids.ts';
import type { FileFacts, Stretch } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import { type JobKind, type JobRun, JobTaken } from '../jobs/index.ts';
import { ArchiveMaking, FileUnopened } from './archive-making.ts';
import {
  ARCHIVE,
  type ArchiveOrder,
  type ArchiveProgress,
  KEPT_SECONDS,
  NOTHING_YET,
  type SealedArchive,
} from './archive-order.ts';
import type { ArchiveParts } from './archive-parts.ts';
import { archivesOver, beginArchive, noteBlob, takeRoom } from './archive-rows.ts';
import { sealArchive } from './archive-seal.ts';
import { type ZipPart, zipOf } from './zip/zip-stream.ts';

const FIRST: ArchiveProgress = { counts: NOTHING_YET, begun: 0, careful: false, made: null };
/** What fails so often each time in the same way is given up. */
const MOST_BEGINNINGS = 6;
/** Room beside the files: for records, tables and what a zip adds. */
const BESIDE_BYTES = 16 * 1024 * 1024;
const NEVER = new AbortController().signal;

export function archiveKind(parts: ArchiveParts): JobKind {
  return {
    name: ARCHIVE,
    run: async (job) => {
      let progress = (job.checkpoint as ArchiveProgress | null) ?? FIRST;
      while (progress.made === null) {
        if (progress.begun >= MOST_BEGINNINGS) throw new PosternError('damaged', 'The archive failed.');
        progress = { ...progress, begun: progress.begun + 1, counts: NOTHING_YET };
        await job.save(progress, 0);
        progress = await made(parts, job, progress);
        await job.save(progress, progress.counts.resources);
      }
      const visit = await job.visit();
      const { chart } = job.payload as ArchiveOrder;
      const { resources, files } = progress.counts;
      const entries = [
        [chart, 'Archive', job.id, null],
        // How much of each is in it.
        [chart, 'ArchiveResources', job.id, resources],
        [chart, 'ArchiveFiles', job.id, files],
      ] as const;
      await parts.store.note(visit, { action: 'archive-end', entries });
      return { ttlSeconds: KEPT_SECONDS };
    },
    gaveUp: async (job, visit) => {
      if (visit === null) return;
      const { chart } = job.payload as ArchiveOrder;
      const entries = [[chart, 'Archive', job.id, null]] as const;
      await parts.store.note(visit, { action: 'archive-end', entries, outcome: 'failed' });
    },
    sweep: () => sweepArchives(parts),
  };
}

/** Removes what lies in the store of archives that have ended. */
export async function sweepArchives({
  context,
  files,
}: Pick<ArchiveParts, 'context' | 'files'>): Promise<void> {
  for (const { practiceId, blobs } of await archivesOver(context.pool)) {
    await files.drop(
      practiceId,
      blobs.map((name) => ({ name })),
    );
  }
}

/** Made, or to be made again with care where a file did not open. */
async function made(parts: ArchiveParts, job: JobRun, progress: ArchiveProgress): Promise<ArchiveProgress> {
  const { practiceId } = job;
  const { chart } = job.payload as ArchiveOrder;
  const { pool } = parts.context;
  const left = await beginArchive(pool, job, chart);
  if (left === null) throw new JobTaken();
  await parts.files.drop(
    practiceId,
    left.map((name: BlobId) => ({ name })),
  );
  const room = new Room(parts, job);
  const making = new ArchiveMaking(parts, job, {
    careful: progress.careful,
    onSize: (bytes) => room.take(bytes + BESIDE_BYTES),
    onCounts: (counts) => job.save({ ...progress, counts }, counts.resources),
  });
  try {
    // It seals what it writes by a right of its own: whoever asked may read there, and write nothing.
    const sealed = await parts.gate.asJob(practiceId, 'system-import', 'archive', (writer) =>
      written(parts, job, writer, making, room),
    );
    return { ...progress, counts: making.counts, made: sealed };
  } catch (error) {
    await parts.files.drop(practiceId, room.stretches);
    if (!(error instanceof FileUnopened) || progress.careful) throw error;
    return { ...progress, careful: true };
  }
}

async function written(
  parts: ArchiveParts,
  job: JobRun,
  writer: Visit,
  making: ArchiveMaking,
  room: Room,
): Promise<SealedArchive> {
  const { chart: chartId } = job.payload as ArchiveOrder;
  const key = writer.scope.keys.newContentKey({ chartId, section: 'administrative', author: null });
  const hash = createHash('sha256');
  await parts.files.append(writer, key, hashed(making.zipParts(), hash), {
    signal: NEVER,
    onBegin: (name) => room.note(name),
    onStretch: (stretch) => room.add(stretch),
    ...(parts.stretchBytes === undefined ? {} : { stretchBytes: parts.stretchBytes }),
  });
  await room.settle();
  const facts: FileFacts = {
    bytes: room.bytes,
    sha256: hash.digest('hex'),
    stretches: room.stretches,
    kind: 'archive',
    name: null,
  };
  const place = { practiceId: job.practiceId, chartId, jobId: job.id };
  return sealArchive(parts.context, writer, place, making.sections.all(), { key, facts });
}

async function* hashed(
  zipParts: AsyncIterable<ZipPart>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const piece of zipOf(zipParts)) {
    hash.update(piece);
    yield piece;
  }
}

/** What an archive takes in the store, and of the practice's room. */
class Room {
  readonly #parts: ArchiveParts;
  readonly #job: JobRun;
  #taken = 0;
  readonly stretches: Stretch[] = [];

  constructor(parts: ArchiveParts, job: JobRun) {
    this.#parts = parts;
    this.#job = job;
  }

  get bytes(): number {
    return this.stretches.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async take(bytes: number): Promise<void> {
    const { context, files } = this.#parts;
    const visit = await this.#job.visit();
    const { bytes: most } = await files.roomOf(this.#job.practiceId);
    if (!(await takeRoom(context, visit, this.#job, bytes, most))) throw noRoom();
    this.#taken = bytes;
  }

  /** Before it is written, so that whatever happens it is found. */
  async note(name: BlobId): Promise<void> {
    if (!(await noteBlob(this.#parts.context.pool, this.#job, name))) throw new JobTaken();
  }

  async add(stretch: Stretch): Promise<void> {
    this.stretches.push(stretch);
    if (this.bytes > this.#taken) await this.take(this.bytes + BESIDE_BYTES);
  }

  /** Gives back what it has not needed. */
  async settle(): Promise<void> {
    await this.take(this.bytes);
  }
}

function noRoom(): PosternError {
  return new PosternError('no-room', 'The practice keeps as many files as it may. Tell the practice.');
}
