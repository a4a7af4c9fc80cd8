/**
 * What stands in the database and does not open, although the visit may see it: bits that turned, a row put
 * in another's place, a key that is not what was wrapped. One such record must not take the rest of its chart
 * away, and must not go unnoticed.
 */
import type pg from 'pg';
import { PosternError } from '../../base/errors.ts';
import type { ChartId, PracticeId } from '../../base/ids.ts';

/** Where what is damaged alone was asked for; its words are safe to show. */
export class DamagedRecord extends PosternError {
  readonly chartId: ChartId | null;

  constructor(chartId: ChartId | null, cause: unknown) {
    super(
      'damaged',
      'This record cannot be opened: what is stored is not what was saved. Its practice has been told; ' +
        'whoever runs the server can bring it back from a backup.',
      { cause },
    );
    this.chartId = chartId;
  }
}

/** What one request came upon, and left out. */
export class Damage {
  readonly #charts = new Set<ChartId | null>();

  get met(): boolean {
    return this.#charts.size > 0;
  }

  get charts(): readonly (ChartId | null)[] {
    return [...this.#charts];
  }

  /** What opening gives; null where that is damaged. */
  past<T>(open: () => T): T | null {
    try {
      return open();
    } catch (error) {
      if (!(error instanceof DamagedRecord)) throw error;
      this.#charts.add(error.chartId);
      return null;
    }
  }

  /** Throws where anything was damaged: for who must not go on with less than there is. */
  refuse(): void {
    const [chartId] = this.#charts;
    if (chartId !== undefined) throw new DamagedRecord(chartId, undefined);
  }
}

/** Opens an incident for each of the charts, unless one of the same was opened within a day. */
export async function noteDamage(
  { pool }: { readonly pool: pg.Pool },
  practiceId: PracticeId,
  { charts }: Pick<Damage, 'charts'>,
): Promise<void> {
  for (const chart of charts) {
    // It is about nobody: who came upon it has done nothing.
    await pool.query('select postern.incident_open($1, $2, null, null, $3)', [practiceId, 'damaged', chart]);
  }
}

/** The damage that an error tells of, also one that says which of several changes failed. */
export function damageIn(error: unknown): { charts: readonly (ChartId | null)[] } {
  const { cause } = error as { cause?: unknown };
  const found = [error, cause].find((one) => one instanceof DamagedRecord);
  return { charts: found === undefined ? [] : [found.chartId] };
}
