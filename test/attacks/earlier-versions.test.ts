/**
 * What a record was before is closed like what it is: after an attempt to move it, after a revocation, after
 * a deletion, and after it was closed by an update, by an author or by the rules.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { CLASSIFIER_VERSION, classify } from '../../src/chart/index.ts';
import {
  type Answered,
  type Deposit,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

const WORD = 'cnry-of-the-first-version';
const RESTRICTED = {
  security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }],
};
const NOTE = { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSYTHPN' }] };

let served: ServedPractices;
let practice: PracticeId;
let own: ChartId;
let other: ChartId;
let doctor: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  own = await served.chart(practice, { name: [{ family: 'Own' }] });
  other = await served.chart(practice, { name: [{ family: 'Other' }] });
  doctor = await served.person(practice, { role: 'psychiatrist' });
});
afterAll(() => served.close());

const observation = (id: string, chart: string, status: string, meta?: object) => ({
  resourceType: 'Observation',
  id,
  ...(meta === undefined ? {} : { meta }),
  status,
  code: { text: WORD },
  subject: { reference: `Patient/${chart}` },
});

/** An observation in two versions. */
async function twoVersions(chart = own): Promise<string> {
  const id = newId();
  await served.deposit(practice, observation(id, chart, 'final') as Deposit);
  expect((await put(id, observation(id, chart, 'amended'))).status).toBe(200);
  return id;
}

const put = (id: string, body: object, who = doctor) =>
  served.ask(who.token, 'PUT', `/fhir/Observation/${id}`, { body });

/** Every way to what a record is and was. */
const ways = (id: string): string[] => [
  `/fhir/Observation/${id}`,
  ...[0, 1, 2, 3, 4].map((version) => `/fhir/Observation/${id}/_history/${version}`),
  `/fhir/Observation/${id}/_history`,
  `/fhir/Observation/${id}/_history?_count=1`,
  `/fhir/Observation/${id}/_history?_count=1&_before=2`,
  `/fhir/Observation/${id}/_history?_before=3`,
  `/fhir/Observation?_id=${id}`,
];

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const said = ({ status, headers, text }: Answered) => ({ status, headers, text: text.replace(UUID, 'ID') });

async function statuses(who: Person, id: string): Promise<number[]> {
  const found: number[] = [];
  for (const way of ways(id)) found.push((await served.ask(who.token, 'GET', way)).status);
  return found;
}

/** Asks in that session and, where that would be refusals enough to be throttled, in another. */
async function expectAbsent(who: Person, id: string): Promise<void> {
  const session = () => ({
    practiceId: practice,
    accountId: who.accountId,
    purpose: 'sign-in',
    client: null,
    ttlSeconds: 60,
  });
  const [asked, absent] = [ways(id), ways(newId())];
  const token = await served.gate.openSession(session());
  for (const [at, way] of asked.entries()) {
    const answer = await served.ask(who.token, 'GET', way);
    expect([way, said(answer)]).toEqual([way, said(await served.ask(token, 'GET', absent[at]!))]);
    expect(answer.text).not.toContain(WORD);
  }
}

const STANDS_IN_TWO = [200, 404, 200, 200, 404, 404, 200, 200, 200, 200, 200];

const nurse = () => served.person(practice, { role: 'nurse' });
const patientOf = (chartId: ChartId) => served.person(practice, { role: 'patient', chartId });

test('versions are there for whom the record is (positive control)', async () => {
  const id = await twoVersions();
  for (const who of [doctor, await nurse(), await patientOf(own)]) {
    expect(await statuses(who, id)).toEqual(STANDS_IN_TWO);
  }
  await expectAbsent(await patientOf(other), id);
});

describe('after an attempt to move it to another patient', () => {
  test.each([
    ['the other patient', () => `Patient/${other}`],
    ['nobody', () => `Patient/${newId()}`],
    ['a version of the other', () => `Patient/${other}/_history/1`],
    ['the other by the whole address', () => `https://care.example/fhir/Patient/${other}`],
  ])('named as %s, no version moved and none was made', async (_, reference) => {
    const id = await twoVersions();
    const body = { ...observation(id, own, 'final'), subject: { reference: reference() } };
    expect((await put(id, body)).status).toBe(422);
    expect(await statuses(await patientOf(own), id)).toEqual(STANDS_IN_TWO);
    await expectAbsent(await patientOf(other), id);
  });
});

