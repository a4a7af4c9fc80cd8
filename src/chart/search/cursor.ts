/**
 * Where a page of search results ended, in the form that a link carries: the sort value and id of its last
 * resource, or its place and id where the order was made after opening. It says nothing that the page did
 * not, and is checked like anything else that comes from outside.
 */
import { PosternError } from '../../base/errors.ts';
import { parseId, type ResourceId } from '../../base/ids.ts';
import { withinYears } from './date-range.ts';

export interface Cursor {
  /** The sort value of the last resource; null where it has none, or where the order is by id alone. */
  readonly after: Date | null;
  /** How many came before, in an order made after opening; null in an order of rows. */
  readonly place: number | null;
  readonly id: ResourceId;
}

export function encodeCursor({ after, place, id }: Cursor): string {
  const at = place === null ? (after?.getTime() ?? '') : `#${place}`;
  return Buffer.from(`${at} ${id}`).toString('base64url');
}

/** Of an order of rows. Throws `invalid` for a text that `encodeCursor` did not write of such an order. */
export function decodeCursor(text: string): Cursor {
  const match = /^(-?\d{1,16})? ([0-9a-f-]{36})$/.exec(decoded(text));
  const id = match === null ? null : parseId<ResourceId>(match[2]!);
  const after = match?.[1] === undefined ? null : Number(match[1]);
  if (id === null || (after !== null && after !== withinYears(after))) throw damaged();
  return { after: after === null ? null : new Date(after), place: null, id };
}

/** The same of an order made after opening. */
export function decodePlace(text: string): Cursor {
  const match = /^#(\d{1,6}) ([0-9a-f-]{36})$/.exec(decoded(text));
  const id = match === null ? null : parseId<ResourceId>(match[2]!);
  if (match === null || id === null) throw damaged();
  return { after: null, place: Number(match[1]), id };
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64url').toString('latin1');
}

function damaged(): PosternError {
  return new PosternError('invalid', 'This link to a page of results is damaged; start the search again.');
}
