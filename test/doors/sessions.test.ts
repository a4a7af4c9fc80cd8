/** One's own sessions: where, since when, with what; and ending them, which takes effect at once. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AccountId, PracticeId } from '../../src/base/ids.ts';
import { withPasskey } from '../support/account-attacks.ts';
import { BrowserVisitor } from '../support/browser-visitor.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
});
afterAll(() => served.close());

let accountId: AccountId;
let desk: BrowserVisitor;
let phone: BrowserVisitor;
beforeEach(async () => {
  ({ accountId, browser: desk } = await withPasskey({ served, practice }));
  await desk.signInByPasskey();
  phone = new BrowserVisitor(served, { agent: IPHONE, address: '2001:db8:1:2:3::4' });
  phone.authenticator.passkeys.push(...desk.authenticator.passkeys);
  await phone.signInByPasskey();
});

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1';

interface Listed {
  readonly id: string;
  readonly current: boolean;
}

async function list(browser: BrowserVisitor): Promise<Listed[]> {
  const answer = await browser.ask('GET', '/account/sessions');
  return answer.json.sessions as unknown as Listed[];
}
const lives = async (browser: BrowserVisitor) => (await browser.ask('GET', '/session')).status === 200;

test('are listed with browser, system, network, practice and how one signed in', async () => {
  const sessions = await list(desk);
  const common = { methods: ['passkey'], practice: { slug: expect.anything(), name: expect.anything() } };
  expect(sessions.slice(0, 2)).toMatchObject([
    { current: false, browser: 'Safari', system: 'iOS', network: '2001:db8:1:2', ...common },
    { current: true, browser: 'Firefox', system: 'Linux', network: '192.0.2.1', ...common },
  ]);
  expect(sessions[1]).toMatchObject({ seenAt: expect.stringMatching(/^20/), until: expect.anything() });
  const text = JSON.stringify(sessions);
  for (const browser of [desk, phone]) expect(text).not.toContain(browser.token);
  const { rows } = await served.database.owner.query<{ hash: string }>(
    "select encode(session_hash, 'hex') as hash from postern.session where account_id = $1",
    [accountId],
  );
  for (const { hash } of rows) expect(text).not.toContain(hash);
});

test('end one by one, at once, and the others go on', async () => {
  const other = (await list(desk)).find(({ current }) => !current)!;
  expect((await desk.ask('DELETE', `/account/sessions/${other.id}`)).status).toBe(204);
  expect([await lives(phone), await lives(desk)]).toEqual([false, true]);
  expect((await desk.ask('DELETE', `/account/sessions/${other.id}`)).status).toBe(404);
});

test('end elsewhere after a touch of the last five minutes alone, and here without', async () => {
  const [here, there] = [(await list(desk)).find(({ current }) => current)!, (await list(desk))[0]!];
  await served.database.owner.query(
    "update postern.session set created_at = created_at - interval '10 minutes' where account_id = $1",
    [accountId],
  );
  await served.gate.renew((await served.gate.admit(desk.token!, null))!.scope);
  for (const path of [`/account/sessions/${there.id}`, '/account/sessions']) {
    expect([path, (await desk.ask('DELETE', path)).status]).toEqual([path, 403]);
  }
  expect([await lives(phone), await lives(desk)]).toEqual([true, true]);
  expect((await desk.ask('DELETE', `/account/sessions/${here.id}`)).status).toBe(204);
  expect([await lives(phone), await lives(desk)]).toEqual([true, false]);
});

test('end all but the one that asks', async () => {
  const ended = await phone.ask('DELETE', '/account/sessions');
  expect(Number(ended.json.ended)).toBeGreaterThan(0);
  expect([await lives(phone), await lives(desk)]).toEqual([true, false]);
  expect(await list(phone)).toMatchObject([{ current: true }]);
});

test('leave a line when one ends another', async () => {
  await phone.ask('DELETE', '/account/sessions');
  const { rowCount } = await served.database.owner.query(
    "select from postern.access_line where account_id = $1 and action = 'end-session'",
    [accountId],
  );
  expect(rowCount).toBeGreaterThan(0);
});

test('of apps are neither listed there nor let in there', async () => {
  const token = await served.gate.openSession({
    practiceId: practice,
    accountId,
    purpose: 'app',
    client: 'an app',
    ttlSeconds: 600,
    terms: { methods: ['app'], device: null, narrowing: null },
  });
  const before = (await list(desk)).length;
  for (const [method, path] of [
    ['GET', '/account/factors'],
    ['GET', '/account/sessions'],
    ['DELETE', '/account/sessions'],
    ['POST', '/account/totp'],
    ['POST', '/account/passkeys/options'],
    ['POST', '/account/touch/options'],
  ] as const) {
    const options = { headers: { 'content-type': 'application/json' }, body: '{}' };
    expect([path, (await served.ask(token, method, path, options)).status]).toEqual([path, 404]);
  }
  expect((await list(desk)).length).toBe(before);
});
