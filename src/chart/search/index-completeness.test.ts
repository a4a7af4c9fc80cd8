/**
 * The promise of the blind index: what a criterion matches exactly, its look-ups find. A hit too many is
 * checked and dropped; a hit too few would be a record that nobody can find.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedData } from '../../../test/support/third-party-inputs.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { TYPES } from '../type-registry.ts';
import type { DateBounds } from './date-criterion.ts';
import { PREFIXES } from './date-criterion.ts';
import { type IndexTerms, indexTerms, type Span } from './index-terms.ts';
import { type Parameter, parametersOf } from './parameters.ts';
import { parseSearch, type SearchPlan } from './search-plan.ts';
import { stringsOf } from './text-fold.ts';

const ANNA = '0a000000-0000-4000-8000-000000000001';
const subject = { reference: `Patient/${ANNA}` };

/**
 * Small resources with the awkward shapes: several values, open periods, timings, accents, missing systems.
 */
const HANDMADE: readonly FhirResource[] = [
  {
    resourceType: 'Patient',
    id: ANNA,
    active: true,
    name: [
      { family: "O'Brien-Müller", given: ['José María', 'J.'], text: 'José O’Brien' },
      { family: '李', given: ['小龙'] },
      { family: 'Wolfeschlegelsteinhausen' },
    ],
    birthDate: '1980-05',
    telecom: [
      { system: 'phone', value: '911' },
      { system: 'phone', value: '+49 (0)30 1234567' },
      { system: 'fax', value: '5' },
    ],
    identifier: [{ value: ' A,b|c\\ ' }, { system: 'urn:x' }, { system: 'urn:y', value: 'ÄB' }],
    communication: [{ language: { coding: [{ code: 'de' }] } }],
  },
  {
    resourceType: 'Observation',
    subject,
    status: 'final',
    code: { coding: [{ code: 'A' }, { system: 'urn:x', code: 'b C' }], text: 'only words' },
    category: [{ coding: [{ code: 'x' }] }, { text: 'y' }],
    effectiveTiming: { event: ['2020-01-05', '2020-03'], repeat: { boundsPeriod: { end: '2021' } } },
    encounter: { reference: 'https://elsewhere.example/Encounter/E-1' },
    valueDateTime: '2020-02-03T04:05:06.7+05:30',
  },
  {
    resourceType: 'Observation',
    subject: { ...subject, identifier: { value: 'A-1' } },
    code: { coding: [{ code: '8480-6', display: 'Systolic' }] },
    valueQuantity: { value: 120.5, unit: 'mmHg' },
    component: [{ code: { coding: [{ code: '8462-4' }] }, valueQuantity: { value: 80, code: 'mm' } }],
  },
  {
    resourceType: 'Encounter',
    subject,
    status: 'in-progress',
    class: { code: 'AMB' },
    period: { start: '2020-01-05T23:00:00-05:00' },
  },
  {
    resourceType: 'Condition',
    subject,
    recordedDate: '2019',
    onsetPeriod: { end: '2018-05-05' },
    abatementDateTime: '2020',
  },
  {
    resourceType: 'Goal',
    subject,
    startDate: '2020-01-01',
    target: [{ dueDate: '2020-06' }, { dueDate: '2022-01-01' }],
  },
  {
    resourceType: 'Appointment',
    status: 'booked',
    start: '2024-02-29T09:00:00+01:00',
    participant: [
      { actor: subject },
      { actor: { reference: 'Practitioner/P-1/_history/2' } },
      { actor: { reference: 'Location/l' } },
    ],
  },
  {
    resourceType: 'MedicationRequest',
    subject,
    medicationReference: { reference: 'Medication/m' },
    authoredOn: '2020-05-05T10:00Z',
  },
  { resourceType: 'QuestionnaireResponse', subject, questionnaire: 'http://x.example/q|2', authored: '2020' },
  {
    resourceType: 'Organization',
    name: 'Straße & Söhne',
    alias: ['Œuvre  Dental'],
    active: false,
    identifier: [{ value: '1' }],
  },
  {
    resourceType: 'DocumentReference',
    subject,
    date: '2020-01-01T00:00:00.000Z',
    context: { period: { start: '2019' }, encounter: [{ reference: 'Encounter/1' }] },
  },
];

