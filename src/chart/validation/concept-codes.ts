/** Required bindings of coded data types (https://hl7.org/fhir/R4/terminologies.html#required). */
import type { Definitions } from '../definitions.ts';
import { isObject, type JsonObject } from '../fhir-resource.ts';

/** Data types that carry a code together with its system. */
export const CODED_TYPES: ReadonlySet<string> = new Set(['CodeableConcept', 'Coding', 'Quantity']);

/** Whether a concept, or one of its codings, is of the value set. */
export function conceptAllowed(definitions: Definitions, codes: number, value: JsonObject): boolean {
  if (!Array.isArray(value.coding)) return codingAllowed(definitions, codes, value);
  return value.coding.some(
    (coding: unknown) => isObject(coding) && codingAllowed(definitions, codes, coding),
  );
}

function codingAllowed(definitions: Definitions, codes: number, { system, code }: JsonObject): boolean {
  return typeof code === 'string' && definitions.allows(codes, `${String(system)}|${code}`);
}
