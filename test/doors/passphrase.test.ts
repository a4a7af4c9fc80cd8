/** Passphrase and codes through the whole server: every way in has two steps, and every code works once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import type { PracticeId } from '../../src/base/ids.ts';
import { appCode, PASSPHRASE, withPasskey, withPassphrase } from '../support/account-attacks.ts';
import type { BrowserVisitor } from '../support/browser-visitor.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

const clock = new ManualClock(new Date());
let served: ServedPractices;
let practice: PracticeId;
beforeAll(async () => {
  served = await servePractices({ clock });
  practice = await served.makePractice();
});
afterAll(() => served.close());

let networks = 0;
/** Somebody from a network of their own, so that no count is shared. */
function somebody() {
  networks += 1;
  return withPassphrase({ served, practice }, { address: `198.51.100.${networks}` });
}
type Somebody = Awaited<ReturnType<typeof somebody>>;

const first = (browser: BrowserVisitor, email: string, passphrase = PASSPHRASE) =>
  browser.ask('POST', '/signin/passphrase', { email, passphrase });

async function second({ browser, email }: Pick<Somebody, 'browser' | 'email'>, code: string) {
  const { ticket } = (await first(browser, email)).json;
  return browser.ask('POST', '/signin/second', { ticket, code, cookie: true });
}

/** What the app shows now; the step that set it up is over. */
function codeOf({ secret }: Pick<Somebody, 'secret'>, steps = 0): string {
  return appCode(secret, steps, clock.now().getTime());
}

test('signs in with the code of the app, and says so', async () => {
  const person = await somebody();
  clock.advance(60);
  const answer = await second(person, codeOf(person));
  expect([answer.status, Object.keys(answer.json)]).toEqual([201, ['practice', 'expiresIn']]);
  const session = await person.browser.ask('GET', '/session');
  expect(session.json).toMatchObject({ methods: ['passphrase', 'totp'], assured: true });
});

test('signs in with a recovery code, once, however it is typed', async () => {
  const person = await somebody();
  const [code, other] = person.recoveryCodes;
  expect((await second(person, code!.toLowerCase().replace('-', ' '))).status).toBe(201);
  expect((await second(person, code!)).status).toBe(400);
  expect((await second(person, other!)).status).toBe(201);
  const left = await person.browser.ask('GET', '/account/factors');
  expect(left.json.recoveryCodes).toMatchObject({ left: 8 });
});

test('takes a code once, however many ask at once', async () => {
  const person = await somebody();
  clock.advance(60);
  const tickets: unknown[] = [];
  for (let round = 0; round < 4; round += 1) {
    tickets.push((await first(person.browser, person.email)).json.ticket);
  }
  const code = codeOf(person);
  const ask = (ticket: unknown) => person.browser.ask('POST', '/signin/second', { ticket, code });
  const answers = await Promise.all(tickets.map(ask));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400]);
});

test('takes a ticket once, five minutes long, for its own account', async () => {
  const person = await somebody();
  const other = await somebody();
  clock.advance(60);
  const offer = async (ticket: unknown, code: string) =>
    (await person.browser.ask('POST', '/signin/second', { ticket, code })).status;
  const { ticket } = (await first(person.browser, person.email)).json;
  expect(await offer(ticket, codeOf(other))).toBe(400);
  expect(await offer(ticket, codeOf(person))).toBe(201);
  expect(await offer(ticket, person.recoveryCodes[0]!)).toBe(400);
  const late = (await first(person.browser, person.email)).json.ticket;
  clock.advance(301);
  expect(await offer(late, codeOf(person))).toBe(400);
});

test('a passphrase without an app is no way in, and a changed one takes its tickets with it', async () => {
  const person = await withPasskey({ served, practice }, { address: '198.51.100.200' });
  expect((await person.browser.ask('PUT', '/account/passphrase', { passphrase: PASSPHRASE })).status).toBe(
    204,
  );
  const { email } = (await served.gate.accounts.describeAccount(person.accountId))!;
  expect((await first(person.browser, email)).status).toBe(400);

  const whole = await somebody();
  const { ticket } = (await first(whole.browser, whole.email)).json;
  const changed = { passphrase: 'twelve herons stand in deep water', current: PASSPHRASE };
  expect((await whole.browser.ask('PUT', '/account/passphrase', changed)).status).toBe(204);
  const [code] = whole.recoveryCodes;
  expect((await whole.browser.ask('POST', '/signin/second', { ticket, code })).status).toBe(400);
});

