/** $everything, $match and $validate: what they find, for whom, and what they leave in the access log. */
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
let practitioner: string;
let doctor: Person;
let nurse: Person;
let patient: Person;

const subject = (of: string) => ({ reference: `Patient/${of}` });

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, {
    name: [{ family: 'Okafor', given: ['Adaeze'] }],
    birthDate: '1980-05-06',
    gender: 'female',
    telecom: [{ system: 'phone', value: '+15550102233' }],
    identifier: [{ system: 'urn:mrn', value: 'A-17' }],
  });
  other = await served.chart(practice, {
    name: [{ family: 'Okafor', given: ['Chidi'] }],
    birthDate: '1982-01-01',
    identifier: [{ system: 'urn:mrn', value: 'B-18' }],
  });
  doctor = await served.person(practice, { role: 'doctor' });
  nurse = await served.person(practice, { role: 'nurse' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
  practitioner = newId();
  const hiv = { coding: [{ system: 'http://snomed.info/sct', code: '86406008' }] };
  const pulse = { resourceType: 'Observation', status: 'final', code: { text: 'pulse' } };
  await served.deposit(
    practice,
    { resourceType: 'Practitioner', id: practitioner, name: [{ family: 'Adeyemi' }] },
    { resourceType: 'Condition', id: newId(), code: hiv, subject: subject(chart) },
    {
      resourceType: 'Condition',
      id: newId(),
      code: { text: 'asthma' },
      subject: subject(chart),
      onsetDateTime: '2019-03-04',
    },
    ...[2020, 2021, 2022].map((year) => ({
      ...pulse,
      id: newId(),
      subject: subject(chart),
      effectiveDateTime: `${year}-06-01`,
      performer: [{ reference: `Practitioner/${practitioner}` }],
    })),
    { ...pulse, id: newId(), subject: subject(other) },
  );
});
afterAll(() => served.close());

const ask = (who: Person, method: string, target: string, options = {}) =>
  served.ask(who.token, method, target, options);

interface Entry {
  readonly resource: { readonly resourceType: string; readonly id: string };
  readonly search: {
    readonly mode: string;
    readonly score?: number;
    readonly extension?: { readonly valueCode: string }[];
  };
}
const entriesOf = ({ json }: Answered) => (json.entry ?? []) as unknown as Entry[];
const typesOf = (answer: Answered) =>
  entriesOf(answer)
    .map(({ resource }) => resource.resourceType)
    .sort();
const everythingOf = (who: Person, query = '', of: string = chart) =>
  ask(who, 'GET', `/fhir/Patient/${of}/$everything${query}`);

