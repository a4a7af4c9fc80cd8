/** What compiled invariants are made of. */
import type { FhirResource } from '../fhir-resource.ts';

/** `%ucum` of FHIRPath. */
export const UCUM = 'http://unitsofmeasure.org';

export interface InvariantContext {
  /** The resource that directly holds the value. */
  readonly resource: FhirResource;
  /** The outermost resource. */
  readonly root: FhirResource;
}

/** A collection of JSON values. */
export type Collection = readonly unknown[];
export type Compiled = (focus: Collection, context: InvariantContext) => Collection;

/** Thrown by what only an engine that knows types can answer. */
export class NeedsEngine extends Error {}

/** `null` is neither: https://hl7.org/fhirpath/N1/#boolean-logic */
export function truth(collection: Collection): boolean | null {
  if (collection.length === 0) return null;
  if (collection.length > 1) throw new NeedsEngine();
  return typeof collection[0] === 'boolean' ? collection[0] : true;
}