test('a disabled account answers like one that is not there', async () => {
  const person = await somebody();
  const absent = await first(person.browser, 'nobody@care.example');
  await served.gate.accounts.disableAccount(served.database.owner, person.accountId, 'test');
  const disabled = await first(person.browser, person.email);
  expect([disabled.status, disabled.headers, disabled.text]).toEqual([400, absent.headers, absent.text]);
});

test('is refused with what is wrong with it, and with no rule about kinds of letters', async () => {
  const { browser } = await somebody();
  let current = PASSPHRASE;
  const set = async (passphrase: string) => {
    const { status, json } = await browser.ask('PUT', '/account/passphrase', { passphrase, current });
    if (status === 204) current = passphrase;
    return status === 204 ? null : json.problem;
  };
  expect(await set('fourteen chars')).toBe('too-short');
  expect(await set('correct horse battery staple')).toBe('common');
  expect(await set('all small letters do')).toBeNull();
});

test('takes the place of another for whoever knows that one, and not for a touch alone', async () => {
  const { browser } = await somebody();
  const passphrase = 'twelve herons stand in deep water';
  const set = async (current?: string) => {
    const { status, json } = await browser.ask('PUT', '/account/passphrase', { passphrase, current });
    return status === 422 ? json.problem : status;
  };
  expect(await set()).toBe('not-current');
  for (let tried = 1; tried < 10; tried += 1) expect(await set(`not it ${tried}`)).toBe('not-current');
  expect(await set(PASSPHRASE)).toBe(429);
  clock.advance(900);
  expect(await set(PASSPHRASE)).toBe(401);
});

test('the last way in stays: passphrase and app where there is no passkey', async () => {
  const person = await somebody();
  expect((await person.browser.ask('DELETE', `/account/passkeys/${person.passkey}`)).status).toBe(204);
  const last = await person.browser.ask('DELETE', '/account/passphrase');
  expect(last.status).toBe(409);
  clock.advance(60);
  expect((await second(person, codeOf(person))).status).toBe(201);
});

test('a touch takes passphrase and code, and no code twice', async () => {
  const person = await somebody();
  clock.advance(600);
  const change = () => person.browser.ask('POST', '/account/recovery-codes', {});
  expect((await change()).status).toBe(403);
  const touch = (passphrase: string, code: string) =>
    person.browser.ask('POST', '/account/touch', { passphrase, code });
  const code = codeOf(person);
  expect((await touch('a wrong passphrase it is', code)).status).toBe(400);
  expect((await touch(PASSPHRASE, code)).status).toBe(200);
  expect((await touch(PASSPHRASE, code)).status).toBe(400);
  const renewed = await change();
  expect(renewed.status).toBe(200);
  expect((await second(person, person.recoveryCodes[0]!)).status).toBe(400);
});

test('what is kept shows neither passphrase, nor secret, nor code', async () => {
  const person = await somebody();
  const { owner } = served.database;
  const factors = await owner.query<{ sealed: Buffer }>('select sealed from postern.factor');
  const lines = await owner.query<{ text: string }>('select l::text as text from postern.access_line l');
  expect(factors.rows.length).toBeGreaterThan(3);
  const kept = Buffer.concat([
    ...factors.rows.map(({ sealed }) => sealed),
    ...lines.rows.map(({ text }) => Buffer.from(text)),
  ]);
  for (const secret of [PASSPHRASE, person.secret, ...person.recoveryCodes]) {
    expect(kept.includes(secret)).toBe(false);
  }
});

test('a factor that somebody wrote, moved or put in another’s place by hand signs nobody in', async () => {
  const [person, other] = [await somebody(), await somebody()];
  const { owner } = served.database;
  const move = (kind: string) =>
    owner.query(
      `update postern.factor f set sealed = o.sealed
       from postern.factor o
       where f.account_id = $1 and o.account_id = $2 and f.kind = $3 and o.kind = $3`,
      [person.accountId, other.accountId, kind],
    );
  await move('passphrase');
  expect((await first(person.browser, person.email)).status).toBe(400);
  await move('recovery-codes');
  const { rows } = await owner.query<{ count: number }>(
    "select count(*)::integer as count from postern.incident where kind = 'key-ring' and account_id = $1",
    [person.accountId],
  );
  expect(rows[0]!.count).toBeGreaterThan(0);
  expect((await second(other, other.recoveryCodes[0]!)).status).toBe(201);
});