/** Whether a store that knows only the index terms would find the resource. */
function finds(plan: SearchPlan, terms: IndexTerms, chart: string | null): boolean {
  return (
    (plan.charts === null || plan.charts.some((id) => id === chart)) &&
    plan.at.every((anyOf) => anyOf.some((bounds) => within(terms.at, bounds))) &&
    plan.dates.every(({ param, anyOf }) =>
      anyOf.some((bounds) => terms.dates.some((date) => date.param === param && within(date, bounds))),
    ) &&
    plan.tokens.every(({ anyOf }) =>
      anyOf.some(({ param, value }) =>
        terms.tokens.some((term) => term.param === param && term.value === value),
      ),
    )
  );
}

function within(span: Span | null, { lowFrom, lowTo, highFrom, highTo }: DateBounds): boolean {
  if (span === null) return false;
  const inside = (at: Date, from: Date | undefined, to: Date | undefined) =>
    (from === undefined || at >= from) && (to === undefined || at <= to);
  return inside(span.low, lowFrom, lowTo) && inside(span.high, highFrom, highTo);
}

/** Values that a searcher might try: what the resource holds, cut, changed and decorated. */
function guessesFrom(parameter: Parameter, resource: FhirResource): string[] {
  if (parameter.kind === 'composite') return compositeGuesses(parameter, resource);
  const guesses = new Set<string>();
  const guard = (text: string) => text.replace(/[\\,|$]/g, '\\$&');
  const visit = (value: unknown): void => {
    if (typeof value === 'number') guesses.add(String(value)).add(String(Math.round(value)));
    if (typeof value === 'string' || typeof value === 'boolean') {
      const text = String(value);
      guesses.add(guard(text)).add(guard(text.toUpperCase()));
      for (const length of [1, 4, 7, 10, 16, 19]) guesses.add(guard(text.slice(0, length)));
      guesses.add(guard(text.split('/').at(-1)!)).add(guard(text.split('|')[0]!));
    } else if (typeof value === 'object' && value !== null) {
      for (const text of stringsOf(value)) for (const word of text.split(/[\s-]+/)) visit(word);
      const { system, code, value: held } = value as Record<string, unknown>;
      const id = typeof code === 'string' ? code : held;
      if (typeof id === 'string')
        guesses.add(`${String(system ?? '')}|${guard(id)}`).add(`${String(system ?? '')}|`);
      for (const child of Object.values(value)) visit(child);
    }
  };
  parameter.extract(resource, visit);
  return [...guesses].filter((guess) => guess.trim() !== '');
}

/** Parts from one element and, to miss as well, from different ones. */
function compositeGuesses({ parts, extract }: Parameter, resource: FhirResource): string[] {
  const [first, second] = parts.map((part) => {
    const within = {
      ...part,
      extract: (holder: unknown, emit: (value: unknown) => void) => {
        extract(holder, (element) => part.extract(element, emit));
      },
    };
    return guessesFrom(within, resource).slice(0, 12);
  });
  return (first ?? []).flatMap((code) => (second ?? []).map((value) => `${code}$${value}`));
}

const modifiersOf = (parameter: Parameter): string[] => {
  if (parameter.kind === 'token') return ['', ':not', ':missing', ':text'];
  if (parameter.kind === 'reference') return ['', ':missing', ':identifier'];
  return parameter.kind === 'name' || parameter.kind === 'string' ? ['', ':exact', ':contains'] : [''];
};

interface Case {
  readonly resource: FhirResource;
  readonly query: string;
}

function casesOf(resources: readonly FhirResource[]): fc.Arbitrary<Case> {
  return fc.constantFrom(...resources).chain((resource) => {
    const parameters = [...parametersOf(resource.resourceType).values()];
    const fruitful = parameters.filter((parameter) => guessesFrom(parameter, resource).length > 0);
    const one = fc.constantFrom(...fruitful).chain((parameter) =>
      fc
        .record({
          modifier: fc.constantFrom(...modifiersOf(parameter)),
          prefix: fc.constantFrom('', ...PREFIXES),
          values: fc.array(fc.constantFrom(...guessesFrom(parameter, resource)), {
            minLength: 1,
            maxLength: 3,
          }),
        })
        .map(({ modifier, prefix, values }) => {
          const dated = ['date', 'birthdate', 'number', 'quantity'].includes(parameter.kind);
          const texts = dated ? values.map((text) => prefix + text) : values;
          const text = modifier === ':missing' ? 'true' : texts.join(',');
          return `${parameter.code}${modifier}=${encodeURIComponent(text)}`;
        }),
    );
    return fc
      .array(one, { minLength: 1, maxLength: 3 })
      .map((criteria) => ({ resource, query: criteria.join('&') }));
  });
}

