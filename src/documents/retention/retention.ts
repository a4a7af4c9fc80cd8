/**
 * What is due by the practice's rules: listed every day, approved by the privacy officer, and only then
 * destroyed. Approvals are under a MAC of the practice's key, so that a row which somebody writes into the
 * database destroys nothing. What is held is neither approved nor destroyed.
 */
import { notFound } from '../../base/errors.ts';
import type { AccountId, BlobId, ChartId, PracticeId, ResourceId } from '../../base/ids.ts';
import { NIL_UUID } from '../../base/ids.ts';
import { SECTIONS, sectionOf } from '../../base/section.ts';
import {
  birthDatesIn,
  type DocumentToKeep,
  destroyDocument,
  documentsToKeep,
  inVisit,
  lastVisits,
  lineOf,
} from '../../chart/index.ts';
import type { Gate, Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import { mac, macEquals, type PracticeKeys } from '../../seal/index.ts';
import type { KeptApartParts } from '../apart/kept-apart.ts';
import { assertInPerson } from '../rules/asked.ts';
import { sealWords, wordsOrNull } from '../rules/sealed-words.ts';
import { assertKeeps } from './holds.ts';
import {
  dateOfDocument,
  dueSince,
  type RetentionRule,
  readRetentionRules,
  typeOfDocument,
} from './retention-rules.ts';

export interface RetentionParts extends KeptApartParts {
  readonly gate: KeptApartParts['gate'] & Pick<Gate, 'rules'>;
}

export interface DueDocument {
  readonly document: ResourceId;
  readonly version: number;
  /** Null for who may not see what it is filed under. */
  readonly chart: ChartId | null;
  readonly type: string;
  /** A day. */
  readonly since: string;
  readonly state: 'due' | 'approved' | 'destroyed';
  readonly held: boolean;
  readonly destroyedAt: Date | null;
}

interface DueRow {
  document_id: ResourceId;
  chart_id: ChartId;
  section: number;
  version: number;
  due_since: string;
  said: Buffer;
  state: DueDocument['state'];
  approved_by: AccountId | null;
  approval: Buffer | null;
  destroyed_at: Date | null;
  held: boolean;
}

const PAGE = 200;
const DUE_COLUMNS = `d.document_id, d.chart_id, d.section, d.version, d.due_since::text, d.said, d.state,
  d.approved_by, d.approval, d.destroyed_at, d.held`;
const DUE = `select ${DUE_COLUMNS} from postern.due_documents() d`;
const APPROVED = `select ${DUE_COLUMNS} from postern.due_approved($1) d`;

export class Retention {
  readonly #parts: RetentionParts;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** As the practice has set them; none where it has not. */
  async rulesOf(practiceId: PracticeId): Promise<readonly RetentionRule[]> {
    const { content } = await this.#parts.gate.rules.of(practiceId, 'retention');
    return readRetentionRules(content);
  }

  /** The daily work: lists what is due, and destroys what was approved and is so still. */
  async lookThrough(practiceId: PracticeId): Promise<{ readonly due: number; readonly destroyed: number }> {
    const rules = await this.rulesOf(practiceId);
    return this.#parts.gate.asJob(practiceId, 'system-upkeep', 'retention', async (visit) => {
      const began = await this.#databaseTime(visit);
      let due = 0;
      for (let after: ResourceId | null = NIL_UUID as ResourceId; rules.length > 0 && after !== null; ) {
        const page = await documentsToKeep(this.#parts.context, visit, { after, most: PAGE });
        due += (await this.#list(visit, rules, page.documents)).size;
        after = page.last;
      }
      await inVisit(this.#parts.context, visit, (tx) => tx.query('select postern.due_forget($1)', [began]));
      return { due, destroyed: await this.#destroyApproved(visit, null) };
    });
  }

  /** What is due and what was destroyed; a line says who looked. */
  async list(visit: Visit): Promise<DueDocument[]> {
    assertKeeps(visit);
    const rows = await inVisit(this.#parts.context, visit, async (tx, current) => {
      const found = await tx.query<DueRow>(DUE);
      const entries = found.rows.map(
        (row): LineEntry => [row.chart_id, 'DocumentReference', row.document_id, null],
      );
      await appendLine(tx as never, lineOf(current, 'list-due', entries.slice(0, 500)));
      return found.rows;
    });
    const keys = await this.#parts.keysOf(visit.scope.practiceId);
    return rows.map((row) => {
      const section = sectionOf(row.section);
      const isOpen =
        section !== 'psychotherapy' &&
        visit.scope.allows('read', section, row.chart_id, null, 'DocumentReference');
      return {
        document: row.document_id,
        version: row.version,
        chart: isOpen ? row.chart_id : null,
        type: wordsOrNull(keys, 'due', row.document_id, row.said) ?? 'other',
        since: row.due_since,
        state: row.state,
        held: row.held,
        destroyedAt: row.destroyed_at,
      };
    });
  }

  /**
   * Approves destroying those documents, which is done at once; answers the ones that are gone. What is held,
   * or was changed since it was listed, stays. Authority: the privacy officer's, with a touch.
   */
  async approve(
    visit: Visit,
    documents: readonly { readonly document: ResourceId; readonly version: number }[],
    reason: string,
  ): Promise<ResourceId[]> {
    assertInPerson(visit);
    if (!visit.scope.seesLines) throw notFound();
    await this.#parts.gate.assertFresh(visit);
    const { practiceId, accountId } = visit.scope;
    const keys = await this.#parts.keysOf(practiceId);
    const isDue = await this.#dueNow(
      practiceId,
      documents.map(({ document }) => document),
    );
    for (const { document, version } of documents) {
      if (!isDue.has(document)) continue;
      await inVisit(this.#parts.context, visit, async (tx, current) => {
        const words = sealWords(keys, 'reason', document, reason);
        const approval = approvalMac(keys, document, version, accountId);
        const { rows } = await tx.query<{ approved: boolean }>(
          'select postern.due_approve($1, $2, $3, $4, $5) as approved',
          [document, version, accountId, approval, words],
        );
        if (rows[0]?.approved !== true) return;
        const line = lineOf(current, 'approve-destroying', [[null, 'DocumentReference', document, version]]);
        await appendLine(tx as never, { ...line, detail: sealWords(keys, 'reason', line.id, reason) });
      });
    }
    const wanted = documents.map(({ document }) => document);
    return this.#parts.gate.asJob(practiceId, 'system-upkeep', 'retention', async (job) => {
      await this.#destroyApproved(job, wanted);
      const { rows } = await inVisit(this.#parts.context, job, (tx) => tx.query<DueRow>(APPROVED, [wanted]));
      return rows.flatMap(({ document_id: id, state }) => (state === 'destroyed' ? [id] : []));
    });
  }

  /** Those of them that are due by the rules and visits of this moment, whatever was listed last night. */
  async #dueNow(practiceId: PracticeId, ids: readonly ResourceId[]): Promise<ReadonlySet<ResourceId>> {
    const rules = await this.rulesOf(practiceId);
    return this.#parts.gate.asJob(practiceId, 'system-upkeep', 'retention', async (job) => {
      const { documents } = await documentsToKeep(this.#parts.context, job, { ids });
      return this.#list(job, rules, documents);
    });
  }

  async #list(
    visit: Visit,
    rules: readonly RetentionRule[],
    documents: readonly DocumentToKeep[],
  ): Promise<ReadonlySet<ResourceId>> {
    const typed = documents.flatMap((document) => {
      const type = typeOfDocument(document.resource);
      return type !== null && rules.some((rule) => rule.type === type) ? [{ ...document, type }] : [];
    });
    if (typed.length === 0) return new Set();
    const charts = [...new Set(typed.map(({ chartId }) => chartId))];
    const visits = await lastVisits(this.#parts.context, visit, charts);
    const births = await birthDatesIn(this.#parts.store).of(visit, charts, null);
    const today = this.#parts.context.clock.now().toISOString().slice(0, 10);
    const keys = await this.#parts.keysOf(visit.scope.practiceId);
    const due = typed.flatMap((document) => {
      const facts = {
        documentDate: dateOfDocument(document.resource),
        lastVisit: visits.get(document.chartId)?.toISOString().slice(0, 10) ?? null,
        birthDate: births.get(document.chartId) ?? null,
      };
      const since = dueSince(rules, document.type, facts, today);
      return since === null ? [] : [{ ...document, since }];
    });
    await inVisit(this.#parts.context, visit, async (tx) => {
      for (const { id, chartId, section, version, since, type } of due) {
        const said = sealWords(keys, 'due', id, type);
        const values = [id, chartId, SECTIONS[section], version, since, said];
        await tx.query('select postern.due_put($1, $2, $3::smallint, $4, $5::date, $6)', values);
      }
    });
    return new Set(due.map(({ id }) => id));
  }

  /** Of those that are named, or of all. */
  async #destroyApproved(visit: Visit, only: readonly ResourceId[] | null): Promise<number> {
    const { practiceId } = visit.scope;
    const keys = await this.#parts.keysOf(practiceId);
    const { rows } = await inVisit(this.#parts.context, visit, (tx) => tx.query<DueRow>(APPROVED, [only]));
    let destroyed = 0;
    for (const row of rows) {
      if (row.state !== 'approved' || row.held) continue;
      if (!isGenuine(keys, row)) {
        const told = [practiceId, 'key-ring', row.approved_by, null, row.chart_id];
        await this.#parts.context.pool.query('select postern.incident_open($1, $2, $3, $4, $5)', told);
        continue;
      }
      const left = await destroyDocument(this.#parts.context, visit, row.document_id);
      if (left === null) continue;
      destroyed += 1;
      await this.#parts.files.drop(
        practiceId,
        left.map((name: BlobId) => ({ name })),
      );
    }
    return destroyed;
  }

  /** By which what was listed before is told from what is listed now. */
  async #databaseTime(visit: Visit): Promise<Date> {
    const { rows } = await inVisit(this.#parts.context, visit, (tx) =>
      tx.query<{ now: Date }>('select clock_timestamp() as now'),
    );
    return rows[0]!.now;
  }
}

function approvalMac(
  keys: PracticeKeys,
  document: ResourceId,
  version: number,
  by: AccountId,
  keyVersion?: number,
): Buffer {
  const key = keys.macKey(keyVersion);
  return mac(key, 'postern/destroy-approval/v1', keys.practiceId, document, String(version), by);
}

function isGenuine(keys: PracticeKeys, row: DueRow): boolean {
  const { approved_by: by, approval, document_id: id, version } = row;
  if (by === null || approval === null) return false;
  return keys
    .versions('mac')
    .some((keyVersion) => macEquals(approvalMac(keys, id, version, by, keyVersion), approval));
}
