import type { CodeableConcept, Condition, Procedure, ServiceRequest } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { mouthOf, stateOf, toothOf } from './teeth.ts';

const FDI = 'http://terminology.hl7.org/CodeSystem/ex-tooth';
const UNIVERSAL = 'http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem';
const at = (system: string, code: string): CodeableConcept[] => [{ coding: [{ system, code }] }];
const called = (code: string): CodeableConcept => ({ coding: [{ code }], text: code });
const subject = { reference: 'Patient/1' };

function finding(id: string, tooth: string, code: string): Condition {
  const clinicalStatus = { coding: [{ code: 'active' }] };
  const bodySite = at(FDI, tooth);
  return { resourceType: 'Condition', id, subject, clinicalStatus, code: called(code), bodySite };
}

function done(id: string, tooth: string, code: string, status: Procedure['status']): Procedure {
  return { resourceType: 'Procedure', id, subject, status, code: called(code), bodySite: at(FDI, tooth) };
}

test('a tooth is named by its FDI number, or a primary one by its universal letter', () => {
  expect(toothOf(at(FDI, '36'))).toBe('36');
  expect(['A', 'E', 'F', 'J', 'K', 'O', 'P', 'T'].map((letter) => toothOf(at(UNIVERSAL, letter)))).toEqual([
    '55',
    '51',
    '61',
    '65',
    '75',
    '71',
    '81',
    '85',
  ]);
  expect(toothOf(at('http://terminology.hl7.org/CodeSystem/FDI-surface', 'O'))).toBeNull();
  expect(toothOf(undefined)).toBeNull();
});

test('of several things that are said of a tooth, the gravest decides what it is shown as', () => {
  const planned: ServiceRequest = {
    resourceType: 'ServiceRequest',
    id: 'plan',
    status: 'active',
    intent: 'plan',
    subject,
    code: called('composite-2'),
    bodySite: at(FDI, '14'),
  };
  const mouth = mouthOf({
    conditions: [
      finding('a', '14', 'caries-dentine'),
      finding('b', '26', 'caries-enamel'),
      finding('c', '18', 'missing-tooth'),
    ],
    procedures: [
      done('d', '14', 'composite-1', 'completed'),
      done('e', '46', 'extraction', 'completed'),
      done('f', '11', 'composite-1', 'not-done'),
    ],
    plans: [planned],
  })!;
  const states = [...mouth.teeth].map(([tooth, notes]) => [tooth, stateOf(notes)]);
  expect(Object.fromEntries(states)).toEqual({
    '14': 'decay',
    '18': 'missing',
    '26': 'watched',
    '46': 'missing',
  });
  expect(mouth.teeth.get('14')?.map(({ id }) => id)).toEqual(['a', 'plan', 'd']);
  expect(mouth.hasPrimary).toBe(false);
});

test('a chart that names no tooth has no mouth to show', () => {
  const general = finding('a', '14', 'I10');
  expect(mouthOf({ conditions: [{ ...general, bodySite: [] }], procedures: [], plans: [] })).toBeNull();
});

test('a finding that is resolved or was withdrawn is not shown', () => {
  const resolved = { ...finding('a', '14', 'caries-dentine'), clinicalStatus: called('resolved') };
  const withdrawn = {
    ...finding('b', '15', 'caries-dentine'),
    verificationStatus: called('entered-in-error'),
  };
  expect(mouthOf({ conditions: [resolved, withdrawn], procedures: [], plans: [] })).toBeNull();
});
