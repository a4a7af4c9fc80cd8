/** The files of one chart that stand, as far as a visit opens them: what each is, and none of its content. */
import { PosternError } from '../../base/errors.ts';
import { type ChartId, NIL_UUID, type ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import type { LineEntry } from '../../ledger/index.ts';
import type { FileFacts } from '../file-content.ts';
import { markedAmong, masked } from './card-marks.ts';
import { Damage, noteDamage } from './damage.ts';
import { type FileRow, openFile } from './draft-files.ts';
import { askingInVisit, lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openRow, ROW_COLUMNS, type Stored } from './stored.ts';

export interface ChartFile {
  /** The Binary, without its data where that is kept as a file. */
  readonly stored: Stored;
  /**
   * Null where the data stands in the row, and where the Binary has none; `masked` for the photo of a card,
   * also where the session was shown it, and `damaged` where what opens its content does not open itself.
   */
  readonly facts: FileFacts | null | 'masked' | 'damaged';
}

export interface ChartFilesPage {
  readonly files: readonly ChartFile[];
  /** Whether something does not open and is left out; an incident says so. */
  readonly incomplete: boolean;
  /** Where the next page begins; null behind the last. */
  readonly next: ResourceId | null;
}

/** Such a page is opened without keeping anybody waiting. */
const PAGE = 100;

/** A page of files behind that id, in the order of ids. Its line is durable first. Authority: `open`. */
export async function listChartFiles(
  context: StoreContext,
  visit: Visit,
  chartId: ChartId,
  after: ResourceId | null,
): Promise<ChartFilesPage> {
  const damage = new Damage();
  const { rows, seen, current } = await askingInVisit(context, visit, async (asking, current) => {
    const { rows } = await asking.query<FileRow>({
      name: 'list-chart-files',
      text: `
        select ${ROW_COLUMNS}, r.file
        from (
            select c.*
            from postern.resource c
            where c.practice_id = $1
              and c.chart_id = $2
              and c.type = 'Binary'
              and not c.deleted
              and c.key_version > 0
              and c.id > $3
            order by c.id
            limit ${PAGE}
          ) r ${KEY_JOIN}
        order by r.id`,
      values: [current.scope.practiceId, chartId, after ?? NIL_UUID],
    });
    const hidden = await markedAmong(
      asking,
      rows.map(({ id }) => id),
    );
    const seen = rows.flatMap((row) => {
      const file = damage.past(() => fileOf(context, current, row, hidden));
      return file === null ? [] : [{ row, file }];
    });
    return { rows, seen, current };
  });
  const entries = seen.map(({ row }): LineEntry => [row.chart_id, row.type, row.id, row.version]);
  if (entries.length > 0) await context.lines.write(lineOf(current, 'list-files', entries));
  if (damage.met) await noteDamage(context, current.scope.practiceId, damage);
  return {
    files: seen.map(({ file }) => file),
    incomplete: damage.met,
    next: rows.length < PAGE ? null : rows.at(-1)!.id,
  };
}

function fileOf(
  context: StoreContext,
  visit: Visit,
  row: FileRow,
  hidden: ReadonlySet<ResourceId>,
): ChartFile | null {
  const stored = openRow(context, visit, row, ['r']);
  if (stored === null) return null;
  return hidden.has(row.id)
    ? { stored: masked(stored), facts: 'masked' }
    : { stored, facts: factsOf(visit, row) };
}

function factsOf(visit: Visit, row: FileRow): ChartFile['facts'] {
  try {
    return openFile(visit, row)?.facts ?? null;
  } catch (error) {
    if (error instanceof PosternError && error.code === 'damaged') return 'damaged';
    throw error;
  }
}
