/** What the store gives back, and the rows it comes from. */

import { PosternError } from '../../base/errors.ts';
import type { AccountId, ChartId, ResourceId } from '../../base/ids.ts';
import { sectionOf } from '../../base/section.ts';
import type { Interaction, Visit } from '../../gate/index.ts';
import type { Opened, RecordPlace, SealedRow } from '../../seal/index.ts';
import { meetsScope } from '../app-scopes.ts';
import { skimResource } from '../resource-json.ts';
import { type Damage, DamagedRecord } from './damage.ts';

/** One version of a resource as its reader may see it. */
export interface Stored {
  readonly type: string;
  readonly id: ResourceId;
  readonly version: number;
  readonly updatedAt: Date;
  readonly deleted: boolean;
  /**
   * The complete resource in JSON, with its id and meta, but for the data of a Binary that is kept as a file;
   * null where this version is its deletion.
   */
  readonly content: Opened | null;
  /** Whether it does not open; only histories show such a version, without its content. */
  readonly damaged?: true;
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
  /** The content of a deletion is empty. */
  readonly sealed: Buffer;
  readonly wrapped: Buffer | null;
  readonly practice_key_version: number | null;
}

/** A row that a search looks at. */
export interface Candidate extends ResourceRow {
  /** What the order goes by; null where the row has none, or where it goes by id alone. */
  readonly sort_at: Date | null;
}

/** The key version of rows whose chart was shredded: no key has it, in the database or at hand. */
export const SHREDDED_KEY_VERSION = 0;

/** The content of a deletion. */
export const NOTHING = Buffer.alloc(0);

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

/** As much of the store as it takes to say whether a record is within an app's scopes. */
interface Opening {
  readonly ownBases: readonly string[];
}

/**
 * The one door from rows to what is told of them. Null as for `openByKey`, and where the scopes of an app
 * allow it none of those interactions with what the record holds: that is absent for it.
 */
export function openRow(
  opening: Opening,
  visit: Visit,
  row: ResourceRow,
  interactions: readonly Interaction[],
): Stored | null {
  const stored = openByKey(visit, row);
  return stored !== null && isWithin(opening, visit, row, stored, interactions) ? stored : null;
}

/** Of a deletion nothing is left to test, so an app that is narrowed by content sees none. */
export function isWithin(
  { ownBases }: Opening,
  { scope: { app } }: Visit,
  { type, chart_id: chartId }: Pick<ResourceRow, 'type' | 'chart_id'>,
  { content }: Pick<Stored, 'content'>,
  interactions: readonly Interaction[],
): boolean {
  if (app === null) return true;
  const scopes = app.covering(interactions, type, chartId);
  if (scopes.some(({ parameters }) => parameters.length === 0)) return true;
  if (scopes.length === 0 || content === null) return false;
  const resource = skimResource(content.bytes().toString());
  return scopes.some((scope) => meetsScope(scope, resource, ownBases));
}

/**
 * From rows to plaintext, whatever an app's scopes say of content: for what is moved, filed and indexed, and
 * told to nobody. Null where the key ring refuses, although the row came back: the second lock stands alone.
 * A version whose key was shredded is as absent as a foreign one. Throws `damaged` for what does not open,
 * and for a deletion that nobody sealed as one (`DamagedRecord`).
 */
export function openByKey(visit: Visit, row: ResourceRow): Stored | null {
  try {
    return openSealed(visit, row);
  } catch (error) {
    if (!(error instanceof PosternError) || error.code !== 'damaged') throw error;
    throw new DamagedRecord(row.chart_id, error);
  }
}

/** As `openRow` for a history, where a version that does not open is shown as such. */
export function openVersion(
  opening: Opening,
  visit: Visit,
  row: ResourceRow,
  interactions: readonly Interaction[],
  damage: Damage,
): Stored | null {
  let whole = false;
  const stored = damage.past(() => {
    const opened = openRow(opening, visit, row, interactions);
    whole = true;
    return opened;
  });
  if (whole) return stored;
  if (!isWithin(opening, visit, row, { content: null }, interactions)) return null;
  const { type, id, version, updated_at: updatedAt } = row;
  return { type, id, version, updatedAt, deleted: false, content: null, damaged: true };
}

/** What the envelopes of a row are bound to. */
export function placeOfRow({ scope: { practiceId } }: Visit, row: UnkeyedRow): RecordPlace {
  const { chart_id: chartId, type, id, version } = row;
  const section = sectionOf(row.section);
  const author = section === 'psychotherapy' ? row.author : null;
  return { practiceId, chartId, section, author, type, id, version };
}

function openSealed(visit: Visit, row: ResourceRow): Stored | null {
  if (row.key_version === SHREDDED_KEY_VERSION) return null;
  const { type, id, version, updated_at: updatedAt, deleted } = row;
  if (row.wrapped === null || row.practice_key_version === null) return null;
  const sealed: SealedRow = {
    ...placeOfRow(visit, row),
    sealed: row.sealed,
    wrappedKey: row.wrapped,
    practiceKeyVersion: row.practice_key_version,
  };
  const content = visit.scope.keys.open(sealed);
  if (content === null) return null;
  if (deleted !== (content.bytes().length === 0)) {
    throw new PosternError('damaged', 'The record is marked as deleted, or not, by hand.');
  }
  return { type, id, version, updatedAt, deleted, content: deleted ? null : content };
}
