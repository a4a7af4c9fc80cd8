/** Values that nobody means, wherever a value may stand: refused or empty, never an error of the server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }], birthDate: '1980-05-06' });
});
afterAll(() => served.close());

const ODD = [
  '\0',
  'a\0b',
  '\\',
  "'",
  '"',
  ';--',
  '\u{1F600}',
  '\uFFFF',
  'x'.repeat(5000),
  '|',
  '||',
  ',',
  '\\,',
  'Patient/',
  '/',
  '://',
  '..',
  '-1',
  '1e400',
  '9'.repeat(30),
  '__proto__',
  '0001-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59-14:00',
  'ap0001',
  'ap9999',
  'gt9999-12-31',
  'lt0001-01-01',
  '2026-02-30',
];

const PARAMETERS =
  `_id _count _sort _cursor _lastUpdated _tag _security _profile _source patient subject code status
  date identifier category value-string performer based-on encounter code:not code:missing date:missing
  patient:identifier subject:Patient _id:exact _has:Observation:subject:code`.split(/\s+/);

const PLACES: readonly ((value: string) => string)[] = [
  ...PARAMETERS.map((name) => (value: string) => `/fhir/Observation?${name}=${value}`),
  ...['name', 'family', 'phone', 'birthdate', 'gender'].map(
    (name) => (value: string) => `/fhir/Patient?${name}=${value}`,
  ),
  (value) => `/fhir/Observation?${value}=1`,
  (value) => `/fhir/Observation/${value}`,
  (value) => `/fhir/${value}/${chart}`,
  (value) => `/fhir/Patient/${chart}/_history/${value}`,
  (value) => `/fhir/Patient/${chart}/_history?_count=${value}`,
  (value) => `/fhir/Patient/${chart}/_history?_before=${value}`,
  (value) => `/fhir/$deposit-status?id=${value}`,
  (value) => `/fhir/$open-deposit?id=${value}`,
  (value) => `/fhir/$deposits?_after=${value}&state=waiting`,
  (value) => `/fhir/$deposits?state=${value}`,
];

test.each(ODD)('%j', async (value) => {
  let { token } = await served.person(practice, { role: 'doctor' });
  for (const [at, place] of PLACES.entries()) {
    // Another session now and then: refusals are counted, and this is not about that.
    if (at % 15 === 14) token = (await served.person(practice, { role: 'doctor' })).token;
    const target = place(encodeURIComponent(value));
    const { status, text } = await served.ask(token, 'GET', target);
    expect([place('VALUE'), status < 500 && status !== 429]).toEqual([place('VALUE'), true]);
    if (status >= 400 && value.length > 4) expect(text).not.toContain(value);
  }
});

test('a record may be dated at the edge of what FHIR can say, and is found there', async () => {
  const { token } = await served.person(practice, { role: 'doctor' });
  for (const at of ['0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00', '2026-12-31T23:59:60Z']) {
    const body = {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'edge' },
      subject: { reference: `Patient/${chart}` },
      effectiveDateTime: at,
    };
    const made = await served.ask(token, 'POST', '/fhir/Observation', { body });
    expect([at, made.status]).toEqual([at, 201]);
    const found = await served.ask(token, 'GET', `/fhir/Observation?date=${encodeURIComponent(at)}`);
    expect(found.text).toContain(String(made.json.id));
  }
});
