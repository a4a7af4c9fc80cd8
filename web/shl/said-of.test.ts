import type { Condition, Observation, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { Format } from '../kit/index.ts';
import { saidOf } from './said-of.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';

const english = (resource: Resource) => saidOf(resource, en, new Format('en'));
const subject = { reference: 'Patient/a' };

function observation(more: Partial<Observation>): Observation {
  return { resourceType: 'Observation', status: 'final', code: { text: 'Periodontal findings' }, ...more };
}

describe('what a summary says of a resource', () => {
  it('says the value of every part, so that none reads as a finding', () => {
    const said = english(
      observation({
        bodySite: { text: '#4 upper right second premolar' },
        component: [
          { code: { text: 'Bleeding on probing' }, valueString: 'none' },
          { code: { text: 'Mobility, Miller class' }, valueInteger: 0 },
          { code: { text: 'Suppuration' }, valueBoolean: false },
          { code: { text: 'Recession' }, valueQuantity: { value: 0, unit: 'mm' } },
          { code: { text: 'Furcation' } },
        ],
      }),
    );
    expect(said).toBe(
      '#4 upper right second premolar · Bleeding on probing: none · Mobility, Miller class: 0 · ' +
        'Suppuration: No · Recession: 0 mm · Furcation: not recorded',
    );
  });

  it('tells values of every type, and why there is none', () => {
    expect(english(observation({ valueBoolean: true }))).toBe('Yes');
    expect(english(observation({ valueInteger: 3 }))).toBe('3');
    expect(english(observation({ valueCodeableConcept: { text: 'Positive' } }))).toBe('Positive');
    expect(english(observation({ valueRange: { low: { value: 1 }, high: { value: 2 } } }))).toBe('1 – 2');
    expect(english(observation({ valueRatio: { numerator: { value: 1 }, denominator: { value: 8 } } }))).toBe(
      '1 : 8',
    );
    expect(english(observation({ dataAbsentReason: { text: 'Not performed' } }))).toBe('Not performed');
  });

  it('says how a condition stands in the language of whoever reads, and that it was ruled out', () => {
    const condition: Condition = {
      resourceType: 'Condition',
      subject,
      clinicalStatus: { coding: [{ code: 'active', display: 'Active' }] },
      bodySite: [{ text: '#12' }],
    };
    expect(saidOf(condition, de, new Format('de'))).toBe('#12 · Besteht');
    const refuted = { ...condition, verificationStatus: { coding: [{ code: 'refuted' }] } };
    expect(english(refuted)).toBe('#12 · Active · Ruled out');
  });

  it('says what was not done or is no longer taken', () => {
    expect(english({ resourceType: 'Procedure', status: 'not-done', subject })).toBe('Not done');
    const statement = {
      resourceType: 'MedicationStatement',
      subject,
      medicationCodeableConcept: {},
    } as const;
    expect(english({ ...statement, status: 'stopped' })).toBe('Stopped');
    expect(english({ ...statement, status: 'active' })).toBe('');
  });
});
