/**
 * Reading by id: one round trip that checks the reach and finds the row, one shared commit for the access
 * line. (A line in the reading statement's own transaction costs PostgreSQL three times as much: ADR 0004.)
 */
import { type LineId, NIL_UUID, newId, parseId, type ResourceId } from '../../base/ids.ts';
import { sectionOf } from '../../base/section.ts';
import { inSession } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { AccessLine, LineEntry } from '../../ledger/index.ts';
import { maskedAmong, maskedFile } from './card-marks.ts';
import { DamagedRecord } from './damage.ts';
import { lineOf, type StoreContext, withRenewal } from './store-context.ts';
import {
  isWithin,
  openByKey,
  type ResourceRow,
  SHREDDED_KEY_VERSION,
  type Stored,
  type UnkeyedRow,
} from './stored.ts';
import { holdingContent, withoutWithdrawn } from './withdrawn-content.ts';
import { BY_ID, withStanding } from './within-app.ts';

const READ = `
select r.chart_id, r.section, r.version, r.updated_at, r.author, r.key_version, r.deleted, r.sealed
from postern.read_resource($1, $2, $3, $4, $5, $6, $7, $8, $9) r`;

type ReadRow = Omit<ResourceRow, 'id' | 'type' | 'wrapped' | 'practice_key_version'>;

/**
 * The resource, or one version of it; null for what is not the visit's to read and for what is absent, with
 * the same queries and a refusal line either way; `onLine` is told which line it left. Throws `damaged` for
 * what does not open, `masked` for the photo of a card that the session was not shown. Authority: `read` on
 * its section (`open` for Binary).
 */
export async function readResource(
  context: StoreContext,
  visit: Visit,
  type: string,
  id: string,
  version: number | null,
  onLine: (line: AccessLine) => void = () => undefined,
): Promise<Stored | null> {
  return withRenewal(context, visit, async (current) => {
    const { scope } = current;
    const known = parseId<ResourceId>(id) ?? (NIL_UUID as ResourceId);
    const { rows } = await context.pool.query<ReadRow>({
      name: 'read-resource',
      text: READ,
      values: [
        scope.handle,
        scope.practiceId,
        type,
        known,
        version,
        newId<LineId>(),
        scope.purpose,
        scope.client,
        current.address,
      ],
    });
    const [row] = rows;
    if (row === undefined) return null;
    const key = await keyOf(context, current, row);
    const entries: LineEntry[] = [[row.chart_id, type, known, row.version]];
    const action = version === null ? 'read' : 'vread';
    const [wrapped, practice_key_version] = [key?.wrapped ?? null, key?.practiceKeyVersion ?? null];
    let stored: Stored | null;
    try {
      stored = openByKey(current, { ...row, id: known, type, wrapped, practice_key_version });
    } catch (error) {
      if (error instanceof DamagedRecord)
        await context.lines.write(lineOf(current, action, entries, 'failed'));
      throw error;
    }
    if (stored === null && row.key_version !== SHREDDED_KEY_VERSION) {
      await noteKeyRingRefusal(context, current, row);
    }
    const named = { ...row, id: known, type };
    if (stored !== null && !(await mayRead(context, current, named, stored))) stored = null;
    const isMasked =
      type === 'Binary' && stored?.content != null && (await isMaskedFile(context, current, known));
    const line = lineOf(current, action, entries, stored === null || isMasked ? 'refused' : 'ok');
    await context.lines.write(line);
    if (isMasked) throw maskedFile(current);
    onLine(line);
    const suspects = stored === null ? [] : holdingContent(current, [stored]);
    if (suspects.length === 0) return stored;
    const [told] = await inSession(context.pool, scope.handle, (tx) =>
      withoutWithdrawn(tx, current, suspects, suspects),
    );
    return told!;
  });
}

async function isMaskedFile(context: StoreContext, visit: Visit, id: ResourceId): Promise<boolean> {
  const asking = await inSession(context.pool, visit.scope.handle, (tx) => maskedAmong(tx, [id]));
  return asking.has(id);
}

/** Whether the scopes of an app let it read that, where it is one. */
async function mayRead(
  context: StoreContext,
  visit: Visit,
  row: UnkeyedRow,
  stored: Stored,
): Promise<boolean> {
  if (visit.scope.app === null) return true;
  if (!isWithin(context, visit, row, stored, BY_ID)) return false;
  const kept = await inSession(context.pool, visit.scope.handle, (tx) =>
    withStanding(context, tx, visit, [row], BY_ID),
  );
  return kept.length > 0;
}

function keyOf(context: StoreContext, visit: Visit, row: ReadRow) {
  const section = sectionOf(row.section);
  const author = section === 'psychotherapy' ? row.author : null;
  return context.wrappedKeys.one(
    context.pool,
    visit,
    { chartId: row.chart_id, section, author },
    row.key_version,
  );
}

/**
 * The row policies let a row through that does not open, although its chart was not shredded: a lock is
 * broken.
 */
async function noteKeyRingRefusal(context: StoreContext, { scope }: Visit, row: ReadRow): Promise<void> {
  await context.pool.query('select postern.incident_open($1, $2, $3, $4, $5)', [
    scope.practiceId,
    'key-ring',
    scope.accountId,
    Buffer.from(scope.sessionHash, 'hex'),
    row.chart_id,
  ]);
}
