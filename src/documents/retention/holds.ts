/** Holds: a record, or one document of it, of which nothing is destroyed for the time being, and why. */
import { notFound } from '../../base/errors.ts';
import { type AccountId, type ChartId, newId, parseId, type ResourceId } from '../../base/ids.ts';
import { inVisit, lineOf } from '../../chart/index.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import { type KeptApartParts, looksAfterFiles } from '../apart/kept-apart.ts';
import { assertInPerson } from '../rules/asked.ts';
import { sealWords, wordsOrNull } from '../rules/sealed-words.ts';

export interface Hold {
  readonly id: ResourceId;
  readonly chart: ChartId;
  /** Null where the whole record is held. */
  readonly document: ResourceId | null;
  readonly by: { readonly id: AccountId; readonly name: string | null };
  /** Empty where it does not open: the row was written by hand, and holds all the same. */
  readonly reason: string;
  readonly at: Date;
}

interface HoldRow {
  id: ResourceId;
  chart_id: ChartId;
  document_id: ResourceId | null;
  by_account: AccountId;
  reason: Buffer;
  at: Date;
}

type Parts = Pick<KeptApartParts, 'context' | 'gate' | 'keysOf' | 'store'>;

export class Holds {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Those that stand, the newest first; of one record, where that is named. Authority: the owner's or the
   * privacy officer's, as for all here.
   */
  async list(visit: Visit, chart: ChartId | null = null): Promise<Hold[]> {
    assertKeeps(visit);
    const rows = await inVisit(this.#parts.context, visit, async (tx, current) => {
      const columns = 'h.id, h.chart_id, h.document_id, h.by_account, h.reason, h.at';
      const found =
        chart === null
          ? await tx.query<HoldRow>(`select ${columns} from postern.holds() h`)
          : await tx.query<HoldRow>(`select ${columns} from postern.holds_of($1) h`, [chart]);
      const entries = found.rows.map((row): LineEntry => [row.chart_id, 'Hold', row.id, null]);
      await appendLine(tx as never, lineOf(current, 'list-holds', entries.slice(0, 500)));
      return found.rows;
    });
    const keys = await this.#parts.keysOf(visit.scope.practiceId);
    const { accounts } = this.#parts.gate;
    return Promise.all(
      rows.map(async (row) => ({
        id: row.id,
        chart: row.chart_id,
        document: row.document_id,
        by: { id: row.by_account, name: (await accounts.describeAccount(row.by_account))?.name ?? null },
        reason: wordsOrNull(keys, 'hold', row.id, row.reason) ?? '',
        at: row.at,
      })),
    );
  }

  /** Throws not-found where the practice has no such chart, or the chart no such document. */
  async put(visit: Visit, chart: string, document: string | null, reason: string): Promise<ResourceId> {
    assertKeeps(visit);
    const [chartId, documentId] = [parseId<ChartId>(chart), document === null ? null : parseId(document)];
    if (chartId === null || (document !== null && documentId === null)) throw notFound();
    await this.#parts.gate.assertFresh(visit);
    const id = newId<ResourceId>();
    const keys = await this.#parts.keysOf(visit.scope.practiceId);
    const isPut = await inVisit(this.#parts.context, visit, async (tx, current) => {
      const { rows } = await tx.query<{ put: boolean }>(
        'select postern.hold_put($1, $2, $3, $4, $5) as put',
        [id, chartId, documentId, current.scope.accountId, sealWords(keys, 'hold', id, reason)],
      );
      if (rows[0]?.put === true)
        await appendLine(tx as never, lineOf(current, 'hold', [[chartId, 'Hold', id, null]]));
      return rows[0]?.put === true;
    });
    if (!isPut) {
      await this.#parts.store.noteRefusal(visit, 'hold', [{ type: 'Patient', id: chartId }]);
      throw notFound();
    }
    return id;
  }

  async end(visit: Visit, hold: string, reason: string): Promise<void> {
    assertKeeps(visit);
    const id = parseId<ResourceId>(hold);
    if (id === null) throw notFound();
    await this.#parts.gate.assertFresh(visit);
    const keys = await this.#parts.keysOf(visit.scope.practiceId);
    await inVisit(this.#parts.context, visit, async (tx, current) => {
      const { rows } = await tx.query<{ chart: ChartId | null }>('select postern.hold_end($1, $2) as chart', [
        id,
        current.scope.accountId,
      ]);
      const chartId = rows[0]?.chart ?? null;
      if (chartId === null) throw notFound();
      const line = lineOf(current, 'end-hold', [[chartId, 'Hold', id, null]]);
      await appendLine(tx as never, { ...line, detail: sealWords(keys, 'reason', line.id, reason) });
    });
  }
}

export function assertKeeps(visit: Visit): void {
  assertInPerson(visit);
  if (!looksAfterFiles(visit)) throw notFound();
}
