/**
 * Records that do not open: bits turned by a disk, rows cut short, swapped or marked by the owner of the
 * database, keys that are not what was wrapped. One of them takes nothing else away, and nobody is told that
 * what is there is all there is.
 */
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { entriesOf, idsOf, made, reference, SearchDesk } from '../support/search-desk.ts';
import { type Answered, type Deposit, type Person, servePractices } from '../support/served-practices.ts';

const CODE = { coding: [{ system: 'urn:codes', code: 'pulse' }] };
const served = await servePractices();
let practice: PracticeId;
let doctor: Person;
let desk: SearchDesk;
let chart: ChartId;
let other: ChartId;
let visit: Deposit;
let fine: Deposit;
let bad: Deposit;

const of = (patient: ChartId) => ({ subject: { reference: `Patient/${patient}` } });
const pulse = (patient: ChartId, content: object = {}) =>
  made('Observation', { status: 'final', code: CODE, ...of(patient), ...content });

afterAll(() => served.close());

beforeEach(async () => {
  practice = await served.makePractice();
  doctor = await served.person(practice, { role: 'doctor' });
  desk = new SearchDesk(served, doctor);
  chart = await served.chart(practice, { name: [{ family: 'Adeyemi' }] });
  other = await served.chart(practice);
  visit = made('Encounter', { status: 'finished', class: { code: 'AMB' }, ...of(chart) });
  const encounter = reference(visit);
  fine = pulse(chart, { encounter, effectiveDateTime: '2026-01-01' });
  bad = pulse(chart, { encounter, effectiveDateTime: '2026-01-02' });
  await served.deposit(practice, visit, fine, bad);
});

const byHand = (text: string, ...values: unknown[]) => served.database.owner.query(text, values);
const flipped = (id: string) =>
  byHand(
    `update postern.resource
     set sealed = set_byte(sealed, length(sealed) / 2, get_byte(sealed, length(sealed) / 2) # 1)
     where id = $1`,
    id,
  );
const incidents = async () => {
  const { rows } = await byHand(
    'select chart_id, account_id from postern.incident where practice_id = $1 and kind = $2',
    practice,
    'damaged',
  );
  return rows;
};
const outcomesOf = (answer: Answered) =>
  entriesOf(answer).flatMap(({ resource, search }) => (search.mode === 'outcome' ? [resource] : []));
const WARNING = {
  resourceType: 'OperationOutcome',
  issue: [
    { severity: 'warning', code: 'incomplete', details: { text: expect.stringContaining('left out') } },
  ],
};
const search = () => desk.page(`Observation?patient=${chart}&code=urn:codes|pulse&_total=accurate`);

describe('a search', () => {
  test.each([
    ['a bit is turned', flipped],
    [
      'it is cut short',
      (id: string) => byHand(`update postern.resource set sealed = substr(sealed, 1, 40) where id = $1`, id),
    ],
    [
      'nothing is left of it',
      (id: string) => byHand(`update postern.resource set sealed = '' where id = $1`, id),
    ],
    [
      'it holds the content of another row',
      (id: string) =>
        byHand(
          `update postern.resource r set sealed = o.sealed
           from postern.resource o where r.id = $1 and o.id = $2`,
          id,
          fine.id,
        ),
    ],
    [
      'it is said to be another version',
      (id: string) => byHand(`update postern.resource set version = 7 where id = $1`, id),
    ],
  ])('gives the rest of the chart where %s, and says so', async (_, damage) => {
    expect((await search()).json.total).toBe(2);
    await damage(bad.id);
    const answer = await search();
    expect(idsOf(answer, 'match')).toEqual([fine.id]);
    expect(outcomesOf(answer)).toEqual([WARNING]);
    expect(answer.json.total).toBeUndefined();
    expect(await incidents()).toEqual([{ chart_id: chart, account_id: null }]);
  });

  test('says at least how many there are where only that was asked', async () => {
    await flipped(bad.id);
    const answer = await desk.page(`Observation?patient=${chart}&_summary=count`);
    expect(answer.json.total).toBeUndefined();
    expect(outcomesOf(answer)).toMatchObject([
      { issue: [{ details: { text: expect.stringContaining('At least 1 match') } }] },
    ]);
  });

  test('opens one incident, however often it is asked', async () => {
    await flipped(bad.id);
    for (let times = 0; times < 3; times += 1) await search();
    expect(await incidents()).toHaveLength(1);
  });

  test('says nothing of it where it is not looked at', async () => {
    await flipped(bad.id);
    const answer = await desk.page(`Observation?patient=${chart}&_id=${fine.id}&_total=accurate`);
    expect([outcomesOf(answer), answer.json.total]).toEqual([[], 1]);
    const elsewhere = await desk.page(`Observation?patient=${other}&_total=accurate`);
    expect([outcomesOf(elsewhere), elsewhere.json.total]).toEqual([[], 0]);
  });

  test.each([
    ['a chain', () => `Observation?patient=${chart}&encounter.class=AMB`, () => visit],
    ['_has', () => `Encounter?patient=${chart}&_has:Observation:encounter:code=pulse`, () => bad],
    ['what is brought along', () => `Observation?_id=${fine.id}&_include=Observation:encounter`, () => visit],
    ['what points to a hit', () => `Encounter?_id=${visit.id}&_revinclude=Observation:encounter`, () => bad],
    ['an order of its own', () => `Observation?patient=${chart}&_sort=code`, () => bad],
    ['the whole practice', () => 'Observation?code=urn:codes|pulse&_count=1000', () => bad],
  ])('says so where it is met in %s', async (_, query, which) => {
    expect(outcomesOf(await desk.page(query()))).toEqual([]);
    await flipped(which().id);
    expect(outcomesOf(await desk.page(query()))).toEqual([WARNING]);
  });

  test('gives the other charts where the key of one is damaged', async () => {
    const elsewhere = pulse(other);
    await served.deposit(practice, elsewhere);
    await byHand(
      `update postern.chart_key
       set wrapped = set_byte(wrapped, length(wrapped) - 1, get_byte(wrapped, length(wrapped) - 1) # 1)
       where chart_id = $1`,
      chart,
    );
    const fresh = await served.person(practice, { role: 'doctor' });
    served.forgetKeys();
    const answer = await new SearchDesk(served, fresh).page('Observation?code=urn:codes|pulse&_count=1000');
    expect(idsOf(answer, 'match')).toContain(elsewhere.id);
    expect(idsOf(answer, 'match')).not.toContain(fine.id);
    expect(outcomesOf(answer)).toEqual([WARNING]);
  });
});

