/**
 * Uploads that can be gone on with: begun with the right to write where they go, sealed as they come, and
 * filed in the chart when the last byte is there. Whose chart it is and whether it may be is asked before the
 * first byte, at each part, and once more when it is filed.
 *
 * Staff write by their own right. Patients and those who act for them send: what they send is filed for them
 * by a job of its own, as a preliminary document that staff look through.
 */
import { notFound, PosternError } from '../../base/errors.ts';
import { type ChartId, NIL_UUID, newId, type PracticeId, parseId, type ResourceId } from '../../base/ids.ts';
import { sectionOf } from '../../base/section.ts';
import {
  type ChartStore,
  type FileFacts,
  inVisit,
  type StoreContext,
  type Stretch,
} from '../../chart/index.ts';
import type { Gate, Visit } from '../../gate/index.ts';
import type { PracticeKeys } from '../../seal/index.ts';
import { keptApart } from '../apart/finding.ts';
import { isCardType } from '../document-types.ts';
import type { Files } from '../files.ts';
import { MaliciousFile } from '../scan/verdict.ts';
import { fileUpload } from './file-upload.ts';
import { keyedUpload, type OpenUpload, openUpload, sealUpload, uploadPlace } from './sealed-upload.ts';
import { sendsByJob } from './types-to-send.ts';
import type { UploadOrder } from './upload-order.ts';
import {
  assertRoom,
  findUpload,
  heldBy,
  insertUpload,
  isFiled,
  type NextUpload,
  removeUpload,
  type UploadRow,
  type UploadStanding,
  updateUpload,
} from './upload-rows.ts';
import { documentOf, type Sender } from './uploaded-document.ts';

export interface UploadsParts {
  readonly context: StoreContext;
  readonly store: ChartStore;
  readonly files: Files;
  readonly gate: Pick<Gate, 'asJob' | 'accounts'>;
  /** By which what a scanner says is sealed, for those who look after it. */
  readonly keysOf: (practiceId: PracticeId) => Promise<PracticeKeys>;
  /** As of `writeContent`: what a killed process loses at most. */
  readonly stretchBytes?: number;
}

export interface UploadState {
  readonly id: ResourceId;
  readonly length: number;
  readonly arrived: number;
  readonly state: UploadStanding;
  readonly expiresAt: Date;
}

const KEPT_MS = 24 * 3_600_000;
const NEVER = new AbortController().signal;

/** A part did not arrive as it was sent (tus, "Checksum"); nothing of it is kept. */
export class ChecksumMismatch extends Error {}

export class Uploads {
  readonly #parts: UploadsParts;

  constructor(parts: UploadsParts) {
    this.#parts = parts;
  }

