/**
 * How alike two Patients are, for `Patient/$match`: what both say of names, birth, numbers and addresses,
 * each weighed by how much it tells people apart. Pure; nothing is looked up.
 */
import { type FhirResource, isObject, valuesAt } from './fhir-resource.ts';
import { lastDigits } from './search/contact-point.ts';
import { fold } from './search/text-fold.ts';

/** From https://hl7.org/fhir/R4/valueset-match-grade.html; who is certainly another is not given back. */
export type Grade = 'certain' | 'probable' | 'possible';

export function gradeOf(score: number): Grade | null {
  if (score >= 0.9) return 'certain';
  if (score >= 0.7) return 'probable';
  return score >= 0.45 ? 'possible' : null;
}

const WEIGHTS = { family: 0.25, given: 0.2, birth: 0.3, telecom: 0.1, postcode: 0.1, gender: 0.05 };
/** Of one who has the same identifier and is nobody else by the rest. */
const SAME_IDENTIFIER = 0.97;

/** From 0 to 1. What only one of them says neither adds nor takes away, and leaves room for doubt. */
export function likeness(asked: FhirResource, found: FhirResource): number {
  const parts: [weight: number, alike: number | null][] = [
    [WEIGHTS.family, closest(namesOf(asked, 'name.family'), namesOf(found, 'name.family'))],
    [WEIGHTS.given, closest(namesOf(asked, 'name.given'), namesOf(found, 'name.given'))],
    [WEIGHTS.birth, sameBirth(asked.birthDate, found.birthDate)],
    [WEIGHTS.telecom, shared(telecomOf(asked), telecomOf(found))],
    [WEIGHTS.postcode, shared(namesOf(asked, 'address.postalCode'), namesOf(found, 'address.postalCode'))],
    [WEIGHTS.gender, shared(namesOf(asked, 'gender'), namesOf(found, 'gender'))],
  ];
  let weighed = 0;
  let sum = 0;
  for (const [weight, alike] of parts) {
    if (alike === null) continue;
    weighed += weight;
    sum += weight * alike;
  }
  const alike = weighed === 0 ? 0 : sum / weighed;
  const score = alike * (0.4 + 0.6 * weighed);
  if (shared(identifiersOf(asked), identifiersOf(found)) !== 1) return score;
  // Numbers are mistyped and cards are lent: it takes the rest not to say otherwise.
  return weighed === 0 || alike >= 0.6 ? Math.max(score, SAME_IDENTIFIER) : Math.max(score, 0.6);
}

function namesOf(resource: FhirResource, path: string): string[] {
  return valuesAt(resource, path).flatMap((value) => (typeof value === 'string' ? [fold(value)] : []));
}

function telecomOf(resource: FhirResource): string[] {
  return valuesAt(resource, 'telecom').flatMap((one) => {
    if (!isObject(one) || typeof one.value !== 'string') return [];
    return [
      one.system === 'email' ? one.value.trim().toLowerCase() : lastDigits(one.value.replace(/\D/g, '')),
    ];
  });
}

function identifiersOf(resource: FhirResource): string[] {
  return valuesAt(resource, 'identifier').flatMap((one) =>
    isObject(one) && typeof one.value === 'string' ? [`${String(one.system ?? '')}|${one.value}`] : [],
  );
}

/** 1 where they have something in common, 0 where not, null where one of them has nothing. */
function shared(asked: readonly string[], found: readonly string[]): number | null {
  if (asked.length === 0 || found.length === 0) return null;
  return asked.some((one) => found.includes(one)) ? 1 : 0;
}

function closest(asked: readonly string[], found: readonly string[]): number | null {
  if (asked.length === 0 || found.length === 0) return null;
  const best = Math.max(...asked.flatMap((one) => found.map((other) => similarity(one, other))));
  // Half alike is how any two names are.
  return best < 0.75 ? 0 : best;
}

function sameBirth(asked: unknown, found: unknown): number | null {
  if (typeof asked !== 'string' || typeof found !== 'string') return null;
  if (asked === found) return 1;
  if (found.startsWith(asked) || asked.startsWith(found)) return 0.8;
  // Day and month in the other order, or two digits swapped.
  const digits = (text: string) => [...text.replace(/\D/g, '')].sort().join('');
  return asked.length === found.length && digits(asked) === digits(found) ? 0.5 : 0;
}

const LONGEST = 64;

/** Jaro-Winkler similarity, from 0 to 1 (Winkler 1990). */
export function similarity(one: string, other: string): number {
  const [a, b] = [one.slice(0, LONGEST), other.slice(0, LONGEST)];
  if (a === b) return 1;
  const window = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Set<number>();
  const matched: string[] = [];
  for (let at = 0; at < a.length; at += 1) {
    for (let to = Math.max(0, at - window); to <= Math.min(b.length - 1, at + window); to += 1) {
      if (taken.has(to) || a[at] !== b[to]) continue;
      taken.add(to);
      matched.push(a[at]!);
      break;
    }
  }
  const count = matched.length;
  if (count === 0) return 0;
  const inOrder = [...taken].sort((x, y) => x - y).map((at) => b[at]!);
  const swapped = matched.filter((character, at) => character !== inOrder[at]).length / 2;
  const jaro = (count / a.length + count / b.length + (count - swapped) / count) / 3;
  let prefix = 0;
  while (prefix < 4 && a[prefix] !== undefined && a[prefix] === b[prefix]) prefix += 1;
  return jaro + prefix * 0.1 * (1 - jaro);
}
