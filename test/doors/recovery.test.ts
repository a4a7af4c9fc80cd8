/** Getting back in: by what the desk saw and the mailbox shows, never by the mailbox alone. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AccountId, type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { Postman } from '../../src/post/index.ts';
import { BrowserVisitor } from '../support/browser-visitor.ts';
import { type MailListener, mailListener } from '../support/mail-listener.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

/** It takes the time for so many seconds later than it is. */
let later = 0;
const clock = { now: () => new Date(Date.now() + later * 1000) };
let served: ServedPractices;
let listener: MailListener;
let postman: Postman;
let practice: PracticeId;
let chart: ChartId;
let sam: { accountId: AccountId; browser: BrowserVisitor; email: string };
let networks = 0;
const network = () => {
  networks += 1;
  return `198.51.${100 + Math.floor(networks / 250)}.${(networks % 250) + 1}`;
};

beforeAll(async () => {
  [served, listener] = await Promise.all([servePractices({ clock }), mailListener()]);
  await listener.start();
  practice = await served.makePractice();
  const { accounts } = served.gate;
  postman = new Postman({
    owner: served.database.owner,
    keys: () => served.keychain.installation(),
    configuration: {
      publicUrl: served.publicUrl,
      securityContacts: [],
      smtpUrl: `smtp://127.0.0.1:${listener.port}`,
      mailFrom: 'care@practice.org',
    },
    clock,
    addressOf: async (accountId) => {
      const account = await accounts.describeAccount(accountId);
      return account === null ? null : { address: account.email, language: null };
    },
    timeZoneOf: async () => null,
    onError: (what, error) => {
      throw new Error(what, { cause: error });
    },
  });
});
afterAll(async () => {
  await listener.stop();
  await served.close();
});
beforeEach(async () => {
  later = 0;
  chart = await served.chart(practice);
  const { accountId } = await served.person(practice, { role: 'patient', chartId: chart });
  const browser = new BrowserVisitor(served, { address: network() });
  await browser.followLink(await served.gate.accounts.signinCode(accountId, 60));
  expect((await browser.makePasskey()).status).toBe(201);
  expect((await browser.signInByPasskey()).status).toBe(201);
  const { email } = (await served.gate.accounts.describeAccount(accountId))!;
  sam = { accountId, browser, email };
});

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (token: string | null, target: string, body: object) =>
  served.ask(token, 'POST', target, { headers: JSON_TYPE, body: JSON.stringify(body), address: network() });

/** The newest link of that kind to Sam. */
async function mailed(what: 'begin' | 'stop'): Promise<string> {
  await postman.round();
  const found = listener.mails
    .filter(({ to }) => to.includes(sam.email))
    .map(({ text }) => new RegExp(`/recovery#${what}=(?:3D)?([\\w-]+)`).exec(text)?.[1])
    .filter((each) => each !== undefined);
  return found.at(-1) ?? '';
}

const registrar = async () => (await served.person(practice, { role: 'front-desk' })).token;
const see = async (token?: string) =>
  post(token ?? (await registrar()), '/recoveries', { account: sam.accountId, chart, checked: 'Passport' });
/** Sam's, as the list of the practice has it. */
async function waiting(token: string): Promise<unknown[]> {
  const { recoveries } = (await served.ask(token, 'GET', '/recoveries')).json;
  return (recoveries as unknown as { account: string }[]).filter(({ account }) => account === sam.accountId);
}
const finish = (code: string, more: object = {}) =>
  post(null, '/recovery/finish', { email: sam.email, code, ...more });
const subjects = () => listener.mails.filter(({ to }) => to.includes(sam.email)).length;

test('the desk sees the person, a day passes, and the code makes a new passkey', async () => {
  const seen = await see();
  expect(seen.status).toBe(201);
  const code = String(seen.json.code);
  expect((await finish(code)).json).toMatchObject({ state: 'waits' });
  expect((await sam.browser.ask('GET', '/session')).status).toBe(200);
  later = 24 * 3600 + 1;
  const back = new BrowserVisitor(served, { address: network() });
  const done = await back.ask('POST', '/recovery/finish', { email: sam.email, code, cookie: true });
  expect(done.status).toBe(201);
  expect((await back.ask('GET', '/session')).json).toMatchObject({ assured: false, charts: [] });
  expect((await sam.browser.ask('GET', '/session')).status).toBe(401);
  expect((await sam.browser.signInByPasskey()).status).toBe(400);
  expect((await back.makePasskey()).status).toBe(201);
  expect((await back.signInByPasskey()).status).toBe(201);
  expect((await finish(code)).status).toBe(400);
});

test('who shows the mailbox as well need not wait', async () => {
  expect((await post(null, '/recovery', { email: sam.email })).status).toBe(202);
  const began = await post(null, '/recovery/begin', { ticket: await mailed('begin') });
  expect(began.json).toEqual({ state: 'to-be-seen' });
  const code = String((await see()).json.code);
  expect((await finish(code)).status).toBe(201);
});

