import { describe, expect, test } from 'vitest';
import { PosternError } from '../../base/errors.ts';
import { type AccountId, type ChartId, type DepositId, isUuid, newId } from '../../base/ids.ts';
import { mediaTypeOf } from './deposit.ts';
import { patientIn, planFiling, refuseOtherPerson } from './filing-plan.ts';

const chartId = newId<ChartId>();
const options = {
  chartId,
  deposit: { id: newId<DepositId>(), partner: newId<AccountId>() },
  filedBy: newId<AccountId>(),
  now: new Date('2026-01-02T03:04:05Z'),
  ownBases: ['https://care.example/fhir'],
};

const observation = (reference: string, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  subject: { reference },
  ...more,
});
const bundle = (...entry: object[]) => ({ resourceType: 'Bundle', type: 'collection', entry });
const plan = (content: object | string) =>
  planFiling(Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)), options);

function refusal(content: object | string): string {
  try {
    plan(content);
    return 'planned';
  } catch (error) {
    if (!(error instanceof PosternError) || error.code !== 'not-processable') throw error;
    return error.message;
  }
}

const subjects = (content: object) =>
  plan(content)
    .resources.slice(0, -1)
    .map(({ resource }) => (resource.subject as { reference: string }).reference);

describe('the patient of a deposit', () => {
  test.each([
    'Patient/1',
    'Patient/1/_history/3',
    'https://lab.example/fhir/Patient/1',
    'https://lab.example/fhir/Patient/1/_history/2',
    'Patient?identifier=urn:lab|7',
  ])('becomes the chart that was chosen, also as %s', (reference) => {
    expect(subjects(observation(reference))).toEqual([`Patient/${chartId}`]);
  });

  test('is not filed, and everything that refers to it goes into the chart', () => {
    const identifier = [{ system: 'urn:lab', value: '7' }];
    const patient = { resourceType: 'Patient', id: 'p', identifier };
    const references = ['Patient/p', 'https://lab.example/fhir/Patient/p', 'Patient?identifier=urn:lab|7'];
    const content = bundle(
      { fullUrl: 'https://lab.example/fhir/Patient/p', resource: patient },
      ...references.map((reference, at) => ({
        fullUrl: `https://lab.example/fhir/Observation/${at}`,
        resource: observation(reference),
      })),
    );
    expect(subjects(content)).toEqual(references.map(() => `Patient/${chartId}`));
    expect(plan(content)).toMatchObject({ patient, patientId: 'p' });
  });

  test('is one: two names are two patients, versions of one name are not', () => {
    const two = (a: string, b: string) =>
      refusal(bundle({ resource: observation(a) }, { resource: observation(b) }));
    expect(two('Patient/1', 'Patient/2')).toBe('It names more than one patient.');
    expect(two('Patient/1', 'https://lab.example/fhir/Patient/1')).toBe('It names more than one patient.');
    expect(two('Patient/1', 'Patient/1/_history/2')).toBe('planned');
  });

  test('is another person where the days of birth differ, and may be anyone where one is not told', () => {
    const of = (birthDate: string | undefined) => ({ resourceType: 'Patient', id: 'p', birthDate });
    const check = (theirs: string | undefined, ours: string | undefined) => () =>
      refuseOtherPerson({ resources: [], patientId: null, patient: of(theirs) }, of(ours));
    expect(check('1980-05-06', '1980-05-07')).toThrow(PosternError);
    expect(check('1980-05-06', '1980-05-06')).not.toThrow();
    expect(check(undefined, '1980-05-07')).not.toThrow();
    expect(check('1980-05-06', undefined)).not.toThrow();
  });

  test('is found for a proposal, or not, and nothing is thrown for what is no FHIR', () => {
    const patient = { resourceType: 'Patient', id: 'p' };
    const found = (content: unknown) => patientIn(Buffer.from(JSON.stringify(content)));
    expect(found(patient)).toEqual(patient);
    expect(found(bundle({ resource: patient }))).toEqual(patient);
    expect(found(bundle({ resource: patient }, { resource: patient }))).toBeNull();
    for (const content of [observation('Patient/1'), bundle({}), bundle(), [], 7, null]) {
      expect(found(content)).toBeNull();
    }
    expect(patientIn(Buffer.from([0xff, 0xfe, 0x00]))).toBeNull();
  });
});

