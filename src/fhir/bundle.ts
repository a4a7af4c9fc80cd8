/**
 * Bundles, spliced from resources as they were stored: the bytes of each go out as they are, and are not read
 * again (https://hl7.org/fhir/R4/bundle.html).
 */
import type { Stored } from '../chart/index.ts';
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
}

/** A page of search results. Matches come first. */
export function searchsetBytes(
  base: string,
  { matches, included = [], total = null }: Searchset,
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
  );
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

/** A Bundle around entries: what stands before and after the content of each. */
export function bundleBytes(
  type: string,
  links: BundleLinks,
  entries: readonly Stored[],
  around: (entry: Stored) => readonly [before: string, after: string],
  total: number | null = null,
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
  parts.push(Buffer.from(`${text}${entries.length === 0 ? '' : ']'}}`));
  return Buffer.concat(parts);
}

function requestOf({ type, id, version, deleted }: Stored): { method: string; url: string } {
  if (deleted) return { method: 'DELETE', url: `${type}/${id}` };
  return version === 1 ? { method: 'POST', url: type } : { method: 'PUT', url: `${type}/${id}` };
}

function responseOf({ version, deleted, updatedAt }: Stored) {
  const status = deleted ? '204' : version === 1 ? '201' : '200';
  return { status, etag: entityTag(version), lastModified: updatedAt.toISOString() };
}
