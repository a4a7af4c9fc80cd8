/**
 * What a resource is called where it comes from. Ids are derived from these keys, so a key never changes
 * from one run to the next; and what two systems call by one name must not meet, so a plain `Patient/1` is
 * a key only together with the name of its source.
 */
import type { SourceEntry } from './read-entries.ts';

/** The name under which resources without an address of their own are filed. */
export const DEFAULT_SOURCE = 'local';

/**
 * What stands before `Type/id` in a key: the source itself where it is a base URL, else a URN that holds its
 * name.
 */
export function sourceBase(source: string = DEFAULT_SOURCE): string {
  if (source.trim() === '') return sourceBase();
  if (/^https?:\/\//i.test(source)) return source.replace(/\/+$/, '');
  return `urn:postern:${encodeURIComponent(source.toLowerCase())}`;
}

const REST_URL = /^(https?:\/\/.+\/)([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/;
const RELATIVE = /^([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/;

/** `Type/id` of a relative reference or address, without its version; `null` for anything else. */
export function relativeAddress(text: string): string | null {
  return RELATIVE.exec(text)?.[1] ?? null;
}

/** An absolute RESTful address without its version; anything else as it is. */
export function withoutVersion(url: string): string {
  const match = REST_URL.exec(url);
  return match === null ? url : `${match[1]}${match[2]}`;
}

/** The base of an absolute RESTful address, with its last slash; `null` for anything else. */
export function baseOf(url: string | null): string | null {
  return url === null ? null : (REST_URL.exec(url)?.[1] ?? null);
}

/**
 * The conditional reference that a search by identifier stands for, in the one form in which they are
 * compared; `null` for a search by anything else, which only the source's own server could answer.
 */
export function identifierSearch(type: string, query: string): IdentifierSearch | null {
  const params = [...new URLSearchParams(query)];
  const [first] = params;
  if (params.length !== 1 || first === undefined || first[0] !== 'identifier') return null;
  const bar = first[1].indexOf('|');
  if (bar === -1) return null;
  return { type, system: first[1].slice(0, bar), value: first[1].slice(bar + 1) };
}

export interface IdentifierSearch {
  readonly type: string;
  readonly system: string;
  readonly value: string;
}

/** Identifiers are compared as they are written; a key must not depend on how a query was escaped. */
export function searchKey(search: IdentifierSearch): string {
  return `${search.type}?identifier=${search.system}|${search.value}`;
}

/** The key of an entry. A resource without any name is called by its place, which changes when files do. */
export function keyOf(entry: SourceEntry, base: string): string {
  const { resource, fullUrl, updates } = entry;
  const type = resource.resourceType;
  const search = searchOf(entry, type);
  if (search !== null) return searchKey(search);
  if (fullUrl?.startsWith('urn:')) return fullUrl;
  if (fullUrl !== null && /^https?:\/\//.test(fullUrl)) return withoutVersion(fullUrl);
  const named = relativeAddress(fullUrl ?? '') ?? relativeAddress(updates ?? '');
  if (named !== null) return `${base}/${named}`;
  if (typeof resource.id === 'string') return `${base}/${type}/${resource.id}`;
  const file = entry.file.split(/[\\/]/).at(-1) ?? '';
  return `${base}/${encodeURIComponent(file)}#${entry.index}`;
}

/** The identifier by which a conditional create or update finds its resource. */
function searchOf({ ifNoneExist, updates }: SourceEntry, type: string): IdentifierSearch | null {
  if (ifNoneExist !== null) return identifierSearch(type, ifNoneExist.replace(/^.*\?/, ''));
  return updates?.startsWith(`${type}?`) ? identifierSearch(type, updates.slice(type.length + 1)) : null;
}
