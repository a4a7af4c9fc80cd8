/** The files that a document names, each once: Binaries of this server. Pure. */
import { parseId, type ResourceId } from '../base/ids.ts';
import { type FhirResource, isObject, valuesAt } from './fhir-resource.ts';
import { parseReference } from './reference.ts';

/** Types of which something can name a file of the chart: those with attachments (FHIR R4), and lists. */
export const NAMING_TYPES: readonly string[] = [
  'Claim',
  'Communication',
  'CommunicationRequest',
  'Consent',
  'Contract',
  'DiagnosticReport',
  'DocumentManifest',
  'DocumentReference',
  'ExplanationOfBenefit',
  'List',
  'Media',
  'Patient',
  'QuestionnaireResponse',
  'RelatedPerson',
  'Task',
];

/** Every file that a resource names, wherever in it: as the address of an attachment, or as a reference. */
export function filesNamedIn(resource: FhirResource, ownBases: readonly string[]): ReadonlySet<ResourceId> {
  const found = new Set<ResourceId>();
  const walk = (value: unknown, name: string): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, name);
    else if (isObject(value)) for (const [key, one] of Object.entries(value)) walk(one, key);
    if (typeof value !== 'string' || (name !== 'url' && name !== 'reference')) return;
    const named = parseReference(value, ownBases);
    const id = named.kind === 'local' && named.type === 'Binary' ? parseId<ResourceId>(named.id) : null;
    if (id !== null) found.add(id);
  };
  walk(resource, '');
  return found;
}

export function namedFiles(document: FhirResource, ownBases: readonly string[]): readonly ResourceId[] {
  const ids = valuesAt(document, 'content.attachment.url').flatMap((url) => {
    const reference = typeof url === 'string' ? parseReference(url, ownBases) : null;
    const isFile = reference?.kind === 'local' && reference.type === 'Binary';
    return isFile ? (parseId<ResourceId>(reference.id) ?? []) : [];
  });
  return [...new Set(ids)];
}
