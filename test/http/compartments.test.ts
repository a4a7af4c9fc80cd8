/** Searching what goes with one patient or one encounter (https://hl7.org/fhir/R4/search.html#compartment). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { idsOf, linkOf, made, nextOf, reference, SearchDesk } from '../support/search-desk.ts';
import {
  type Deposit,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

const HIV = { coding: [{ system: 'http://snomed.info/sct', code: '86406008' }] };

let served: ServedPractices;
let practice: PracticeId;
let doctor: Person;
let patient: Person;
let desk: SearchDesk;
let own: SearchDesk;
const chart = newId<ChartId>();
const other = newId<ChartId>();
const of = (id: ChartId) => ({ subject: { reference: `Patient/${id}` } });

const visit = made('Encounter', { status: 'finished', class: { code: 'AMB' }, ...of(chart) });
const theirVisit = made('Encounter', { status: 'finished', class: { code: 'AMB' }, ...of(other) });
const observation = (content: object): Deposit =>
  made('Observation', { status: 'final', code: { text: 'pulse' }, ...content });
const first = observation({ ...of(chart), encounter: reference(visit), effectiveDateTime: '2026-01-01' });
const second = observation({ ...of(chart), effectiveDateTime: '2026-01-02' });
const theirs = observation({ ...of(other), encounter: reference(theirVisit) });
const problem = made('Condition', { code: { text: 'cough' }, encounter: reference(visit), ...of(chart) });
const closed = made('Condition', { code: HIV, encounter: reference(visit), ...of(chart) });
const given = made('MedicationAdministration', {
  status: 'completed',
  medicationCodeableConcept: { text: 'x' },
  context: reference(visit),
  effectiveDateTime: '2026-01-01',
  ...of(chart),
});
const group = made('Group', {
  type: 'person',
  actual: true,
  member: [{ entity: { reference: `Patient/${chart}` } }, { entity: { reference: `Patient/${other}` } }],
});
const lonely = made('Group', {
  type: 'person',
  actual: true,
  member: [{ entity: { reference: `Patient/${other}` } }],
});

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  doctor = await served.person(practice, { role: 'doctor' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
  desk = new SearchDesk(served, doctor);
  own = new SearchDesk(served, patient);
  const link = [{ other: { reference: `Patient/${chart}` }, type: 'seealso' }];
  await served.deposit(practice, made('Patient', {}), { resourceType: 'Patient', id: chart });
  await served.deposit(practice, { resourceType: 'Patient', id: other, link });
  await served.deposit(
    practice,
    visit,
    theirVisit,
    first,
    second,
    theirs,
    problem,
    closed,
    given,
    group,
    lonely,
  );
});
afterAll(() => served.close());

describe('what goes with a patient', () => {
  test.each([
    [`Patient/${chart}/Observation`, [second, first]],
    [`Patient/${chart}/Observation?date=2026-01-01`, [first]],
    [`Patient/${chart}/Observation?encounter=${visit.id}`, [first]],
    [`Patient/${chart}/Group`, [group]],
    [`Patient/${chart}/*?_type=Encounter,MedicationAdministration`, [given, visit]],
    [`Patient/${other}/Condition`, []],
  ])('is found by %s', async (search, resources) => {
    expect((await desk.matches(search)).sort()).toEqual(resources.map(({ id }) => id).sort());
  });

  test('is the patient, and who is linked to the patient', async () => {
    expect((await desk.matches(`Patient/${chart}/Patient`)).sort()).toEqual([chart, other].sort());
    expect(await own.matches(`Patient/${chart}/Patient`)).toEqual([chart]);
  });

  test('comes by pages, with what it brings along, and its links stay in the compartment', async () => {
    const search = `Patient/${chart}/Observation?_count=1&_include=Observation:encounter&_total=accurate`;
    const page = await desk.page(search);
    expect(page.json.total).toBe(2);
    expect(linkOf(page, 'self')).toContain(`/fhir/Patient/${chart}/Observation?`);
    expect(nextOf(page)).toContain(`Patient/${chart}/Observation?`);
    expect(await desk.everyPage(search)).toEqual([second.id, first.id]);
    expect(await desk.included(nextOf(page)!)).toEqual([visit.id]);
  });

  test('is found by POST, and as an entry of a batch', async () => {
    const form = await served.ask(doctor.token, 'POST', `/fhir/Patient/${chart}/Observation/_search`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'date=2026-01-01',
    });
    expect(idsOf(form, 'match')).toEqual([first.id]);
    const entry = [{ request: { method: 'GET', url: `Patient/${chart}/Observation?date=2026-01-01` } }];
    const batch = await served.ask(doctor.token, 'POST', '/fhir', {
      body: { resourceType: 'Bundle', type: 'batch', entry },
    });
    expect(batch.text).toContain(first.id);
    expect(batch.text).not.toContain(second.id);
  });

  test('is what the session reaches of it', async () => {
    const proxy = await served.person(practice, { role: 'billing' });
    expect(await new SearchDesk(served, proxy).matches(`Patient/${chart}/Condition`)).toEqual([]);
    expect((await own.matches(`Patient/${chart}/Condition`)).sort()).toEqual([problem.id, closed.id].sort());
  });
});

describe('what goes with an encounter', () => {
  test.each([
    [`Encounter/${visit.id}/Observation`, [first]],
    [`Encounter/${visit.id}/MedicationAdministration`, [given]],
    [`Encounter/${visit.id}/Encounter`, [visit]],
    [`Encounter/${visit.id}/*?_type=Observation,MedicationAdministration`, [first, given]],
    [`Encounter/${newId()}/Observation`, []],
  ])('is found by %s', async (search, resources) => {
    expect((await desk.matches(search)).sort()).toEqual(resources.map(({ id }) => id).sort());
  });
});

test('what is hidden is as empty as what is absent, and naming it is noted', async () => {
  for (const search of [
    'Patient/ID/Observation',
    'Patient/ID/Patient',
    'Patient/ID/Group',
    'Patient/ID/*?_type=Observation',
  ]) {
    const [hidden, absent] = [other, newId<ChartId>()];
    const answers = [];
    for (const id of [hidden, absent]) {
      const { status, text } = await own.ask(search.replace('ID', id));
      answers.push([status, text.replaceAll(id, 'ID')]);
    }
    expect([search, answers[0]]).toEqual([search, answers[1]]);
    expect(answers[0]![1]).not.toContain('"entry"');
  }
  const search = (id: string) => own.ask(`Encounter/${id}/Observation`);
  const absent = newId();
  const [hiddenAnswer, absentAnswer] = [await search(theirVisit.id), await search(absent)];
  expect(hiddenAnswer.text.replaceAll(theirVisit.id, '')).toBe(absentAnswer.text.replaceAll(absent, ''));
  const { rows } = await served.database.owner.query(
    `select distinct e ->> 1 as type, e ->> 2 as id
     from postern.access_line l, jsonb_array_elements(l.entries) e
     where l.account_id = $1 and l.outcome = 'refused' and e ->> 2 = any ($2)
     order by 1`,
    [patient.accountId, [other, theirVisit.id]],
  );
  expect(rows).toEqual([
    { type: 'Encounter', id: theirVisit.id },
    { type: 'Patient', id: other },
  ]);
});

describe('refused are', () => {
  test.each([
    [`Patient/${chart}/Practitioner`, 400],
    [`Encounter/${visit.id}/Patient`, 400],
    [`Patient/${chart}/*`, 400],
    [`Patient/${chart}/*?_type=Observation,Practitioner`, 400],
    [`Patient/${chart}/Nothing`, 404],
    [`Practitioner/${newId()}/Observation`, 404],
    [`Observation/${first.id}/Observation`, 404],
  ])('%s', async (search, status) => {
    expect((await desk.ask(search)).status).toBe(status);
  });

  test('what is not offered, where that was asked', async () => {
    const { status } = await desk.ask(`Patient/${chart}/Observation?nothing=x`, {
      prefer: 'handling=strict',
    });
    expect(status).toBe(400);
  });
});