  /**
   * Begins an upload of that many bytes. Authority: `write` where the document goes, or `share` of one's own
   * record. Throws `too-large`, `no-room` where the practice keeps as much as it may, `throttled`.
   */
  async begin(visit: Visit, order: UploadOrder, length: number): Promise<UploadState> {
    const { limits } = await this.#parts.files.rulesOf(visit.scope.practiceId);
    if (length > limits.bytesOfFile) {
      throw new PosternError('too-large', `A file may have at most ${limits.bytesOfFile} bytes.`);
    }
    return this.#asWriter(visit, order.chartId, async (writer) => {
      const { refusal, place } = await this.#parts.store.checkChange(writer, {
        type: 'DocumentReference',
        id: null,
        resource: documentOf(order, this.#now(), {
          sender: await this.#sender(visit, writer),
          attachment: null,
        }),
      });
      if (refusal !== null) throw refusal;
      const { scope } = visit;
      const at = uploadPlace(place!.section, order.chartId, scope.accountId);
      const id = newId<ResourceId>();
      const row = await keyedUpload(this.#parts.context, writer, at, id, 1);
      const sealed = sealUpload(writer, row, writer.scope.keys.newContentKey(at), { order, stretches: [] });
      const expiresAt = new Date(this.#now().getTime() + KEPT_MS);
      await inVisit(this.#parts.context, visit, async (tx) => {
        assertRoom(await heldBy(tx), length, limits);
        await insertUpload(tx, scope.practiceId, {
          id,
          place: at,
          accountId: scope.accountId,
          key_version: row.keyVersion,
          length,
          expires_at: expiresAt,
          sealed,
        });
      });
      return { id, length, arrived: 0, state: 'open', expiresAt };
    });
  }

  /** How far it has come. One that has all its bytes and is not filed yet, is filed now. */
  async state(visit: Visit, id: string): Promise<UploadState> {
    const row = await this.#find(visit, id);
    if (row.state !== 'open' || row.arrived < row.length) return stateOf(row);
    return this.#asWriter(visit, row.chart_id, async (writer) =>
      this.#file(visit, writer, await openUpload(this.#parts.context, writer, row)),
    );
  }

  /**
   * Takes what comes from that offset on. What has come when the source fails is kept, so that its sender
   * can go on from there. Throws `conflict` for another offset than how far it has come, `too-large` for more
   * than was told, `ChecksumMismatch`.
   */
  async append(
    visit: Visit,
    id: string,
    offset: number,
    source: AsyncIterable<Uint8Array>,
    check: ((source: AsyncIterable<Uint8Array>) => CheckedSource) | null = null,
  ): Promise<UploadState> {
    const row = await this.#find(visit, id);
    if (row.state !== 'open') throw new PosternError('conflict', 'This upload has ended.');
    if (offset !== row.arrived) {
      throw new PosternError('conflict', `This upload goes on at byte ${row.arrived}.`);
    }
    return this.#asWriter(visit, row.chart_id, async (writer) => {
      let upload = await openUpload(this.#parts.context, writer, row);
      const permit = writer === visit ? () => undefined : () => assertSends(visit, row);
      const within = limited(source, row.length - row.arrived, permit);
      const checked = check === null ? { source: within, holds: () => true } : check(within);
      const untold: Stretch[] = [];
      const options = { signal: NEVER, ...this.#stretching() };
      await this.#parts.files
        .append(writer, upload.key, checked.source, {
          ...options,
          onStretch: async (stretch) => {
            untold.push(stretch);
            if (check !== null) return;
            upload = await this.#told(visit, writer, upload, untold);
            untold.length = 0;
          },
        })
        .catch(async (error: unknown) => {
          // Where the database did not say whether the row names them, they stay, and are collected later.
          const isKnown = error instanceof PosternError && error.code !== 'unavailable';
          if (check !== null || isKnown) await this.#parts.files.drop(visit.scope.practiceId, untold);
          throw error;
        });
      if (!checked.holds()) {
        await this.#parts.files.drop(visit.scope.practiceId, untold);
        throw new ChecksumMismatch();
      }
      if (untold.length > 0) upload = await this.#told(visit, writer, upload, untold);
      if (upload.row.arrived < upload.row.length) return stateOf(upload.row);
      return this.#file(visit, writer, upload);
    });
  }

  /** Ends it and removes what has come of it; a document that was filed stays. */
  async end(visit: Visit, id: string): Promise<void> {
    const row = await this.#find(visit, id);
    if (row.state !== 'open') throw new PosternError('conflict', 'This upload has ended.');
    const { stretches } = await this.#asWriter(visit, row.chart_id, (writer) =>
      openUpload(this.#parts.context, writer, row),
    );
    await this.#forget(visit, row.id, stretches);
  }

  /** Removes uploads whose time is over, with what came of them; answers how many. */
  async sweep(): Promise<number> {
    const { rows } = await this.#parts.context.pool.query<{
      practice_id: Visit['scope']['practiceId'];
      blobs: Stretch['name'][];
    }>('select o.practice_id, o.blobs from postern.uploads_over() o');
    for (const { practice_id: practiceId, blobs } of rows) {
      await this.#parts.files.drop(
        practiceId,
        blobs.map((name) => ({ name })),
      );
    }
    return rows.length;
  }

  /** Files what has come, and answers when the document stands in the chart. */
  async #file(visit: Visit, writer: Visit, upload: OpenUpload): Promise<UploadState> {
    const { row, order, key, stretches } = upload;
    const { store, files, context } = this.#parts;
    // A process that was killed after it had filed it, and before it could say so.
    const { practiceId } = visit.scope;
    if (!(await inVisit(context, writer, (tx) => isFiled(tx, practiceId, row.id)))) {
      const name = order.name;
      const sent = await files
        .inspect(writer, key, stretches, { name, signal: NEVER })
        .catch(async (error: unknown) => this.#refused(visit, writer, upload, error));
      if (order.sha256 !== null && order.sha256 !== sent.sha256) {
        await this.#forget(visit, row.id, stretches);
        throw new PosternError('not-processable', 'The file did not arrive as it was sent. Send it again.');
      }
      const facts = await files
        .withoutMetadata(writer, key, sent, { signal: NEVER, keeps: !isCardType(order.type) })
        .catch(async (error: unknown) => this.#refused(visit, writer, upload, error));
      await this.#filed(visit, writer, upload, sent, facts);
      if (writer !== visit) {
        const entries = [[row.chart_id, 'DocumentReference', row.id, 1] as const];
        await store.note(visit, { action: 'upload', entries });
      }
    }
    const done = await this.#changed(visit, writer, upload, { state: 'done' });
    return stateOf(done.row);
  }

  /** Where an original stays beside the photo, both count: what was taken at the beginning was for one. */
  async #filed(
    visit: Visit,
    writer: Visit,
    upload: OpenUpload,
    sent: FileFacts,
    facts: FileFacts,
  ): Promise<void> {
    const { row, stretches } = upload;
    const { store, files, context } = this.#parts;
    const { practiceId } = visit.scope;
    const sender = await this.#sender(visit, writer);
    // To look through a large file takes a while; whoever sent it may have been sent away meanwhile.
    if (writer !== visit) assertSends(visit, row);
    const keepsBoth = facts.original !== undefined;
    const taken = keepsBoth
      ? await store.promiseRoom(visit, facts.bytes).catch(async (error: unknown) => {
          await files.drop(practiceId, facts.stretches);
          if (error instanceof PosternError && error.code === 'no-room') {
            await this.#forget(visit, row.id, stretches);
          }
          throw error;
        })
      : null;
    try {
      await fileUpload(context, writer, { upload, facts, sha256: sent.sha256, sender });
    } finally {
      await taken?.giveBack();
    }
    if (facts !== sent && !keepsBoth) await files.drop(practiceId, sent.stretches);
  }

  /** What is not taken is forgotten; what a scanner finds is kept apart, sealed, for nobody to open. */
  async #refused(visit: Visit, writer: Visit, upload: OpenUpload, error: unknown): Promise<never> {
    const { row, stretches } = upload;
    const code = error instanceof PosternError ? error.code : null;
    if (error instanceof MaliciousFile) {
      const { practiceId, accountId, sessionHash } = visit.scope;
      const apart = keptApart(await this.#parts.keysOf(practiceId), row.id, error.finding, this.#now());
      await this.#changed(visit, writer, upload, { state: 'kept-apart', apart });
      await this.#parts.context.pool.query('select postern.incident_open($1, $2, $3, $4, $5)', [
        practiceId,
        'malicious-file',
        accountId,
        Buffer.from(sessionHash, 'hex'),
        row.chart_id,
      ]);
    } else if (code === 'unsupported-media' || code === 'invalid' || code === 'too-large') {
      await this.#forget(visit, row.id, stretches);
    }
    throw error;
  }

  async #told(
    visit: Visit,
    writer: Visit,
    upload: OpenUpload,
    stretches: readonly Stretch[],
  ): Promise<OpenUpload> {
    return this.#changed(visit, writer, upload, { stretches: [...upload.stretches, ...stretches] });
  }

  async #changed(
    visit: Visit,
    writer: Visit,
    upload: OpenUpload,
    change: { state?: UploadStanding; stretches?: readonly Stretch[]; apart?: NextUpload['apart'] },
  ): Promise<OpenUpload> {
    const { row, order, key } = upload;
    const { state = row.state, stretches = upload.stretches, apart = null } = change;
    const version = row.version + 1;
    const at = uploadPlace(sectionOf(row.section), row.chart_id, row.account_id);
    const place = await keyedUpload(this.#parts.context, writer, at, row.id, version, row.key_version);
    const sealed = sealUpload(writer, place, key, { order, stretches });
    const arrived = stretches.reduce((sum, { bytes }) => sum + bytes, 0);
    const next = { arrived, state, blobs: stretches.map(({ name }) => name), sealed, apart };
    const { practiceId } = visit.scope;
    const isFirst = await inVisit(this.#parts.context, visit, (tx) =>
      updateUpload(tx, practiceId, row, next),
    );
    if (!isFirst) {
      // Whoever was sent away meanwhile finds nothing of theirs any more.
      await this.#find(visit, row.id);
      throw new PosternError('conflict', 'This upload is being sent from elsewhere as well.');
    }
    return { ...upload, stretches, row: { ...row, version, arrived, state, sealed } };
  }

  async #forget(visit: Visit, id: ResourceId, stretches: readonly Stretch[]): Promise<void> {
    const { practiceId } = visit.scope;
    await inVisit(this.#parts.context, visit, (tx) => removeUpload(tx, practiceId, id));
    await this.#parts.files.drop(practiceId, stretches);
  }

  async #find(visit: Visit, id: string): Promise<UploadRow> {
    const known = parseId<ResourceId>(id) ?? (NIL_UUID as ResourceId);
    const { practiceId } = visit.scope;
    const row = await inVisit(this.#parts.context, visit, (tx) => findUpload(tx, practiceId, known));
    if (row !== null) return row;
    await this.#parts.store.noteRefusal(visit, 'upload', [{ type: 'Upload', id: known }]);
    throw notFound();
  }

  /** By one's own right to write, or for whoever may pass the record on, by a job that files it. */
  async #asWriter<T>(visit: Visit, chartId: ChartId, work: (writer: Visit) => Promise<T>): Promise<T> {
    if (!sendsByJob(visit.scope, chartId)) return work(visit);
    return this.#parts.gate.asJob(visit.scope.practiceId, 'system-import', 'upload', work);
  }

  /** Who sends what a job files; null for whoever writes by their own right. */
  async #sender(visit: Visit, writer: Visit): Promise<Sender | null> {
    if (writer === visit) return null;
    const { accountId } = visit.scope;
    const account = await this.#parts.gate.accounts.describeAccount(accountId);
    return { accountId, name: account?.name ?? null };
  }

  #now(): Date {
    return this.#parts.context.clock.now();
  }

  #stretching(): { stretchBytes?: number } {
    const { stretchBytes } = this.#parts;
    return stretchBytes === undefined ? {} : { stretchBytes };
  }
}

export interface CheckedSource {
  readonly source: AsyncIterable<Uint8Array>;
  /** Whether what came was what was sent; asked when it has ended. */
  holds(): boolean;
}

function stateOf({ id, length, arrived, state, expires_at: expiresAt }: UploadRow): UploadState {
  return { id, length, arrived, state, expiresAt };
}

/** Whoever sends by a job must still be there, and the record theirs to pass on: the job asks nobody. */
function assertSends({ scope }: Visit, { chart_id: chartId }: UploadRow): void {
  if (scope.allows('share', 'administrative', chartId, null, 'DocumentReference')) return;
  throw new PosternError('unauthenticated', 'The session has ended.');
}

async function* limited(
  source: AsyncIterable<Uint8Array>,
  most: number,
  permit: () => void,
): AsyncGenerator<Uint8Array> {
  let left = most;
  for await (const piece of source) {
    permit();
    left -= piece.length;
    if (left < 0) throw new PosternError('too-large', 'More came than the upload was begun for.');
    yield piece;
  }
}
