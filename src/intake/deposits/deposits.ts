/**
 * The quarantine: every path to what partners leave. A partner leaves content and is told that it came, and
 * whether it waits; staff list what waits, open it, and file or discard it. Nothing of a deposit is read
 * before that, so what a partner is told cannot depend on who is a patient.
 *
 * Whatever is not the visit's is answered by not-found, with a refusal line, like what is not there.
 */
import { notFound, PosternError } from '../../base/errors.ts';
import { type ChartId, type DepositId, NIL_UUID, newId, parseId, type ResourceId } from '../../base/ids.ts';
import type { Action } from '../../base/section.ts';
import {
  type ChartStore,
  inVisit,
  lineOf,
  readResource,
  type StoreContext,
  type Stored,
  writeTogether,
} from '../../chart/index.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import { labelledContext, mac, type Opened, type PracticeKeys, sealBytes } from '../../seal/index.ts';
import { type DepositLine, FHIR_JSON, type Receipt, WAITING_LIMITS } from './deposit.ts';
import {
  decideDeposit,
  type FoundDeposit,
  findDeposit,
  insertDeposit,
  knownDeposits,
  type ListQuery,
  listDeposits,
  ownReceipt,
  placeOf,
} from './deposit-rows.ts';
import { planFiling, refuseOtherPerson } from './filing-plan.ts';
import { type Proposal, proposeChart } from './proposal.ts';

export interface DepositsParts {
  readonly context: StoreContext;
  readonly store: ChartStore;
  keysOf(practiceId: PracticeKeys['practiceId']): Promise<PracticeKeys>;
}

export interface OpenedDeposit {
  readonly line: DepositLine;
  readonly content: Opened;
  /** Whose chart it may belong to, among those in the visit's own reach. */
  readonly proposal: Proposal | null;
}

const SHORTEST_REASON = 10;

export class Deposits {
  readonly #parts: DepositsParts;

  constructor(parts: DepositsParts) {
    this.#parts = parts;
  }

