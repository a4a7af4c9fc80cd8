/**
 * Bundles, spliced from resources as they were stored: the bytes of each go out as they are, and are not read
 * again (https://hl7.org/fhir/R4/bundle.html).
 */
import type { Stored } from '../chart/index.ts';
import { outcomeResource } from './outcome.ts';
import { entityTag } from './precondition.ts';

export interface BundleLinks {
  readonly self: string;
  readonly next: string | null;
}

export interface Searchset {
  readonly matches: readonly Stored[];
  /** What the matches brought along. */
  readonly included?: readonly Stored[];
  /** Absent or null where nobody counted. */
  readonly total?: number | null;
  /** Whether something is left out because it does not open, which an entry then says. */
  readonly incomplete?: boolean;
  /** Where it is incomplete and only the number was asked: how many there are at least. */
  readonly atLeast?: number | null;
}

/** A page of search results. Matches come first. */
export function searchsetBytes(
  base: string,
  { matches, included = [], total = null, incomplete = false, atLeast = null }: Searchset,
  links: BundleLinks,
): Buffer {
  const along = new Set(included);
  return bundleBytes(
    'searchset',
    links,
    [...matches, ...included],
    (entry) => [
      `{"fullUrl":"${fullUrl(base, entry)}","resource":`,
      `,"search":{"mode":"${along.has(entry) ? 'include' : 'match'}"}}`,
    ],
    total,
    incomplete ? [incompleteEntry(atLeast)] : [],
  );
}

/** Says of a page that it is not all there is (https://hl7.org/fhir/R4/search.html#modes). */
export function incompleteEntry(atLeast: number | null = null): string {
  const number = atLeast === null ? '' : ` At least ${atLeast} match.`;
  const resource = outcomeResource({
    severity: 'warning',
    code: 'incomplete',
    text:
      'Something that may belong here cannot be opened: what is stored is not what was saved. ' +
      `It is left out, and its practice has been told.${number}`,
  });
  return JSON.stringify({ resource, search: { mode: 'outcome' } });
}

/** Versions of one resource, each with what made it. */
export function historyBytes(base: string, versions: readonly Stored[], links: BundleLinks): Buffer {
  return bundleBytes('history', links, versions, (version) => {
    const resource = version.content === null ? '' : ',"resource":';
    return [
      `{"fullUrl":"${fullUrl(base, version)}"${resource}`,
      `,"request":${JSON.stringify(requestOf(version))},"response":${JSON.stringify(responseOf(version))}}`,
    ];
  });
}

/** Type and id are the store's own words and need no escaping. */
export function fullUrl(base: string, { type, id }: Pick<Stored, 'type' | 'id'>): string {
  return `${base}/${type}/${id}`;
}

/** A Bundle around entries: what stands before and after the content of each; `further` are whole ones. */
export function bundleBytes(
  type: string,
  links: BundleLinks,
  entries: readonly Stored[],
  around: (entry: Stored) => readonly [before: string, after: string],
  total: number | null = null,
  further: readonly string[] = [],
): Buffer {
  const link = [{ relation: 'self', url: links.self }];
  if (links.next !== null) link.push({ relation: 'next', url: links.next });
  const parts: Buffer[] = [];
  const number = total === null ? '' : `"total":${total},`;
  let text = `{"resourceType":"Bundle","type":"${type}",${number}"link":${JSON.stringify(link)}`;
  entries.forEach((entry, index) => {
    const [before, after] = around(entry);
    parts.push(Buffer.from(`${text}${index === 0 ? ',"entry":[' : ','}${before}`));
    if (entry.content !== null) parts.push(entry.content.bytes());
    text = after;
  });
  further.forEach((entry, index) => {
    text += `${entries.length + index === 0 ? ',"entry":[' : ','}${entry}`;
  });
  parts.push(Buffer.from(`${text}${entries.length + further.length === 0 ? '' : ']'}}`));
  return Buffer.concat(parts);
}

function requestOf({ type, id, version, deleted }: Stored): { method: string; url: string } {
  if (deleted) return { method: 'DELETE', url: `${type}/${id}` };
  return version === 1 ? { method: 'POST', url: type } : { method: 'PUT', url: `${type}/${id}` };
}

function responseOf({ version, deleted, updatedAt, damaged }: Stored) {
  if (damaged) {
    const outcome = outcomeResource({
      severity: 'error',
      code: 'incomplete',
      text:
        'This version cannot be opened: what is stored is not what was saved. ' +
        'Its practice has been told.',
    });
    return { status: '500', etag: entityTag(version), lastModified: updatedAt.toISOString(), outcome };
  }
  const status = deleted ? '204' : version === 1 ? '201' : '200';
  return { status, etag: entityTag(version), lastModified: updatedAt.toISOString() };
}
