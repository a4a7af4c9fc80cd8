/** What an export may be asked with, and what is refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { type ChartId, newId } from '../../src/base/ids.ts';
import type { SessionTerms } from '../../src/gate/index.ts';
import {
  ASYNC,
  type ExportDesk,
  idsOf,
  locationOf,
  openExportDesk,
  outputOf,
} from '../support/export-desk.ts';
import type { Person, ServedPractices } from '../support/served-practices.ts';

let desk: ExportDesk;
let served: ServedPractices;
let doctor: Person;
let charts: readonly ChartId[];
beforeAll(async () => {
  desk = await openExportDesk();
  ({ served, doctor, charts } = desk);
});
afterAll(() => served.close());

describe('a kick-off', () => {
  test.each([
    ['without respond-async', '/fhir/$export', { prefer: 'return=minimal' }, 400],
    ['in XML', '/fhir/$export', { accept: 'application/fhir+xml' }, 406],
    ['in another format', '/fhir/$export?_outputFormat=text/csv', {}, 400],
    ['with a date for an instant', '/fhir/$export?_since=2026', {}, 400],
    ['with a type that there is not', '/fhir/$export?_type=Patient,Nothing', {}, 400],
    [
      'with a parameter that there is not',
      '/fhir/$export?includeAssociatedData=LatestProvenanceResources',
      {},
      400,
    ],
    ['with patients by GET', `/fhir/Patient/$export?patient=Patient/${newId()}`, {}, 400],
    [
      'with a filter on another type',
      '/fhir/$export?_type=Patient&_typeFilter=Observation%3Fcode%3Dx',
      {},
      400,
    ],
    ['with a filter that chains', '/fhir/$export?_typeFilter=Observation%3Fsubject.name%3Dx', {}, 400],
    ['with a filter that sorts', '/fhir/$export?_typeFilter=Observation%3Fcode%3Dx%26_sort%3Ddate', {}, 400],
    ['with a filter that is none', '/fhir/$export?_typeFilter=x', {}, 400],
    ['with elements that are none', '/fhir/$export?_elements=Patient.na$me', {}, 400],
    ['of a group that is not there', `/fhir/Group/${newId()}/$export`, {}, 404],
    ['of a group with an odd id', '/fhir/Group/..%2f/$export', {}, 404],
  ] as const)('%s is refused with an OperationOutcome', async (_, target, headers, status) => {
    const answer = await desk.kickOff(doctor.token, target, headers);
    expect([answer.status, answer.json.resourceType]).toEqual([status, 'OperationOutcome']);
    expect(await served.work()).toBe(false);
  });

  test('that asks to be handled leniently has what is not offered left out', async () => {
    const target = '/fhir/$export?_type=Patient,Nothing&includeAssociatedData=LatestProvenanceResources';
    const begun = await desk.kickOff(doctor.token, target, { prefer: 'respond-async, handling=lenient' });
    expect(begun.status).toBe(202);
    await served.work();
    const answer = await served.ask(doctor.token, 'GET', locationOf(begun));
    expect(outputOf(answer).map(({ type }) => type)).toEqual(['Patient']);
  });

  test('by POST takes its parameters as Parameters, and patients by reference', async () => {
    const ask = (id: string) =>
      served.ask(doctor.token, 'POST', '/fhir/Patient/$export', {
        headers: ASYNC,
        body: {
          resourceType: 'Parameters',
          parameter: [
            { name: '_type', valueString: 'Patient' },
            { name: 'patient', valueReference: { reference: `Patient/${id}` } },
          ],
        },
      });
    expect((await ask(newId())).status).toBe(404);
    const begun = await ask(charts[2]!);
    expect(begun.status).toBe(202);
    await served.work();
    const answer = await served.ask(doctor.token, 'GET', locationOf(begun));
    expect(idsOf(await desk.resourcesOf(doctor.token, answer))).toEqual([charts[2]]);
  });
});

test('of a person asks for a touch where they were last there more than five minutes ago', async () => {
  const clock = new ManualClock(new Date());
  const later = await openExportDesk({ clock });
  const { gate } = later.served;
  try {
    const terms: SessionTerms = { methods: ['passkey'], device: null, narrowing: null };
    const token = await gate.openSession({
      practiceId: later.practice,
      accountId: later.doctor.accountId,
      purpose: 'sign-in',
      client: null,
      ttlSeconds: 3600,
      terms,
    });
    expect((await later.kickOff(token)).status).toBe(202);
    clock.advance(6 * 60);
    const refused = await later.kickOff(token);
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('step-up')]);
    await gate.freshen((await gate.admit(token, null))!);
    expect((await later.kickOff(token)).status).toBe(202);
  } finally {
    await later.served.close();
  }
});

test('beyond as many as may be kept is told to wait, until one is removed', async () => {
  const { token } = await served.person(desk.practice, { role: 'doctor' });
  const begun = [];
  for (let at = 0; at < 20; at += 1) begun.push(await desk.kickOff(token));
  expect(begun.map(({ status }) => status)).toEqual(begun.map(() => 202));
  const refused = await desk.kickOff(token);
  expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
  expect((await desk.kickOff(doctor.token)).status).toBe(202);
  expect((await served.ask(token, 'DELETE', locationOf(begun[0]!))).status).toBe(202);
  expect((await desk.kickOff(token)).status).toBe(202);
  while (await served.work());
});
