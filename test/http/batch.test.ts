/** Batches: each entry is answered as it would be alone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import {
  type Answered,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let other: ChartId;
let doctor: Person;
let patient: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  other = await served.chart(practice, { name: [{ family: 'Lindqvist' }] });
  doctor = await served.person(practice, { role: 'doctor' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
});
afterAll(() => served.close());

const ask = (who: Person, method: string, target: string, options = {}) =>
  served.ask(who.token, method, target, options);

const batch = (who: Person, entry: readonly object[], headers = {}) =>
  ask(who, 'POST', '/fhir', { body: { resourceType: 'Bundle', type: 'batch', entry }, headers });

const get = (url: string, extra: object = {}) => ({ request: { method: 'GET', url, ...extra } });

interface EntryOut {
  readonly resource?: { readonly resourceType: string; readonly id: string; readonly entry?: unknown[] };
  readonly response: {
    readonly status: string;
    readonly etag?: string;
    readonly location?: string;
    readonly outcome?: { readonly resourceType: string; readonly issue: { readonly code: string }[] };
  };
}

const entriesOf = ({ json }: Answered) => json.entry as unknown as EntryOut[];
const statusesOf = (answer: Answered) => entriesOf(answer).map(({ response }) => response.status);

const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'pulse' },
  subject: { reference: '' },
};

test('asks everything that can be asked alone, and answers in order', async () => {
  const subject = { reference: `Patient/${chart}` };
  const { json } = await ask(doctor, 'POST', '/fhir/Observation', { body: { ...observation, subject } });
  const id = json.id as unknown as string;
  const url = `Observation/${id}`;
  const answer = await batch(doctor, [
    get(`Patient/${chart}`),
    get(`https://care.example/fhir/${url}`),
    get(`Patient/${chart}`, { ifNoneMatch: 'W/"1"' }),
    get('Patient?name=okafor'),
    get(`${url}/_history`),
    get('Observation/_history?_count=1'),
    get(`${url}/_history/1`),
    { request: { method: 'POST', url: 'Observation' }, resource: { ...observation, subject } },
    { request: { method: 'PUT', url, ifMatch: 'W/"1"' }, resource: { ...observation, subject, id } },
    { request: { method: 'PUT', url, ifMatch: 'W/"1"' }, resource: { ...observation, subject, id } },
    {
      request: { method: 'PATCH', url },
      resource: {
        resourceType: 'Parameters',
        parameter: [
          {
            name: 'operation',
            part: [
              { name: 'type', valueCode: 'replace' },
              { name: 'path', valueString: 'Observation.status' },
              { name: 'value', valueCode: 'amended' },
            ],
          },
        ],
      },
    },
    { request: { method: 'DELETE', url } },
    get(url),
    get('metadata'),
    { request: { method: 'POST', url: 'Observation' }, resource: { ...observation, subject, status: 'x' } },
    { request: { method: 'POST', url: 'Patient' } },
    {},
  ]);
  expect([answer.status, answer.json.type]).toEqual([200, 'batch-response']);
  const statuses = [
    '200',
    '200',
    '304',
    '200',
    '200',
    '200',
    '200',
    '201',
    '200',
    '412',
    '200',
    '204',
    '410',
    '400',
    '422',
    '415',
    '400',
  ];
  expect(statusesOf(answer)).toEqual(statuses);
  const entries = entriesOf(answer);
  expect(entries[3]!.resource).toMatchObject({ resourceType: 'Bundle', type: 'searchset' });
  expect(entries[7]!.response).toMatchObject({
    etag: 'W/"1"',
    location: expect.stringContaining('/Observation/'),
  });
  expect(entries[9]!.response.outcome!.issue[0]!.code).toBe('conflict');
});

test('is no transaction: others are done beside what cannot be, and names in it say nothing', async () => {
  const name = `urn:uuid:${newId()}`;
  const answer = await batch(doctor, [
    {
      fullUrl: name,
      request: { method: 'POST', url: 'Patient' },
      resource: { resourceType: 'Patient', active: true },
    },
    {
      request: { method: 'POST', url: 'Observation' },
      resource: { ...observation, subject: { reference: name } },
    },
  ]);
  expect(statusesOf(answer)).toEqual(['201', '422']);
});

test('is refused as a whole where it is none', async () => {
  for (const body of [
    { resourceType: 'Bundle', type: 'collection' },
    { resourceType: 'Bundle' },
    { resourceType: 'Patient' },
    { resourceType: 'Bundle', type: 'batch', entry: {} },
  ]) {
    expect((await ask(doctor, 'POST', '/fhir', { body })).status).toBe(400);
  }
  const within = {
    request: { method: 'POST', url: '' },
    resource: { resourceType: 'Bundle', type: 'batch' },
  };
  expect(statusesOf(await batch(doctor, [within]))).toEqual(['400']);
});

describe('for whoever does not reach a chart', () => {
  test('every entry is answered as alone, beside what is allowed', async () => {
    const answer = await batch(patient, [
      get(`Patient/${chart}`),
      get(`Patient/${other}`),
      get(`Patient/${newId()}`),
      get(`Patient?_id=${other}`),
      get(`Observation?patient=${other}`),
      { request: { method: 'DELETE', url: `Patient/${other}` } },
      {
        request: { method: 'POST', url: 'Patient', ifNoneExist: `_id=${other}` },
        resource: { resourceType: 'Patient', active: true },
      },
    ]);
    expect(statusesOf(answer)).toEqual(['200', '404', '404', '200', '200', '404', '404']);
    expect(answer.text).not.toContain('Lindqvist');
    const [, hidden, absent, found] = entriesOf(answer);
    expect(hidden).toEqual(absent);
    expect(found!.resource!.entry).toBeUndefined();
  });

  test('entries beyond reach count one by one, until nothing more is looked up', async () => {
    const reader = await served.person(practice, { role: 'patient', chartId: chart });
    const entries = Array.from({ length: 40 }, () => get(`Patient/${other}`));
    const answer = await batch(reader, [...entries, get(`Patient/${chart}`)]);
    expect(new Set(statusesOf(answer))).toEqual(new Set(['404', '429']));
    expect(statusesOf(answer).at(-1)).toBe('429');
    expect((await ask(reader, 'GET', `/fhir/Patient/${chart}`)).status).toBe(429);
    const { rows } = await served.database.owner.query(
      `select count(*)::integer as count from postern.access_line
       where practice_id = $1 and account_id = $2 and outcome = 'refused'`,
      [practice, reader.accountId],
    );
    expect(rows[0].count).toBe(statusesOf(answer).filter((status) => status === '404').length + 1);
  });
});
