/** Reading by id: one round trip that checks reach, finds the row, and makes the access line durable. */
import { type LineId, NIL_UUID, newId, parseId, type ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { type StoreContext, withRenewal } from './store-context.ts';
import { openRow, type ResourceRow, type Stored } from './stored.ts';

const READ = `
select r.chart_id, r.section, r.version, r.updated_at, r.author, r.deleted, r.sealed, r.wrapped,
  r.practice_key_version
from postern.read_resource($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) r`;

/**
 * The resource, or one version of it; null for what is not the visit's to read and for what is absent, with
 * the same queries and a refusal line either way. Authority: `read` on its section (`open` for Binary).
 */
export async function readResource(
  context: StoreContext,
  visit: Visit,
  type: string,
  id: string,
  version: number | null,
): Promise<Stored | null> {
  return withRenewal(context, visit, async (current) => {
    const { scope } = current;
    const known = parseId<ResourceId>(id) ?? (NIL_UUID as ResourceId);
    const { rows } = await context.pool.query<Omit<ResourceRow, 'id' | 'type'>>({
      name: 'read-resource',
      text: READ,
      values: [
        scope.handle,
        scope.practiceId,
        scope.accountId,
        Buffer.from(scope.sessionHash, 'hex'),
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
    const stored = openRow(current, { ...row, id: known, type });
    if (stored === null) await noteKeyRingRefusal(context, current, row, type, known);
    return stored;
  });
}

/** The row policies let a row through that the key ring refuses: one of the two locks is broken. */
async function noteKeyRingRefusal(
  context: StoreContext,
  visit: Visit,
  row: Omit<ResourceRow, 'id' | 'type'>,
  type: string,
  id: ResourceId,
): Promise<void> {
  const { scope } = visit;
  await context.pool.query('select postern.incident_open($1, $2, $3, $4, $5)', [
    scope.practiceId,
    'key-ring',
    scope.accountId,
    Buffer.from(scope.sessionHash, 'hex'),
    row.chart_id,
  ]);
  await context.lines.write({
    practiceId: scope.practiceId,
    id: newId<LineId>(),
    sessionHash: scope.sessionHash,
    accountId: scope.accountId,
    behalfOf: null,
    purpose: scope.purpose,
    action: 'read',
    outcome: 'refused',
    client: scope.client,
    address: visit.address,
    entries: [[row.chart_id, type, id, row.version]],
    detail: null,
    bytes: null,
    closes: null,
  });
}
