/**
 * A FHIR resource as JSON says it: only what every resource has is typed, the rest is walked. Nothing here
 * has been validated; whoever reads an element checks its shape.
 */
export interface FhirResource {
  readonly resourceType: string;
  readonly id?: string;
  readonly meta?: {
    readonly versionId?: string;
    readonly lastUpdated?: string;
    readonly security?: readonly FhirCoding[];
  };
  readonly [element: string]: unknown;
}

/** https://hl7.org/fhir/R4/datatypes.html#Coding */
export interface FhirCoding {
  readonly system?: string;
  readonly code?: string;
  readonly display?: string;
}

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The objects and primitives at a dotted path of element names; lists on the way are entered. A name with a
 * capital type behind it (`effectiveDateTime`) is its own element, as in the JSON form.
 */
export function valuesAt(root: unknown, path: string): unknown[] {
  let values: unknown[] = [root];
  for (const name of path.split('.')) {
    const next: unknown[] = [];
    for (const value of values) {
      const child = isObject(value) ? value[name] : undefined;
      if (Array.isArray(child)) next.push(...child);
      else if (child !== undefined && child !== null) next.push(child);
    }
    values = next;
  }
  return values;
}
