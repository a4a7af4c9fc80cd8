/**
 * Where a page of search results ended: the sort value and id of its last resource, in the form that a link
 * carries. It says nothing that the page did not, and is checked like anything else that comes from outside.
 */
import { PosternError } from '../../base/errors.ts';
import { parseId, type ResourceId } from '../../base/ids.ts';
import { withinYears } from './date-range.ts';

export interface Cursor {
  /** The sort value of the last resource; null where it has none, or where the order is by id alone. */
  readonly after: Date | null;
  readonly id: ResourceId;
}

export function encodeCursor({ after, id }: Cursor): string {
  return Buffer.from(`${after === null ? '' : after.getTime()} ${id}`).toString('base64url');
}

/** Throws `invalid` for a text that `encodeCursor` did not write. */
export function decodeCursor(text: string): Cursor {
  const match = /^(-?\d{1,16})? ([0-9a-f-]{36})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  const id = match === null ? null : parseId<ResourceId>(match[2]!);
  const after = match?.[1] === undefined ? null : Number(match[1]);
  if (id === null || (after !== null && after !== withinYears(after))) {
    throw new PosternError('invalid', 'This link to a page of results is damaged; start the search again.');
  }
  return { after: after === null ? null : new Date(after), id };
}
