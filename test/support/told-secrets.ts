/**
 * What of a set of resources must not be readable at rest: who the patients are, and what was written of
 * them.
 */
import type { FhirResource } from '../../src/chart/index.ts';
import { isObject, valuesAt } from '../../src/chart/index.ts';
import { encodedBytes, encodings, type Pattern } from './pattern-scan.ts';

/**
 * Shorter texts turn up by chance among random bytes; they are looked for together with what they belong to.
 */
const SHORTEST = 6;
const SHORTEST_SENTENCE = 8;

export interface Secrets {
  readonly patterns: Pattern[];
  /** Texts, before they were encoded. */
  readonly texts: ReadonlyMap<string, string>;
  /** Birth dates left out because something clinical happened on the same day of the calendar. */
  readonly coincidences: number;
}

export function secretsOf(resources: readonly FhirResource[]): Secrets {
  const texts = new Map<string, string>();
  const add = (kind: string, text: unknown, shortest = SHORTEST) => {
    if (typeof text !== 'string') return;
    const trimmed = text.trim();
    if (trimmed.length >= shortest && !texts.has(trimmed)) texts.set(trimmed, kind);
  };
  const patients = resources.filter(({ resourceType }) => resourceType === 'Patient');
  for (const patient of patients) addPerson(patient, add);
  const dates = clinicalDates(resources);
  let coincidences = 0;
  for (const date of patients.flatMap((patient) => valuesAt(patient, 'birthDate'))) {
    if (dates.has(String(date))) coincidences += 1;
    else add('birth date', date);
  }
  const files: Pattern[] = [];
  for (const resource of resources) {
    for (const sentence of sentencesOf(resource)) add('sentence', sentence, SHORTEST_SENTENCE);
    for (const bytes of filesOf(resource)) {
      const middle = bytes.subarray(bytes.length >> 1, (bytes.length >> 1) + 48);
      if (middle.length < 24) continue;
      files.push(
        { name: 'file (bytes)', of: null, bytes: middle, whole: false },
        ...encodedBytes('file', middle),
      );
    }
  }
  const patterns = [...texts].flatMap(([text, kind]) => encodings(kind, text));
  return { patterns: [...patterns, ...files], texts, coincidences };
}

function addPerson(patient: FhirResource, add: (kind: string, text: unknown) => void): void {
  for (const name of objectsAt(patient, 'name')) {
    const given = valuesAt(name as never, 'given').map(String);
    for (const part of [name.family, ...given]) {
      add('name', part);
      // The blind index folds names; a folded one must not stand either.
      if (typeof part === 'string') add('folded name', part.toLowerCase());
    }
    add('name', `${given[0] ?? ''} ${name.family ?? ''}`);
    add('name', `"family":"${name.family ?? ''}"`);
  }
  for (const address of objectsAt(patient, 'address')) {
    for (const line of valuesAt(address as never, 'line')) add('address', line);
  }
  for (const { value } of objectsAt(patient, 'telecom')) {
    add('telecom', value);
    if (typeof value === 'string' && !value.includes('@')) add('phone digits', value.replace(/\D/g, ''));
  }
  for (const { value } of objectsAt(patient, 'identifier')) add('identifier', value);
}

function objectsAt(resource: FhirResource, path: string): Record<string, unknown>[] {
  return valuesAt(resource, path).filter(isObject);
}

/** Days on which something is said to have happened: they stand in clear, by design. */
function clinicalDates(resources: readonly FhirResource[]): Set<string> {
  const dates = new Set<string>();
  for (const resource of resources) {
    const { birthDate: _, ...rest } = resource as FhirResource & { birthDate?: string };
    for (const [date] of JSON.stringify(rest).matchAll(/\d{4}-\d\d-\d\d/g)) dates.add(date);
  }
  return dates;
}

const PROSE = new Set([
  'text',
  'div',
  'conclusion',
  'description',
  'valueString',
  'contentString',
  'comment',
]);

/** Sentences that people wrote: notes, narratives, messages, conclusions, and text files attached. */
function* sentencesOf(resource: FhirResource): Generator<string> {
  function* walk(value: unknown, key: string): Generator<string> {
    if (typeof value === 'string') {
      if (PROSE.has(key)) yield value.replace(/<[^>]*>/g, '\n');
    } else if (Array.isArray(value)) {
      for (const item of value) yield* walk(item, key);
    } else if (isObject(value)) {
      const { contentType, data } = value;
      if (typeof data === 'string' && String(contentType).startsWith('text/')) {
        yield Buffer.from(data, 'base64').toString();
      }
      for (const [name, item] of Object.entries(value)) yield* walk(item, name);
    }
  }
  for (const text of walk(resource, '')) {
    // One word may be anybody's; a sentence has a space in it.
    for (const sentence of text.split(/[.!?\n]+/)) if (sentence.trim().includes(' ')) yield sentence;
  }
}

function* filesOf(resource: FhirResource): Generator<Buffer> {
  const found = [
    ...valuesAt(resource, 'data'),
    ...valuesAt(resource, 'content.attachment.data'),
    ...valuesAt(resource, 'photo.data'),
  ];
  for (const data of found) if (typeof data === 'string') yield Buffer.from(data, 'base64');
}
