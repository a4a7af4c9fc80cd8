/** The frame around every request: sessions, refusals, headers, the log, listening and closing. */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer as createNetServer } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { USUAL_LIMITS } from '../../src/http/index.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice);
});
afterAll(() => served.close());

const doctorToken = async () => (await served.person(practice, { role: 'doctor' })).token;

describe('a session', () => {
  test('is asked for everywhere but where anyone may ask', async () => {
    for (const { method, path, who } of served.server.routes) {
      const target = path
        .replace(':compartment', 'Patient')
        .replace(':type', 'Patient')
        .replace(':id', chart)
        .replace(':version', '1');
      const { status } = await served.ask(null, method, target);
      expect([method, path, status === 401]).toEqual([method, path, who === 'session']);
    }
  });

  test('that is missing, made up, ended or of another scheme is answered alike', async () => {
    const { token } = await served.person(practice, { role: 'doctor' });
    expect((await served.ask(token, 'GET', `/fhir/Patient/${chart}`)).status).toBe(200);
    expect((await served.ask(token, 'DELETE', '/session')).status).toBe(204);
    const answers = [
      await served.ask(null, 'GET', `/fhir/Patient/${chart}`),
      await served.ask(token, 'GET', `/fhir/Patient/${chart}`),
      await served.ask(`${token.slice(0, -1)}x`, 'GET', `/fhir/Patient/${chart}`),
      await served.ask('', 'GET', '/session'),
      await served.ask(null, 'GET', '/session', { headers: { authorization: 'Basic eDp5' } }),
    ];
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="postern"' },
      json: { resourceType: 'OperationOutcome', issue: [{ code: 'login' }] },
    });
  });

  test('begins with a code that works once', async () => {
    const { accountId } = await served.person(practice, { role: 'patient', chartId: chart });
    const code = await served.gate.accounts.signinCode(accountId, 60);
    const headers = { 'content-type': 'application/json' };
    const signIn = () => served.ask(null, 'POST', '/signin', { body: JSON.stringify({ code }), headers });
    const first = await signIn();
    expect(first.status).toBe(201);
    const token = first.json.token as unknown as string;
    const session = await served.ask(token, 'GET', '/session');
    expect(session.json).toMatchObject({
      account: { id: accountId, name: 'Someone' },
      practice: first.json.practice,
      roles: ['patient'],
      sections: ['practice'],
      charts: [{ chart, own: true }],
    });
    const second = await signIn();
    expect([second.status, second.json.issue![0]!.code]).toEqual([400, 'invalid']);
  });

  test('is in one practice, which is asked for where there are several', async () => {
    const other = await served.makePractice();
    const { accountId } = await served.person(practice, { role: 'doctor' });
    await served.gate.asJob(other, 'system-setup', 'test', async (visit) => {
      const startsAt = new Date(Date.now() - 60_000);
      const grant = { accountId, role: 'nurse' as const, chartId: null, sections: null };
      await served.gate.grants.give(visit, { ...grant, startsAt, endsAt: null, reason: null });
    });
    const headers = { 'content-type': 'application/json' };
    const signIn = (body: object) =>
      served.ask(null, 'POST', '/signin', { body: JSON.stringify(body), headers });
    const choice = await signIn({ code: await served.gate.accounts.signinCode(accountId, 60) });
    expect(choice.status).toBe(200);
    const { code, practices } = choice.json as unknown as { code: string; practices: { slug: string }[] };
    expect(practices).toHaveLength(2);
    const signedIn = await signIn({ code, practice: practices[1]!.slug });
    expect(signedIn.status).toBe(201);
  });

  test('takes no code that is none', async () => {
    const headers = { 'content-type': 'application/json' };
    for (const body of [
      '{}',
      '[]',
      '{"code":1}',
      '{"code":"x"}',
      'code=x',
      `{"code":"${'x'.repeat(5000)}"}`,
    ]) {
      const { status } = await served.ask(null, 'POST', '/signin', { body, headers });
      expect([400, 413]).toContain(status);
    }
    expect((await served.ask(null, 'POST', '/signin', { body: '{}' })).status).toBe(415);
  });
});

describe('refusals', () => {
  test('are slowed down, hidden and absent alike, and the session stays usable after the wait', async () => {
    const token = await doctorToken();
    const statuses: number[] = [];
    for (let count = 0; count < 25; count += 1) {
      statuses.push((await served.ask(token, 'GET', `/fhir/Patient/${newId()}`)).status);
    }
    expect(statuses.slice(0, 20).every((status) => status === 404)).toBe(true);
    expect(statuses.slice(21).every((status) => status === 429)).toBe(true);
    const { headers } = await served.ask(token, 'GET', `/fhir/Patient/${chart}`);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });

  test('are told to wait before the database is asked anything, even to admit the session', async () => {
    const token = await doctorToken();
    for (let count = 0; count < 21; count += 1) await served.ask(token, 'GET', `/fhir/Patient/${newId()}`);
    (await served.gate.admit(token, null))!.scope.end();
    const spy = vi.spyOn(pg.Client.prototype, 'query');
    const { status, headers } = await served.ask(token, 'GET', `/fhir/Patient/${chart}`);
    expect([status, spy.mock.calls.length]).toEqual([429, 0]);
    expect(headers['retry-after']).toMatch(/^\d+$/);
    spy.mockRestore();
  });

  test('are told plainly where the address itself is wrong', async () => {
    const token = await doctorToken();
    expect((await served.ask(token, 'GET', '/nowhere')).status).toBe(404);
    expect((await served.ask(token, 'GET', '/fhir/Unheard')).status).toBe(404);
    const put = await served.ask(token, 'PUT', '/session');
    expect([put.status, put.headers.allow]).toEqual([405, 'DELETE, GET, HEAD']);
  });
});

