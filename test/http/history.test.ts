/** Histories of a resource, of a type and of everything: pages, periods, and what stays out of sight. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import {
  type Answered,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

const ORIGIN = 'https://care.example';

/** Runs ahead of the real one by as much as it is told to. */
const clock = { ahead: 0, now: () => new Date(Date.now() + clock.ahead) };
const later = (seconds: number) => {
  clock.ahead += seconds * 1000;
  return clock.now().toISOString();
};

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let other: ChartId;
let doctor: Person;
let patient: Person;

beforeAll(async () => {
  served = await servePractices({ clock });
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  other = await served.chart(practice, { name: [{ family: 'Lindqvist' }] });
  doctor = await served.person(practice, { role: 'doctor' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
});
afterAll(() => served.close());

const ask = (who: Person, method: string, target: string, options = {}) =>
  served.ask(who.token, method, target, options);

async function make(of: ChartId, status = 'final'): Promise<string> {
  const body = {
    resourceType: 'Observation',
    status,
    code: { text: 'pulse' },
    subject: { reference: `Patient/${of}` },
  };
  const { status: code, json } = await ask(doctor, 'POST', '/fhir/Observation', { body });
  expect(code).toBe(201);
  return json.id as unknown as string;
}

interface Entry {
  readonly fullUrl: string;
  readonly resource?: { readonly id: string; readonly status?: string };
  readonly request: { readonly method: string };
  readonly response: { readonly etag: string };
}

const entriesOf = ({ json }: Answered) => (json.entry ?? []) as unknown as Entry[];
const linkOf = ({ json }: Answered, wanted: string) =>
  (json.link as unknown as { relation: string; url: string }[])
    .find(({ relation }) => relation === wanted)
    ?.url.replace(ORIGIN, '');

/** Every version in the pages of an address, as `id/version`. */
async function walk(who: Person, target: string): Promise<string[]> {
  const found: string[] = [];
  for (let next: string | undefined = target; next !== undefined; ) {
    const page = await ask(who, 'GET', next);
    expect(page.status).toBe(200);
    for (const { fullUrl, response } of entriesOf(page)) {
      found.push(`${fullUrl.split('/').at(-1)}/${response.etag.replace(/\D/g, '')}`);
    }
    next = linkOf(page, 'next');
  }
  return found;
}

describe('the history of a type', () => {
  test('has every version newest first, deletions too, page by page and each once', async () => {
    const before = later(1);
    const [first, second] = [await make(chart), await make(chart)];
    later(1);
    const { text } = await ask(doctor, 'GET', `/fhir/Observation/${first}`);
    await ask(doctor, 'PUT', `/fhir/Observation/${first}`, { body: JSON.parse(text) });
    later(1);
    await ask(doctor, 'DELETE', `/fhir/Observation/${second}`);
    const since = `_since=${before}`;
    const whole = await ask(doctor, 'GET', `/fhir/Observation/_history?${since}`);
    expect(entriesOf(whole).map(({ request }) => request.method)).toEqual(['DELETE', 'PUT', 'POST', 'POST']);
    expect(entriesOf(whole)[0]!.resource).toBeUndefined();
    const paged = await walk(doctor, `/fhir/Observation/_history?${since}&_count=1`);
    expect(paged.slice(0, 2)).toEqual([`${second}/2`, `${first}/2`]);
    expect(paged.slice(2).sort()).toEqual([`${first}/1`, `${second}/1`].sort());
  });

  test('takes _since for what was made from then on, and _at for what stood then', async () => {
    const id = await make(chart);
    const stood = later(1);
    const { text } = await ask(doctor, 'GET', `/fhir/Observation/${id}`);
    const changed = later(1);
    await ask(doctor, 'PUT', `/fhir/Observation/${id}`, { body: JSON.parse(text) });
    const now = later(1);
    for (const target of [
      `/fhir/Observation/${id}/_history`,
      '/fhir/Observation/_history',
      '/fhir/_history',
    ]) {
      const own = async (query: string) =>
        (await walk(doctor, `${target}?${query}`)).filter((version) => version.startsWith(id));
      expect(await own(`_since=${changed}`)).toEqual([`${id}/2`]);
      expect(await own(`_at=${stood}`)).toEqual([`${id}/1`]);
      expect(await own(`_at=${now}`)).toEqual([`${id}/2`]);
      expect(await own('_at=2025')).toEqual([]);
    }
    const none = await ask(doctor, 'GET', `/fhir/Observation/${id}/_history?_since=2030`);
    expect([none.status, entriesOf(none)]).toEqual([200, []]);
    const absent = await ask(doctor, 'GET', `/fhir/Observation/${newId()}/_history?_since=2030`);
    expect(absent.status).toBe(404);
  });

  test('refuses dates, counts and links that are none', async () => {
    for (const query of ['_since=yesterday', '_at=x', '_count=x', '_cursor=zzz']) {
      for (const target of ['/fhir/Observation/_history', '/fhir/_history']) {
        expect([query, (await ask(doctor, 'GET', `${target}?${query}`)).status]).toEqual([query, 400]);
      }
    }
    const strict = { headers: { prefer: 'handling=strict' } };
    expect((await ask(doctor, 'GET', '/fhir/_history?unheard-of=1', strict)).status).toBe(400);
  });
});

describe('what a history shows', () => {
  test('is the own chart to a patient, and never another', async () => {
    const [mine, theirs] = [await make(chart), await make(other)];
    for (const target of ['/fhir/Observation/_history', '/fhir/_history']) {
      const shown = await walk(patient, `${target}?_count=200`);
      expect(shown).toContain(`${mine}/1`);
      expect(shown.join()).not.toContain(theirs);
    }
    const shown = await walk(patient, '/fhir/_history?_count=3');
    expect(shown).toContain(`${chart}/1`);
    expect(shown).toContain(`${mine}/1`);
    expect(shown.join()).not.toContain(other);
  });

  test('is no version of what has been closed since', async () => {
    const nurse = await served.person(practice, { role: 'nurse' });
    const id = await make(chart);
    later(1);
    const seen = await walk(nurse, '/fhir/_history?_count=200');
    expect(seen).toContain(`${id}/1`);
    const { text } = await ask(doctor, 'GET', `/fhir/Observation/${id}`);
    const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }];
    const body = { ...JSON.parse(text), meta: { security } };
    expect((await ask(doctor, 'PUT', `/fhir/Observation/${id}`, { body })).status).toBe(200);
    for (const target of ['/fhir/Observation/_history', '/fhir/_history']) {
      expect((await walk(nurse, `${target}?_count=200`)).join()).not.toContain(id);
      expect(await walk(doctor, `${target}?_count=200`)).toContain(`${id}/2`);
    }
  });

  test('ends with the grant, the links of its pages too', async () => {
    await make(chart);
    const client = await served.person(practice, { role: 'client', chartId: chart });
    const page = await ask(client, 'GET', '/fhir/Observation/_history?_count=1');
    expect(entriesOf(page)).toHaveLength(1);
    const next = linkOf(page, 'next')!;
    await served.gate.endSession(client.token);
    expect((await ask(client, 'GET', next)).status).toBe(401);
    const stranger = await served.person(practice, { role: 'patient', chartId: other });
    expect((await walk(stranger, next)).length).toBeGreaterThanOrEqual(0);
    expect((await walk(stranger, next)).join()).not.toContain(entriesOf(page)[0]!.fullUrl.split('/').at(-1));
  });

  test('is in the access log, version by version', async () => {
    const id = await make(chart);
    await ask(doctor, 'GET', '/fhir/Observation/_history?_count=1');
    const { rows } = await served.database.owner.query(
      `select entries from postern.access_line
       where practice_id = $1 and account_id = $2 and action = 'history'
       order by at desc limit 1`,
      [practice, doctor.accountId],
    );
    expect(rows[0].entries).toEqual([[chart, 'Observation', id, 1]]);
  });
});

test('_pretty spreads an answer over lines and changes no token', async () => {
  const id = await make(chart);
  const plain = await ask(doctor, 'GET', `/fhir/Observation/${id}`);
  const spread = await ask(doctor, 'GET', `/fhir/Observation/${id}?_pretty=true`);
  expect(spread.text.split('\n').length).toBeGreaterThan(10);
  expect(spread.json).toEqual(plain.json);
  expect(spread.text).toContain('\n  "status": "final"');
  expect((await ask(doctor, 'GET', `/fhir/Observation/${id}?_pretty=false`)).text).toBe(plain.text);
});
