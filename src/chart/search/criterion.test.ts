import { describe, expect, it } from 'vitest';
import { PosternError } from '../../base/errors.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { parseSearch } from './search-plan.ts';

const plan = (type: string, query: string) => parseSearch(type, new URLSearchParams(query));
const matches = (resource: FhirResource, query: string) =>
  plan(resource.resourceType, query).matches(resource);

const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';

const systolic: FhirResource = {
  resourceType: 'Observation',
  code: {
    coding: [{ system: LOINC, code: '8480-6', display: 'Systolic blood pressure' }],
    text: 'Upper value',
  },
  valueQuantity: { value: 120, unit: 'mmHg', system: UCUM, code: 'mm[Hg]' },
  component: [
    {
      code: { coding: [{ system: LOINC, code: '8462-4' }] },
      valueQuantity: { value: 80, system: UCUM, code: 'mm[Hg]' },
    },
    { code: { coding: [{ code: 'posture' }] }, valueCodeableConcept: { coding: [{ code: 'sitting' }] } },
  ],
  subject: { reference: 'Patient/1', identifier: { system: 'urn:mrn', value: 'A-1' } },
};

describe('numbers', () => {
  const risk = (probabilityDecimal: number): FhirResource => ({
    resourceType: 'RiskAssessment',
    prediction: [{ probabilityDecimal }],
  });

  it.each([
    ['100', 100.4, true],
    ['100', 99.5, true],
    ['100', 100.5, false],
    ['100.00', 100.004, true],
    ['100.00', 100.01, false],
    ['1e2', 104, true],
    ['1e2', 105, false],
    ['5.4e-3', 0.00544, true],
    ['5.4e-3', 0.0055, false],
    ['ne100', 100.2, false],
    ['ne100', 101, true],
    ['gt100', 100, false],
    ['gt100', 100.1, true],
    ['ge100', 100, true],
    ['lt100', 99.9, true],
    ['le100', 100, true],
    ['sa100', 100.1, true],
    ['eb100', 99.9, true],
    ['ap100', 109, true],
    ['ap100', 111, false],
    ['-3', -3.2, true],
  ])('%s against %d is %s', (criterion, value, met) => {
    const molecule: FhirResource = { resourceType: 'MolecularSequence', variant: [{ start: value }] };
    expect(matches(molecule, `variant-start=${encodeURIComponent(criterion)}`)).toBe(met);
  });

  it('are refused where they are none', () => {
    for (const text of ['x', '', '1e999', '--1', '1,5x', 'NaN', '0x10']) {
      const query = () => plan('MolecularSequence', `variant-start=${text || '%20'}`);
      expect(query, text).toThrow(PosternError);
    }
    expect(matches(risk(0.3), 'probability=lt0.5')).toBe(true);
  });
});

describe('quantities', () => {
  it.each([
    ['120', true],
    [`120|${UCUM}|mm[Hg]`, true],
    ['120||mmHg', true],
    ['120||mm[Hg]', true],
    [`120|${UCUM}|kPa`, false],
    ['120|urn:other|mm[Hg]', false],
    [`gt110|${UCUM}|mm[Hg]`, true],
    ['lt110', false],
    ['80', false],
  ])('%s is %s', (criterion, met) => {
    expect(matches(systolic, `value-quantity=${encodeURIComponent(criterion)}`)).toBe(met);
  });

  it('count a comparator as the range that it means', () => {
    const trace = { ...systolic, valueQuantity: { value: 5, comparator: '<' } };
    for (const [text, met] of [
      ['lt5', true],
      ['lt1', true],
      ['gt5', false],
      ['ge5', false],
      ['5', false],
      ['eb5', true],
    ] as const) {
      expect([text, matches(trace, `value-quantity=${text}`)]).toEqual([text, met]);
    }
  });

  it('are found in ages, ranges and money', () => {
    const condition = (onset: object): FhirResource => ({ resourceType: 'Condition', ...onset });
    expect(matches(condition({ onsetAge: { value: 40, code: 'a' } }), 'onset-age=gt30||a')).toBe(true);
    const range = { onsetRange: { low: { value: 30, unit: 'a' }, high: { value: 50, unit: 'a' } } };
    expect(matches(condition(range), 'onset-age=gt45||a')).toBe(true);
    expect(matches(condition(range), 'onset-age=sa45')).toBe(false);
    const invoice: FhirResource = { resourceType: 'Invoice', totalNet: { value: 10, currency: 'EUR' } };
    expect(matches(invoice, 'totalnet=10||EUR')).toBe(true);
    expect(matches(invoice, 'totalnet=10|urn:iso:std:iso:4217|EUR')).toBe(true);
    expect(matches(invoice, 'totalnet=10||USD')).toBe(false);
  });

  it('take a unit with its system', () => {
    expect(() => plan('Observation', `value-quantity=5|${UCUM}`)).toThrow(PosternError);
    expect(() => plan('Observation', 'value-quantity=5|a|b|c')).toThrow(PosternError);
  });
});

