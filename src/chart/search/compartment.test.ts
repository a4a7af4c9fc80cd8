import { describe, expect, test } from 'vitest';
import { TYPES } from '../type-registry.ts';
import { COMPARTMENTS, membershipOf } from './compartment.ts';
import { parseSearch } from './search-plan.ts';

const ID = '01934f5e-0000-7000-8000-000000000001';
const OTHER = '01934f5e-0000-7000-8000-000000000002';
const within = (whose: string, type: string, query = '', id = ID) =>
  parseSearch(type, new URLSearchParams(query), { compartment: { type: whose, id } });

test('every parameter that a compartment goes by is one that this server compares', () => {
  let held = 0;
  for (const whose of COMPARTMENTS) {
    for (const type of TYPES.keys()) {
      try {
        for (const parameter of membershipOf({ type: whose }, type))
          expect(parameter?.kind).toBe('reference');
        held += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid' });
      }
    }
  }
  expect(held).toBeGreaterThan(75);
});

describe('the compartment of a patient', () => {
  test('holds what names the patient by any of its parameters, in the chart alone', () => {
    const plan = within('Patient', 'Communication', 'status=completed');
    expect(plan.charts).toEqual([ID]);
    const communication = (content: object) =>
      plan.matches({ resourceType: 'Communication', status: 'completed', ...content });
    const patient = { reference: `Patient/${ID}` };
    expect(communication({ subject: patient })).toBe(true);
    expect(communication({ recipient: [{ reference: `Group/${ID}` }, patient] })).toBe(true);
    expect(communication({ sender: { reference: `Patient/${OTHER}` } })).toBe(false);
    expect(communication({ subject: patient, status: 'stopped' })).toBe(false);
  });

  test('is not that of whoever else is named beside', () => {
    expect(within('Patient', 'Observation', `patient=${OTHER}`).charts).toEqual([]);
    expect(within('Patient', 'Observation', `patient=${ID}`).charts).toEqual([ID]);
  });

  test('holds the patient, who may be linked to from another chart', () => {
    const plan = within('Patient', 'Patient');
    expect(plan.charts).toBeNull();
    expect(plan.matches({ resourceType: 'Patient', id: ID })).toBe(true);
    expect(plan.matches({ resourceType: 'Patient', id: OTHER })).toBe(false);
    const link = [{ other: { reference: `Patient/${ID}` }, type: 'seealso' }];
    expect(plan.matches({ resourceType: 'Patient', id: OTHER, link })).toBe(true);
  });

  test.each(['x', `${ID},${OTHER}`, '*', ''])('of %j is nobody’s', (id) => {
    const plan = within('Patient', 'Observation', '', id);
    expect(plan.charts).toEqual(['00000000-0000-0000-0000-000000000000']);
    expect(plan.matches({ resourceType: 'Observation', subject: { reference: `Patient/${OTHER}` } })).toBe(
      false,
    );
  });
});

test('the compartment of an encounter is searched over the encounter', () => {
  const [link] = within('Encounter', 'Observation').links;
  expect([link?.parameter.code, link?.plans[0]?.type, link?.plans[0]?.ids]).toEqual([
    'encounter',
    'Encounter',
    [ID],
  ]);
  expect(within('Encounter', 'Encounter').ids).toEqual([ID]);
});

test.each([
  ['Patient', 'Practitioner'],
  ['Encounter', 'Patient'],
  ['Practitioner', 'Observation'],
])('of %s holds no %s', (whose, type) => {
  expect(() => within(whose, type)).toThrow(expect.objectContaining({ code: 'invalid' }));
});
