/** What the store gives back, and the rows it comes from. */
import type { AccountId, ChartId, ResourceId } from '../../base/ids.ts';
import { sectionOf } from '../../base/section.ts';
import type { Visit } from '../../gate/index.ts';
import type { Opened, SealedRow } from '../../seal/index.ts';

/** One version of a resource as its reader may see it. */
export interface Stored {
  readonly type: string;
  readonly id: ResourceId;
  readonly version: number;
  readonly updatedAt: Date;
  readonly deleted: boolean;
  /** The complete resource in JSON, with its id and meta; null where this version is its deletion. */
  readonly content: Opened | null;
}

/** A row of `resource` or `resource_version` with the wrapped key that belongs to it. */
export interface ResourceRow {
  readonly id: ResourceId;
  readonly type: string;
  readonly chart_id: ChartId | null;
  readonly section: number;
  readonly version: number;
  readonly updated_at: Date;
  readonly author: AccountId;
  readonly key_version: number;
  readonly deleted: boolean;
  readonly sealed: Buffer | null;
  readonly wrapped: Buffer | null;
  readonly practice_key_version: number | null;
}

/** The key version of rows whose chart was shredded: no key has it, in the database or at hand. */
export const SHREDDED_KEY_VERSION = 0;

/** A row as it is read where the wrapped keys are at hand (`WrappedKeys.ofRows`). */
export type UnkeyedRow = Omit<ResourceRow, 'wrapped' | 'practice_key_version'>;

export const UNKEYED_COLUMNS = `
  r.id, r.type, r.chart_id, r.section, r.version, r.updated_at, r.author, r.key_version, r.deleted, r.sealed`;

/** Columns and joins of a `ResourceRow`; the query names the table of versions as `r`. */
export const ROW_COLUMNS = `
  r.id, r.type, r.chart_id, r.section, r.version, r.updated_at, r.author, r.key_version, r.deleted,
  r.sealed, k.wrapped, k.practice_key_version`;

export const KEY_JOIN = `
  left join postern.chart_key k on k.practice_id = r.practice_id
    and k.chart_id = case when r.chart_id is null then r.practice_id else r.chart_id end
    and k.section = r.section
    and k.author = case when r.section = 5 then r.author else '00000000-0000-0000-0000-000000000000' end
    and k.version = r.key_version`;

/**
 * The one door from rows to plaintext. Null where the key ring refuses, although the row came back: the
 * second lock stands alone. A version whose key was shredded is as absent as a foreign one.
 */
export function openRow(visit: Visit, row: ResourceRow): Stored | null {
  if (row.key_version === SHREDDED_KEY_VERSION) return null;
  const base = { type: row.type, id: row.id, version: row.version, updatedAt: row.updated_at };
  const section = sectionOf(row.section);
  if (row.deleted || row.sealed === null) {
    const author = section === 'psychotherapy' ? row.author : null;
    if (!visit.scope.allows('read', section, row.chart_id, author)) return null;
    return { ...base, deleted: true, content: null };
  }
  if (row.wrapped === null || row.practice_key_version === null) return null;
  const sealed: SealedRow = {
    practiceId: visit.scope.practiceId,
    chartId: row.chart_id,
    section,
    author: section === 'psychotherapy' ? row.author : null,
    type: row.type,
    id: row.id,
    version: row.version,
    sealed: row.sealed,
    wrappedKey: row.wrapped,
    practiceKeyVersion: row.practice_key_version,
  };
  const content = visit.scope.keys.open(sealed);
  return content === null ? null : { ...base, deleted: false, content };
}