describe('composites', () => {
  it.each([
    ['code-value-quantity', `${LOINC}|8480-6$gt110`, true],
    ['code-value-quantity', `${LOINC}|8480-6$gt130`, false],
    ['code-value-quantity', '8462-4$80', false],
    ['component-code-value-quantity', '8462-4$80', true],
    ['component-code-value-quantity', '8480-6$120', false],
    ['combo-code-value-quantity', '8480-6$120', true],
    ['combo-code-value-quantity', '8462-4$80', true],
    ['combo-code-value-quantity', '8462-4$120', false],
    ['component-code-value-concept', 'posture$sitting', true],
    ['component-code-value-concept', '8462-4$sitting', false],
  ])('%s=%s is %s', (param, value, met) => {
    expect(matches(systolic, `${param}=${encodeURIComponent(value)}`)).toBe(met);
  });

  it('of a code and a value are found by the code, those of components only checked', () => {
    const whole = plan('Observation', 'code-value-quantity=8480-6$gt1');
    expect(whole.tokens.map(({ anyOf }) => anyOf)).toEqual([[{ param: 'code', value: '8480-6' }]]);
    expect(plan('Observation', 'combo-code-value-quantity=8480-6$gt1').rechecked).toHaveLength(1);
  });

  it('need all their parts', () => {
    for (const text of ['8480-6', '8480-6$1$2', '$1', '8480-6$']) {
      expect(() => plan('Observation', `code-value-quantity=${text}`), text).toThrow(PosternError);
    }
  });
});

describe('modifiers', () => {
  it(':text asks the words beside a code', () => {
    for (const [text, met] of [
      ['upper', true],
      ['blood', true],
      ['systolic blood', true],
      ['8480', false],
    ] as const) {
      expect([text, matches(systolic, `code:text=${text}`)]).toEqual([text, met]);
    }
  });

  it(':of-type asks type and value of an identifier together', () => {
    const type = { coding: [{ system: 'urn:types', code: 'MR' }] };
    const patient: FhirResource = {
      resourceType: 'Patient',
      identifier: [{ type, value: 'A-1' }, { value: 'B-2' }],
    };
    expect(matches(patient, 'identifier:of-type=urn:types|MR|a-1')).toBe(true);
    expect(matches(patient, 'identifier:of-type=urn:types|MR|B-2')).toBe(false);
    expect(matches(patient, 'identifier:of-type=urn:other|MR|A-1')).toBe(false);
    for (const text of ['MR|A-1', 'a|b|c|d', '||A-1']) {
      expect(() => plan('Patient', `identifier:of-type=${text}`), text).toThrow(PosternError);
    }
  });

  it(':identifier asks what stands beside a reference, also of a patient', () => {
    expect(matches(systolic, 'subject:identifier=urn:mrn|A-1')).toBe(true);
    expect(matches(systolic, 'patient:identifier=a-1')).toBe(true);
    expect(matches(systolic, 'subject:identifier=urn:other|A-1')).toBe(false);
    expect(plan('Observation', 'subject:identifier=A-1').charts).toBeNull();
  });

  it(':below and :above go by the parts of an address', () => {
    const questionnaire: FhirResource = { resourceType: 'Questionnaire', url: 'http://x.example/forms/a/b' };
    for (const [query, met] of [
      ['url:below=http://x.example/forms', true],
      ['url:below=http://x.example/for', false],
      ['url:above=http://x.example/forms/a/b/c', true],
      ['url:above=http://x.example/forms/a', false],
    ] as const) {
      expect([query, matches(questionnaire, query)]).toEqual([query, met]);
    }
  });

  it('that need a terminology service are refused, and say what to do', () => {
    for (const modifier of ['in', 'not-in', 'above', 'below']) {
      expect(() => plan('Condition', `code:${modifier}=http://x.example/vs`)).toThrow(/name the codes/);
    }
  });

  it('a date of death says that somebody is deceased', () => {
    const patient = (more: object): FhirResource => ({ resourceType: 'Patient', ...more });
    expect(matches(patient({ deceasedDateTime: '2020' }), 'deceased=true')).toBe(true);
    expect(matches(patient({ deceasedBoolean: false }), 'deceased=true')).toBe(false);
    expect(matches(patient({}), 'deceased=false')).toBe(true);
  });
});
