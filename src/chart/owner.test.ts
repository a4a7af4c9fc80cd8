import { describe, expect, it } from 'vitest';
import type { FhirResource } from './fhir-resource.ts';
import { localReferences, ownerOf, patientReferences } from './owner.ts';
import { TYPES } from './type-registry.ts';

const ANNA = '0a000000-0000-4000-8000-000000000001';
const BERT = '0a000000-0000-4000-8000-000000000002';
const observation = (more: object = {}): FhirResource => ({
  resourceType: 'Observation',
  subject: { reference: `Patient/${ANNA}` },
  ...more,
});

describe('the owner of a resource', () => {
  it('is the patient whom the registered element names', () => {
    expect(ownerOf(observation())).toEqual({ kind: 'chart', chart: ANNA });
  });

  it('is the same patient when the reference is versioned or absolute under an own base', () => {
    const subjects = [`Patient/${ANNA}/_history/2`, `https://here.example/fhir/Patient/${ANNA}`];
    for (const reference of subjects) {
      const owner = ownerOf(observation({ subject: { reference } }), {
        ownBases: ['https://here.example/fhir'],
      });
      expect(owner).toEqual({ kind: 'chart', chart: ANNA });
    }
  });

  it('is refused for every other way of writing it', () => {
    const subjects = [
      { reference: `patient/${ANNA}` },
      { reference: `PATIENT/${ANNA}` },
      { reference: `Patient/${ANNA.toUpperCase()}` },
      { reference: `https://elsewhere.example/fhir/Patient/${ANNA}` },
      { reference: `urn:uuid:${ANNA}` },
      { reference: 'Patient?identifier=1' },
      { reference: '#p' },
      { reference: 'Group/1' },
      { reference: `Patient/${ANNA}/../${BERT}` },
      { reference: 'Patient/1' },
      { identifier: { value: '1' }, type: 'Patient' },
      { display: 'Anna' },
      undefined,
    ];
    for (const subject of subjects) {
      expect(ownerOf(observation({ subject })).kind, JSON.stringify(subject)).toBe('refused');
    }
  });

  it('is found through what an import knows of a bundle', () => {
    const resolve = (text: string) => (text === 'urn:uuid:x' ? `Patient/${ANNA}` : null);
    const owner = ownerOf(observation({ subject: { reference: 'urn:uuid:x' } }), { resolve });
    expect(owner).toEqual({ kind: 'chart', chart: ANNA });
  });

  it('is refused when a second patient is named anywhere', () => {
    const bert = { reference: `Patient/${BERT}` };
    const bridges: object[] = [
      { focus: [bert] },
      { performer: [{ reference: `Patient/${BERT}/_history/1` }] },
      { extension: [{ url: 'urn:x', valueReference: bert }] },
      { contained: [{ resourceType: 'Specimen', subject: bert }] },
      { contained: [{ resourceType: 'Patient', id: 'p' }] },
      { component: [{ extension: [{ url: 'urn:x', extension: [{ url: 'y', valueReference: bert }] }] }] },
      { focus: [{ reference: `patient/${BERT}` }] },
      { focus: [{ reference: `https://elsewhere.example/Patient/${BERT}` }] },
    ];
    for (const bridge of bridges) {
      expect(ownerOf(observation(bridge)).kind, JSON.stringify(bridge)).toBe('refused');
    }
  });

  it('may be named again by the resource itself', () => {
    const again = { performer: [{ reference: `Patient/${ANNA}` }], focus: [{ display: 'her arm' }] };
    expect(ownerOf(observation(again))).toEqual({ kind: 'chart', chart: ANNA });
  });

  it('is one of the patients of an appointment only if there is one', () => {
    const appointment = (...actors: string[]): FhirResource => ({
      resourceType: 'Appointment',
      participant: actors.map((reference) => ({ actor: { reference } })),
    });
    expect(ownerOf(appointment('Practitioner/1', `Patient/${ANNA}`))).toEqual({ kind: 'chart', chart: ANNA });
    expect(ownerOf(appointment(`Patient/${BERT}`, `Patient/${ANNA}`)).kind).toBe('refused');
    expect(ownerOf(appointment('Practitioner/1'))).toEqual({ kind: 'practice', section: 'administrative' });
  });

  it('is the practice for a task among staff, and nobody for one that names a group', () => {
    expect(ownerOf({ resourceType: 'Task' })).toEqual({ kind: 'practice', section: 'administrative' });
    expect(ownerOf({ resourceType: 'Task', for: { reference: 'Group/1' } }).kind).toBe('refused');
    const owner = { reference: `Patient/${ANNA}` };
    expect(ownerOf({ resourceType: 'Task', requester: owner }).kind).toBe('refused');
  });

  it('of a group is the practice, in a section that not everyone may read', () => {
    const group = {
      resourceType: 'Group',
      member: [ANNA, BERT].map((id) => ({ entity: { reference: `Patient/${id}` } })),
    };
    expect(ownerOf(group)).toEqual({ kind: 'practice', section: 'administrative' });
    const list = { resourceType: 'List', entry: [{ item: { reference: `Patient/${BERT}` } }] };
    expect(ownerOf(list)).toEqual({ kind: 'practice', section: 'administrative' });
    expect(ownerOf({ ...list, subject: { reference: `Patient/${ANNA}` } }).kind).toBe('refused');
  });

  it('is inherited from what is described, which must be here', () => {
    const provenance = (reference: string) => ({ resourceType: 'Provenance', target: [{ reference }] });
    expect(ownerOf(provenance('Observation/1'))).toEqual({
      kind: 'inherited',
      from: [{ kind: 'local', type: 'Observation', id: '1', version: null }],
    });
    expect(ownerOf(provenance('https://elsewhere.example/Observation/1')).kind).toBe('refused');
    expect(ownerOf({ resourceType: 'Binary' }).kind).toBe('refused');
  });

  it('of a patient record is itself, and it may link to a duplicate', () => {
    const link = [{ other: { reference: `Patient/${BERT}` }, type: 'seealso' }];
    expect(ownerOf({ resourceType: 'Patient', id: ANNA, link })).toEqual({ kind: 'chart', chart: ANNA });
    expect(ownerOf({ resourceType: 'Patient' }).kind).toBe('refused');
  });

  it('does not exist for a type that is not registered', () => {
    expect(() => ownerOf({ resourceType: 'Subscription' })).toThrow('no resources of this type');
    expect(() => ownerOf({ resourceType: 'constructor' })).toThrow('no resources of this type');
  });
});

describe('the type registry', () => {
  it('lets no type that everyone may read name a patient', () => {
    for (const type of TYPES.values()) {
      if (type.owner.kind === 'practice' && type.section === 'practice') expect(type.namesOthers).toBe(false);
      const resource = {
        resourceType: type.name,
        extension: [{ valueReference: { reference: `Patient/${ANNA}` } }],
      };
      const owner = ownerOf(resource);
      if (owner.kind === 'practice') expect(owner.section, type.name).not.toBe('practice');
    }
  });
});

describe('references in a resource', () => {
  it('are told with the path at which they stand', () => {
    const found = patientReferences(observation({ focus: [{ reference: 'patient/x' }] }));
    expect(found).toEqual([
      { id: ANNA, path: 'Observation.subject' },
      { id: null, path: 'Observation.focus' },
    ]);
  });

  it('are listed where this server would follow them', () => {
    const found = localReferences(
      observation({ encounter: { reference: 'Encounter/9' }, device: { reference: '#d' } }),
    );
    expect(found.map((reference) => `${reference.type}/${reference.id}`)).toEqual([
      `Patient/${ANNA}`,
      'Encounter/9',
    ]);
  });
});
