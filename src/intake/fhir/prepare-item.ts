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
import type { SourceIndex } from './source-index.ts';
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
  refuseBarred(index, literal);
  const context = { file, base: baseOf(entry.fullUrl) };
  const unresolved = rewriteReferences(entry.resource, base, (reference) => {
    const target = index.resolve(reference, context);
    if (target !== null) refuseBarred(index, target);
    return target;
  });
  const resource = withServerMeta(entry.resource, id, key);
  assertValid(definitions, resource);
  const text = writeResource(resource);
  const item = { type: resource.resourceType, key, id, resource, text, digest: digestOf(text) };
  return { item, unresolved, entry };
}

function refuseBarred(index: SourceIndex, literal: string): void {
  const reason = index.barred.get(literal);
  if (reason !== undefined) throw new PosternError('not-processable', reason);
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
