/** Every file that stands, with what opens its content: for whoever looks whether all of it still does. */
import { PosternError } from '../../base/errors.ts';
import { type ChartId, NIL_UUID, type ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import type { FileContent } from '../file-content.ts';
import { type FileRow, openFile } from './draft-files.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, ROW_COLUMNS, SHREDDED_KEY_VERSION } from './stored.ts';

/** A version of a Binary. */
export interface KeptFile {
  readonly id: ResourceId;
  readonly version: number;
  readonly chartId: ChartId | null;
  /** Null where what is sealed beside its row does not open. */
  readonly file: FileContent | null;
}

/** The last of a page: the next begins behind it. */
export type FileMark = Pick<KeptFile, 'id' | 'version'>;

/** Before the first. */
export const FIRST_FILE: FileMark = { id: NIL_UUID as ResourceId, version: 0 };

/** The versions of Binaries behind the mark that have a file, in the order of their ids. */
const FILES = `
select ${ROW_COLUMNS}, r.file
from (
    (select c.* from postern.resource c
      where c.practice_id = $1 and (c.id, c.version) > ($2, $3) and c.type = 'Binary' and c.file is not null
        and c.key_version <> ${SHREDDED_KEY_VERSION}
      order by c.id, c.version limit $4)
    union all
    (select v.* from postern.resource_version v
      where v.practice_id = $1 and (v.id, v.version) > ($2, $3) and v.type = 'Binary' and v.file is not null
        and v.key_version <> ${SHREDDED_KEY_VERSION}
      order by v.id, v.version limit $4)
  ) r ${KEY_JOIN}
order by r.id, r.version
limit $4`;

/**
 * A page of files behind the mark; an empty one is the last. Its line is durable first. Authority: `open`,
 * in every section that is to be looked at.
 */
export async function listFiles(
  context: StoreContext,
  visit: Visit,
  after: FileMark,
  most: number,
): Promise<KeptFile[]> {
  return inVisit(context, visit, async (tx, current) => {
    const { rows } = await tx.query<FileRow>({
      name: 'list-files',
      text: FILES,
      values: [current.scope.practiceId, after.id, after.version, most],
    });
    const entries = rows.map((row): LineEntry => [row.chart_id, row.type, row.id, row.version]);
    if (entries.length > 0) await appendLine(tx as never, lineOf(current, 'verify-files', entries));
    return rows.map((row) => ({
      id: row.id,
      version: row.version,
      chartId: row.chart_id,
      file: whole(() => openFile(current, row)),
    }));
  });
}

function whole<T>(open: () => T): T | null {
  try {
    return open();
  } catch (error) {
    if (error instanceof PosternError && error.code === 'damaged') return null;
    throw error;
  }
}
