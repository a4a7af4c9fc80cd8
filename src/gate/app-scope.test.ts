/** Scopes of apps, read and printed: what SMART App Launch 2.2 defines, and nothing beside it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AppScope, INTERACTIONS, parseAppScope, printAppScope, readGranted } from './app-scope.ts';

const LAB = 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory';

const scope: fc.Arbitrary<AppScope> = fc.record({
  level: fc.constantFrom('patient', 'user', 'system'),
  type: fc.constantFrom('*', 'Observation', 'Patient', 'MedicationRequest'),
  interactions: fc.subarray([...INTERACTIONS], { minLength: 1 }).map((letters) => new Set(letters)),
  parameters: fc.array(
    fc.tuple(
      fc.constantFrom('category', 'code', '_tag', 'status:not', 'patient'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((text) => text.isWellFormed()),
    ),
    { maxLength: 3 },
  ),
});

describe('a scope of version 2', () => {
  test('is read back as it was printed, and printed in the one way', () => {
    fc.assert(
      fc.property(scope, (one) => {
        fc.pre(!one.parameters.flat().some((part) => part.includes('\uFFFD')));
        const text = printAppScope(one);
        fc.pre(text.length <= 1024);
        expect(text).toMatch(/^[\x21\x23-\x5B\x5D-\x7E]+$/);
        expect(parseAppScope(text)).toEqual(one);
        expect(printAppScope(parseAppScope(text)!)).toBe(text);
      }),
    );
  });

  test('says level, type, interactions and parameters', () => {
    expect(parseAppScope(`patient/Observation.rs?category=${LAB}&status=final`)).toEqual({
      level: 'patient',
      type: 'Observation',
      interactions: new Set(['r', 's']),
      parameters: [
        ['category', LAB],
        ['status', 'final'],
      ],
    });
    expect(printAppScope(parseAppScope(`user/Observation.rs?category=${encodeURIComponent(LAB)}`)!)).toBe(
      `user/Observation.rs?category=${LAB}`,
    );
  });

  test.each([
    'patient/Observation.sr',
    'patient/Observation.dus',
    'patient/Observation.rr',
    'patient/Observation.',
    'patient/Observation',
    'patient/observation.rs',
    'patient/.rs',
    'patient/Observation/1.rs',
    'practitioner/Observation.rs',
    'Patient/Observation.rs',
    'patient/Observation.RS',
    'patient/Observation.reads',
    'patient/Observation.rs?',
    'patient/Observation.rs?category',
    'patient/Observation.rs?category=',
    'patient/Observation.rs?=x',
    'patient/Observation.rs?a%00b=x',
    'patient/Observation.rs?category=%FF',
    `patient/Observation.rs?${'code=1&'.repeat(11)}`,
    `patient/Observation.rs?code=${'x'.repeat(1024)}`,
    'patient/*rs',
    '*/Observation.rs',
    'openid',
    'launch/patient',
    'constructor',
    '',
  ])('is not "%s"', (text) => {
    expect(parseAppScope(text)).toBeNull();
  });
});

test('scopes of version 1 mean what the specification says of them', () => {
  const printed = ['patient/*.read', 'user/Observation.write', 'system/Patient.*'].map((text) =>
    printAppScope(parseAppScope(text)!),
  );
  expect(printed).toEqual(['patient/*.rs', 'user/Observation.cud', 'system/Patient.cruds']);
});

test('what is granted is told apart into scopes of records and others', () => {
  const { records, others } = readGranted('openid  patient/Patient.r launch/patient patient/Goal.sr');
  expect(records.map(printAppScope)).toEqual(['patient/Patient.r']);
  expect(others).toEqual(['openid', 'launch/patient', 'patient/Goal.sr']);
});
