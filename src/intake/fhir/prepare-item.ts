import { PosternError } from '../../base/errors.ts';
import {
  assertValid,
  type Definitions,
  type FhirResource,
  isObject,
  writeResource,
} from '../../chart/index.ts';
import type { ImportItem } from './import-store.ts';
import type { SourceEntry } from './read-entries.ts';
import { rewriteReferences } from './rewrite-references.ts';
import type { Bar, SourceIndex } from './source-index.ts';
import { baseOf } from './source-key.ts';

/** A digest under a key of the practice; the same text gives the same digest in every run. */
export type DigestOf = (text: string) => Uint8Array;

export interface Preparation {
  readonly base: string;
  readonly index: SourceIndex;
  readonly definitions: Definitions;
  readonly digestOf: DigestOf;
}

export interface Prepared {
  readonly item: ImportItem;
  /** FHIRPath expressions of references that lead nowhere. */
  readonly unresolved: readonly string[];
  readonly entry: SourceEntry;
}

/**
 * An entry as it will be stored: ids and references of this server, validated. Takes the entry's resource
 * apart in place. Throws `not-processable` with the place of what is wrong.
 */
export function prepareItem(entry: SourceEntry, file: number, preparation: Preparation): Prepared {
  const { base, index, definitions, digestOf } = preparation;
  const { key, id, literal } = index.identify(entry);
  let refusal = index.barred.get(literal)?.own;
  const context = { file, base: baseOf(entry.fullUrl) };
  const unresolved = rewriteReferences(entry.resource, base, (reference) => {
    const target = index.resolve(reference, context);
    if (target !== null && target !== literal) refusal ??= reasonFor(entry, index.barred.get(target));
    return target;
  });
  const resource = withServerMeta(entry.resource, id, key);
  // Its own fault comes first: it would stay when the other's is mended.
  assertValid(definitions, resource);
  if (refusal !== undefined) throw new PosternError('not-processable', refusal);
  const text = writeResource(resource);
  const item = { type: resource.resourceType, key, id, resource, text, digest: digestOf(text) };
  return { item, unresolved, entry };
}

/** A patient does not belong to the patients it names. */
function reasonFor({ resource }: SourceEntry, bar: Bar | undefined): string | undefined {
  if (bar === undefined || resource.resourceType !== 'Patient') return bar?.theirs;
  return 'Another patient whom it names could not be imported.';
}

/** Version and time of change are this server's to give; `meta.source` keeps what the resource was called. */
function withServerMeta(resource: FhirResource, id: string, key: string): FhirResource {
  const meta: unknown = resource.meta ?? {};
  if (!isObject(meta)) return { ...resource, id };
  const { versionId: _version, lastUpdated: _time, ...kept } = meta;
  return {
    ...resource,
    id,
    meta: { ...kept, source: meta.source ?? encodeURI(decoded(key)) },
  } as FhirResource;
}

function decoded(key: string): string {
  try {
    return decodeURI(key);
  } catch {
    return key;
  }
}
