/**
 * Files in which a scanner has found something. Nobody opens them. The owner and the privacy officer see that
 * they are there and from whom, have them removed, or released where the scanner was mistaken: then they are
 * looked at once more, and filed for whom they were sent.
 */
import { notFound, PosternError } from '../../base/errors.ts';
import {
  type AccountId,
  type BlobId,
  type ChartId,
  NIL_UUID,
  parseId,
  type ResourceId,
} from '../../base/ids.ts';
import { type ChartStore, inVisit, lineOf, type StoreContext } from '../../chart/index.ts';
import type { Transaction } from '../../db/index.ts';
import { administers, type Gate, type Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import type { PracticeKeys } from '../../seal/index.ts';
import type { Files } from '../files.ts';
import { assertInPerson } from '../rules/asked.ts';
import { openWords, sealWords } from '../rules/sealed-words.ts';
import { MaliciousFile } from '../scan/verdict.ts';
import { fileUpload } from '../uploads/file-upload.ts';
import { openUpload } from '../uploads/sealed-upload.ts';
import type { UploadRow } from '../uploads/upload-rows.ts';
import type { Sender } from '../uploads/uploaded-document.ts';

export interface KeptApartParts {
  readonly context: StoreContext;
  readonly store: ChartStore;
  readonly files: Files;
  readonly gate: Pick<Gate, 'asJob' | 'accounts' | 'assertFresh'>;
  readonly keysOf: (practiceId: Visit['scope']['practiceId']) => Promise<PracticeKeys>;
}

export interface ApartFile {
  readonly id: ResourceId;
  readonly sender: { readonly id: AccountId; readonly name: string | null };
  /** Whose record it was sent for; null for who may not see that there is such a record. */
  readonly chart: ChartId | null;
  readonly bytes: number;
  readonly at: Date;
  /** When it is removed by itself. */
  readonly removedAt: Date;
  /** In the scanner's words. */
  readonly finding: string;
  readonly incident: string | null;
}

interface ApartRow {
  id: ResourceId;
  account_id: AccountId;
  chart_id: ChartId;
  length: string;
  apart_at: Date;
  expires_at: Date;
  finding: Buffer | null;
  incident_id: string | null;
}

const NEVER = new AbortController().signal;

/** Who keeps the practice's staff, and who sees its access log. */
export function looksAfterFiles({ scope }: Visit): boolean {
  return administers(scope) || scope.seesLines;
}

export class KeptApart {
  readonly #parts: KeptApartParts;

  constructor(parts: KeptApartParts) {
    this.#parts = parts;
  }

  /** The newest first, 500 at most; a line says who looked. */
  async list(visit: Visit): Promise<ApartFile[]> {
    await this.#assertAllowed(visit, null);
    const { scope } = visit;
    const rows = await inVisit(this.#parts.context, visit, async (tx, current) => {
      const found = await tx.query<ApartRow>(
        `select f.id, f.account_id, f.chart_id, f.length, f.apart_at, f.expires_at, f.finding, f.incident_id
         from postern.files_apart() f`,
      );
      const entries = found.rows.map((row): LineEntry => [row.chart_id, 'Upload', row.id, null]);
      await appendLine(tx as never, lineOf(current, 'files-apart', entries));
      return found.rows;
    });
    const keys = await this.#parts.keysOf(scope.practiceId);
    const { accounts } = this.#parts.gate;
    return Promise.all(
      rows.map(async (row) => ({
        id: row.id,
        sender: { id: row.account_id, name: (await accounts.describeAccount(row.account_id))?.name ?? null },
        chart: scope.allows('read', 'administrative', row.chart_id, null, 'Patient') ? row.chart_id : null,
        bytes: Number(row.length),
        at: row.apart_at,
        removedAt: row.expires_at,
        finding: row.finding === null ? '' : openWords(keys, 'finding', row.id, row.finding),
        incident: row.incident_id,
      })),
    );
  }

  /** For good. */
  async remove(visit: Visit, id: string): Promise<void> {
    await this.#assertAllowed(visit, id);
    const known = parseId<ResourceId>(id) ?? (NIL_UUID as ResourceId);
    const { practiceId } = visit.scope;
    const blobs = await inVisit(this.#parts.context, visit, async (tx, current) => {
      const { rows } = await tx.query<{ blobs: BlobId[] | null }>(
        'select postern.file_apart_remove($1) as blobs',
        [known],
      );
      const taken = rows[0]!.blobs;
      if (taken !== null) await appendLine(tx as never, lineOf(current, 'remove-apart', [entryOf(known)]));
      return taken;
    });
    if (blobs === null) return this.#absent(visit, known);
    const stretches = blobs.map((name) => ({ name }));
    await this.#parts.files.drop(practiceId, stretches);
  }

  /**
   * Has it scanned once more, and files it for whom it was sent. Where the scanner still finds something, it
   * is filed only for who names what, as a file that nobody is shown and that can be saved. Throws
   * `not-processable` with the finding where it is another, `conflict` where nothing is set up to scan,
   * `no-room` where the practice keeps as much as it may.
   */
  async release(visit: Visit, id: string, reason: string, finding: string | null): Promise<void> {
    await this.#assertAllowed(visit, id);
    await this.#parts.gate.assertFresh(visit);
    const known = parseId<ResourceId>(id) ?? (NIL_UUID as ResourceId);
    const { context, files, gate, store } = this.#parts;
    if (!files.scans) {
      throw new PosternError(
        'conflict',
        'No scanner is set up, so nothing can be looked at once more and released.',
      );
    }
    const { practiceId } = visit.scope;
    const chartId = await gate.asJob(practiceId, 'system-import', 'release of a file', async (writer) => {
      const row = await this.#row(writer, known);
      if (row === null) return null;
      const upload = await openUpload(context, writer, row);
      const { order, key, stretches } = upload;
      const sent = await files
        .inspect(writer, key, stretches, { name: order.name, signal: NEVER, known: finding })
        .catch((error: unknown) => {
          if (!(error instanceof MaliciousFile)) throw error;
          throw new PosternError('not-processable', `The scanner still finds ${error.finding} in it.`);
        });
      const facts = await files.withoutMetadata(writer, key, sent, { signal: NEVER, keeps: false });
      const sender = await this.#sender(row);
      // What is kept apart has no room of the practice's.
      const taken = await store.promiseRoom(visit, facts.bytes).catch(async (error: unknown) => {
        if (facts !== sent) await files.drop(practiceId, facts.stretches);
        throw error;
      });
      const isThere = async (tx: Transaction) => {
        const { rows } = await tx.query<{ filed: boolean | null }>(
          'select postern.file_apart_filed($1) as filed',
          [known],
        );
        // Somebody removed it meanwhile.
        if (rows[0]!.filed !== true) throw notFound();
      };
      await fileUpload(context, writer, { upload, facts, sha256: sent.sha256, sender }, isThere).finally(() =>
        taken.giveBack(),
      );
      if (facts !== sent) await files.drop(practiceId, sent.stretches);
      return row.chart_id;
    });
    if (chartId === null) return this.#absent(visit, known);
    const keys = await this.#parts.keysOf(practiceId);
    const line = lineOf(visit, 'release-apart', [[chartId, 'DocumentReference', known, 1]]);
    await context.lines.write({ ...line, detail: sealWords(keys, 'reason', line.id, reason) });
  }

  async #row(writer: Visit, id: ResourceId): Promise<UploadRow | null> {
    const { rows } = await inVisit(this.#parts.context, writer, (tx) =>
      tx.query<UploadRow & { length: string; arrived: string }>(
        `select f.id, f.account_id, f.chart_id, f.section, f.key_version, f.version, f.length, f.arrived,
           f.state, f.expires_at, f.sealed
         from postern.file_apart($1) f`,
        [id],
      ),
    );
    const [row] = rows;
    return row === undefined ? null : { ...row, length: Number(row.length), arrived: Number(row.arrived) };
  }

  /** Whoever looks through what was sent sees who it was: also staff, of whom it says so otherwise. */
  async #sender({ account_id: accountId }: UploadRow): Promise<Sender> {
    const account = await this.#parts.gate.accounts.describeAccount(accountId);
    return { accountId, name: account?.name ?? null };
  }

  async #assertAllowed(visit: Visit, id: string | null): Promise<void> {
    assertInPerson(visit);
    if (looksAfterFiles(visit)) return;
    if (id === null) throw notFound();
    return this.#absent(visit, parseId<ResourceId>(id) ?? (NIL_UUID as ResourceId));
  }

  async #absent(visit: Visit, id: ResourceId): Promise<never> {
    await this.#parts.store.noteRefusal(visit, 'upload', [{ type: 'Upload', id }]);
    throw notFound();
  }
}

function entryOf(id: ResourceId): LineEntry {
  return [null, 'Upload', id, null];
}
