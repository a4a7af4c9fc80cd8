/** The files that a document names, each once: Binaries of this server. Pure. */
import { parseId, type ResourceId } from '../base/ids.ts';
import { type FhirResource, valuesAt } from './fhir-resource.ts';
import { parseReference } from './reference.ts';

export function namedFiles(document: FhirResource, ownBases: readonly string[]): readonly ResourceId[] {
  const ids = valuesAt(document, 'content.attachment.url').flatMap((url) => {
    const reference = typeof url === 'string' ? parseReference(url, ownBases) : null;
    const isFile = reference?.kind === 'local' && reference.type === 'Binary';
    return isFile ? (parseId<ResourceId>(reference.id) ?? []) : [];
  });
  return [...new Set(ids)];
}
