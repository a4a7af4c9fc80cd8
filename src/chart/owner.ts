/**
 * Whose a resource is. One resource has one owner: a chart, or the practice, or what it describes.
 *
 * What counts as naming a patient, everywhere in a resource (extensions and contained resources included):
 * - `Patient/<id>`, with or without `/_history/<version>`, or the same under one of the server's own base
 *   URLs. The version is ignored: a patient is named, not a state of the record.
 * - A `Patient/...` on another server, `Patient?...`, `patient/...` in the wrong case and a contained Patient
 *   are refused wherever they stand. They name somebody, and nothing here can tell whom.
 * - `urn:uuid:` means something inside one bundle. Import passes `resolve`; without it the owner cannot be
 *   one.
 * - A logical reference (identifier or display, no `reference`) is text: it opens nothing, so it cannot name
 *   an owner and does no harm elsewhere.
 */
import { type ChartId, parseId } from '../base/ids.ts';
import type { Section } from '../base/section.ts';
import { type FhirResource, isObject, valuesAt } from './fhir-resource.ts';
import { type LocalReference, mayNamePatient, parseReference } from './reference.ts';
import type { Owner, ResourceType } from './resource-type.ts';
import { typeOf } from './type-registry.ts';

export type Ownership =
  | { readonly kind: 'chart'; readonly chart: ChartId }
  | { readonly kind: 'practice'; readonly section: Section }
  | { readonly kind: 'inherited'; readonly from: readonly LocalReference[] }
  /** `message` is safe to show; `expression` is the FHIRPath of the element at fault. */
  | { readonly kind: 'refused'; readonly message: string; readonly expression: string };

export interface OwnerOptions {
  /** What an import knows: the literal reference that a `urn:` or conditional reference stands for. */
  readonly resolve?: (reference: string) => string | null;
  /** Base URLs of this server, such as `https://host/fhir`, without a trailing slash. */
  readonly ownBases?: readonly string[];
}

/** A place that names a patient, or might. */
export interface PatientReference {
  /** Null where the text names a patient in a way that Postern does not follow. */
  readonly id: string | null;
  readonly path: string;
}

/**
 * The owner of a resource. Throws `not-found` for a type that is not in the registry; everything else that is
 * wrong is a refusal with words for whoever sent it.
 */
export function ownerOf(resource: FhirResource, options: OwnerOptions = {}): Ownership {
  const type = typeOf(resource.resourceType);
  const named = patientReferences(resource, options);
  const unclear = named.find((reference) => reference.id === null);
  if (unclear !== undefined) {
    return refusal(unclear.path, 'names a patient in a form that is not accepted: write Patient/ID');
  }
  const found = declaredOwner(resource, type, options);
  return found.kind === 'refused' ? found : (namesAnother(found, type, named) ?? found);
}

/** The refusal of a resource that names a patient whom its owner is not; null where it is as it should be. */
function namesAnother(
  found: Ownership,
  type: ResourceType,
  named: readonly PatientReference[],
): Ownership | null {
  // A list within a chart holds that chart's entries; only one of the practice may go through many charts.
  if (type.namesOthers && (found.kind === 'practice' || type.owner.kind === 'self')) return null;
  if (found.kind === 'practice') {
    const any = named[0];
    return any === undefined
      ? null
      : refusal(any.path, 'names a patient, but the practice owns this resource');
  }
  // An inherited owner is known only once its target is found; until then it may name one patient at most.
  const owner = found.kind === 'chart' ? found.chart : (named[0]?.id ?? null);
  const other = named.find((reference) => reference.id !== owner);
  if (other === undefined) return null;
  return refusal(other.path, 'names a second patient; a resource belongs to one chart only');
}

function declaredOwner(resource: FhirResource, type: ResourceType, options: OwnerOptions): Ownership {
  const { owner } = type;
  switch (owner.kind) {
    case 'self': {
      const chart = parseId<ChartId>(resource.id ?? '');
      return chart === null ? refusal('Patient.id', 'has no id of this server') : { kind: 'chart', chart };
    }
    case 'practice':
      return { kind: 'practice', section: type.section };
    case 'inherited':
      return inheritedOwner(resource, owner.elements, options);
    case 'patient':
      return patientOwner(resource, owner, options);
  }
}

