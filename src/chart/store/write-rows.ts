/**
 * Rows on their way into the tables: sealed resources with their tokens and dates, many in two statements.
 */
import { PosternError } from '../../base/errors.ts';
import type { AccountId, ChartId, ResourceId } from '../../base/ids.ts';
import { SECTIONS, type Section } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { IndexTerms } from '../search/index-terms.ts';
import { isUnseen, putImportedFile } from './imported-files.ts';
import type { IndexTokens } from './index-rows.ts';

export interface NewRow {
  readonly id: ResourceId;
  readonly type: string;
  readonly chartId: ChartId | null;
  readonly section: Section;
  readonly author: AccountId;
  readonly version: number;
  readonly updatedAt: Date;
  readonly keyVersion: number;
  readonly deleted: boolean;
  readonly sealed: Buffer;
  /** What is known of a file's content, sealed; null where the version has none. */
  readonly file: Buffer | null;
  readonly terms: IndexTerms;
  readonly tokens: IndexTokens;
}

/**
 * Writes the rows of new versions: first ones are inserted, later ones replace the standing row, which moves
 * to `resource_version`. Throws version-conflict where one has moved on meanwhile; nothing is written then.
 * (Rows are counted and not returned: what a job writes for others it may not read.)
 *
 * All statements are asked at once, before the first answer; what is asked after the call comes after them.
 */
export async function writeRows(
  tx: Transaction,
  visit: Visit,
  rows: readonly NewRow[],
  classifierVersion: number,
): Promise<void> {
  const first = rows.filter(({ version }) => version === 1);
  const unseen = rows.filter((row) => row.version > 1 && isUnseen(visit, row));
  const later = rows.filter((row) => row.version > 1 && !unseen.includes(row));
  const kept = later.length > 0 ? keepVersions(tx, visit, later) : null;
  const asked = (
    [
      [first, 'write-first', INSERT],
      [later, 'write-later', UPDATE],
    ] as const
  ).map(async ([some, name, text]) => {
    if (some.length === 0) return;
    const { rowCount } = await tx.query({ name, text, values: columnsOf(visit, some, classifierVersion) });
    if (rowCount !== some.length) throw movedOn();
  });
  const put = unseen.map(async (row) => {
    if (!(await putImportedFile(tx, row, classifierVersion))) throw movedOn();
  });
  await Promise.all([kept, ...asked, ...put]);
}

/** What is told to whoever changes a version that is no longer the standing one. */
export function movedOn(): PosternError {
  return new PosternError(
    'version-conflict',
    'It was changed meanwhile. Read it again and repeat the change.',
  );
}

const INCOMING = `
from unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::text[], $6::integer[], $7::timestamptz[],
  $8::timestamptz[], $9::timestamptz[], $10::uuid[], $11::integer[], $12::boolean[], $13::bytea[],
  $15::bytea[])
  n (id, chart_id, section, type, version, at, at_end, updated_at, author, key_version, deleted, sealed,
    file)`;

const INSERT = `
insert into postern.resource as r (
  practice_id, id, chart_id, section, type, version, at, at_end, updated_at, author, key_version,
  classifier_version, deleted, sealed, file)
select $1, n.id, n.chart_id, n.section, n.type, n.version, n.at, n.at_end, n.updated_at, n.author,
  n.key_version, $14, n.deleted, n.sealed, n.file
${INCOMING}
on conflict do nothing`;

const UPDATE = `
update postern.resource r
set section = n.section,
  version = n.version,
  at = n.at,
  at_end = n.at_end,
  updated_at = n.updated_at,
  author = n.author,
  key_version = n.key_version,
  classifier_version = $14,
  deleted = n.deleted,
  sealed = n.sealed,
  file = n.file
${INCOMING}
where r.practice_id = $1
  and r.id = n.id
  and r.version = n.version - 1`;

function columnsOf({ scope }: Visit, rows: readonly NewRow[], classifierVersion: number): unknown[] {
  return [
    scope.practiceId,
    rows.map(({ id }) => id),
    rows.map(({ chartId }) => chartId),
    rows.map(({ section }) => SECTIONS[section]),
    rows.map(({ type }) => type),
    rows.map(({ version }) => version),
    rows.map(({ terms }) => terms.at?.low.toISOString() ?? null),
    rows.map(({ terms }) => terms.at?.high.toISOString() ?? null),
    rows.map(({ updatedAt }) => updatedAt.toISOString()),
    rows.map(({ author }) => author),
    rows.map(({ keyVersion }) => keyVersion),
    rows.map(({ deleted }) => deleted),
    rows.map(({ sealed }) => sealed),
    classifierVersion,
    rows.map(({ file }) => file),
  ];
}

