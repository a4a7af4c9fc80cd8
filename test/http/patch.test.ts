/** PATCH: parts of a resource are changed, and nothing that PUT would not change. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let other: ChartId;
let doctor: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice);
  other = await served.chart(practice);
  doctor = await served.person(practice, { role: 'doctor' });
});
afterAll(() => served.close());

const ask = (who: Person, method: string, target: string, options = {}) =>
  served.ask(who.token, method, target, options);

const JSON_PATCH = { 'content-type': 'application/json-patch+json' };

async function made(text = ''): Promise<string> {
  const body =
    `{"resourceType":"Observation","status":"final","code":{"text":"pulse"},` +
    `"subject":{"reference":"Patient/${chart}"},"valueQuantity":{"value":72.10,"unit":"/min"}${text}}`;
  const headers = { 'content-type': 'application/fhir+json' };
  const { status, json } = await ask(doctor, 'POST', '/fhir/Observation', { body, headers });
  expect(status).toBe(201);
  return `/fhir/Observation/${json.id}`;
}

const patch = (who: Person, target: string, operations: object[], headers: object = {}) =>
  ask(who, 'PATCH', target, { body: JSON.stringify(operations), headers: { ...JSON_PATCH, ...headers } });

const replace = (path: string, value: unknown) => ({ op: 'replace', path, value });

const pathPatch = (who: Person, target: string, type: string, path: string, value: object | null) =>
  ask(who, 'PATCH', target, {
    body: {
      resourceType: 'Parameters',
      parameter: [
        {
          name: 'operation',
          part: [
            { name: 'type', valueCode: type },
            { name: 'path', valueString: path },
            ...(value === null ? [] : [{ name: 'value', ...value }]),
          ],
        },
      ],
    },
  });

test('a JSON Patch changes what it names and keeps the rest as it was written', async () => {
  const target = await made();
  const answer = await patch(doctor, target, [replace('/status', 'amended')]);
  expect([answer.status, answer.headers.etag, answer.json.status]).toEqual([200, 'W/"2"', 'amended']);
  expect(answer.text).toContain('"value":72.10');
  expect((await ask(doctor, 'GET', target)).text).toBe(answer.text);
});

test('a FHIRPath Patch does the same', async () => {
  const target = await made();
  const value = { valueCode: 'amended' };
  const answer = await pathPatch(doctor, target, 'replace', 'Observation.status', value);
  expect([answer.status, answer.json.status]).toEqual([200, 'amended']);
  expect(answer.text).toContain('"value":72.10');
  const without = await pathPatch(doctor, target, 'delete', 'Observation.value', null);
  expect(without.json.valueQuantity).toBeUndefined();
});

test('depends on a version where that is asked, and answers with what is preferred', async () => {
  const target = await made();
  const operations = [replace('/status', 'amended')];
  expect((await patch(doctor, target, operations, { 'if-match': 'W/"2"' })).status).toBe(412);
  const minimal = await patch(doctor, target, operations, { 'if-match': 'W/"1"', prefer: 'return=minimal' });
  expect([minimal.status, minimal.text, minimal.headers.etag]).toEqual([200, '', 'W/"2"']);
});

describe('is refused', () => {
  test.each([
    ['application/xml-patch+xml', '<diff/>', 415],
    ['application/merge-patch+json', '{}', 415],
    ['application/json-patch+json', '{}', 400],
    ['application/json-patch+json', '[', 400],
    ['application/json-patch+json', '[{"op":"test","path":"/status","value":"x"}]', 422],
    ['application/json-patch+json', '[{"op":"replace","path":"/status","value":"perhaps"}]', 422],
    ['application/json-patch+json', '[{"op":"add","path":"/unheardOf","value":"x"}]', 422],
    ['application/fhir+json', '{"resourceType":"Patient"}', 400],
  ])('as %s with %s', async (type, body, status) => {
    const target = await made();
    const answer = await ask(doctor, 'PATCH', target, { body, headers: { 'content-type': type } });
    expect([answer.status, answer.json.resourceType]).toEqual([status, 'OperationOutcome']);
    expect((await ask(doctor, 'GET', target)).headers.etag).toBe('W/"1"');
  });

  test('where it moves a resource to another patient, however that is written', async () => {
    const target = await made();
    for (const reference of [
      `Patient/${other}`,
      `Patient/${other}/_history/1`,
      `https://care.example/fhir/Patient/${other}`,
      `patient/${other}`,
      `https://elsewhere.example/fhir/Patient/${other}`,
      `Patient/${newId()}`,
    ]) {
      expect((await patch(doctor, target, [replace('/subject/reference', reference)])).status).toBe(422);
      const value = { valueString: reference };
      expect(
        (await pathPatch(doctor, target, 'replace', 'Observation.subject.reference', value)).status,
      ).toBe(422);
    }
    const second = { op: 'add', path: '/performer', value: [{ reference: `Patient/${other}` }] };
    expect((await patch(doctor, target, [second])).status).toBe(422);
    expect((await ask(doctor, 'GET', target)).headers.etag).toBe('W/"1"');
  });

  test('where it changes the id or the type', async () => {
    const target = await made();
    for (const operation of [
      replace('/id', newId()),
      { op: 'remove', path: '/id' },
      replace('/resourceType', 'Condition'),
      replace('', { resourceType: 'Patient', id: chart }),
    ]) {
      expect((await patch(doctor, target, [operation])).status).toBe(400);
    }
  });

  test('for what was deleted', async () => {
    const target = await made();
    await ask(doctor, 'DELETE', target);
    expect((await patch(doctor, target, [replace('/status', 'amended')])).status).toBe(410);
  });
});

test('what the server assigns is its own, whatever a patch says of it', async () => {
  const target = await made();
  const answer = await patch(doctor, target, [
    replace('/meta', { versionId: '99', lastUpdated: '1999-01-01T00:00:00Z', tag: [{ code: 'kept' }] }),
  ]);
  expect(answer.json.meta).toMatchObject({ versionId: '2', tag: [{ code: 'kept' }] });
  expect(String(answer.json.meta!.lastUpdated)).not.toContain('1999');
});

test("a patch of somebody's own notes stays his, and nobody else changes or opens them", async () => {
  const writer = await served.person(practice, { role: 'psychiatrist' });
  const reader = await served.person(practice, { role: 'psychiatrist' });
  const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSYTHPN' }];
  const body = {
    resourceType: 'Observation',
    meta: { security },
    status: 'final',
    code: { text: 'note' },
    subject: { reference: `Patient/${chart}` },
  };
  const note = await ask(writer, 'POST', '/fhir/Observation', { body });
  expect(note.status).toBe(201);
  const target = `/fhir/Observation/${note.json.id}`;
  expect((await ask(reader, 'GET', target)).status).toBe(404);
  const operations = [replace('/status', 'amended')];
  const [hidden, absent] = [
    await patch(reader, target, operations),
    await patch(reader, `/fhir/Observation/${newId()}`, operations),
  ];
  expect(hidden).toEqual(absent);
  expect((await patch(writer, target, operations)).status).toBe(200);
  // Taking the label away opens nothing.
  const opened = await patch(writer, target, [{ op: 'remove', path: '/meta/security' }]);
  expect(opened.status).toBe(200);
  expect((await ask(reader, 'GET', target)).status).toBe(404);
});
