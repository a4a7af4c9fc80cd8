/** Several addresses of one account: each shown to be theirs, each told, and recovery by any of them. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AccountId, newId, type PracticeId } from '../../src/base/ids.ts';
import { isLanguage, Postman } from '../../src/post/index.ts';
import { withPasskey } from '../support/account-attacks.ts';
import type { BrowserVisitor } from '../support/browser-visitor.ts';
import { type MailListener, mailListener } from '../support/mail-listener.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let listener: MailListener;
let postman: Postman;
let practice: PracticeId;
let accountId: AccountId;
let browser: BrowserVisitor;
let first: string;
let second: string;
beforeAll(async () => {
  [served, listener] = await Promise.all([servePractices(), mailListener()]);
  await listener.start();
  practice = await served.makePractice();
  postman = new Postman({
    owner: served.database.owner,
    keys: () => served.keychain.installation(),
    configuration: {
      publicUrl: served.publicUrl,
      securityContacts: [],
      smtpUrl: `smtp://127.0.0.1:${listener.port}`,
      mailFrom: 'care@practice.org',
    },
    clock: served.clock,
    addressOf: async (account) => {
      const found = await served.gate.accounts.describeAccount(account);
      if (found === null) return null;
      const others = (await served.gate.addresses.of(account)).map(({ email }) => email);
      return { address: found.email, language: isLanguage(found.language) ? found.language : null, others };
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
  ({ accountId, browser } = await withPasskey({ served, practice }));
  first = (await served.gate.accounts.describeAccount(accountId))!.email;
  second = `second-${newId()}@mail.example`;
  await mailed();
});

/** What went out since the last time: to whom, and what. */
async function mailed() {
  await postman.round();
  const mails = listener.mails.splice(0).map(({ to, text }) => ({ to: to.join(), text }));
  return mails.filter(({ to }) => [first, second].includes(to));
}
const toWhom = async () => (await mailed()).map(({ to }) => to).sort();
const ask = (method: string, path: string, body?: object) => browser.ask(method, `/account/${path}`, body);

async function ticketTo(address: string): Promise<string> {
  expect((await ask('POST', 'addresses', { email: address })).status).toBe(202);
  const mails = await mailed();
  expect(mails.map(({ to }) => to)).toEqual([address]);
  return /\/account#address=(?:3D)?([\w-]+)/.exec(mails[0]!.text.replaceAll('=\r\n', ''))![1]!;
}

async function withSecond(): Promise<string> {
  const confirmed = await ask('POST', 'addresses/confirm', { ticket: await ticketTo(second) });
  expect(confirmed.status, confirmed.text).toBe(200);
  return String(confirmed.json.others![0]!.id);
}

test('one counts once its link was opened, and both hear of it', async () => {
  const ticket = await ticketTo(second);
  expect((await ask('GET', 'addresses')).json).toMatchObject({ first, others: [] });
  expect((await ask('POST', 'addresses/confirm', { ticket })).json).toMatchObject({
    others: [{ email: second }],
  });
  expect(await toWhom()).toEqual([first, second].sort());
  // Notices of what may be somebody else go to each, in a mail of its own.
  await browser.makePasskey('Another');
  expect(await toWhom()).toEqual([first, second].sort());
});

test('removing and changing the first are told to all, the one that went included', async () => {
  const id = await withSecond();
  await mailed();
  const changed = await ask('POST', `addresses/${id}/first`, {});
  expect(changed.json).toMatchObject({ first: second, others: [{ email: first }] });
  expect(await toWhom()).toEqual([first, second].sort());
  expect(await served.gate.accounts.findAccount(second)).toBe(accountId);
  expect(await served.gate.accounts.findAccount(first)).toBeNull();
  const [other] = await served.gate.addresses.of(accountId);
  expect((await ask('DELETE', `addresses/${other!.id}`)).status).toBe(204);
  expect(await toWhom()).toEqual([first, second].sort());
  expect((await ask('GET', 'addresses')).json).toMatchObject({ first: second, others: [] });
});

test('recovery begins at any of them: the link goes where it was asked for, the notice to all', async () => {
  await withSecond();
  await mailed();
  const asked = await served.ask(null, 'POST', '/recovery', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: second.toUpperCase() }),
    address: '198.51.100.7',
  });
  expect(asked.status).toBe(202);
  const [link, ...none] = await mailed();
  expect([link!.to, none]).toEqual([second, []]);
  const ticket = /\/recovery#begin=(?:3D)?([\w-]+)/.exec(link!.text.replaceAll('=\r\n', ''))![1];
  const begun = await served.ask(null, 'POST', '/recovery/begin', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ticket }),
    address: '198.51.100.7',
  });
  expect(begun.json).toEqual({ state: 'to-be-seen' });
  expect(await toWhom()).toEqual([first, second].sort());
});

test('mails are in the language that the account has', async () => {
  expect((await ask('PUT', 'language', { language: 'de' })).status).toBe(204);
  await browser.makePasskey('Noch einer');
  expect((await mailed())[0]!.text).toMatch(/Ein Weg zur Anmeldung/);
  expect((await ask('GET', 'addresses')).json).toMatchObject({ language: 'de' });
});

test('adding, removing and changing take a touch; and at most five stand', async () => {
  const id = await withSecond();
  for (let count = 0; count < 3; count += 1) {
    await served.gate.addresses.add(accountId, `${newId()}@mail.example`, async () => undefined);
  }
  const more = served.gate.addresses.add(accountId, `${newId()}@mail.example`, async () => undefined);
  await expect(more).rejects.toMatchObject({ code: 'conflict' });
  await served.database.owner.query(
    "update postern.session set created_at = created_at - interval '6 minutes' where account_id = $1",
    [accountId],
  );
  const again = await browser.signInByPasskey();
  expect(again.status).toBe(201);
  await served.database.owner.query(
    "update postern.session set created_at = created_at - interval '6 minutes' where account_id = $1",
    [accountId],
  );
  for (const [method, path, body] of [
    ['POST', 'addresses', { email: second }],
    ['POST', `addresses/${id}/first`, {}],
    ['DELETE', `addresses/${id}`, undefined],
  ] as const) {
    expect([path, (await ask(method, path, body)).status]).toEqual([path, 403]);
  }
});

test('an address of somebody else is not taken, and a row moved by hand is nobody’s', async () => {
  const other = await withPasskey({ served, practice });
  const theirs = (await served.gate.accounts.describeAccount(other.accountId))!.email;
  const claims = { account: accountId, email: theirs };
  const ticket = await served.doors.tickets.make('address', claims, 60);
  expect((await ask('POST', 'addresses/confirm', { ticket })).status).toBe(409);
  await withSecond();
  const { owner } = served.database;
  await owner.query('update postern.account_address set account_id = $1', [other.accountId]);
  expect(await served.gate.addresses.find(second)).toBeNull();
  expect(await served.gate.addresses.of(other.accountId)).toEqual([]);
  const { rowCount } = await owner.query(
    "select from postern.incident where kind = 'key-ring' and account_id = $1",
    [other.accountId],
  );
  expect(rowCount).toBeGreaterThan(0);
});
