import { beforeAll, expect, test } from 'vitest';
import { type Definitions, loadDefinitions } from '../definitions.ts';
import { validate } from '../validation.ts';

let definitions: Definitions;
beforeAll(async () => {
  definitions = await loadDefinitions();
});

function findings(resource: unknown): string[] {
  return validate(definitions, resource).map((issue) => `${issue.code} ${issue.expression}`);
}

const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition';
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category';
const claim = (name: string): object => ({ meta: { profile: [`${US_CORE}/${name}`] } });
const concept = (system: string, code: string): object => ({ coding: [{ system, code }] });

const patient = (more: object = {}): object => ({
  resourceType: 'Patient',
  ...claim('us-core-patient'),
  identifier: [{ system: 'urn:mrn', value: '1' }],
  name: [{ family: 'x' }],
  gender: 'female',
  ...more,
});
const race = (...parts: object[]): object => ({
  extension: [{ url: `${US_CORE}/us-core-race`, extension: parts }],
});
const raceText = { url: 'text', valueString: 'x' };
const carePlan = (status: string): object => ({
  resourceType: 'CarePlan',
  ...claim('us-core-careplan'),
  text: { status, div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
  status: 'active',
  intent: 'plan',
  category: [concept('http://hl7.org/fhir/us/core/CodeSystem/careplan-category', 'assess-plan')],
  subject: { reference: 'Patient/p' },
});
const component = (code: string, more: object = {}): object => ({
  code: concept('http://loinc.org', code),
  valueQuantity: { value: 1, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]', ...more },
});
const pressure = (more: object = {}): object => ({
  resourceType: 'Observation',
  ...claim('us-core-blood-pressure'),
  status: 'final',
  category: [concept(CATEGORY, 'vital-signs')],
  code: concept('http://loinc.org', '85354-9'),
  subject: { reference: 'Patient/p' },
  effectiveDateTime: '2026-01-01',
  component: [component('8480-6'), component('8462-4')],
  ...more,
});

test.each<[string, object, string[]]>([
  ['a patient', patient(), []],
  [
    'a profile by its version',
    { ...patient({ gender: undefined }), meta: { profile: [`${US_CORE}/us-core-patient|6.1.0`] } },
    ['required Patient.gender'],
  ],
  [
    'a version that is not known',
    { ...patient({ gender: undefined }), meta: { profile: [`${US_CORE}/us-core-patient|3.1.1`] } },
    [],
  ],
  [
    'a profile that is not known',
    { resourceType: 'Patient', active: true, meta: { profile: ['http://x'] } },
    [],
  ],
  [
    'a profile of another type',
    { resourceType: 'Patient', active: true, ...claim('us-core-blood-pressure') },
    ['value Patient.meta.profile[0]'],
  ],
  [
    'what the profile requires',
    patient({ identifier: [{ value: '1' }], gender: undefined }),
    ['required Patient.identifier[0].system', 'required Patient.gender'],
  ],
  ['an extension for what is required', patient({ _gender: { id: 'x' }, gender: 'female' }), []],
  ["a profile's invariant", patient({ name: [{ text: 'x' }] }), ['invariant Patient.name[0]']],
  ['an extension as defined', patient(race(raceText)), []],
  [
    'an extension without its text',
    patient(race({ url: 'detailed', valueCoding: { code: 'x' } })),
    ['required Patient.extension[0].extension'],
  ],
  ['a code that the profile does not list', carePlan('empty'), ['code-invalid CarePlan.text.status']],
  [
    'the same extension where nothing claims to be US Core',
    { resourceType: 'Patient', ...race({ url: 'x', valueString: 'y' }) },
    [],
  ],
  ['a blood pressure', pressure(), []],
  [
    'a period where a date is asked to the day',
    pressure({ effectiveDateTime: undefined, effectivePeriod: { start: '2026' } }),
    [],
  ],
  [
    'a date that is not to the day',
    pressure({ effectiveDateTime: '2026' }),
    ['invariant Observation.effectiveDateTime'],
  ],
  [
    'a type that is not allowed',
    pressure({ effectiveDateTime: undefined, effectiveInstant: '2026-01-01T00:00:00Z' }),
    ['structure Observation.effectiveInstant'],
  ],
  [
    'a missing slice',
    pressure({ category: [concept(CATEGORY, 'laboratory')] }),
    ['required Observation.category'],
  ],
  [
    'a missing slice of two',
    pressure({ component: [component('8480-6'), component('x')] }),
    ['required Observation.component'],
  ],
  [
    'a slice too often',
    pressure({ component: [component('8480-6'), component('8480-6'), component('8462-4')] }),
    ['structure Observation.component'],
  ],
  [
    'a fixed value within a slice',
    pressure({ component: [component('8480-6', { code: 'x' }), component('8462-4')] }),
    ['value Observation.component[0].valueQuantity.code'],
  ],
  ['a pattern', pressure({ code: { text: 'x' } }), ['value Observation.code']],
  ['a target', pressure({ subject: { reference: 'Group/g' } }), ['value Observation.subject']],
])('%s', (_, resource, expected) => {
  expect(findings(resource)).toEqual(expected);
});

test("R4's own extensions are as it defines them, wherever they stand", () => {
  const mother = 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName';
  const named = (more: object): object => ({
    resourceType: 'Patient',
    extension: [{ url: mother, ...more }],
  });
  expect(findings(named({ valueString: 'x' }))).toEqual([]);
  expect(findings(named({ valueCode: 'x' }))).toEqual(['structure Patient.extension[0].valueCode']);
});

test("R4's own profiles are known", () => {
  const vital = { ...pressure(), meta: { profile: ['http://hl7.org/fhir/StructureDefinition/bp'] } };
  expect(findings(vital)).toEqual([]);
  expect(findings({ ...vital, subject: undefined })).toEqual(['required Observation.subject']);
});

test('what is contained or an entry may claim a profile too', () => {
  const bundle = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ fullUrl: 'http://x/Patient/p', resource: patient({ gender: undefined }) }],
  };
  expect(findings(bundle)).toEqual(['required Bundle.entry[0].resource.gender']);
});

test('a finding names the profile and repeats no value', () => {
  const [issue] = validate(definitions, patient({ gender: undefined }));
  expect(issue?.message).toBe('is required by the profile us-core-patient');
});
