/** Who writes nothing anywhere does not make the server read, parse and validate megabytes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let doctor: Person;
let officer: Person;
let partner: Person;
beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice);
  doctor = await served.person(practice, { role: 'doctor' });
  officer = await served.person(practice, { role: 'privacy-officer' });
  partner = await served.person(practice, { role: 'partner' });
});
afterAll(() => served.close());

const LARGE = 300 * 1024;
const observation = (bytes: number) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x'.repeat(bytes) },
  subject: { reference: `Patient/${chart}` },
});
const bundle = (bytes: number) => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [{ resource: observation(bytes), request: { method: 'POST', url: 'Observation' } }],
});

/** Asked again where the machine is too busy. */
async function ask(who: Person, method: string, target: string, body: object): Promise<number> {
  const { status } = await served.ask(who.token, method, target, { body });
  return status === 503 ? ask(who, method, target, body) : status;
}

describe.each([
  ['POST', '/fhir/Observation', observation],
  ['PUT', `/fhir/Observation/${newId()}`, observation],
  ['POST', '/fhir', bundle],
  ['POST', '/fhir/Observation/$validate', observation],
])('%s %s', (method, target, content) => {
  test('is read as far as it is small', async () => {
    for (const who of [officer, partner]) {
      expect(await ask(who, method, target, content(LARGE))).toBe(413);
      expect(await ask(who, method, target, content(10))).not.toBe(413);
    }
    expect(await ask(doctor, method, target, content(LARGE))).not.toBe(413);
  });
});

test('a grant that was just given counts', async () => {
  const someone = await served.person(practice);
  const write = () => ask(someone, 'POST', '/fhir/Observation', observation(LARGE));
  expect(await write()).toBe(413);
  await served.gate.asJob(practice, 'system-setup', 'test', (visit) =>
    served.gate.grants.give(visit, {
      accountId: someone.accountId,
      role: 'doctor',
      chartId: null,
      sections: null,
      startsAt: new Date(Date.now() - 1000),
      endsAt: null,
      reason: null,
    }),
  );
  expect(await write()).toBe(201);
});
