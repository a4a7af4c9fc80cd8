/**
 * Pages of other sites, in the browser of somebody who is signed in: no route does anything for them, reads
 * anything to them, or is shown inside them. The routes are the server's own list, so that one that is added
 * is tried as well.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PracticeId } from '../../src/base/ids.ts';
import { PLAIN_WEB } from '../support/plain-web.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

const OWN = 'https://care.example';
const COOKIE = '__Host-postern';
const JSON_TYPE = { 'content-type': 'application/json' };

let served: ServedPractices;
let practice: PracticeId;
let token: string;
beforeAll(async () => {
  served = await servePractices({ web: PLAIN_WEB });
  practice = await served.makePractice();
  ({ token } = await served.person(practice, { role: 'owner' }, { role: 'doctor' }));
});
afterAll(() => served.close());

/** What a browser says for a page of ours. */
const ours = { origin: OWN, 'sec-fetch-site': 'same-origin', 'postern-page': 'x' };
const { 'postern-page': _, ...unmarked } = ours;
const { origin: __, ...originless } = ours;

const FOREIGN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a form of another site': { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  'a script of another site': { ...ours, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  'a script of a neighbouring host': {
    ...ours,
    origin: 'https://x.care.example',
    'sec-fetch-site': 'same-site',
  },
  'a sandboxed frame': { ...ours, origin: 'null', 'sec-fetch-site': 'cross-site' },
  'an older browser at another site': { origin: 'https://evil.example', 'postern-page': 'x' },
  'another port': { ...ours, origin: `${OWN}:8443`, 'sec-fetch-site': 'same-site' },
  'our address over plain HTTP': { ...ours, origin: 'http://care.example' },
  'an origin with ours in it': { ...ours, origin: `${OWN}.evil.example` },
  'a page of ours that sends no field': unmarked,
  'something that says no origin': originless,
};

const concrete = (path: string) =>
  path.replace(':type', 'Patient').replace(':compartment', 'Patient').replace(/:\w+/g, 'x');

async function ask(method: string, path: string, headers: object, body = '{}') {
  const cookie = { cookie: `${COOKIE}=${token}` };
  const content = method === 'GET' ? {} : { body };
  const all = { ...JSON_TYPE, ...cookie, ...headers };
  return served.ask(null, method, concrete(path), { headers: all, ...content });
}

test.each(Object.entries(FOREIGN))('%s changes nothing by any route', async (_name, headers) => {
  const routes = served.server.routes.filter(({ method, who }) => who === 'session' && method !== 'GET');
  expect(routes.length).toBeGreaterThan(40);
  const answers = new Set<string>();
  for (const { method, path } of routes) {
    const { status, text } = await ask(method, path, headers);
    expect([method, path, status]).toEqual([method, path, 403]);
    answers.add(text);
  }
  expect(answers.size).toBe(1);
  // Nothing was done: signing out least of all, which is one of them.
  expect((await ask('GET', '/session', ours)).status).toBe(200);
});

test('other sites read nothing by any route, and nobody is signed in for them', async () => {
  const foreign = { 'sec-fetch-site': 'cross-site' };
  for (const { method, path, who } of served.server.routes) {
    if (who === 'session' && method === 'GET') {
      expect([path, (await ask(method, path, foreign)).status]).toEqual([path, 403]);
    }
    if (who === 'session' || method === 'GET') continue;
    const body = JSON.stringify({ cookie: true, code: 'x', email: 'a@b.example', ticket: 'x' });
    const { headers, cookies } = await ask(method, path, { ...ours, origin: 'https://evil.example' }, body);
    expect([path, headers['set-cookie'], cookies]).toEqual([path, undefined, []]);
  }
});

test('every answer of every route forbids frames, guessing of types and sharing of cookies', async () => {
  for (const { method, path } of served.server.routes) {
    for (const headers of [ours, { origin: 'https://evil.example' }]) {
      const answer = await ask(method, path, headers);
      const told = `${method} ${path} ${answer.status}`;
      expect(answer.headers['x-frame-options'], told).toBe('DENY');
      expect(answer.headers['content-security-policy'], told).toContain("frame-ancestors 'none'");
      expect(answer.headers['x-content-type-options'], told).toBe('nosniff');
      expect(answer.headers['referrer-policy'], told).toBe('no-referrer');
      expect(answer.headers['strict-transport-security'], told).toMatch(/max-age=\d{8}/);
      expect(answer.headers['access-control-allow-credentials'], told).toBeUndefined();
    }
    if (path === '/session' && method === 'DELETE') {
      ({ token } = await served.person(practice, { role: 'owner' }, { role: 'doctor' }));
    }
  }
}, 60_000);

test('a cookie that somebody else could set beside ours makes none of the two count', async () => {
  const { token: planted } = await served.person(practice, { role: 'owner' });
  const { token } = await served.person(practice, { role: 'doctor' });
  const fields = [
    `${COOKIE}=${planted}; ${COOKIE}=${token}`,
    `${COOKIE}=${token}; ${COOKIE}=${planted}`,
    `${COOKIE}=${token};${COOKIE}=`,
    `postern=${token}`,
    `__Host-postern-device=${token}`,
    `${COOKIE.toLowerCase()}=${token}`,
    `${COOKIE}="${token}"`,
    `x=y, ${COOKIE}=${token}`,
    `x="; ${COOKIE}=${token}x"`,
  ];
  for (const cookie of fields) {
    const { status } = await served.ask(null, 'GET', '/session', { headers: { ...ours, cookie } });
    expect([cookie.slice(0, 30), status]).toEqual([cookie.slice(0, 30), 401]);
  }
  const good = { ...ours, cookie: `other=1; ${COOKIE}=${token}` };
  expect((await served.ask(null, 'GET', '/session', { headers: good })).status).toBe(200);
});