/** Copies the standing versions away and takes them out of the index; the rows lock until the end. */
async function keepVersions(tx: Transaction, { scope }: Visit, rows: readonly NewRow[]): Promise<void> {
  const ids = rows.map(({ id }) => id);
  const copied = tx.query({
    name: 'keep-versions',
    text: `
      insert into postern.resource_version (
        practice_id, id, chart_id, section, type, version, at, at_end, updated_at, author, key_version,
        classifier_version, deleted, sealed, file, withheld)
      select r.practice_id, r.id, r.chart_id, r.section, r.type, r.version, r.at, r.at_end, r.updated_at,
        r.author, r.key_version, r.classifier_version, r.deleted, r.sealed, r.file, r.withheld
      from postern.resource r
        join unnest($2::uuid[], $3::integer[]) n (id, version) on n.id = r.id and r.version = n.version - 1
      where r.practice_id = $1
      for update of r
      on conflict do nothing`,
    values: [scope.practiceId, ids, rows.map(({ version }) => version)],
  });
  await Promise.all([copied, removeFromIndex(tx, scope.practiceId, ids)]);
}

export async function removeFromIndex(
  tx: Transaction,
  practiceId: string,
  ids: readonly ResourceId[],
): Promise<void> {
  await tx.query({
    name: 'unindex',
    text: `
      with charts as (
        delete from postern.chart_token t where t.practice_id = $1 and t.resource_id = any($2::uuid[])
      ), wide as (
        delete from postern.practice_token t where t.practice_id = $1 and t.resource_id = any($2::uuid[])
      )
      delete from postern.date_range t where t.practice_id = $1 and t.resource_id = any($2::uuid[])`,
    values: [practiceId, ids],
  });
}

/** What a token carries in place of the clinical instant that its resource has not. */
const NO_INSTANT = '-infinity';

/** As much of a row as the index wants to know. */
export type IndexedRow = Pick<NewRow, 'id' | 'type' | 'chartId' | 'section' | 'terms' | 'tokens'>;

/** Tokens and dates of the rows. A separate statement: a psychotherapy token's policy looks for its row. */
export async function writeIndex(
  tx: Transaction,
  { scope }: Visit,
  rows: readonly IndexedRow[],
  indexVersion: number,
): Promise<void> {
  const chart = rows.flatMap(({ tokens }, at) => tokens.chart.map((token) => ({ at, token })));
  const wide = rows.flatMap(({ tokens }, at) => tokens.practice.map((token) => ({ at, token })));
  const dates = rows.flatMap(({ terms }, at) => terms.dates.map((date) => ({ at, date })));
  if (chart.length + wide.length + dates.length === 0) return;
  await tx.query({
    name: 'write-index',
    text: `
      with row as materialized (
        select r.*
        from unnest($3::uuid[], $4::uuid[], $5::text[], $6::smallint[], $7::timestamptz[], $8::timestamptz[])
          with ordinality r (id, chart_id, type, section, at, at_end, n)
      ), charts as (
        insert into postern.chart_token (
          practice_id, chart_id, resource_id, token, at, at_end, section, key_version)
        select $1, r.chart_id, r.id, t.token, r.at, r.at_end, r.section, $2
        from unnest($9::integer[], $10::bigint[]) t (n, token) join row r using (n)
      ), wide as (
        insert into postern.practice_token (
          practice_id, chart_id, resource_id, token, at, at_end, section, key_version)
        select $1, r.chart_id, r.id, t.token, r.at, r.at_end, r.section, $2
        from unnest($11::integer[], $12::bigint[]) t (n, token) join row r using (n)
      )
      insert into postern.date_range (practice_id, chart_id, resource_id, low, high, type, param, section)
      select $1, r.chart_id, r.id, t.low, t.high, r.type, t.param, r.section
      from unnest($13::integer[], $14::timestamptz[], $15::timestamptz[], $16::text[]) t (n, low, high, param)
        join row r using (n)`,
    values: [
      scope.practiceId,
      indexVersion,
      rows.map(({ id }) => id),
      rows.map(({ chartId }) => chartId),
      rows.map(({ type }) => type),
      rows.map(({ section }) => SECTIONS[section]),
      rows.map(({ terms }) => terms.at?.low.toISOString() ?? NO_INSTANT),
      rows.map(({ terms }) => terms.at?.high.toISOString() ?? NO_INSTANT),
      chart.map(({ at }) => at + 1),
      chart.map(({ token }) => token),
      wide.map(({ at }) => at + 1),
      wide.map(({ token }) => token),
      dates.map(({ at }) => at + 1),
      dates.map(({ date }) => date.low.toISOString()),
      dates.map(({ date }) => date.high.toISOString()),
      dates.map(({ date }) => date.param),
    ],
  });
}
