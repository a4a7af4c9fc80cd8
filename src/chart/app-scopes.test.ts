/** Which scopes of apps can be served, and which records they are about. */
import { describe, expect, test } from 'vitest';
import { parseAppScope } from '../gate/index.ts';
import { isServable, meetsScope } from './app-scopes.ts';

const LABORATORY = 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory';
const observation = (category: string) => ({
  resourceType: 'Observation',
  status: 'final',
  category: [{ coding: [{ system: LABORATORY.split('|')[0], code: category }] }],
});

test.each([
  'patient/*.rs',
  'user/Observation.cruds',
  `patient/Observation.rs?category=${LABORATORY}`,
  'patient/Observation.rs?category=laboratory,vital-signs&status=final',
  'patient/Observation.rs?status:not=cancelled',
  'patient/Observation.rs?date=ge2020-01-01',
  'system/*.rs?_tag=research',
  'patient/Patient.r?_id=6d1f1f1c-66a0-4c8e-9a51-0a1f5a6d2b11',
])('"%s" can be served', (text) => {
  expect(isServable(parseAppScope(text)!)).toBe(true);
});

test.each([
  ['a type that is not kept', 'patient/Nothing.rs'],
  ['the access log, which is for people', 'user/AuditEvent.rs'],
  ['a parameter that the type has not', 'patient/Observation.rs?colour=red'],
  ['one that not every type has', 'patient/*.rs?category=laboratory'],
  ['a chain', 'patient/Observation.rs?patient.birthdate=1990-01-01'],
  ['what points to it', 'patient/Patient.rs?_has:Observation:patient:code=1'],
  ['a value set', 'patient/Observation.rs?code:in=http://example.org/vs'],
  ['a modifier that is none', 'patient/Observation.rs?code:x=1'],
  ['a value that is none', 'patient/Observation.rs?date=yesterday'],
  ['what is near to now', 'patient/Observation.rs?date=ap2020-01-01'],
  ['the form of a page', 'patient/Observation.rs?_count=1'],
  ['what comes along', 'patient/Observation.rs?_include=Observation:subject'],
  ['a filter', "patient/Observation.rs?_filter=code%20eq%20'1'"],
])('a scope with %s is refused', (_what, text) => {
  expect(isServable(parseAppScope(text)!)).toBe(false);
});

describe('a record', () => {
  test('meets all parameters of a scope, or is not what it is about', () => {
    const scope = parseAppScope(`patient/Observation.rs?category=${LABORATORY}&status=final`)!;
    expect(meetsScope(scope, observation('laboratory'), [])).toBe(true);
    expect(meetsScope(scope, observation('vital-signs'), [])).toBe(false);
    expect(meetsScope(scope, { ...observation('laboratory'), status: 'amended' }, [])).toBe(false);
  });

  test('is never what a scope is about that cannot be served', () => {
    const scope = parseAppScope('patient/Observation.rs?colour=red')!;
    expect(meetsScope(scope, observation('laboratory'), [])).toBe(false);
  });
});
