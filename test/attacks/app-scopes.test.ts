/**
 * An app asks for what is outside its scopes: by id, by version, through searches, links, includes,
 * histories, files, provenances and writes. The oracle is noninterference: byte for byte the same answers
 * before what is outside stands and after.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, type PracticeId } from '../../src/base/ids.ts';
import {
  FORMS,
  GRANTED,
  inside,
  movedAway,
  OUTSIDE,
  observation,
  other,
  outside,
  own,
  SEARCHES,
} from '../support/narrowed-world.ts';
import { idsOf, SearchDesk } from '../support/search-desk.ts';
import {
  type Answered,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let app: Person;
let doctor: Person;

type Asked = readonly [method: string, target: string, body?: object];
const before = new Map<string, string>();
const after = new Map<string, string>();

const ids = (type: string, id: string): Asked[] => [
  ['GET', `/fhir/${type}/${id}`],
  ['GET', `/fhir/${type}/${id}/_history`],
  ['GET', `/fhir/${type}/${id}/_history?_count=1`],
  ['GET', `/fhir/${type}/${id}/_history?_since=2020-01-01`],
  ['GET', `/fhir/${type}/${id}/_history/1`],
  ['GET', `/fhir/${type}/${id}/_history/2`],
  ['GET', `/fhir/${type}?_id=${id}`],
  ['DELETE', `/fhir/${type}/${id}`],
  ['PATCH', `/fhir/${type}/${id}`, [{ op: 'test', path: '/status', value: 'final' }]],
];

function asks(): Asked[] {
  const named = [...Object.values(outside)].flatMap(({ resourceType, id }) => ids(resourceType, id));
  const refersTo = (target: { resourceType: string; id: string }) =>
    observation('laboratory', 'new', { derivedFrom: [{ reference: `${target.resourceType}/${target.id}` }] });
  const put = [outside.vital, outside.movedOut, outside.theirs].flatMap((one): Asked[] => [
    ['PUT', `/fhir/Observation/${one.id}`, { ...observation('laboratory', 'forged'), id: one.id }],
    ['POST', `/fhir/Observation/${one.id}/$validate`, parameters(observation('laboratory', 'x'), 'update')],
  ]);
  return [
    ...named,
    ...put,
    ...SEARCHES.flatMap((search) =>
      FORMS.map((form): Asked => ['GET', `/fhir/${search}&${form}`.replace('/?', '?')]),
    ),
    ['GET', '/fhir/_history?_count=50'],
    ['GET', '/fhir/_history?_count=2'],
    ['GET', '/fhir/Observation/_history?_count=1'],
    ['GET', '/fhir/Condition/_history'],
    ['GET', `/fhir/Patient/${own}/$everything`],
    ['GET', `/fhir/Patient/${own}/$everything?_count=2`],
    ['GET', `/fhir/Patient/${own}/$everything?_type=Observation,Condition,Encounter,Binary`],
    ['GET', `/fhir/Patient/${other}/$everything`],
    ['GET', '/fhir/Patient/$everything?_count=3'],
    ['GET', `/fhir/AuditEvent?patient=${own}`],
    ['POST', '/fhir/Observation', refersTo(outside.vital)],
    ['POST', '/fhir/Observation', refersTo(outside.movedOut)],
    [
      'POST',
      '/fhir/Observation',
      { ...refersTo(inside.lab), encounter: { reference: `Encounter/${outside.visit.id}` } },
    ],
    ['DELETE', `/fhir/Observation?category=vital-signs&patient=${own}`],
    ['PUT', '/fhir/Observation?category=vital-signs', observation('laboratory', 'forged')],
    ['POST', '/fhir', batch(outside.vital.id)],
    ['POST', '/fhir', { ...batch(outside.vital.id), type: 'transaction' }],
    ['POST', '/fhir', { ...batch(outside.problem.id, 'Condition'), type: 'transaction' }],
    ['POST', '/fhir/Patient/$match', person(OUTSIDE)],
    ['POST', `/fhir/Patient/${own}/$break-glass`, { reason: 'an app wants to see everything' }],
  ];
}

const person = (family: string) => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'resource', resource: { resourceType: 'Patient', name: [{ family }] } }],
});
const parameters = (resource: object, mode: string) => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'resource', resource },
    { name: 'mode', valueCode: mode },
  ],
});
const batch = (id: string, type = 'Observation') => ({
  resourceType: 'Bundle',
  type: 'batch',
  entry: [
    { request: { method: 'GET', url: `${type}/${id}` } },
    { request: { method: 'GET', url: `Observation/${inside.second.id}` } },
  ],
});

async function askAll(answers: Map<string, string>): Promise<void> {
  let tokens = 0;
  let who = app;
  for (const [method, target, body] of asks()) {
    // Refusals in a burst would lock the session: here each answer counts for itself.
    if (tokens % 12 === 0) who = await newApp();
    tokens += 1;
    const type = method === 'PATCH' ? { headers: { 'content-type': 'application/json-patch+json' } } : {};
    const answer = await served.ask(who.token, method, target, body === undefined ? {} : { body, ...type });
    const told = JSON.stringify([answer.status, answer.headers, answer.text]);
    answers.set(`${method} ${target} ${JSON.stringify(body ?? null).length}`, told);
  }
}

const newApp = (scope = GRANTED) =>
  served.app(practice, { scope, patient: own }, { role: 'patient', chartId: own }, { role: 'doctor' });

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  doctor = await served.person(practice, { role: 'doctor' });
  await served.deposit(practice, { resourceType: 'Patient', id: own, birthDate: '1980-01-01' });
  await served.deposit(practice, ...Object.values(inside));
  app = await newApp();
  await askAll(before);
  await served.deposit(practice, { resourceType: 'Patient', id: other, name: [{ family: OUTSIDE }] });
  await served.deposit(practice, ...Object.values(outside));
  await served.deposit(practice, movedAway);
  await askAll(after);
}, 180_000);
afterAll(() => served.close());

const get = (target: string, who = app) =>
  served.ask(who.token, 'GET', `/fhir/${target}`, { headers: { accept: 'application/fhir+json' } });

test('the person behind the app reaches all of it (positive control)', async () => {
  for (const { resourceType, id } of [...Object.values(inside), ...Object.values(outside)]) {
    expect((await get(`${resourceType}/${id}`, doctor)).status).toBe(200);
  }
  const desk = new SearchDesk(served, doctor);
  let told = 0;
  for (const search of SEARCHES)
    if ((await desk.ask(`${search}&_count=50`)).text.includes(OUTSIDE)) told += 1;
  expect(told).toBeGreaterThan(SEARCHES.length / 2);
});

test('the app reads, finds and brings along what is inside', async () => {
  const { lab, second, note, noteFile, aboutLab, goal, flag } = inside;
  for (const { resourceType, id } of [lab, second, note, noteFile, aboutLab, goal]) {
    expect([resourceType, (await get(`${resourceType}/${id}`)).status]).toEqual([resourceType, 200]);
    expect((await get(`${resourceType}/${id}/_history/1`)).status).toBe(200);
    expect((await get(`${resourceType}/${id}/_history`)).status).toBe(200);
  }
  const desk = new SearchDesk(served, app);
  expect((await desk.matches('Observation?')).sort()).toEqual([lab.id, second.id].sort());
  expect(await desk.matches('Observation?_has:Provenance:target:recorded=2026-01-05')).toEqual([lab.id]);
  const along = await desk.included(`Observation?_id=${lab.id}&_include=*&_revinclude=Provenance:target`);
  expect(along.sort()).toEqual([own, aboutLab.id].sort());
  expect(await desk.matches('Binary?')).toEqual([noteFile.id]);
  const all = await get(`Patient/${own}/$everything`);
  expect(idsOf(all, 'match').sort()).toEqual([own, lab.id, second.id, note.id, aboutLab.id, flag.id].sort());
});

describe('what is outside', () => {
  test('makes no answer differ by a byte, and is in none', () => {
    expect(after.size).toBeGreaterThan(200);
    for (const [ask, answer] of after) {
      expect([ask, answer]).toEqual([ask, before.get(ask)]);
      expect([ask, answer.includes(OUTSIDE)]).toEqual([ask, false]);
    }
  });

  test('stands as it stood', async () => {
    for (const { resourceType, id } of Object.values(outside)) {
      const { json } = await get(`${resourceType}/${id}`, doctor);
      expect([json.resourceType, json.meta!.versionId]).toEqual([
        resourceType,
        id === movedAway.id ? '2' : '1',
      ]);
    }
  });
});

describe('an interaction that was not granted', () => {
  test('is refused where another was: found is not read, and read is not found', async () => {
    const desk = new SearchDesk(served, app);
    expect((await get(`Flag/${inside.flag.id}`)).status).toBe(404);
    expect(await desk.matches('Flag?')).toEqual([inside.flag.id]);
    expect((await get(`Goal/${inside.goal.id}`)).status).toBe(200);
    expect(await desk.matches('Goal?')).toEqual([]);
    expect(await desk.matches(`Goal?_id=${inside.goal.id}`)).toEqual([]);
  });

  test.each([
    ['c', [201, 404, 404, 404, 404]],
    ['r', [422, 404, 404, 404, 200]],
    ['u', [404, 200, 404, 404, 404]],
    ['d', [404, 404, 404, 204, 404]],
    ['s', [422, 404, 404, 404, 404]],
    ['ru', [404, 200, 200, 404, 200]],
  ])('".%s" creates, updates, patches, deletes and reads as it says', async (letters, statuses) => {
    const who = await newApp(`patient/Observation.${letters}`);
    const [subject] = [observation('laboratory', 'each')];
    await served.deposit(practice, subject);
    const target = `/fhir/Observation/${subject.id}`;
    const patch = { body: [{ op: 'replace', path: '/status', value: 'amended' }], ...JSON_PATCH };
    const { id: _, ...fresh } = subject;
    const told: Answered[] = [
      await served.ask(who.token, 'POST', '/fhir/Observation', { body: fresh }),
      await served.ask(who.token, 'PUT', target, { body: subject }),
      await served.ask(who.token, 'PATCH', target, patch),
    ];
    const read = await served.ask(who.token, 'GET', target);
    const deleted = await served.ask(who.token, 'DELETE', target);
    expect([...told, deleted, read].map(({ status }) => status)).toEqual(statuses);
    await served.ask(doctor.token, 'DELETE', target);
  });
});

const JSON_PATCH = { headers: { 'content-type': 'application/json-patch+json' } };

describe('a write', () => {
  const write = (method: string, path: string, body: object, options = {}) =>
    served.ask(app.token, method, `/fhir/${path}`, { body, ...options });

  test('makes what is inside, and nothing outside', async () => {
    const { id: _, ...lab } = observation('laboratory', 'made by the app');
    const made = await write('POST', 'Observation', lab);
    expect(made.status).toBe(201);
    expect((await write('POST', 'Observation', { ...lab, category: outside.vital.category })).status).toBe(
      404,
    );
    expect(
      (await write('POST', 'Condition', { ...outside.problem, id: undefined, encounter: undefined })).status,
    ).toBe(404);
    const theirs = { ...lab, subject: { reference: `Patient/${other}` } };
    expect((await write('POST', 'Observation', theirs)).status).toBe(422);
    const id = made.json.id as unknown as string;
    expect((await write('DELETE', `Observation/${id}`, {})).status).toBe(204);
  });

  test('moves no record out of the scopes or into them, whole or in part', async () => {
    const lab = observation('laboratory', 'stays');
    await served.deposit(practice, lab);
    const out = { ...lab, category: outside.vital.category };
    expect((await write('PUT', `Observation/${lab.id}`, out)).status).toBe(404);
    const patch = [{ op: 'replace', path: '/category/0/coding/0/code', value: 'vital-signs' }];
    expect((await write('PATCH', `Observation/${lab.id}`, patch, JSON_PATCH)).status).toBe(404);
    const update = {
      fullUrl: 'urn:uuid:1',
      resource: out,
      request: { method: 'PUT', url: `Observation/${lab.id}` },
    };
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [update] };
    expect((await write('POST', '', bundle)).status).toBe(404);
    const [entry] = (await write('POST', '', { ...bundle, type: 'batch' })).json.entry!;
    expect(entry!.response!.status).toMatch(/^404/);
    const into = { ...observation('laboratory', 'taken'), id: outside.vital.id };
    expect((await write('PUT', `Observation/${outside.vital.id}`, into)).status).toBe(404);
    expect((await get(`Observation/${lab.id}`)).json.meta!.versionId).toBe('1');
  });

  test('takes away what it held before from the app, once somebody else has moved it', async () => {
    const lab = observation('laboratory', 'once inside');
    await served.deposit(practice, lab);
    expect((await get(`Observation/${lab.id}/_history/1`)).status).toBe(200);
    await served.deposit(practice, { ...lab, category: outside.vital.category });
    for (const part of ['', '/_history', '/_history/1', '/_history/2']) {
      expect((await get(`Observation/${lab.id}${part}`)).status).toBe(404);
    }
    expect((await get('Observation/_history?_count=50')).text).not.toContain(lab.id);
  });
});

test('an app that makes records without seeing whose they are names the patient all the same', async () => {
  const who = await served.app(practice, { scope: 'user/Observation.c', patient: null }, { role: 'doctor' });
  const { id: _, ...lab } = observation('laboratory', 'made blindly');
  expect((await served.ask(who.token, 'POST', '/fhir/Observation', { body: lab })).status).toBe(201);
  const nobody = { ...lab, subject: { reference: `Patient/${newId()}` } };
  expect((await served.ask(who.token, 'POST', '/fhir/Observation', { body: nobody })).status).toBe(422);
  expect((await served.ask(who.token, 'GET', `/fhir/Patient/${own}`)).status).toBe(404);
});

test('an app of all charts finds its types in them without seeing who the patients are', async () => {
  const who = await served.app(practice, { scope: 'user/Observation.rs', patient: null }, { role: 'doctor' });
  const desk = new SearchDesk(served, who);
  const found = await desk.matches('Observation?code=2339-0&_count=50');
  expect(found).toEqual(expect.arrayContaining([inside.lab.id, outside.theirs.id]));
  expect(await desk.matches('Patient?')).toEqual([]);
  const match = (by: Person) =>
    served.ask(by.token, 'POST', '/fhir/Patient/$match', { body: person(OUTSIDE) });
  expect((await match(doctor)).json.entry).toHaveLength(1);
  expect((await match(who)).json.entry ?? []).toEqual([]);
});
