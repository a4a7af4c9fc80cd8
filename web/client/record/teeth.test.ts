import type { CodeableConcept, Condition, Procedure, ServiceRequest } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { mouthOf, stateOf, toothNumber, toothOf } from './teeth.ts';

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

test('every tooth has one number of each numbering, and they lead to one another', () => {
  const pairs = [
    ['18', '1'],
    ['11', '8'],
    ['21', '9'],
    ['24', '12'],
    ['28', '16'],
    ['38', '17'],
    ['31', '24'],
    ['41', '25'],
    ['48', '32'],
    ['55', 'A'],
    ['85', 'T'],
  ] as const;
  for (const [fdi, universal] of pairs) {
    expect(toothNumber(fdi, 'universal')).toBe(universal);
    expect(toothNumber(fdi, 'fdi')).toBe(fdi);
    expect(toothOf(at(UNIVERSAL, universal))).toBe(fdi);
  }
  const numbers = Array.from({ length: 32 }, (_, index) => toothOf(at(UNIVERSAL, String(index + 1))));
  expect(new Set(numbers).size).toBe(32);
});

test('a practice that writes universal numbers reads them; one that writes FDI numbers reads those', () => {
  const one = (bodySite: CodeableConcept[]) =>
    mouthOf({
      conditions: [{ ...finding('a', '14', 'caries-dentine'), bodySite }],
      procedures: [],
      plans: [],
    })!.numbering;
  expect(one(at(FDI, '14'))).toBe('fdi');
  expect(
    one([
      {
        coding: [
          { system: FDI, code: '14' },
          { system: UNIVERSAL, code: '5' },
        ],
      },
    ]),
  ).toBe('universal');
});

test('a gap that an implant fills is a tooth that was treated', () => {
  const gap = finding('a', '36', 'missing-tooth');
  const mouth = (code: string) =>
    mouthOf({ conditions: [gap], procedures: [done('b', '36', code, 'completed')], plans: [] })!;
  expect(stateOf(mouth('implant-crown').teeth.get('36'))).toBe('treated');
  expect(stateOf(mouth('composite-1').teeth.get('36'))).toBe('missing');
});
