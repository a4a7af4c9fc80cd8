/** Writers who meet: each gets an answer that he can act on, and nothing is lost or done twice. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let doctor: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice);
  doctor = await served.person(practice, { role: 'doctor' });
});
afterAll(() => served.close());

const ask = (method: string, target: string, options = {}) =>
  served.ask(doctor.token, method, target, options);
const observation = (extra: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'pulse' },
  subject: { reference: `Patient/${chart}` },
  ...extra,
});

async function make(): Promise<string> {
  return (await ask('POST', '/fhir/Observation', { body: observation() })).json.id as unknown as string;
}

test('transactions that change the same in the other order do not end each other', async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, make));
  const transact = (some: readonly string[]) => {
    const entry = some.map((id) => ({
      request: { method: 'PUT', url: `Observation/${id}` },
      resource: observation({ id, note: [{ text: newId() }] }),
    }));
    return ask('POST', '/fhir', { body: { resourceType: 'Bundle', type: 'transaction', entry } });
  };
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, turn) => transact(turn % 2 === 0 ? ids : [...ids].reverse())),
  );
  const statuses = answers.map(({ status }) => status);
  // One of each that meet comes first; the others are told that it moved on, or to try again.
  for (const status of statuses) expect([200, 412, 503]).toContain(status);
  expect(statuses).toContain(200);
  const done = statuses.filter((status) => status === 200).length;
  for (const id of ids) {
    const { headers } = await ask('GET', `/fhir/Observation/${id}`);
    expect(headers.etag).toBe(`W/"${1 + done}"`);
  }
});

test('patches of the same version are done once', async () => {
  const id = await make();
  const patch = () =>
    ask('PATCH', `/fhir/Observation/${id}`, {
      headers: { 'content-type': 'application/json-patch+json', 'if-match': 'W/"1"' },
      body: JSON.stringify([{ op: 'add', path: '/note', value: [{ text: 'x' }] }]),
    });
  const answers = await Promise.all(Array.from({ length: 5 }, patch));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
});

test('a transaction with a condition waits for another with the same', async () => {
  const value = newId();
  const body = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        request: { method: 'POST', url: 'Observation', ifNoneExist: `identifier=urn:lab|${value}` },
        resource: observation({ identifier: [{ system: 'urn:lab', value }] }),
      },
    ],
  };
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask('POST', '/fhir', { body })));
  const made = answers.filter(({ text }) => text.includes('"status":"201"'));
  expect([answers.map(({ status }) => status), made.length]).toEqual([[200, 200, 200, 200, 200], 1]);
});
