/** Reading a Binary with what opens its content. */
import { notFound } from '../../base/errors.ts';
import type { Visit } from '../../gate/index.ts';
import type { AccessLine } from '../../ledger/index.ts';
import type { FileContent } from '../file-content.ts';
import { type FileRow, openFile } from './draft-files.ts';
import { readResource } from './read-resource.ts';
import { askingInVisit, type StoreContext } from './store-context.ts';
import { KEY_JOIN, ROW_COLUMNS, type Stored } from './stored.ts';

/** A version of a Binary; its file is null where its data stands in its row, or where it has none. */
export interface StoredFile {
  readonly stored: Stored;
  readonly file: FileContent | null;
  /** What the access log says of it, to be closed when the last byte has gone out. */
  readonly line: AccessLine;
}

/** As `readResource` for a Binary, line and refusal alike, and then what opens its content. */
export async function readFile(
  context: StoreContext,
  visit: Visit,
  id: string,
  version: number | null,
): Promise<StoredFile | null> {
  let line: AccessLine | null = null;
  const stored = await readResource(context, visit, 'Binary', id, version, (left) => {
    line = left;
  });
  if (stored === null || line === null) return null;
  if (stored.deleted) return { stored, file: null, line };
  const file = await askingInVisit(context, visit, async (asking, current) => {
    const { rows } = await asking.query<FileRow>({
      name: 'read-file',
      text: `
        select ${ROW_COLUMNS}, r.file
        from (
            select * from postern.resource c
            where c.practice_id = $1 and c.id = $2 and c.version = $3
            union all
            select * from postern.resource_version v
            where v.practice_id = $1 and v.id = $2 and v.version = $3
          ) r ${KEY_JOIN}`,
      values: [current.scope.practiceId, stored.id, stored.version],
    });
    const [row] = rows;
    // Between the two looks the chart was shredded, or the reach has changed.
    if (row === undefined) throw notFound();
    return openFile(current, row);
  });
  return { stored, file, line };
}
