/** Transactions: everything or nothing, in whatever order it comes, and nothing that single writes refuse. */
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
let doctor: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  doctor = await served.person(practice, { role: 'doctor' });
});
afterAll(() => served.close());

const ask = (who: Person, method: string, target: string, options = {}) =>
  served.ask(who.token, method, target, options);

interface EntryIn {
  readonly fullUrl?: string;
  readonly resource?: object;
  readonly request: { readonly method: string; readonly url: string; readonly [name: string]: string };
}

const transact = (who: Person, entry: readonly EntryIn[], headers = {}) =>
  ask(who, 'POST', '/fhir', { body: { resourceType: 'Bundle', type: 'transaction', entry }, headers });

interface EntryOut {
  readonly fullUrl: string;
  readonly resource: { readonly id: string; readonly [name: string]: unknown };
  readonly response: { readonly status: string; readonly location: string; readonly etag: string };
}

const entriesOf = ({ json }: Answered) => (json.entry ?? []) as unknown as EntryOut[];
const urn = () => `urn:uuid:${newId()}`;

function observation(subject: string, extra: object = {}) {
  return {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'pulse' },
    subject: { reference: subject },
    ...extra,
  };
}

const post = (resource: { resourceType: string }, extra: Partial<EntryIn> = {}): EntryIn => ({
  resource,
  request: { method: 'POST', url: resource.resourceType },
  ...extra,
});

async function made(subject = `Patient/${chart}`): Promise<string> {
  const { json } = await ask(doctor, 'POST', '/fhir/Observation', { body: observation(subject) });
  return json.id as unknown as string;
}

/** How much there is in the practice, of every version. */
async function sizeOf(): Promise<string> {
  const { rows } = await served.database.owner.query(
    'select count(*), sum(version) from postern.resource where practice_id = $1',
    [practice],
  );
  return JSON.stringify(rows[0]);
}

test('makes what refers to each other, whatever stands first', async () => {
  const [person, visit, pulse] = [urn(), urn(), urn()];
  const answer = await transact(doctor, [
    post(observation(person, { encounter: { reference: visit }, derivedFrom: [{ reference: pulse }] })),
    post(observation(person), { fullUrl: pulse }),
    post(
      {
        resourceType: 'Encounter',
        status: 'finished',
        class: { code: 'AMB' },
        subject: { reference: person },
      } as never,
      { fullUrl: visit },
    ),
    post({ resourceType: 'Patient', name: [{ family: 'New' }] } as never, { fullUrl: person }),
  ]);
  expect([answer.status, answer.json.type, answer.text.slice(0, 300)]).toEqual([
    200,
    'transaction-response',
    expect.anything(),
  ]);
  const [first, second, encounter, newcomer] = entriesOf(answer);
  expect(entriesOf(answer).map(({ response }) => response.status)).toEqual(['201', '201', '201', '201']);
  expect(first!.resource).toMatchObject({
    subject: { reference: `Patient/${newcomer!.resource.id}` },
    encounter: { reference: `Encounter/${encounter!.resource.id}` },
    derivedFrom: [{ reference: `Observation/${second!.resource.id}` }],
  });
  expect(first!.response).toMatchObject({ etag: 'W/"1"', location: expect.stringContaining(first!.fullUrl) });
  expect((await ask(doctor, 'GET', `/fhir/Observation/${first!.resource.id}`)).json).toEqual(first!.resource);
});