test('after a revocation, in the very session that had read them', async () => {
  const id = await twoVersions();
  const patient = await patientOf(own);
  expect(await statuses(patient, id)).toEqual(STANDS_IN_TWO);
  await served.gate.asJob(practice, 'system-setup', 'test', async (visit) => {
    const [grant] = await served.gate.grantsOf(visit, patient.accountId);
    await served.gate.endGrant(visit, grant!.grantId);
  });
  await expectAbsent(patient, id);
});

test('after a deletion, which says so to whom it was open and nothing to anybody else', async () => {
  const id = await twoVersions();
  expect((await served.ask(doctor.token, 'DELETE', `/fhir/Observation/${id}`)).status).toBe(204);
  const gone = [410, 404, 200, 200, 410, 404, 200, 200, 200, 200, 200];
  for (const who of [doctor, await nurse(), await patientOf(own)])
    expect(await statuses(who, id)).toEqual(gone);
  await expectAbsent(await patientOf(other), id);
  await expectAbsent(await served.person(practice, { role: 'billing' }), id);
});

describe('once it is closed', () => {
  const CLOSED = [200, 404, 200, 200, 200, 404, 200, 200, 200, 200, 200];

  test('by a label in an update, its earlier versions are closed as well', async () => {
    const id = await twoVersions();
    expect((await put(id, observation(id, own, 'final', RESTRICTED))).status).toBe(200);
    for (const who of [doctor, await patientOf(own)]) expect(await statuses(who, id)).toEqual(CLOSED);
    await expectAbsent(await nurse(), id);
    await expectAbsent(await served.person(practice, { role: 'proxy', chartId: own }), id);
  });

  test('as a psychotherapy note, its earlier versions are its author’s alone', async () => {
    const id = await twoVersions();
    expect((await put(id, observation(id, own, 'final', NOTE))).status).toBe(200);
    expect(await statuses(doctor, id)).toEqual(CLOSED);
    await expectAbsent(await served.person(practice, { role: 'psychiatrist' }), id);
    await expectAbsent(await patientOf(own), id);
  });

  test('by new rules, its earlier versions are closed as well', async () => {
    const id = await twoVersions();
    expect((await put(id, { ...observation(id, own, 'final'), note: [{ text: 'gardening' }] })).status).toBe(
      200,
    );
    const rules: typeof classify = (resource, context = {}) =>
      JSON.stringify(resource).includes('gardening')
        ? { section: 'sensitive', because: 'label' }
        : classify(resource, context);
    await served.gate.asJob(practice, 'system-upkeep', 'test', (visit) =>
      served.store.reclassify(visit, { rules, version: CLASSIFIER_VERSION + 1 }),
    );
    expect(await statuses(doctor, id)).toEqual(CLOSED);
    await expectAbsent(await nurse(), id);
  });

  test('and deleted, it is not even gone for whom it was closed', async () => {
    const id = await twoVersions();
    await put(id, observation(id, own, 'final', RESTRICTED));
    expect((await served.ask(doctor.token, 'DELETE', `/fhir/Observation/${id}`)).status).toBe(204);
    expect((await statuses(doctor, id))[0]).toBe(410);
    await expectAbsent(await nurse(), id);
  });

  test('an update that leaves the label out opens nothing', async () => {
    const id = await twoVersions();
    await put(id, observation(id, own, 'final', RESTRICTED));
    expect((await put(id, observation(id, own, 'amended'))).status).toBe(200);
    await expectAbsent(await nurse(), id);
  });

  test('deleted and made anew without the label, what it was stays closed', async () => {
    const id = await twoVersions();
    await put(id, observation(id, own, 'final', RESTRICTED));
    await served.ask(doctor.token, 'DELETE', `/fhir/Observation/${id}`);
    const anew = { ...observation(id, own, 'final'), code: { text: 'anew' } };
    expect((await put(id, anew)).status).toBe(201);
    const who = await nurse();
    for (const way of ways(id)) expect((await served.ask(who.token, 'GET', way)).text).not.toContain(WORD);
  });
});
