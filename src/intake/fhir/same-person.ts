/**
 * Whether two Patient resources that go by one name are one person. Import asks before it would write one
 * over the other: two systems (or two hand-made files) that both call somebody `Patient/1` must never
 * share a chart.
 */
import { type FhirResource, isObject, valuesAt } from '../../chart/index.ts';

/** What is compared, small enough to keep for every patient of an import. */
export interface PersonTraits {
  readonly birthDate: string | null;
  readonly families: readonly string[];
  /** `system|value`; without a system an identifier says nothing. */
  readonly identifiers: readonly string[];
}

export function traitsOf(patient: FhirResource): PersonTraits {
  return {
    birthDate: typeof patient.birthDate === 'string' ? patient.birthDate : null,
    families: valuesAt(patient, 'name.family').filter(isText).map(folded),
    identifiers: valuesAt(patient, 'identifier')
      .filter(isObject)
      .filter(({ system, value }) => isText(system) && isText(value))
      .map(({ system, value }) => `${system as string}|${value as string}`),
  };
}

/**
 * Two births on different days are two people. Otherwise one identifier or one family name in common is
 * enough (a new name is recognised by an identifier), and so is having nothing to compare.
 */
export function samePerson(a: PersonTraits, b: PersonTraits): boolean {
  if (a.birthDate !== null && b.birthDate !== null && a.birthDate !== b.birthDate) return false;
  if (overlap(a.identifiers, b.identifiers)) return true;
  if (a.families.length === 0 || b.families.length === 0) return true;
  return overlap(a.families, b.families);
}

function overlap(a: readonly string[], b: readonly string[]): boolean {
  return a.some((item) => b.includes(item));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function folded(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').trim().toLowerCase();
}