function patientOwner(
  resource: FhirResource,
  owner: Extract<Owner, { kind: 'patient' }>,
  options: OwnerOptions,
): Ownership {
  const path = `${resource.resourceType}.${owner.elements[0]!}`;
  const charts = new Set<string>();
  let others = false;
  for (const value of owner.elements.flatMap((element) => valuesAt(resource, element))) {
    const text = literalOf(value, options);
    const reference = text === null ? null : parseReference(text, options.ownBases);
    if (reference?.kind === 'local' && reference.type === 'Patient') charts.add(reference.id);
    else others = true;
  }
  if (charts.size > 1) return refusal(path, 'names more than one patient');
  const [id] = charts;
  if (id !== undefined) {
    const chart = parseId<ChartId>(id);
    return chart === null ? refusal(path, 'names no patient of this practice') : { kind: 'chart', chart };
  }
  // Participants other than a patient are what an appointment or a task without one is made of.
  const required = owner.without === null;
  if (required || (others && owner.elements[0] !== 'participant.actor')) {
    return refusal(path, 'must name the patient it belongs to, as Patient/ID');
  }
  return { kind: 'practice', section: owner.without };
}

function inheritedOwner(
  resource: FhirResource,
  elements: readonly string[],
  options: OwnerOptions,
): Ownership {
  const path = `${resource.resourceType}.${elements[0]!}`;
  const from: LocalReference[] = [];
  for (const value of elements.flatMap((element) => valuesAt(resource, element))) {
    const text = literalOf(value, options);
    const reference = text === null ? null : parseReference(text, options.ownBases);
    if (reference?.kind === 'local') from.push(reference);
    else return refusal(path, 'points to something that is not on this server');
  }
  return from.length > 0
    ? { kind: 'inherited', from }
    : refusal(path, 'must point to the resource that it belongs with');
}

/**
 * Every place in the resource that names a patient, contained resources, extensions and references in the
 * wrong case included; a contained Patient counts as one that cannot be told.
 */
export function patientReferences(resource: FhirResource, options: OwnerOptions = {}): PatientReference[] {
  const found: PatientReference[] = [];
  walkReferences(resource, resource.resourceType, options, (text, path, type) => {
    const reference = parseReference(text, options.ownBases);
    if (reference.kind === 'local') {
      if (reference.type === 'Patient') found.push({ id: reference.id, path });
      else if (mayNamePatient(reference.type)) found.push({ id: null, path });
    } else if (reference.kind !== 'urn' && reference.kind !== 'contained') {
      if (type === 'Patient' || mayNamePatient(text)) found.push({ id: null, path });
    }
  });
  for (const contained of valuesAt(resource, 'contained')) {
    if (isObject(contained) && String(contained.resourceType).toLowerCase() === 'patient') {
      found.push({ id: null, path: `${resource.resourceType}.contained` });
    }
  }
  return found;
}

/** Every literal reference in the resource that this server would follow, for checks against other charts. */
export function localReferences(resource: FhirResource, options: OwnerOptions = {}): LocalReference[] {
  const found: LocalReference[] = [];
  walkReferences(resource, resource.resourceType, options, (text) => {
    const reference = parseReference(text, options.ownBases);
    if (reference.kind === 'local') found.push(reference);
  });
  return found;
}

type Visit = (reference: string, path: string, type: string | null) => void;

function walkReferences(value: unknown, path: string, options: OwnerOptions, visit: Visit): void {
  if (Array.isArray(value)) {
    for (const item of value) walkReferences(item, path, options, visit);
    return;
  }
  if (!isObject(value)) return;
  if (typeof value.reference === 'string') {
    const type = typeof value.type === 'string' ? value.type : null;
    visit(literalOf(value, options) ?? value.reference, path, type);
  }
  for (const key in value) {
    const child = value[key];
    if (typeof child === 'object') walkReferences(child, `${path}.${key}`, options, visit);
  }
}

/** The text of a Reference after `resolve`; null where it has none or cannot be resolved. */
function literalOf(value: unknown, options: OwnerOptions): string | null {
  if (!isObject(value) || typeof value.reference !== 'string') return null;
  const text = value.reference;
  const { kind } = parseReference(text, options.ownBases);
  if (kind !== 'urn' && kind !== 'conditional' && kind !== 'foreign') return text;
  return options.resolve?.(text) ?? text;
}

function refusal(expression: string, says: string): Ownership {
  return { kind: 'refused', message: `${expression} ${says}.`, expression };
}