  /**
   * Takes content in, sealed, and answers once it is durable. The same content again, while it waits, is the
   * same deposit. `typeOf` and `read` give type and content, and are not called for who may not leave any.
   * Authority: `write` on deposits. Throws `invalid` for no content, `throttled` where too much of the
   * partner's waits.
   */
  async leave(visit: Visit, typeOf: () => string, read: () => Promise<Buffer>): Promise<Receipt> {
    const allowed = visit.scope.allows('write', 'deposit', null, null);
    if (!allowed) await this.#within(visit, 'write', 'deposit', NIL_UUID, async () => true);
    const mediaType = typeOf();
    const content = await read();
    if (content.length === 0) throw new PosternError('invalid', 'The deposit has no content.');
    const { practiceId, accountId } = visit.scope;
    const keys = await this.#parts.keysOf(practiceId);
    const digest = mac(keys.macKey(), 'postern/deposit-digest/v1', practiceId, accountId, content);
    return this.#within(visit, 'write', 'deposit', NIL_UUID, async (tx, current) => {
      const { same, waiting, waitingBytes } = await knownDeposits(tx, digest);
      const receipt = same ?? { id: newId<DepositId>(), receivedAt: this.#parts.context.clock.now() };
      if (same === null) {
        if (waiting >= WAITING_LIMITS.deposits || waitingBytes + content.length > WAITING_LIMITS.bytes) {
          throw new PosternError('throttled', 'Too much of what you left waits for the practice. Try later.');
        }
        const sealed = await this.#seal(tx, current, receipt.id, content);
        const bytes = content.length;
        await insertDeposit(tx, current, { ...receipt, mediaType, bytes, digest, sealed });
      }
      await writeLine(tx, current, 'deposit', [receipt.id]);
      return { ...receipt, state: 'waiting' };
    });
  }

  /** What a partner is told of a deposit of its own. Authority: `write` on deposits, and having left it. */
  async receipt(visit: Visit, id: string): Promise<Receipt> {
    return this.#within(visit, 'write', 'deposit-status', id, async (tx, current) => {
      const found = await ownReceipt(tx, idOf(id));
      if (found !== null) await writeLine(tx, current, 'deposit-status', [found.id]);
      return found;
    });
  }

  /** What there is, oldest first, and nothing of its content. Authority: `read` on deposits. */
  async list(visit: Visit, query: ListQuery): Promise<DepositLine[]> {
    return this.#within(visit, 'read', 'list-deposits', NIL_UUID, async (tx, current) => {
      const lines = await listDeposits(tx, current, query);
      const ids = lines.map((line) => line.id);
      await writeLine(tx, current, 'list-deposits', ids);
      return lines;
    });
  }

  /**
   * Opens a deposit that waits, and looks in the visit's own reach for whose it may be. Authority: `open` on
   * deposits. Throws `gone` for one that has been decided.
   */
  async open(visit: Visit, id: string): Promise<OpenedDeposit> {
    const { line, content } = await this.#open(visit, id);
    const proposal =
      line.mediaType === FHIR_JSON ? await proposeChart(this.#parts.store, visit, content.bytes()) : null;
    return { line, content, proposal };
  }

  /**
   * Files a FHIR deposit into one chart, as the visit's own writing, and removes it from the quarantine: all
   * of it or nothing. Authority: `open` on deposits, and `write` where each resource lands. Throws
   * `not-processable` for what cannot be filed there, `conflict` where somebody was faster.
   */
  async file(visit: Visit, id: string, chartId: ChartId): Promise<readonly Stored[]> {
    const { context, store } = this.#parts;
    const { line, content } = await this.#open(visit, id);
    if (line.mediaType !== FHIR_JSON) {
      throw new PosternError('not-processable', 'Only deposits of FHIR in JSON can be filed so far.');
    }
    const patient = await store.read(visit, 'Patient', chartId);
    if (patient === null || patient.content === null) throw notFound();
    const plan = planFiling(content.bytes(), {
      chartId,
      deposit: line,
      filedBy: visit.scope.accountId,
      now: context.clock.now(),
      ownBases: context.ownBases,
    });
    refuseOtherPerson(plan, readResource(patient.content.bytes().toString()));
    try {
      return await writeTogether(context, visit, plan.resources, 'file-deposit', (tx, current, stored) =>
        settle(tx, current, { id: line.id, chartId, patientId: plan.patientId, stored }),
      );
    } catch (error) {
      if (!(error instanceof PosternError) || error.code !== 'not-found') throw error;
      return this.#within<never>(visit, 'open', 'file-deposit', id, async () => null);
    }
  }

  /**
   * Removes a deposit for good; what stays is that it came and who discarded it, with the reason sealed in
   * the access line. Authority: `open` on deposits. Throws `invalid` for a reason too short.
   */
  async discard(visit: Visit, id: string, reason: string): Promise<void> {
    if (reason.trim().length < SHORTEST_REASON) {
      throw new PosternError('invalid', `State the reason in ${SHORTEST_REASON} characters or more.`);
    }
    const keys = await this.#parts.keysOf(visit.scope.practiceId);
    const known = idOf(id);
    const detail = sealBytes(keys.logSealingKey(), reasonContext(keys, known), Buffer.from(reason));
    await this.#within(visit, 'open', 'discard-deposit', id, async (tx, current) => {
      if (!(await decideDeposit(tx, known, 'discarded', null))) return null;
      await writeLine(tx, current, 'discard-deposit', [known], detail);
      return true;
    });
  }

  /** The line is durable before the content leaves the transaction. */
  async #open(visit: Visit, id: string): Promise<{ line: DepositLine; content: Opened }> {
    return this.#within(visit, 'open', 'open-deposit', id, async (tx, current) => {
      const found = await findDeposit(tx, current, idOf(id));
      if (found === null) return null;
      const { line } = found;
      if (line.state !== 'waiting') {
        throw new PosternError('gone', 'The deposit has been filed or discarded, and its content removed.');
      }
      const content = openContent(current, found);
      if (content === null) return null;
      await writeLine(tx, current, 'open-deposit', [line.id]);
      return { line, content };
    });
  }

  async #seal(tx: Transaction, visit: Visit, id: DepositId, content: Buffer): Promise<Buffer> {
    const place = placeOf(visit, id);
    const keys = await this.#parts.context.wrappedKeys.forWriting(tx, visit, [place]);
    const [key] = keys.values();
    const { wrapped: wrappedKey, practiceKeyVersion } = key!;
    return visit.scope.keys.seal({ ...place, wrappedKey, practiceKeyVersion }, content);
  }

  /**
   * Work in a transaction of the visit, after the process's own lock has said yes. Where it says no, or the
   * work finds nothing, there is a refusal line and not-found, whichever it was.
   */
  async #within<T>(
    visit: Visit,
    authority: Action,
    action: string,
    id: string,
    work: (tx: Transaction, visit: Visit) => Promise<T | null>,
  ): Promise<T> {
    const done = await inVisit(this.#parts.context, visit, async (tx, current) => {
      const allowed = current.scope.allows(authority, 'deposit', null, null);
      const result = allowed ? await work(tx, current) : null;
      if (result === null) {
        await appendLine(tx as never, lineOf(current, action, [entryOf(idOf(id))], 'refused'));
      }
      return result;
    });
    if (done === null) throw notFound();
    return done;
  }
}

