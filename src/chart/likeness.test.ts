import { describe, expect, test } from 'vitest';
import type { FhirResource } from './fhir-resource.ts';
import { gradeOf, likeness, similarity } from './likeness.ts';

const patient = (extra: object): FhirResource => ({ resourceType: 'Patient', ...extra });

const ADAEZE = patient({
  name: [{ family: 'Okafor', given: ['Adaeze'] }],
  birthDate: '1980-05-06',
  gender: 'female',
  telecom: [{ system: 'phone', value: '+1 (555) 010-2233' }],
  identifier: [{ system: 'urn:mrn', value: 'A-17' }],
  address: [{ postalCode: '02139' }],
});
const grade = (extra: object, other = ADAEZE) => gradeOf(likeness(patient(extra), other));

describe('who is sought is', () => {
  const { name, birthDate, telecom, gender, identifier } = ADAEZE as unknown as Record<string, unknown>;
  test.each([
    ['certain by name, birth, phone and gender', { name, birthDate, telecom, gender }, 'certain'],
    ['certain by an identifier that nothing contradicts', { identifier }, 'certain'],
    ['probable by name and birth', { name, birthDate }, 'probable'],
    [
      'probable with a name misspelt',
      { name: [{ family: 'Okafer', given: ['Adaeze'] }], birthDate, gender },
      'probable',
    ],
    ['probable with an accent', { name: [{ family: 'OKAFÓR', given: ['adaeze'] }], birthDate }, 'probable'],
    ['possible with day and month swapped', { name, birthDate: '1980-06-05' }, 'possible'],
    [
      'possible by an identifier that the rest contradicts',
      { identifier, name: [{ family: 'Smith' }], birthDate: '1999' },
      'possible',
    ],
    ['possible by the family name alone', { name: [{ family: 'Okafor' }] }, 'possible'],
    [
      'nobody by another name',
      { name: [{ family: 'Lindqvist', given: ['Per'] }], birthDate: '1955-01-01' },
      null,
    ],
    ['nobody by gender alone', { gender }, null],
    ['nobody by nothing', {}, null],
  ])('%s', (_, extra, wanted) => {
    expect(grade(extra)).toBe(wanted);
  });

  test('likelier by each thing more that agrees', () => {
    const scores = [
      { name },
      { name, birthDate },
      { name, birthDate, gender },
      { name, birthDate, gender, telecom },
    ].map((extra) => likeness(patient(extra), ADAEZE));
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
  });
});

test('odd values are as good as none', () => {
  expect(
    grade({ name: 'x', birthDate: 7, telecom: [null, { value: 3 }], identifier: [{}], address: 1 }),
  ).toBeNull();
});

test.each([
  ['martha', 'marhta', 0.9611],
  ['dixon', 'dicksonx', 0.8133],
  ['a', 'b', 0],
  ['', '', 1],
])('%s and %s are alike by %d', (one, other, wanted) => {
  expect(similarity(one, other)).toBeCloseTo(wanted, 3);
});
