/**
 * The type registry: every FHIR R4 type that a chart or a practice can hold, who owns it, in which section it
 * lies and which instant it is filed under. A type that is not here does not exist for Postern: it can be
 * neither stored, nor searched, nor asked for.
 *
 * FHIR's compartments are many-to-many; ownership here is not. Each type names the one element that says
 * whose chart a resource is in (ADR 0040).
 */
import { PosternError } from '../base/errors.ts';
import type { ResourceType, TypeEntry } from './resource-type.ts';
import { CLINICAL_TYPES } from './types/clinical.ts';
import { ADMINISTRATIVE_TYPES, FINANCIAL_TYPES } from './types/front-office.ts';
import { PRACTICE_TYPES } from './types/practice-owned.ts';

export const TYPES: ReadonlyMap<string, ResourceType> = new Map(
  Object.entries<TypeEntry>({
    ...ADMINISTRATIVE_TYPES,
    ...CLINICAL_TYPES,
    ...FINANCIAL_TYPES,
    ...PRACTICE_TYPES,
  })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, entry]) => [name, { name, ...entry }]),
);

/** The entry of a type; throws `not-found` for one that does not exist here, whatever FHIR says of it. */
export function typeOf(name: unknown): ResourceType {
  const type = typeof name === 'string' ? TYPES.get(name) : undefined;
  if (type === undefined) throw new PosternError('not-found', 'Postern keeps no resources of this type.');
  return type;
}