test('every answer carries the security headers and none lets another site in', async () => {
  const token = await doctorToken();
  const answers = [
    await served.ask(null, 'GET', '/healthz'),
    await served.ask(null, 'GET', '/fhir/Patient'),
    await served.ask(token, 'GET', '/nowhere'),
    await served.ask(token, 'BREW', '/fhir/Patient'),
    await served.ask(token, 'GET', `/fhir/Patient/${chart}`, { headers: { origin: 'https://evil.example' } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 405, 200]);
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-content-type-options': 'nosniff',
    });
    expect(Object.keys(headers).filter((name) => /^(access-control|server|x-powered)/.test(name))).toEqual(
      [],
    );
  }
});

test('the log says what failed and never whose it was', async () => {
  const token = await doctorToken();
  await served.ask(token, 'GET', `/fhir/Patient?name=Unmistakable`);
  await served.ask(token, 'GET', `/fhir/Patient/${newId()}?name=Unmistakable`);
  const text = served.logged.join('');
  expect(text).toContain('/fhir/:type/:id');
  for (const secret of [chart, token, 'Unmistakable']) expect(text).not.toContain(secret);
});

describe('on a socket', () => {
  test('it listens, answers, and closes when what is under way is done', async () => {
    const own = await servePractices({ publicUrl: 'http://127.0.0.1', clock: new ManualClock(new Date()) });
    try {
      const address = await own.server.listen();
      const response = await fetch(`${address}/healthz`);
      expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
      expect(response.headers.get('strict-transport-security')).toBeNull();
      const late = fetch(`${address}/fhir/metadata`);
      await fetch(`${address}/healthz`);
      await own.server.close();
      expect((await late).status).toBe(200);
      await expect(fetch(`${address}/healthz`)).rejects.toThrow();
    } finally {
      await own.close();
    }
  });

  test('it does not wait longer than its grace for who never finishes', async () => {
    const own = await servePractices();
    try {
      const { port } = new URL(await own.server.listen());
      const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
      const head = 'POST /signin HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
      socket.write(`${head}content-length: 9\r\n\r\n{`);
      await expect.poll(() => socket.bytesWritten).toBeGreaterThan(0);
      await fetch(`http://127.0.0.1:${port}/healthz`);
      const ended = once(socket, 'close');
      await own.server.close(50);
      await ended;
    } finally {
      await own.close();
    }
  });

  test('strangers who never finish what they send keep nobody else out', async () => {
    const own = await servePractices();
    try {
      const address = await own.server.listen();
      const { token } = await own.person(await own.makePractice(), { role: 'doctor' });
      const head = 'POST /signin HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
      const sockets = Array.from({ length: 40 }, () => {
        const socket = connect(Number(new URL(address).port), '127.0.0.1').on('error', () => undefined);
        socket.write(`${head}content-length: 9\r\n\r\n{`);
        return socket;
      });
      const heard = Promise.race(sockets.map((socket) => once(socket, 'data')));
      expect(String(await heard)).toMatch(/^HTTP\/1.1 503 /);
      expect((await fetch(`${address}/healthz`)).status).toBe(200);
      const headers = { authorization: `Bearer ${token}` };
      expect((await fetch(`${address}/session`, { headers })).status).toBe(200);
      for (const socket of sockets) socket.destroy();
    } finally {
      await own.close();
    }
  });

  test('tokens that were made up take no place of a session, and a flood of them waits outside', async () => {
    const places = { ...USUAL_LIMITS.places, sessions: { all: 2, each: 2 }, arrivals: { all: 3, each: 3 } };
    const own = await servePractices({ limits: { ...USUAL_LIMITS, places } });
    const locking = await own.database.owner.connect();
    try {
      const address = await own.server.listen();
      const practice = await own.makePractice();
      const chartThere = await own.chart(practice);
      const { token } = await own.person(practice, { role: 'doctor' });
      const ask = async (bearer: string) => {
        const headers = { authorization: `Bearer ${bearer}` };
        return (await fetch(`${address}/fhir/Patient/${chartThere}`, { headers })).status;
      };
      const madeUp = () => `${token.slice(0, -43)}${randomBytes(32).toString('base64url')}`;
      expect(await ask(token)).toBe(200);
      expect(await ask(madeUp())).toBe(401);
      // Looking one up takes as long as this lock stands.
      await locking.query('begin');
      await locking.query('lock table postern.account in access exclusive mode');
      const flood = Array.from({ length: 20 }, () => ask(madeUp()));
      expect(await Promise.race(flood)).toBe(503);
      expect(await ask('pst_nothing')).toBe(401);
      expect(await ask(token)).toBe(200);
      await locking.query('rollback');
      const answers = await Promise.all(flood);
      expect(answers.toSorted()).toEqual([401, 401, 401, ...Array<number>(17).fill(503)]);
    } finally {
      locking.release(true);
      await own.close();
    }
  });

  test('it says in one sentence that its port is taken', async () => {
    const taken = createNetServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const own = await servePractices({ port });
    try {
      await expect(own.server.listen()).rejects.toThrow(`Port ${port} is taken`);
    } finally {
      await own.close();
      taken.close();
    }
  });
});
