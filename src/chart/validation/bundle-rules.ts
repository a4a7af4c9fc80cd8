/**
 * Rules of a Bundle as a whole, https://hl7.org/fhir/R4/bundle.html: how entries are named, what a set of
 * search results may hold, and that a document has what its Composition refers to.
 */
import { isObject, type JsonObject, valuesAt } from '../fhir-resource.ts';
import type { Report } from './issue.ts';

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:\S/;
/** Kinds of bundle whose entries are resources of their own and named so. */
const NAMED = new Set(['document', 'message', 'collection']);
const PAGED = new Set(['searchset', 'history']);
const PAGES = new Set(['first', 'prev', 'previous', 'next', 'last']);

interface Entry {
  readonly index: number;
  readonly fullUrl: string | null;
  readonly resource: JsonObject | null;
  readonly mode: unknown;
}

export function bundleRules(bundle: JsonObject, report: Report): void {
  const entries = entriesOf(bundle);
  const type = String(bundle.type);
  for (const { index, fullUrl, resource } of entries) {
    if (fullUrl !== null && !ABSOLUTE.test(fullUrl)) {
      report('value', 'must be an absolute URL', 'entry', index, 'fullUrl');
    } else if (fullUrl === null && resource !== null && NAMED.has(type)) {
      report('required', 'is required in a bundle of this type', 'entry', index, 'fullUrl');
    }
  }
  if (!PAGED.has(type)) linkRules(bundle, report);
  if (type === 'searchset') searchRules(bundle, entries, report);
  if (type === 'document') documentRules(entries, report);
}

function entriesOf(bundle: JsonObject): Entry[] {
  return (Array.isArray(bundle.entry) ? bundle.entry : []).map((entry: unknown, index) => {
    const { fullUrl, resource, search } = isObject(entry) ? entry : ({} as JsonObject);
    return {
      index,
      fullUrl: typeof fullUrl === 'string' ? fullUrl : null,
      resource: isObject(resource) ? resource : null,
      mode: isObject(search) ? search.mode : undefined,
    };
  });
}

/** Pages are of what was searched for, or of a history. */
function linkRules(bundle: JsonObject, report: Report): void {
  for (const [index, link] of valuesAt(bundle, 'link').entries()) {
    if (isObject(link) && PAGES.has(String(link.relation))) {
      report('value', 'must not name a page in a bundle of this type', 'link', index, 'relation');
    }
  }
}

/** https://hl7.org/fhir/R4/search.html#errors: outcomes are told apart from what was found. */
function searchRules(bundle: JsonObject, entries: readonly Entry[], report: Report): void {
  const types = typesSearched(bundle);
  for (const { index, resource, mode } of entries) {
    if (resource === null) continue;
    const outcome = resource.resourceType === 'OperationOutcome';
    const at = ['entry', index, 'resource'] as const;
    if (mode === 'outcome') {
      if (!outcome) report('value', 'must be an OperationOutcome, as its search mode says', ...at);
      continue;
    }
    if (resource.id === undefined && (mode !== undefined || !outcome)) {
      report('required', 'must have an id, as every result of a search has', ...at);
    }
    if (mode === 'match' && types !== null && !types.includes(String(resource.resourceType))) {
      report('value', 'must be of a type that was searched for', ...at);
    }
  }
}

/** The types that the self link asks for; `null` where it does not say. */
function typesSearched(bundle: JsonObject): string[] | null {
  const self = valuesAt(bundle, 'link').find((link) => isObject(link) && link.relation === 'self');
  const url = isObject(self) && typeof self.url === 'string' ? self.url : '';
  const [path = '', query = ''] = url.split('?');
  const named = new URLSearchParams(query).get('_type');
  if (named !== null) return named.split(',');
  const last = path.split('/').at(-1)!;
  return /^[A-Z][A-Za-z]+$/.test(last) ? [last] : null;
}

/** https://hl7.org/fhir/R4/documents.html#content: what the Composition refers to is there, once. */
function documentRules(entries: readonly Entry[], report: Report): void {
  const [first] = entries;
  if (first?.resource?.resourceType !== 'Composition') return;
  const named = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.fullUrl === null) continue;
    named.set(entry.fullUrl, [...(named.get(entry.fullUrl) ?? []), entry]);
  }
  const base = first.fullUrl?.match(/^(https?:.*\/)[A-Z][A-Za-z]+\/[^/]+$/)?.[1] ?? '';
  for (const { text, place } of referencesIn(first.resource, [])) {
    if (text.startsWith('#')) continue;
    const [address = '', version] = text.split('/_history/');
    const url = ABSOLUTE.test(address) ? address : base + address;
    const found = (named.get(url) ?? []).filter(
      ({ resource }) => version === undefined || valuesAt(resource, 'meta.versionId')[0] === version,
    );
    const at = ['entry', 0, 'resource', ...place] as const;
    if (found.length === 0) report('not-found', 'must refer to what is in the document', ...at);
    if (found.length > 1) report('multiple-matches', 'must refer to one entry of the document', ...at);
  }
}

interface Placed {
  readonly text: string;
  readonly place: readonly (string | number)[];
}

function* referencesIn(value: unknown, place: readonly (string | number)[]): Generator<Placed> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* referencesIn(item, [...place, index]);
  } else if (isObject(value)) {
    if (typeof value.reference === 'string') yield { text: value.reference, place };
    for (const [key, member] of Object.entries(value)) {
      if (key !== 'contained') yield* referencesIn(member, [...place, key]);
    }
  }
}