describe('the record itself', () => {
  beforeEach(() => flipped(bad.id));

  test('cannot be read or patched, and the answer says what to do', async () => {
    const target = `/fhir/Observation/${bad.id}`;
    const body = [{ op: 'replace', path: '/status', value: 'amended' }];
    for (const answer of [
      await served.ask(doctor.token, 'GET', target),
      await served.ask(doctor.token, 'GET', `${target}/_history/1`),
      await served.ask(doctor.token, 'PATCH', target, {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json-patch+json' },
      }),
    ]) {
      expect(answer.status).toBe(500);
      expect(answer.json.issue![0]!.details!.text).toContain('backup');
    }
    expect(await incidents()).toHaveLength(1);
    const { rows } = await byHand(
      `select action, outcome from postern.access_line
       where account_id = $1 and entries @> $2::jsonb and outcome = 'failed' order by at`,
      doctor.accountId,
      JSON.stringify([[chart, 'Observation', bad.id, 1]]),
    );
    expect(rows).toEqual([
      { action: 'read', outcome: 'failed' },
      { action: 'vread', outcome: 'failed' },
    ]);
  });

  test('can be written anew', async () => {
    const answer = await served.ask(doctor.token, 'PUT', `/fhir/Observation/${bad.id}`, { body: bad });
    expect(answer.status).toBe(200);
    expect([outcomesOf(await search()), (await search()).json.total]).toEqual([[], 2]);
  });

  test('can be deleted', async () => {
    expect((await served.ask(doctor.token, 'DELETE', `/fhir/Observation/${bad.id}`)).status).toBe(204);
    expect(outcomesOf(await search())).toEqual([]);
  });

  test('stands in histories as what cannot be opened', async () => {
    for (const target of [
      `/fhir/Observation/${bad.id}/_history`,
      '/fhir/Observation/_history',
      '/fhir/_history',
    ]) {
      const { status, json } = await served.ask(doctor.token, 'GET', `${target}?_count=200`);
      expect([target, status]).toEqual([target, 200]);
      const entries = json.entry as unknown as { fullUrl: string; resource?: object; response: object }[];
      const entry = entries.find(({ fullUrl }) => fullUrl.endsWith(bad.id))!;
      expect(entry.resource).toBeUndefined();
      expect(entry.response).toMatchObject({ status: '500', outcome: { issue: [{ code: 'incomplete' }] } });
    }
    expect(await incidents()).toHaveLength(1);
  });

  test('is missing from $everything and $match, which say so', async () => {
    const everything = await served.ask(doctor.token, 'GET', `/fhir/Patient/${chart}/$everything`);
    expect(idsOf(everything, 'match').sort()).toEqual([chart, visit.id, fine.id].sort());
    expect(outcomesOf(everything)).toEqual([WARNING]);
    await flipped(chart);
    const body = { resourceType: 'Patient', name: [{ family: 'Adeyemi' }] };
    const match = await served.ask(doctor.token, 'POST', '/fhir/Patient/$match', { body });
    expect([match.status, idsOf(match, 'match').includes(chart)]).toEqual([200, false]);
    expect(outcomesOf(match)).toEqual([WARNING]);
  });

  test('is not made twice by a condition that cannot see it', async () => {
    const identifier = [{ system: 'urn:x', value: newId() }];
    const content = { ...pulse(chart), identifier };
    await served.deposit(practice, content);
    await flipped(content.id);
    const answer = await served.ask(doctor.token, 'POST', '/fhir/Observation', {
      body: content,
      headers: { 'if-none-exist': `identifier=urn:x|${identifier[0]!.value}` },
    });
    expect(answer.status).toBe(500);
    const { rows } = await byHand(
      'select count(*)::int as count from postern.resource where chart_id = $1 and type = $2',
      chart,
      'Observation',
    );
    expect(rows).toEqual([{ count: 3 }]);
  });
});

test('what is damaged in a chart that is not theirs says nothing to anybody', async () => {
  const patient = await served.person(practice, { role: 'patient', chartId: other });
  const asked = async () => {
    const answers: string[] = [];
    for (const target of [
      '/fhir/Observation?code=urn:codes|pulse',
      `/fhir/Observation?patient=${chart}`,
      `/fhir/Observation?_id=${bad.id}&_total=accurate`,
      '/fhir/Patient?_revinclude=Observation:patient',
      '/fhir/Observation/_history',
      `/fhir/Observation/${bad.id}`,
      `/fhir/Patient/${chart}/$everything`,
      `/fhir/Patient/${other}/$everything`,
    ]) {
      const { status, text } = await served.ask(patient.token, 'GET', target);
      answers.push(`${status} ${text}`);
    }
    return answers;
  };
  const before = await asked();
  await flipped(bad.id);
  expect(await asked()).toEqual(before);
  expect(await incidents()).toEqual([]);
});
