/**
 * Whether a change would be taken as things stand, without making it: whose it would be, what it refers to,
 * and whether the visit may write there. What it says is what making the change would say, and no more.
 */
import { notFound, type PosternError, type Refused } from '../../base/errors.ts';
import { NIL_UUID, newId, parseId, type ResourceId } from '../../base/ids.ts';
import { sectionOf } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { skimResource } from '../resource-json.ts';
import { noteRefusal } from './note-refusal.ts';
import { placeAll } from './place-all.ts';
import type { Draft, Place } from './place-resource.ts';
import { inVisit, lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openByKey, type ResourceRow, ROW_COLUMNS } from './stored.ts';
import { isForApp } from './within-app.ts';

/** What would be made, changed or deleted. */
export interface CheckedChange {
  readonly type: string;
  /** Of what stands; null for what would be new. */
  readonly id: string | null;
  /** What it would become; null for a deletion. */
  readonly resource: FhirResource | null;
}

/** What would come of a change. */
export interface Checked {
  /** Why it would not be taken; null where it would. */
  readonly refusal: PosternError | null;
  /** Where it would go; null for a deletion, and where it is refused. */
  readonly place: Place | null;
}

/**
 * Throws not-found, with a refusal line, where what would be changed is not there or not the visit's to
 * write. The resource is valid. Authority: `write` where it lands; the line says that it was tried.
 */
export async function checkChange(
  context: StoreContext,
  visit: Visit,
  { type, id, resource }: CheckedChange,
): Promise<Checked> {
  const known = id === null ? newId<ResourceId>() : (parseId<ResourceId>(id) ?? (NIL_UUID as ResourceId));
  const { absent, ...checked } = await inVisit(context, visit, async (tx, current) => {
    const row = id === null ? null : await writableRow(context, tx, current, type, known, resource === null);
    if (row === undefined) return { refusal: null, place: null, absent: true };
    const entries: LineEntry[] = row === null ? [] : [[row.chart_id, type, row.id, row.version]];
    await appendLine(tx as never, lineOf(current, 'validate', entries));
    if (resource === null) return { refusal: null, place: null, absent: false };
    return { ...(await placing(context, tx, current, { ...resource, id: known }, row)), absent: false };
  });
  const named: readonly Refused[] = absent ? [{ type, id: known }] : (checked.refusal?.refused ?? []);
  if (named.length > 0) await noteRefusal(context, visit, 'validate', named);
  if (absent) throw notFound();
  return checked;
}

/** Undefined where there is none that the visit may write. */
async function writableRow(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  type: string,
  id: ResourceId,
  deletes: boolean,
): Promise<ResourceRow | undefined> {
  const { rows } = await tx.query<ResourceRow>({
    name: 'checked-row',
    text: `
      select ${ROW_COLUMNS}
      from postern.resource r ${KEY_JOIN}
      where r.practice_id = $1
        and r.id = $2`,
    values: [visit.scope.practiceId, id],
  });
  const [row] = rows;
  if (row?.type !== type) return undefined;
  const section = sectionOf(row.section);
  const author = section === 'psychotherapy' ? row.author : null;
  if (!visit.scope.allows('write', section, row.chart_id, author, type)) return undefined;
  return (await isForApp(context, tx, visit, row, deletes ? ['d'] : ['u'])) ? row : undefined;
}

async function placing(
  context: StoreContext,
  tx: Transaction,
  visit: Visit,
  resource: FhirResource & { readonly id: ResourceId },
  row: ResourceRow | null,
): Promise<Checked> {
  const before = (): FhirResource | null => {
    const content = row === null ? null : openByKey(visit, row)?.content;
    return content == null ? null : skimResource(content.bytes().toString());
  };
  const draft: Draft = {
    id: resource.id,
    resource,
    section: null,
    author: visit.scope.accountId,
    ...(row === null ? {} : { follows: row.version, before }),
  };
  let refusal: PosternError | null = null;
  const [placed] = await placeAll(context, tx, visit, [draft], (_, error) => {
    refusal = error;
  });
  return { refusal, place: placed?.place ?? null };
}