describe('$everything', () => {
  test('is the whole chart with what it refers to, as far as each section is open', async () => {
    const observations = ['Observation', 'Observation', 'Observation'];
    for (const who of [doctor, patient]) {
      const answer = await everythingOf(who);
      expect(answer.status).toBe(200);
      expect(typesOf(answer)).toEqual(['Condition', 'Condition', ...observations, 'Patient', 'Practitioner']);
    }
    expect(typesOf(await everythingOf(nurse))).toEqual([
      'Condition',
      ...observations,
      'Patient',
      'Practitioner',
    ]);
    const included = entriesOf(await everythingOf(doctor)).filter(({ search }) => search.mode === 'include');
    expect(included.map(({ resource }) => resource.id)).toEqual([practitioner]);
  });

  test('comes by pages, each resource of the chart once', async () => {
    const whole = entriesOf(await everythingOf(doctor)).filter(({ search }) => search.mode === 'match');
    const seen: string[] = [];
    let target: string | null = `/fhir/Patient/${chart}/$everything?_count=2`;
    while (target !== null) {
      const page: Answered = await ask(doctor, 'GET', target);
      const matches = entriesOf(page).filter(({ search }) => search.mode === 'match');
      expect(matches.length).toBeLessThanOrEqual(2);
      seen.push(...matches.map(({ resource }) => resource.id));
      const links = page.json.link as unknown as { relation: string; url: string }[];
      const next = links.find(({ relation }) => relation === 'next')?.url;
      target = next === undefined ? null : next.replace('https://care.example', '');
    }
    expect(seen).toEqual(whole.map(({ resource }) => resource.id));
  });

  test.each([
    ['?_type=Observation', ['Observation', 'Observation', 'Observation']],
    ['?_type=Condition,Practitioner', ['Condition', 'Condition']],
    ['?start=2021-01-01', ['Condition', 'Observation', 'Observation', 'Patient', 'Practitioner']],
    ['?start=2021-01-01&end=2021', ['Condition', 'Observation', 'Patient', 'Practitioner']],
    ['?_since=2999', []],
  ])('keeps to %s', async (query, types) => {
    const answer = await everythingOf(doctor, query);
    expect([answer.status, typesOf(answer)]).toEqual([200, types]);
  });

  test('takes its parameters by POST as well', async () => {
    const parameter = [
      { name: '_type', valueCode: 'Observation' },
      { name: 'start', valueDate: '2022-01-01' },
    ];
    const target = `/fhir/Patient/${chart}/$everything`;
    const answer = await ask(doctor, 'POST', target, { body: { resourceType: 'Parameters', parameter } });
    expect(typesOf(answer)).toEqual(['Observation']);
    expect((await ask(doctor, 'POST', target, { body: { resourceType: 'Patient' } })).status).toBe(400);
  });

  test.each(['?start=x', '?_since=x', '?_type=Nothing', '?_count=x', '?_cursor=zzz'])(
    'refuses %s',
    async (query) => {
      expect((await everythingOf(doctor, query)).status).toBe(400);
    },
  );

  test('of a chart out of reach is that of a chart that is not there', async () => {
    const reader = await served.person(practice, { role: 'patient', chartId: chart });
    const [hidden, absent] = [await everythingOf(reader, '', other), await everythingOf(reader, '', newId())];
    expect(hidden.status).toBe(404);
    expect(hidden).toEqual(absent);
    const { rows } = await served.database.owner.query(
      `select entries from postern.access_line
       where practice_id = $1 and account_id = $2 and outcome = 'refused' order by at`,
      [practice, reader.accountId],
    );
    expect(rows[0].entries).toEqual([[other, 'Patient', other, null]]);
  });

  test('gives nothing of another chart to the link of a page', async () => {
    const page = await everythingOf(doctor, '?_count=1');
    const links = page.json.link as unknown as { url: string }[];
    const next = links[1]!.url.replace('https://care.example', '');
    const reader = await served.person(practice, { role: 'patient', chartId: other });
    expect((await ask(reader, 'GET', next)).status).toBe(404);
    const own = await ask(reader, 'GET', next.replace(chart, other));
    expect(own.text).not.toContain(chart);
  });

  test('of a chart that was deleted is gone', async () => {
    const gone = await served.chart(practice);
    expect((await ask(doctor, 'DELETE', `/fhir/Patient/${gone}`)).status).toBe(204);
    expect((await everythingOf(doctor, '', gone)).status).toBe(410);
    expect((await everythingOf(patient, '', gone)).status).toBe(404);
  });

  test('without an id is that of every chart in reach, chart after chart, by pages', async () => {
    const ids = async (who: Person, query: string) => {
      const seen: string[] = [];
      let target: string | null = `/fhir/Patient/$everything${query}`;
      while (target !== null) {
        const page: Answered = await ask(who, 'GET', target);
        expect(page.status).toBe(200);
        const matches = entriesOf(page).filter(({ search }) => search.mode === 'match');
        seen.push(...matches.map(({ resource }) => resource.id));
        const links = page.json.link as unknown as { relation: string; url: string }[];
        const next = links.find(({ relation }) => relation === 'next')?.url;
        target = next === undefined ? null : next.replace('https://care.example', '');
      }
      return seen;
    };
    const matchesOf = async (who: Person, id: string) =>
      entriesOf(await everythingOf(who, '', id)).flatMap(({ resource, search }) =>
        search.mode === 'match' ? [resource.id] : [],
      );
    expect(await ids(patient, '')).toEqual(await matchesOf(patient, chart));
    const parent = await served.person(
      practice,
      { role: 'patient', chartId: chart },
      { role: 'patient', chartId: other },
    );
    const both = [...(await matchesOf(doctor, chart)), ...(await matchesOf(doctor, other))];
    const whole = await ids(parent, '');
    expect([...whole].sort()).toEqual(both.sort());
    for (const count of [1, 2, 3]) expect(await ids(parent, `?_count=${count}`)).toEqual(whole);
    const typed = await ids(parent, '?_type=Patient&_count=1');
    expect(typed).toEqual([chart, other].sort());
    expect(await ids(parent, '?_since=2999')).toEqual([]);
    expect(await ids(doctor, '?_type=Patient&_count=1')).toEqual(expect.arrayContaining([chart, other]));
    const nobody = await served.person(practice, { role: 'privacy-officer' });
    expect(await ids(nobody, '')).toEqual([]);
    for (const cursor of ['zzz', `${chart}.zzz`, `${chart}.a.b`]) {
      expect((await ask(doctor, 'GET', `/fhir/Patient/$everything?_cursor=${cursor}`)).status).toBe(400);
    }
  });

  test('is in the access log, resource by resource', async () => {
    const who = await served.person(practice, { role: 'doctor' });
    const count = entriesOf(await everythingOf(who)).length;
    const { rows } = await served.database.owner.query(
      `select entries from postern.access_line
       where practice_id = $1 and account_id = $2 and action = 'everything'`,
      [practice, who.accountId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].entries).toHaveLength(count);
  });
});