test('the mailbox alone lets nobody in, however long it waits and whoever was seen', async () => {
  await post(null, '/recovery', { email: sam.email });
  const ticket = await mailed('begin');
  await post(null, '/recovery/begin', { ticket });
  await see();
  const again = await post(null, '/recovery/begin', { ticket });
  expect([again.status, again.json]).toEqual([200, { state: 'code' }]);
  expect((await sam.browser.ask('GET', '/session')).status).toBe(200);
});

test('whoever it belongs to is told, and stops it', async () => {
  // What they were told of before: that they have a way in.
  await postman.round();
  const before = subjects();
  const code = String((await see()).json.code);
  const ticket = await mailed('stop');
  expect(subjects()).toBe(before + 1);
  expect((await post(null, '/recovery/stop', { ticket })).json).toEqual({ state: 'stopped' });
  later = 25 * 3600;
  expect((await finish(code)).status).toBe(400);
  later = 0;
  expect((await sam.browser.ask('GET', '/session')).status).toBe(200);
  expect((await post(null, '/recovery/stop', { ticket })).status).toBe(400);
});

test('the desk takes it back, and after a week it is over', async () => {
  const token = await registrar();
  const code = String((await see(token)).json.code);
  expect(await waiting(token)).toMatchObject([{ account: sam.accountId, chart, checked: 'Passport' }]);
  expect((await served.ask(token, 'DELETE', `/recoveries/${sam.accountId}`)).status).toBe(204);
  expect((await served.ask(token, 'DELETE', `/recoveries/${sam.accountId}`)).status).toBe(404);
  expect(await waiting(token)).toEqual([]);
  expect((await finish(code)).status).toBe(400);
  const other = String((await see(token)).json.code);
  later = 7 * 86_400 + 1;
  expect((await finish(other)).status).toBe(400);
});

test('the answer is the same whether an address is known, and only the known gets a mail', async () => {
  const unknown = `${newId()}@mail.example`;
  const [known, none] = [
    await post(null, '/recovery', { email: sam.email }),
    await post(null, '/recovery', { email: unknown }),
  ];
  expect([known.status, known.text]).toEqual([none.status, none.text]);
  await postman.round();
  expect(listener.mails.filter(({ to }) => to.includes(unknown))).toEqual([]);
});

test('an address is sent three mails an hour', async () => {
  const statuses: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    statuses.push((await post(null, '/recovery', { email: sam.email })).status);
  }
  expect(statuses).toEqual([202, 202, 202, 429, 429]);
});

describe('nobody says that they saw', () => {
  test('whom the chart does not name, who works elsewhere, or themselves', async () => {
    const token = await registrar();
    const other = await served.person(practice, { role: 'patient', chartId: await served.chart(practice) });
    const away = await served.makePractice();
    const doctor = await served.person(away, { role: 'doctor' });
    const strangers = [other.accountId, doctor.accountId, newId<AccountId>()];
    for (const account of strangers) {
      expect((await post(token, '/recoveries', { account, chart, checked: 'Passport' })).status).toBe(404);
    }
    const colleague = await served.person(practice, { role: 'nurse' });
    const body = { account: colleague.accountId, chart, checked: 'Passport' };
    expect((await post(token, '/recoveries', body)).status).toBe(404);
    const owner = await served.person(practice, { role: 'owner' });
    expect((await post(owner.token, '/recoveries', body)).status).toBe(201);
    expect((await post(owner.token, '/recoveries', { ...body, account: owner.accountId })).status).toBe(404);
  });

  test.each(['doctor', 'billing', 'privacy-officer'] as const)('as %s', async (role) => {
    expect((await see((await served.person(practice, { role })).token)).status).toBe(404);
  });

  test('from another practice', async () => {
    const away = await served.makePractice();
    expect((await see((await served.person(away, { role: 'owner' })).token)).status).toBe(404);
  });

  test('after five minutes without a touch', async () => {
    const { token, accountId } = await served.person(practice, { role: 'front-desk' });
    await served.database.owner.query(
      "update postern.session set created_at = created_at - interval '6 minutes' where account_id = $1",
      [accountId],
    );
    expect((await see(token)).status).toBe(403);
  });
});

test('codes are guessed forty times and not more, alike for an address that nobody has', async () => {
  await see();
  const email = `${newId()}@mail.example`;
  const guess = () => post(null, '/recovery/finish', { email, code: '0000-0000-000Z' });
  for (let count = 0; count < 42; count += 1) {
    const [answer, stranger] = [await finish('0000-0000-000Z'), await guess()];
    expect([count, answer.status]).toEqual([count, count < 40 ? 400 : 429]);
    expect([stranger.status, stranger.text]).toEqual([answer.status, answer.text]);
  }
});

test('a recovery that somebody wrote or put back by hand lets nobody in, and alarms', async () => {
  const code = String((await see()).json.code);
  later = 25 * 3600;
  const { owner } = served.database;
  await owner.query('update postern.recovery set version = version + 1 where account_id = $1', [
    sam.accountId,
  ]);
  expect((await finish(code)).status).toBe(400);
  const { rows } = await owner.query(
    "select from postern.incident where kind = 'key-ring' and account_id = $1",
    [sam.accountId],
  );
  expect(rows).toHaveLength(1);
});
