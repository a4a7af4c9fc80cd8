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
  const body =
    `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Observation"},` +
    `"resource":${JSON.stringify(observation(`Patient/${chart}`)).slice(0, -1)},"valueQuantity":{"value":1.10}}}]}`;
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

describe('ties no two charts together', () => {
  test('by references to what is made beside it, forward, backward or in a circle', async () => {
    const [a, b, c] = [urn(), urn(), urn()];
    const of = (whose: string, fullUrl: string, ...refers: string[]) =>
      post(observation(`Patient/${whose}`, { derivedFrom: refers.map((reference) => ({ reference })) }), {
        fullUrl,
      });
    const before = await sizeOf();
    for (const entries of [
      [of(chart, a, b), of(other, b)],
      [of(other, b), of(chart, a, b)],
      [of(chart, a, b), of(other, b, a)],
      [of(chart, a, b), of(chart, b, c), of(other, c, a)],
    ]) {
      expect((await transact(doctor, entries)).status).toBe(422);
    }
    expect(await sizeOf()).toBe(before);
    expect((await transact(doctor, [of(chart, a, b), of(chart, b, c), of(chart, c, a)])).status).toBe(200);
  });

  test('by a name that stands for two patients, or by moving what stands', async () => {
    const id = await made();
    const person = urn();
    const newcomer = post({ resourceType: 'Patient' } as never, { fullUrl: person });
    const before = await sizeOf();
    for (const entries of [
      [newcomer, post(observation(`Patient/${chart}`, { performer: [{ reference: person }] }))],
      [
        newcomer,
        { request: { method: 'PUT', url: `Observation/${id}` }, resource: { ...observation(person), id } },
      ],
      [newcomer, post(observation(person, { focus: [{ reference: `Observation/${id}` }] }))],
    ]) {
      expect((await transact(doctor, entries)).status).toBe(422);
    }
    expect(await sizeOf()).toBe(before);
  });
});

test('files what cites something closed beside it as closely', async () => {
  const nurse = await served.person(practice, { role: 'nurse' });
  const [pill, illness] = [urn(), urn()];
  const subject = { reference: `Patient/${chart}` };
  const hiv = { coding: [{ system: 'http://snomed.info/sct', code: '86406008' }] };
  const answer = await transact(doctor, [
    post({ resourceType: 'Condition', code: hiv, subject } as never, { fullUrl: illness }),
    post({
      resourceType: 'MedicationRequest',
      status: 'active',
      intent: 'order',
      subject,
      medicationReference: { reference: pill },
    } as never),
    post(
      {
        resourceType: 'Medication',
        code: {
          coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '1' }],
          text: 'HIV antiretroviral',
        },
      } as never,
      { fullUrl: pill },
    ),
    post({
      resourceType: 'Procedure',
      status: 'completed',
      subject,
      reasonReference: [{ reference: illness }],
    } as never),
  ]);
  expect(answer.status, answer.text).toBe(200);
  const [condition, request, , procedure] = entriesOf(answer);
  for (const entry of [condition, request, procedure]) {
    const target = `/fhir/${entry!.resource.resourceType}/${entry!.resource.id}`;
    expect([target, (await ask(doctor, 'GET', target)).status]).toEqual([target, 200]);
    expect([target, (await ask(nurse, 'GET', target)).status]).toEqual([target, 404]);
  }
});

describe('for whoever does not reach a chart', () => {
  test('an entry that names something in it is one that names nothing', async () => {
    const hidden = await made(`Patient/${other}`);
    const entries = (id: string, subject: string): EntryIn[] => [
      { request: { method: 'GET', url: `Observation/${id}` } },
      { request: { method: 'DELETE', url: `Observation/${id}` } },
      { request: { method: 'DELETE', url: `Observation?_id=${id}` } },
      { request: { method: 'PUT', url: `Observation/${id}` }, resource: { ...observation(subject), id } },
      post(observation(subject)),
      post(
        observation(`Patient/${chart}`, { performer: [{ reference: `Patient?_id=${subject.slice(8)}` }] }),
      ),
    ];
    const [named, absent] = [entries(hidden, `Patient/${other}`), entries(newId(), `Patient/${newId()}`)];
    for (const [at, entry] of named.entries()) {
      const reader = await served.person(practice, { role: 'patient', chartId: chart });
      const [one, none] = [await transact(reader, [entry]), await transact(reader, [absent[at]!])];
      expect([at, one.status, one.headers, one.text]).toEqual([at, none.status, none.headers, none.text]);
      expect(one.status).toBeGreaterThanOrEqual(400);
    }
    expect((await ask(doctor, 'GET', `/fhir/Observation/${hidden}`)).headers.etag).toBe('W/"1"');
  });

  test('what is refused of it is in the access log and counts', async () => {
    const reader = await served.person(practice, { role: 'patient', chartId: chart });
    const hidden = await made(`Patient/${other}`);
    const entry = { request: { method: 'DELETE', url: `Observation/${hidden}` } };
    expect((await transact(reader, [entry])).status).toBe(404);
    const { rows } = await served.database.owner.query(
      `select action, outcome, entries from postern.access_line
       where practice_id = $1 and account_id = $2 and action <> 'open-session'`,
      [practice, reader.accountId],
    );
    expect(rows).toEqual([
      { action: 'delete', outcome: 'refused', entries: [[other, 'Observation', hidden, null]] },
    ]);
    let status = 404;
    for (let turn = 0; turn < 25 && status === 404; turn += 1)
      status = (await transact(reader, [entry])).status;
    expect(status).toBe(429);
  });

  test('a mix of what is allowed and what is not is not done at all', async () => {
    const nurse = await served.person(practice, { role: 'nurse' });
    const claim = { resourceType: 'Basic', code: { text: 'x' }, subject: { reference: `Patient/${chart}` } };
    const before = await sizeOf();
    const answer = await transact(patient, [
      { request: { method: 'GET', url: `Patient/${chart}` } },
      post(claim),
    ]);
    expect([answer.status, answer.text.includes('Okafor')]).toEqual([404, false]);
    expect(await sizeOf()).toBe(before);
    expect((await transact(nurse, [{ request: { method: 'GET', url: `Patient/${chart}` } }])).status).toBe(
      200,
    );
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
