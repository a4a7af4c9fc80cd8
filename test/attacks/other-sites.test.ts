/**
 * Scripts of other sites: those of a registered app's site read what their token opens, everybody else's
 * nothing, and nobody's by a cookie.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { registerClient } from '../support/app-stage.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

const SITE = 'https://app.example';
/** What resembles that site, or is nobody's. */
const STRANGERS = [
  'https://away.example',
  'null',
  'http://app.example',
  'https://app.example:8443',
  'https://app.example.away.example',
  'https://www.app.example',
  'https://notapp.example',
  'https://app.exampl',
  'https://app.example/',
  'https://APP.example',
  'https://app.example, https://app.example',
  'com.phone.app',
  '*',
  '',
  'https://care.example',
];
const ALLOWED = 'access-control-allow-origin';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let patient: Person;
let otherApp: string;
beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice);
  patient = await served.person(practice, { role: 'patient', chartId: chart });
  const redirectUris = [`${SITE}/callback`, 'com.phone.app:/callback'];
  await registerClient(served, { redirectUris });
  const { client } = await registerClient(served, { redirectUris: ['https://other.example/cb'] });
  otherApp = client.clientId;
});
afterAll(() => served.close());

const record = () => `/fhir/Patient/${chart}`;
const get = (origin: string, headers = {}, token: string | null = patient.token) =>
  served.ask(token, 'GET', record(), { headers: { origin, ...headers } });
const preflight = (target: string, origin: string, method = 'PUT') =>
  served.ask(null, 'OPTIONS', target, {
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'x' },
  });

test('the site of a registered app reads what its token opens, errors included', async () => {
  const answer = await get(SITE);
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({ [ALLOWED]: SITE, vary: 'Origin' });
  expect(answer.headers['access-control-expose-headers']).toMatch(/content-location.*etag.*retry-after/);
  for (const token of [null, 'x']) {
    const { status, headers } = await get(SITE, {}, token);
    expect([status, headers[ALLOWED]]).toEqual([401, SITE]);
  }
  expect((await served.ask(patient.token, 'GET', '/bulk/x', { headers: { origin: SITE } })).headers).toEqual(
    expect.objectContaining({ [ALLOWED]: SITE }),
  );
});

test('no other site reads anything, however it is called', async () => {
  for (const origin of STRANGERS) {
    const { headers } = await get(origin);
    expect([origin, headers[ALLOWED], headers.vary]).toEqual([origin, undefined, 'Origin']);
    expect([origin, (await preflight(record(), origin)).headers[ALLOWED]]).toEqual([origin, undefined]);
  }
});

test('nobody is let in from elsewhere by a cookie, not even from the site of an app', async () => {
  const cookie = `__Host-postern=${patient.token}`;
  expect((await served.ask(null, 'GET', record(), { headers: { cookie } })).status).toBe(200);
  for (const origin of [SITE, ...STRANGERS.filter((each) => each !== 'https://care.example')]) {
    const answer = await get(origin, { cookie }, null);
    expect([origin, answer.status, answer.text.includes(chart)]).toEqual([origin, 403, false]);
    const posted = await served.ask(null, 'POST', '/fhir/Patient/_search', {
      headers: { origin, cookie, 'content-type': 'application/x-www-form-urlencoded', 'postern-page': '1' },
    });
    expect([origin, posted.status]).toEqual([origin, 403]);
  }
  const { headers } = await get(SITE, { cookie }, null);
  expect(headers['access-control-allow-credentials']).toBeUndefined();
});

test('the question before a request is answered alike, whatever is there and whoever may', async () => {
  const targets = [
    record(),
    `/fhir/Patient/${newId()}`,
    '/fhir/Nothing',
    '/fhir/$export',
    '/bulk/x/y',
    '/oauth/token',
  ];
  for (const origin of [SITE, 'https://away.example', 'null']) {
    const answers = [];
    for (const target of targets) {
      for (const method of ['GET', 'PUT', 'NONSENSE']) answers.push(await preflight(target, origin, method));
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect([answers[0]!.status, answers[0]!.text]).toEqual([204, '']);
    expect(answers[0]!.headers['access-control-allow-credentials']).toBeUndefined();
    // The field that says "a page of ours" is one that no other site may send.
    expect(answers[0]!.headers['access-control-allow-headers'] ?? '').not.toContain('postern');
  }
});

test('it opens neither a session nor a record, and leaves no line', async () => {
  const lines = async () =>
    (await served.database.owner.query('select count(*)::integer as n from postern.access_line')).rows[0].n;
  const before = await lines();
  const headers = { authorization: `Bearer ${patient.token}`, 'access-control-request-method': 'GET' };
  const answer = await served.ask(null, 'OPTIONS', record(), { headers: { ...headers, origin: SITE } });
  expect([answer.status, answer.text, await lines()]).toEqual([204, '', before]);
});

test('what is for people and their pages alone answers no other site', async () => {
  for (const { method, path } of served.server.routes) {
    // Links are opened by pages of others: test/attacks/links.test.ts says what those are told.
    if (/^\/(fhir|bulk|oauth|\.well-known|shl)(\/|$)/.test(path)) continue;
    const target = path.replaceAll(/:\w+/g, newId());
    const asked = await preflight(target, SITE, method);
    expect([path, asked.headers[ALLOWED]]).toEqual([path, undefined]);
    if (method !== 'GET') continue;
    const { headers } = await served.ask(patient.token, 'GET', target, { headers: { origin: SITE } });
    expect([path, headers[ALLOWED]]).toEqual([path, undefined]);
  }
});

test('what says how apps are let in is read from anywhere', async () => {
  for (const path of [
    '/fhir/metadata',
    '/fhir/.well-known/smart-configuration',
    '/.well-known/openid-configuration',
    '/oauth/jwks',
  ]) {
    const { status, headers } = await served.ask(null, 'GET', path, { headers: { origin: STRANGERS[0]! } });
    expect([path, status, headers[ALLOWED]]).toEqual([path, path === '/fhir/metadata' ? status : 200, '*']);
  }
});

test('a token is given to a script of the very app that asks for it, and of no other', async () => {
  const ask = (origin: string) =>
    served.ask(null, 'POST', '/oauth/token', {
      headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: 'x',
        client_id: otherApp,
      }).toString(),
    });
  const own = await ask('https://other.example');
  expect([own.json.error, own.headers[ALLOWED]]).toEqual(['invalid_grant', 'https://other.example']);
  for (const origin of [SITE, 'null', 'https://away.example']) {
    expect([origin, (await ask(origin)).json.error]).toEqual([origin, 'invalid_request']);
  }
});

test('a site is no app’s any more within a second after its client has ended', async () => {
  const site = 'https://short.example';
  const { client } = await registerClient(served, { redirectUris: [`${site}/cb`] });
  const allowed = async () => (await get(site)).headers[ALLOWED];
  await expect.poll(allowed, { timeout: 2000 }).toBe(site);
  await served.authorization.clients.end(served.database.owner, client.clientId, 'test');
  await expect.poll(allowed, { timeout: 2000 }).toBeUndefined();
});
