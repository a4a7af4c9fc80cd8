/** Writes that depend on what a search finds: within reach, one match or none, and never another's chart. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import {
  type Answered,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

const BASE = 'https://care.example/fhir';

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
  other = await served.chart(practice, {
    name: [{ family: 'Lindqvist' }],
    identifier: [{ system: 'urn:mrn', value: 'B-1' }],
  });
  doctor = await served.person(practice, { role: 'doctor' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
});
afterAll(() => served.close());

const ask = (who: Person, method: string, target: string, options = {}) =>
  served.ask(who.token, method, target, options);

const coded = (value: string) => ({ identifier: [{ system: 'urn:lab', value }] });

function observation(extra: object = {}) {
  return {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'pulse' },
    subject: { reference: `Patient/${chart}` },
    ...extra,
  };
}

const create = (who: Person, body: object, condition: string) =>
  ask(who, 'POST', '/fhir/Observation', { body, headers: { 'if-none-exist': condition } });

const idOf = ({ json }: Answered) => json.id as unknown as string;

async function countOf(value: string): Promise<number> {
  const found = await ask(doctor, 'GET', `/fhir/Observation?identifier=urn:lab|${value}`);
  return ((found.json.entry ?? []) as unknown as object[]).length;
}

describe('conditional create', () => {
  test('makes what is not there, and gives back what is', async () => {
    const value = newId();
    const first = await create(doctor, observation(coded(value)), `identifier=urn:lab|${value}`);
    expect(first.status).toBe(201);
    const again = await create(
      doctor,
      observation({ ...coded(value), status: 'amended' }),
      `identifier=urn:lab|${value}`,
    );
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(again.headers).toMatchObject({
      etag: 'W/"1"',
      location: `${BASE}/Observation/${idOf(first)}/_history/1`,
    });
    expect(await countOf(value)).toBe(1);
  });

  test('makes one, however many ask at once', async () => {
    const value = newId();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        create(doctor, observation(coded(value)), `identifier=urn:lab|${value}`),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(await countOf(value)).toBe(1);
  });

  test('is refused where several fit', async () => {
    const value = newId();
    for (const _ of [1, 2])
      await ask(doctor, 'POST', '/fhir/Observation', { body: observation(coded(value)) });
    const { status, json } = await create(doctor, observation(), `identifier=urn:lab|${value}`);
    expect([status, json.issue![0]!.code]).toEqual([412, 'multiple-matches']);
  });

  test.each(['', 'unheard-of=1', '_count=1', 'identifier=', 'subject.name=x&unheard-of=1'])(
    'is refused where the condition cannot be tested: "%s"',
    async (condition) => {
      expect((await create(doctor, observation(), condition)).status).toBe(400);
    },
  );

  test('does not find what is in another chart or another practice', async () => {
    const value = newId();
    await ask(doctor, 'POST', '/fhir/Observation', {
      body: observation({ ...coded(value), subject: { reference: `Patient/${other}` } }),
    });
    const elsewhere = await served.makePractice();
    const there = await served.chart(elsewhere);
    const colleague = await served.person(elsewhere, { role: 'doctor' });
    const body = observation({ ...coded(value), subject: { reference: `Patient/${there}` } });
    expect((await create(colleague, body, `identifier=urn:lab|${value}`)).status).toBe(201);
    // A patient may not write; whether it fits something of somebody else's changes nothing.
    const answers = [
      await create(patient, observation(coded(value)), `identifier=urn:lab|${value}`),
      await create(patient, observation(coded(value)), `identifier=urn:lab|${newId()}`),
    ];
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [404, answers[0]!.text],
      [404, answers[0]!.text],
    ]);
  });

  test('leaves a line of what was found, and of the search that found too much', async () => {
    const value = newId();
    const made = await ask(doctor, 'POST', '/fhir/Observation', { body: observation(coded(value)) });
    const lines = async () =>
      (
        await served.database.owner.query(
          `select entries from postern.access_line
           where practice_id = $1 and action = 'search' and entries::text like '%' || $2 || '%'`,
          [practice, idOf(made)],
        )
      ).rows.length;
    await create(doctor, observation(), `identifier=urn:lab|${value}`);
    expect(await lines()).toBe(1);
    await ask(doctor, 'POST', '/fhir/Observation', { body: observation(coded(value)) });
    expect((await create(doctor, observation(), `identifier=urn:lab|${value}`)).status).toBe(412);
    expect(await lines()).toBe(2);
  });
});

describe('conditional update', () => {
  const put = (who: Person, value: string, body: object, headers = {}) =>
    ask(who, 'PUT', `/fhir/Observation?identifier=urn:lab|${value}`, { body, headers });

  test('makes what is not there and changes what is', async () => {
    const value = newId();
    const made = await put(doctor, value, observation(coded(value)));
    expect([made.status, made.headers.etag]).toEqual([201, 'W/"1"']);
    const changed = await put(doctor, value, observation({ ...coded(value), status: 'amended' }));
    expect([changed.status, changed.headers.etag, idOf(changed)]).toEqual([200, 'W/"2"', idOf(made)]);
    const named = await put(doctor, value, observation({ ...coded(value), id: idOf(made) }), {
      'if-match': 'W/"2"',
    });
    expect([named.status, named.headers.etag]).toEqual([200, 'W/"3"']);
    const late = await put(doctor, value, observation(coded(value)), { 'if-match': 'W/"2"' });
    expect(late.status).toBe(412);
  });

  test('is refused for several, for another id, and for an id that nothing has', async () => {
    const value = newId();
    const made = await put(doctor, value, observation(coded(value)));
    expect((await put(doctor, value, observation({ id: newId() }))).status).toBe(400);
    expect((await put(doctor, newId(), observation({ id: newId() }))).status).toBe(400);
    expect((await put(doctor, newId(), observation({ id: idOf(made) }))).status).toBe(400);
    await ask(doctor, 'POST', '/fhir/Observation', { body: observation(coded(value)) });
    expect((await put(doctor, value, observation(coded(value)))).status).toBe(412);
    expect((await ask(doctor, 'PUT', '/fhir/Observation', { body: observation() })).status).toBe(400);
  });

  test("does not touch what another's identifier names", async () => {
    const reader = await served.person(practice, { role: 'patient', chartId: chart });
    const body = { resourceType: 'Patient', id: chart, name: [{ family: 'Mine' }] };
    const target = (value: string) => `/fhir/Patient?identifier=urn:mrn|${value}`;
    const [theirs, nobodys] = [
      await ask(reader, 'PUT', target('B-1'), { body }),
      await ask(reader, 'PUT', target('B-2'), { body }),
    ];
    expect(theirs).toEqual(nobodys);
    expect((await ask(doctor, 'GET', `/fhir/Patient/${other}`)).headers.etag).toBe('W/"1"');
  });
});

describe('conditional delete and patch', () => {
  test('do it to the only one that fits', async () => {
    const value = newId();
    const made = await ask(doctor, 'POST', '/fhir/Observation', { body: observation(coded(value)) });
    const target = `/fhir/Observation?identifier=urn:lab|${value}`;
    const patched = await ask(doctor, 'PATCH', target, {
      headers: { 'content-type': 'application/json-patch+json' },
      body: JSON.stringify([{ op: 'replace', path: '/status', value: 'amended' }]),
    });
    expect([patched.status, patched.json.status]).toEqual([200, 'amended']);
    const removed = await ask(doctor, 'DELETE', target);
    expect([removed.status, removed.headers.etag]).toEqual([204, 'W/"3"']);
    expect((await ask(doctor, 'GET', `/fhir/Observation/${idOf(made)}`)).status).toBe(410);
    expect((await ask(doctor, 'DELETE', target)).status).toBe(404);
  });

  test('delete nothing where several fit, or where nothing was named', async () => {
    const value = newId();
    for (const _ of [1, 2])
      await ask(doctor, 'POST', '/fhir/Observation', { body: observation(coded(value)) });
    expect((await ask(doctor, 'DELETE', `/fhir/Observation?identifier=urn:lab|${value}`)).status).toBe(412);
    for (const query of ['', '?', '?_count=1', '?unheard-of=1']) {
      expect((await ask(doctor, 'DELETE', `/fhir/Observation${query}`)).status).toBe(400);
    }
    expect(await countOf(value)).toBe(2);
  });

  test('are not for who may only read', async () => {
    const value = newId();
    await ask(doctor, 'POST', '/fhir/Observation', { body: observation(coded(value)) });
    const target = `/fhir/Observation?identifier=urn:lab|${value}`;
    expect((await ask(patient, 'GET', target)).json.entry).toHaveLength(1);
    const [own, none] = [await ask(patient, 'DELETE', target), await ask(patient, 'DELETE', `${target}x`)];
    expect([own.status, own.text]).toEqual([404, none.text]);
    expect(await countOf(value)).toBe(1);
  });
});

describe('preconditions', () => {
  test('PUT makes nothing, so it takes no If-None-Match', async () => {
    const made = await ask(doctor, 'POST', '/fhir/Observation', { body: observation() });
    const body = observation({ id: idOf(made) });
    const headers = { 'if-none-match': '*' };
    const target = `/fhir/Observation/${idOf(made)}`;
    expect((await ask(doctor, 'PUT', target, { body, headers })).status).toBe(400);
    expect((await ask(doctor, 'GET', target)).headers.etag).toBe('W/"1"');
  });

  test('a version that is known is told as unchanged, and in the log all the same', async () => {
    const made = await ask(doctor, 'POST', '/fhir/Observation', { body: observation() });
    const target = `/fhir/Observation/${idOf(made)}`;
    const headers = { 'if-none-match': 'W/"1"' };
    expect((await ask(patient, 'GET', target, { headers })).status).toBe(304);
    const { rows } = await served.database.owner.query(
      `select outcome from postern.access_line
       where practice_id = $1 and account_id = $2 and action = 'read'
         and entries::text like '%' || $3 || '%'`,
      [practice, patient.accountId, idOf(made)],
    );
    expect(rows).toEqual([{ outcome: 'ok' }]);
  });
});