test('deletes, makes, changes and reads, in that order', async () => {
  const [gone, kept, patched] = [await made(), await made(), await made()];
  const get = (id: string): EntryIn => ({ request: { method: 'GET', url: `Observation/${id}` } });
  const answer = await transact(doctor, [
    get(kept),
    {
      request: { method: 'PUT', url: `Observation/${kept}` },
      resource: { ...observation(`Patient/${chart}`), id: kept, status: 'amended' },
    },
    {
      request: { method: 'PATCH', url: `Observation/${patched}` },
      resource: {
        resourceType: 'Binary',
        contentType: 'application/json-patch+json',
        data: btoa('[{"op":"replace","path":"/status","value":"corrected"}]'),
      },
    },
    post(observation(`Patient/${chart}`)),
    { request: { method: 'DELETE', url: `Observation/${gone}`, ifMatch: 'W/"1"' } },
  ]);
  expect(answer.status, answer.text).toBe(200);
  const entries = entriesOf(answer);
  expect(entries.map(({ response }) => response.status)).toEqual(['200', '200', '200', '201', '204']);
  expect(entries[0]!.resource).toMatchObject({ id: kept, status: 'amended' });
  expect(entries[2]!.resource).toMatchObject({ id: patched, status: 'corrected' });
  expect((await ask(doctor, 'GET', `/fhir/Observation/${gone}`)).status).toBe(410);
});

test('finds by condition, in what stands and in what comes with it', async () => {
  const [standing, coming] = [newId(), newId()];
  const practitioner = (value: string) => ({
    resourceType: 'Practitioner',
    identifier: [{ system: 'urn:npi', value }],
  });
  const first = await ask(doctor, 'POST', '/fhir/Practitioner', { body: practitioner(standing) });
  const refersTo = (value: string) => ({ reference: `Practitioner?identifier=urn:npi|${value}` });
  const target = urn();
  const answer = await transact(doctor, [
    post(
      observation(`Patient/${chart}`, {
        performer: [refersTo(standing), refersTo(coming), { reference: target }],
      }),
    ),
    {
      fullUrl: target,
      resource: practitioner(standing),
      request: { method: 'POST', url: 'Practitioner', ifNoneExist: `identifier=urn:npi|${standing}` },
    },
    {
      resource: practitioner(coming),
      request: { method: 'PUT', url: `Practitioner?identifier=urn:npi|${coming}` },
    },
  ]);
  expect(answer.status, answer.text).toBe(200);
  const [made, found, second] = entriesOf(answer);
  expect([found!.response.status, second!.response.status]).toEqual(['200', '201']);
  const standingId = first.json.id as unknown as string;
  expect(made!.resource.performer).toEqual([
    { reference: `Practitioner/${standingId}` },
    { reference: `Practitioner/${second!.resource.id}` },
    { reference: `Practitioner/${standingId}` },
  ]);
});

test('answers with as much as is preferred, and with numbers as they came', async () => {
  const resource = JSON.stringify(observation(`Patient/${chart}`)).slice(0, -1);
  const body =
    '{"resourceType":"Bundle","type":"transaction","entry":[' +
    '{"request":{"method":"POST","url":"Observation"},' +
    `"resource":${resource},"valueQuantity":{"value":1.10}}}]}`;
  const headers = { 'content-type': 'application/fhir+json' };
  expect((await ask(doctor, 'POST', '/fhir', { body, headers })).text).toContain('"value":1.10');
  const minimal = await transact(doctor, [post(observation(`Patient/${chart}`))], {
    prefer: 'return=minimal',
  });
  expect([entriesOf(minimal)[0]!.resource, entriesOf(minimal)[0]!.response.status]).toEqual([
    undefined,
    '201',
  ]);
  const told = await transact(doctor, [post(observation(`Patient/${chart}`))], {
    prefer: 'return=OperationOutcome',
  });
  expect(told.json.entry![0]).toMatchObject({ response: { outcome: { resourceType: 'OperationOutcome' } } });
  expect(entriesOf(await transact(doctor, []))).toEqual([]);
});