describe('what is filed', () => {
  test('has ids of ours, none of the sender’s, and refers to each other by them', () => {
    const specimen = { resourceType: 'Specimen', id: 's', subject: { reference: 'Patient/1' } };
    const first = observation('Patient/1', { id: 'o', specimen: { reference: 'Specimen/s' } });
    const { resources } = plan(bundle({ resource: first }, { resource: specimen }));
    expect(resources.map(({ resource }) => resource.resourceType)).toEqual([
      'Observation',
      'Specimen',
      'Provenance',
    ]);
    for (const { id, resource } of resources) expect([isUuid(id), resource.id]).toEqual([true, id]);
    expect(resources[0]!.resource.specimen).toEqual({ reference: `Specimen/${resources[1]!.id}` });
    expect(plan(bundle({ resource: first })).resources[0]!.id).not.toBe(resources[0]!.id);
  });

  test('keeps the sender’s version and time out of our meta, and says which deposit it was', () => {
    const meta = { versionId: '9', lastUpdated: '2020-01-01T00:00:00Z', tag: [{ code: 'x' }] };
    const { resources } = plan(observation('Patient/1', { meta }));
    expect(resources[0]!.resource.meta).toEqual({
      tag: [{ code: 'x' }],
      source: `urn:uuid:${options.deposit.id}`,
    });
  });

  test('does nothing that the bundle asks for: an update is made anew, a deletion refused', () => {
    const asked = { method: 'PUT', url: `Observation/${newId()}` };
    const { resources } = plan(bundle({ resource: observation('Patient/1'), request: asked }));
    expect(resources).toHaveLength(2);
    expect(refusal(bundle({ request: { method: 'DELETE', url: 'Observation/1' } }))).toBe(
      'An entry of the bundle holds no resource.',
    );
  });

  test.each<[string, object | string]>([
    ['The deposit is no FHIR in JSON.', '{"resourceType":"Observation","a":1,"a":2}'],
    ['The deposit is no FHIR in JSON.', `${'['.repeat(100_000)}`],
    ['The deposit is no FHIR in JSON.', '{"resourceType":"../Patient"}'],
    ['The bundle is empty.', bundle()],
    ['The bundle has more than 500 entries.', bundle(...Array.from({ length: 501 }, () => ({})))],
    ['It holds a type that Postern does not keep.', { resourceType: 'Parameters' }],
    ['It holds a type that Postern does not keep.', bundle({ resource: { resourceType: '__proto__' } })],
    ['It holds a type that Postern does not keep.', bundle({ resource: bundle() })],
    ['Nothing in it belongs to a patient.', { resourceType: 'Practitioner' }],
    ['Nothing in it belongs to a patient.', { resourceType: 'Patient' }],
    [
      'It holds the same resource twice.',
      bundle(
        { resource: observation('Patient/1', { id: 'o' }) },
        { resource: observation('Patient/1', { id: 'o' }) },
      ),
    ],
  ])('is refused: %s', (message, content) => {
    expect(refusal(content)).toBe(message);
  });
});

test('content comes under a known type, whatever its parameters and case, and no other', () => {
  expect(mediaTypeOf('Application/FHIR+JSON; charset=UTF-8')).toBe('application/fhir+json');
  expect(mediaTypeOf('x-application/hl7-v2+er7')).toBe('application/hl7-v2');
  for (const type of ['', 'text/html', 'constructor', 'application/fhir+json,text/html']) {
    expect(() => mediaTypeOf(type)).toThrow(PosternError);
  }
});
