/** The versions of one resource, newest first. */
import { type LineId, NIL_UUID, newId, parseId, type ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import { Damage, noteDamage } from './damage.ts';
import { boundsOfPeriod, type HistoryPeriod, type PeriodBounds, stoodWithin } from './history-period.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openVersion, type ResourceRow, ROW_COLUMNS, type Stored } from './stored.ts';
import { BY_ID, withStanding } from './within-app.ts';

export interface HistoryAsk extends HistoryPeriod {
  /** Versions to a page. */
  readonly count: number;
  /** The version below which the page starts. */
  readonly before?: number;
}

export interface HistoryPage {
  readonly versions: readonly Stored[];
  /** The version below which the next page starts; null on the last. */
  readonly next: number | null;
}

function statementFor(bounds: PeriodBounds): { text: string; values: unknown[] } {
  const values = bounds.since === null ? [] : [bounds.since.toISOString()];
  const since = bounds.since === null ? '' : 'and r.updated_at >= $5::timestamptz';
  const { at } = bounds;
  const [from, to] = [`$${values.length + 5}::timestamptz`, `$${values.length + 6}::timestamptz`];
  if (at !== null) values.push(at.from.toISOString(), at.to.toISOString());
  const leg = (table: 'resource' | 'resource_version') => `
    select * from postern.${table} r
    where r.practice_id = $1 and r.id = $2 and r.version < $3
      ${since} ${at === null ? '' : `and ${stoodWithin(table, from, to)}`}`;
  const text = `
    select ${ROW_COLUMNS}
    from (${leg('resource')} union all ${leg('resource_version')}) r ${KEY_JOIN}
    order by r.version desc
    limit $4`;
  return { text, values };
}

const NEWEST = 2_147_483_647;
const UNBOUNDED: PeriodBounds = { since: null, at: null };

function bounded({ since, at }: PeriodBounds): boolean {
  return since !== null || at !== null;
}

/**
 * Each version under its own section, so a reader sees the versions that are his. Null where none is, with a
 * refusal line. Authority: `read`.
 */
export async function readHistory(
  context: StoreContext,
  visit: Visit,
  type: string,
  id: string,
  { count, before, ...period }: HistoryAsk,
): Promise<HistoryPage | null> {
  const bounds = boundsOfPeriod(period);
  const known = parseId<ResourceId>(id) ?? (NIL_UUID as ResourceId);
  const damage = new Damage();
  const history = await inVisit(context, visit, async (tx, current) => {
    const { scope } = current;
    const find = async (within: PeriodBounds, most: number, below = before ?? NEWEST) => {
      const { text, values } = statementFor(within);
      const asked = [scope.practiceId, known, below, most, ...values];
      const { rows } = await tx.query<ResourceRow>({ text, values: asked });
      // Compared here and not there: an index by type must never look as good as the key.
      return rows.filter((row) => row.type === type);
    };
    const open = async (rows: readonly ResourceRow[]) =>
      (await withStanding(context, tx, current, rows, BY_ID)).flatMap((row) => {
        const stored = openVersion(context, current, row, BY_ID, damage);
        return stored === null ? [] : [{ row, stored }];
      });
    const { seen, next } =
      scope.app === null
        ? await pageOf(count, await find(bounds, count + 1), open)
        : await pageForApp(count, (below) => find(bounds, count + 1, below), open);
    // Nothing in that period is an answer to whoever sees any of its versions, and to nobody else.
    const some = () =>
      scope.app === null
        ? find(UNBOUNDED, 1).then(open)
        : pageForApp(1, (below) => find(UNBOUNDED, 2, below ?? NEWEST), open).then((page) => page.seen);
    const inSight = seen.length > 0 || (bounded(bounds) && (await some()).length > 0);
    if (!inSight) {
      await tx.query('select postern.note_refusal($1, $2, $3, $4, $5, $6, $7)', [
        newId<LineId>(),
        scope.purpose,
        'history',
        scope.client,
        current.address,
        [type],
        [known],
      ]);
      return null;
    }
    const entries = seen.map(({ row }): LineEntry => [row.chart_id, type, known, row.version]);
    await appendLine(tx as never, lineOf(current, 'history', entries));
    return { versions: seen.map(({ stored }) => stored), next };
  });
  if (damage.met) await noteDamage(context, visit.scope.practiceId, damage);
  return history;
}

interface Seen {
  readonly row: ResourceRow;
  readonly stored: Stored;
}
type Open = (rows: readonly ResourceRow[]) => Promise<readonly Seen[]>;
interface Versions {
  readonly seen: readonly Seen[];
  readonly next: number | null;
}

async function pageOf(count: number, rows: readonly ResourceRow[], open: Open): Promise<Versions> {
  const more = rows.length > count ? rows[count - 1] : undefined;
  return { seen: await open(rows.slice(0, count)), next: more?.version ?? null };
}

/** What is outside an app's scopes may not be told from the length of a page, so others take its place. */
async function pageForApp(
  count: number,
  find: (below: number | undefined) => Promise<readonly ResourceRow[]>,
  open: Open,
): Promise<Versions> {
  const seen: Seen[] = [];
  for (let below: number | undefined; ; ) {
    const rows = await find(below);
    seen.push(...(await open(rows)));
    if (seen.length > count) return { seen: seen.slice(0, count), next: seen[count - 1]!.row.version };
    if (rows.length <= count) return { seen, next: null };
    below = rows.at(-1)!.version;
  }
}
