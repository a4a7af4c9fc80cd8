/**
 * Every route that the server answers has an attack, or stands in test/authz/uncovered-endpoints.txt, which
 * may only shrink. The list is the server's own, so that a route that is added is missed here.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { isKnownRoute, RECORD_WAYS } from '../../src/watch/index.ts';
import { type Stage, setStage } from '../support/attack-stage.ts';
import { ROUTE_ATTACKS } from '../support/route-attacks.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

/** How many lines uncovered-endpoints.txt may have: lower it with them, and never raise it. */
const UNCOVERED_AT_MOST = 0;

const uncovered = readFileSync(new URL('../authz/uncovered-endpoints.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

let served: ServedPractices;
let stage: Stage;
let routes: readonly string[];
beforeAll(async () => {
  served = await servePractices();
  stage = await setStage(served);
  routes = served.server.routes.map(({ method, path }) => `${method} ${path}`);
});
afterAll(() => served.close());

test('every route has an attack, and no attack is on a route that is gone', () => {
  const attacked = [...new Set([...RECORD_WAYS.map(({ route }) => route), ...Object.keys(ROUTE_ATTACKS)])];
  expect([...attacked, ...uncovered].sort()).toEqual([...routes].sort());
  expect(uncovered.length).toBeLessThanOrEqual(UNCOVERED_AT_MOST);
});

test('every route is one that postern prove attacks in a running deployment', () => {
  expect(routes.filter((route) => !isKnownRoute(route))).toEqual([]);
});

describe('attacked', () => {
  test.each(Object.entries(ROUTE_ATTACKS))('%s is for the rightful alone', (_, attack) => attack(stage));
});

test('every route that needs a session gives all who have none one answer', async () => {
  const { token } = await served.person(stage.practice, { role: 'doctor' });
  const ended = await served.person(stage.practice, { role: 'doctor' });
  await served.gate.endSession(ended.token);
  const dead = [null, 'x', ended.token, token.replace(/.$/, '!'), `${token}x`, token.slice(0, -1)];
  const answers = new Map<string, string>();
  for (const { method, path, who } of served.server.routes) {
    if (who !== 'session') continue;
    const target = path
      .replace(':compartment', 'Patient')
      .replace(':type', 'Patient')
      .replace(':id', stage.chart)
      .replace(':version', '1');
    for (const credential of dead) {
      const { status, headers, text } = await served.ask(credential, method, target);
      answers.set(JSON.stringify([status, headers, text]), `${method} ${path} as ${credential}`);
    }
  }
  expect([...answers.values()]).toHaveLength(1);
  expect([...answers.keys()][0]).toMatch(/^\[401,/);
});

test('a credential works in one place of a request alone', async () => {
  const { token } = await served.person(stage.practice, { role: 'doctor' });
  const target = `/fhir/Patient/${stage.chart}`;
  expect((await served.ask(token, 'GET', target)).status).toBe(200);
  const elsewhere = [
    { cookie: `session=${token}` },
    { 'x-access-token': token },
    { authorization: `Basic ${btoa(`${token}:`)}` },
    { authorization: token },
    { 'x-forwarded-user': 'doctor', 'x-original-authorization': `Bearer ${token}` },
  ];
  for (const headers of elsewhere)
    expect((await served.ask(null, 'GET', target, { headers })).status).toBe(401);
  expect((await served.ask(null, 'GET', `${target}?access_token=${token}`)).status).toBe(401);
});

test('an address in another spelling is no way around', async () => {
  const { token } = await served.person(stage.practice, { role: 'patient', chartId: newId() });
  const spellings = (id: string) => [
    `/fhir/Patient/${id.toUpperCase()}`,
    `/fhir/Patient/%${id.charCodeAt(0).toString(16)}${id.slice(1)}`,
    `/fhir//Patient/${id}`,
    `/fhir/Patient/${id}/`,
    `/fhir/./Patient/${id}`,
    `/FHIR/Patient/${id}`,
    `/fhir/patient/${id}`,
    `/fhir/Patient/${id}%00`,
    `/fhir/Patient/${id}/_history/1%20`,
    `/fhir/Observation/${id}`,
    `/fhir/Patient/${id}/_history/01`,
  ];
  const absent = newId();
  for (const [at, target] of spellings(stage.chart).entries()) {
    const { status, headers, text } = await served.ask(token, 'GET', target);
    const other = await served.ask(token, 'GET', spellings(absent)[at]!);
    expect([target, status, headers, text]).toEqual([target, other.status, other.headers, other.text]);
    expect([target, status < 500 && status >= 400]).toEqual([target, true]);
  }
});