describe('does nothing where one entry cannot be:', () => {
  const good = () => post(observation(`Patient/${chart}`));
  const cases: [string, () => EntryIn | Promise<EntryIn>, number][] = [
    ['what is not valid', () => post(observation(`Patient/${chart}`, { status: 'perhaps' })), 422],
    [
      'what is of nobody',
      () => post({ resourceType: 'Observation', status: 'final', code: {} } as never),
      422,
    ],
    ['a patient who is not there', () => post(observation(`Patient/${newId()}`)), 422],
    [
      'a version that moved on',
      async () => ({ request: { method: 'DELETE', url: `Observation/${await made()}`, ifMatch: 'W/"2"' } }),
      412,
    ],
    ['what is not there', () => ({ request: { method: 'DELETE', url: `Observation/${newId()}` } }), 404],
    [
      'a reading of what is not there',
      () => ({ request: { method: 'GET', url: `Observation/${newId()}` } }),
      404,
    ],
    [
      'a reference that finds nothing',
      () =>
        post(observation(`Patient/${chart}`, { performer: [{ reference: 'Practitioner?identifier=none' }] })),
      422,
    ],
    [
      'a reference that searches for no type',
      () => post(observation(`Patient/${chart}`, { performer: [{ reference: 'Nothing?identifier=none' }] })),
      422,
    ],
    [
      'a type that there is not',
      () => ({ request: { method: 'POST', url: 'Nothing' }, resource: { resourceType: 'Nothing' } }),
      400,
    ],
    ['no request', () => ({ resource: observation(`Patient/${chart}`) }) as never, 400],
    ['no resource', () => ({ request: { method: 'POST', url: 'Observation' } }), 400],
    [
      'another server',
      () => ({ request: { method: 'GET', url: 'https://elsewhere.example/fhir/Patient/1' } }),
      400,
    ],
    ['a search', () => ({ request: { method: 'GET', url: 'Patient?name=x' } }), 400],
    ['an operation', () => ({ request: { method: 'GET', url: 'Patient/$match' } }), 400],
    [
      'another type than its address',
      () => ({ request: { method: 'POST', url: 'Condition' }, resource: observation(`Patient/${chart}`) }),
      400,
    ],
  ];
  test.each(cases)('%s', async (_, entry, status) => {
    const bad = await entry();
    const before = await sizeOf();
    const answer = await transact(doctor, [good(), bad, good()]);
    expect([answer.status, answer.json.resourceType]).toEqual([status, 'OperationOutcome']);
    expect(JSON.stringify(answer.json.issue![0]!.expression)).toContain('Bundle.entry[1]');
    expect(await sizeOf()).toBe(before);
  });

  test('the same resource, condition or name twice', async () => {
    const id = await made();
    const remove = { request: { method: 'DELETE', url: `Observation/${id}` } };
    const put = {
      request: { method: 'PUT', url: `Observation/${id}` },
      resource: { ...observation(`Patient/${chart}`), id },
    };
    const unless = {
      ...good(),
      request: { method: 'POST', url: 'Observation', ifNoneExist: 'identifier=urn:x|1' },
    };
    const fullUrl = urn();
    const before = await sizeOf();
    expect((await transact(doctor, [remove, put])).status).toBe(409);
    expect((await transact(doctor, [put, put])).status).toBe(409);
    expect((await transact(doctor, [unless, unless])).status).toBe(409);
    expect(
      (
        await transact(doctor, [
          { ...good(), fullUrl },
          { ...good(), fullUrl },
        ])
      ).status,
    ).toBe(400);
    expect(await sizeOf()).toBe(before);
  });

  test('too many entries', async () => {
    expect((await transact(doctor, Array.from({ length: 501 }, good))).status).toBe(413);
  });
});

test('leaves a line for each thing that was done, with what was found by condition', async () => {
  const { accountId, token } = await served.person(practice, { role: 'doctor' });
  const gone = await made();
  await transact({ accountId, token }, [
    post(observation(`Patient/${chart}`)),
    { request: { method: 'DELETE', url: `Observation?_id=${gone}` } },
    { request: { method: 'GET', url: `Patient/${chart}` } },
  ]);
  const { rows } = await served.database.owner.query(
    `select action, entries from postern.access_line
     where practice_id = $1 and account_id = $2 and action <> 'open-session'
     order by action`,
    [practice, accountId],
  );
  expect(rows.map(({ action }) => action)).toEqual(['create', 'delete', 'read', 'search']);
  expect(rows[3].entries).toEqual([[chart, 'Observation', gone, 1]]);
});