describe('$match', () => {
  const match = (who: Person, resource: object, ...others: object[]) =>
    ask(who, 'POST', '/fhir/Patient/$match', {
      body: {
        resourceType: 'Parameters',
        parameter: [{ name: 'resource', resource: { resourceType: 'Patient', ...resource } }, ...others],
      },
    });
  const found = (answer: Answered) =>
    entriesOf(answer).map(({ resource, search }) => [resource.id, search.extension![0]!.valueCode]);
  const adaeze = { name: [{ family: 'Okafor', given: ['Adaeze'] }], birthDate: '1980-05-06' };

  test('finds who is meant, the likeliest first, with how sure it is', async () => {
    const answer = await match(doctor, adaeze);
    expect(found(answer)[0]).toEqual([chart, 'probable']);
    const scores = entriesOf(answer).map(({ search }) => search.score!);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    const typo = { ...adaeze, name: [{ family: 'Okafer', given: ['Adaese'] }] };
    expect(found(await match(doctor, typo))[0]![0]).toBe(chart);
  });

  test('gives the one who is certain, or nobody, where only that is wanted', async () => {
    const only = { name: 'onlyCertainMatches', valueBoolean: true };
    const identifier = [{ system: 'urn:mrn', value: 'A-17' }];
    expect(found(await match(doctor, { identifier }, only))).toEqual([[chart, 'certain']]);
    expect(found(await match(doctor, adaeze, only))).toEqual([]);
    expect(
      found(await match(doctor, { name: [{ family: 'Okafor' }] }, { name: 'count', valueInteger: 1 })),
    ).toHaveLength(1);
  });

  test('knows nobody whom the visit does not reach', async () => {
    const theirs = { identifier: [{ system: 'urn:mrn', value: 'B-18' }] };
    const nobodys = { identifier: [{ system: 'urn:mrn', value: 'Z-99' }] };
    expect(found(await match(doctor, theirs))).toEqual([[other, 'certain']]);
    const [hidden, absent] = [await match(patient, theirs), await match(patient, nobodys)];
    expect([hidden.status, hidden.text]).toEqual([200, absent.text]);
    expect(found(await match(patient, adaeze))).toEqual([[chart, 'probable']]);
    const elsewhere = await served.person(await served.makePractice(), { role: 'doctor' });
    expect(found(await match(elsewhere, adaeze))).toEqual([]);
    const officer = await served.person(practice, { role: 'privacy-officer' });
    expect(found(await match(officer, adaeze))).toEqual([]);
  });

  test('is in the access log with who was given back, and nobody else', async () => {
    const who = await served.person(practice, { role: 'doctor' });
    await match(
      who,
      { identifier: [{ system: 'urn:mrn', value: 'A-17' }], name: [{ family: 'Okafor' }] },
      { name: 'onlyCertainMatches', valueBoolean: true },
    );
    const { rows } = await served.database.owner.query(
      `select entries from postern.access_line
       where practice_id = $1 and account_id = $2 and action = 'match'`,
      [practice, who.accountId],
    );
    expect(rows).toEqual([{ entries: [[chart, 'Patient', chart, 1]] }]);
  });

  test.each([
    [{ resourceType: 'Parameters' }],
    [{ resourceType: 'Parameters', parameter: [{ name: 'resource', resource: { resourceType: 'Person' } }] }],
    [{ resourceType: 'Patient', active: true }],
    [
      {
        resourceType: 'Parameters',
        parameter: [
          { name: 'resource', resource: { resourceType: 'Patient', birthDate: '1980' } },
          { name: 'count', valueInteger: 0 },
        ],
      },
    ],
  ])('refuses %j', async (body) => {
    expect((await ask(doctor, 'POST', '/fhir/Patient/$match', { body })).status).toBe(400);
  });

  test('takes what separates values for what it is', async () => {
    const odd = {
      name: [{ family: 'Oka,for|$\\' }],
      telecom: [{ system: 'phone', value: 'a,b' }],
      identifier: [{ value: 'x|y,z' }],
    };
    expect((await match(doctor, odd)).status).toBe(200);
  });
});

describe('$validate', () => {
  const validate = (who: Person, type: string, body: object) =>
    ask(who, 'POST', `/fhir/${type}/$validate`, { body });

  test('says what is wrong, and keeps nothing', async () => {
    const fine = await validate(patient, 'Patient', { resourceType: 'Patient', active: true });
    expect([fine.status, fine.json.issue![0]!.severity]).toEqual([200, 'information']);
    const wrong = { resourceType: 'Observation', status: 'perhaps', code: {} };
    for (const body of [
      wrong,
      { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: wrong }] },
    ]) {
      const { status, json, text } = await validate(patient, 'Observation', body);
      expect([status, json.issue![0]!.severity, json.issue![0]!.expression]).toEqual([
        200,
        'error',
        ['Observation.status'],
      ]);
      expect(text).not.toContain('perhaps');
    }
  });

  test('is of the type that its address names', async () => {
    expect((await validate(doctor, 'Patient', { resourceType: 'Person', active: true })).status).toBe(400);
    expect((await validate(doctor, 'Patient', { resourceType: 'Parameters' })).status).toBe(400);
    expect((await validate(doctor, 'Nothing', { resourceType: 'Patient' })).status).toBe(404);
  });
});
