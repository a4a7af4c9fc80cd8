/** Transactions as a way around: what they could do that single writes cannot, and what they tell. */
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