/** The end of a filing, in its transaction: all of it is in that chart, and nobody was faster. */
async function settle(
  tx: Transaction,
  visit: Visit,
  filing: { id: DepositId; chartId: ChartId; patientId: string | null; stored: readonly Stored[] },
): Promise<void> {
  const { id, chartId, patientId, stored } = filing;
  const elsewhere = stored.some(({ content }) => {
    const chart = content?.origin.chartId ?? null;
    return chart !== null && chart !== chartId;
  });
  if (elsewhere || (await isOtherPatient(tx, visit, patientId, chartId))) {
    throw new PosternError('not-processable', 'It names another patient of this practice.');
  }
  const ids = stored.map((one) => one.id);
  if (!(await decideDeposit(tx, id, 'filed', ids))) {
    throw new PosternError('conflict', 'Somebody else filed or discarded it meanwhile.');
  }
  await writeLine(tx, visit, 'file-deposit', [id]);
}

/** An id that cannot exist is answered like one that does not. */
function idOf(text: string): DepositId {
  return parseId<DepositId>(text) ?? (NIL_UUID as DepositId);
}

function entryOf(id: DepositId): LineEntry {
  return [null, 'Deposit', id, null];
}

async function writeLine(
  tx: Transaction,
  visit: Visit,
  action: string,
  ids: readonly DepositId[],
  detail: Buffer | null = null,
): Promise<void> {
  const line = lineOf(visit, action, ids.map(entryOf));
  await appendLine(tx as never, { ...line, detail });
}

/** Null where the key ring refuses, although the row came back. */
function openContent(visit: Visit, { line, content }: FoundDeposit): Opened | null {
  return content === null ? null : visit.scope.keys.open({ ...placeOf(visit, line.id), ...content });
}

/** Whether the deposit calls its patient by the id of another chart in reach. */
async function isOtherPatient(
  tx: Transaction,
  { scope }: Visit,
  patientId: string | null,
  chartId: ChartId,
): Promise<boolean> {
  const id = patientId === null ? null : parseId<ResourceId>(patientId);
  if (id === null || (id as string) === chartId) return false;
  const { rowCount } = await tx.query(
    "select from postern.resource r where r.practice_id = $1 and r.id = $2 and r.type = 'Patient'",
    [scope.practiceId, id],
  );
  return rowCount !== 0;
}

/** The context of the reason for which a deposit was discarded, in the `detail` of its access line. */
function reasonContext({ practiceId }: PracticeKeys, id: DepositId): Buffer {
  return labelledContext('postern/discard-reason/v1', practiceId, id);
}