/**
 * Checks the promise and counts how many of the cases said anything: matched, and were looked up by the
 * index.
 */
function prove(
  resources: readonly FhirResource[],
  numRuns: number,
): { matched: number; servedByIndex: number } {
  const counts = { matched: 0, servedByIndex: 0 };
  const known = new Map(resources.map((resource) => [resource, indexTerms(resource)]));
  fc.assert(
    fc.property(casesOf(resources), ({ resource, query }) => {
      let plan: SearchPlan;
      try {
        plan = parseSearch(resource.resourceType, new URLSearchParams(query));
      } catch {
        return;
      }
      if (!plan.matches(resource)) return;
      counts.matched += 1;
      if (plan.tokens.length + plan.at.length + plan.dates.length > 0) counts.servedByIndex += 1;
      expect(finds(plan, known.get(resource)!, chartOf(resource)), query).toBe(true);
    }),
    { numRuns, seed: 4711 },
  );
  return counts;
}

function chartOf(resource: FhirResource): string | null {
  let chart: string | null = null;
  const owner = [...parametersOf(resource.resourceType).values()].find(({ served }) => served === 'owner');
  owner?.extract(resource, (value) => {
    const text = (value as { reference?: string }).reference ?? '';
    if (text.startsWith('Patient/')) chart = text.slice('Patient/'.length);
  });
  return chart;
}

const runs = process.env.SLOW === '1' ? 50_000 : 4000;

const patients = sharedData('synthea/B_2020_selfcontained');

describe('the index', () => {
  it('finds every handmade resource that a criterion matches', () => {
    const { matched, servedByIndex } = prove(HANDMADE, runs);
    expect(matched).toBeGreaterThan(runs / 10);
    expect(servedByIndex).toBeGreaterThan(runs / 20);
  });

  it('would be caught leaving a term out', () => {
    const [patient] = HANDMADE;
    const terms = indexTerms(patient!);
    const plan = parseSearch('Patient', new URLSearchParams('family=o%27brien'));
    expect(plan.matches(patient!)).toBe(true);
    expect(finds(plan, terms, null)).toBe(true);
    const without = { ...terms, tokens: terms.tokens.filter(({ value }) => value !== 'obrien') };
    expect(finds(plan, without, null)).toBe(false);
  });

  it('does not find what a criterion is far from', () => {
    const [patient, observation] = HANDMADE;
    for (const query of ['family=smith', 'birthdate=1981', 'phone=5550000', 'identifier=zz']) {
      expect(
        finds(parseSearch('Patient', new URLSearchParams(query)), indexTerms(patient!), null),
        query,
      ).toBe(false);
    }
    for (const query of ['code=zz', 'date=2031', 'date=sa2025']) {
      expect(
        finds(parseSearch('Observation', new URLSearchParams(query)), indexTerms(observation!), ANNA),
        query,
      ).toBe(false);
    }
  });

  it.skipIf(patients === null)('finds every shared synthetic resource that a criterion matches', () => {
    const resources = sharedResources(patients!);
    const { matched } = prove(resources, runs / 4);
    expect(matched).toBeGreaterThan(runs / 40);
  });

  it.skipIf(patients === null)('stays small beside what it indexes', () => {
    const resources = sharedResources(patients!);
    const rowBytes = 120;
    const index = resources
      .map(indexTerms)
      .reduce((sum, { tokens, dates }) => sum + (tokens.length + dates.length) * rowBytes, 0);
    const sealed = resources.reduce((sum, resource) => sum + JSON.stringify(resource).length, 0);
    expect(index / sealed).toBeLessThan(1);
  });
});

/** The shared patients with the references within each bundle resolved, as an import leaves them. */
function sharedResources(folder: string): FhirResource[] {
  return readdirSync(folder)
    .slice(0, 6)
    .flatMap((file) => resolved(readFileSync(join(folder, file), 'utf8')));
}

function resolved(bundle: string): FhirResource[] {
  const { entry } = JSON.parse(bundle) as { entry: { fullUrl: string; resource: FhirResource }[] };
  const named = new Map(
    entry.map(({ fullUrl, resource }) => [fullUrl, `${resource.resourceType}/${resource.id}`]),
  );
  const text = JSON.stringify(entry.map(({ resource }) => resource));
  const literal = text.replace(
    /"reference":"([^"]*)"/g,
    (_all, url) => `"reference":"${named.get(url) ?? url}"`,
  );
  return (JSON.parse(literal) as FhirResource[]).filter(({ resourceType }) => TYPES.has(resourceType));
}
