/** Whole ways in, in a real browser: an invitation by mail, getting back in, a passphrase with its codes. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import type { AccountId, ChartId, PracticeId } from '../../src/base/ids.ts';
import { codeOfStep, stepAt } from '../../src/seal/index.ts';
import { builtWeb } from '../../web/build/index.ts';
import {
  findingsInAllLooks,
  type Look,
  launchBrowser,
  newVisitor,
  type Visitor,
} from '../support/browser.ts';
import { type MailedLinks, mailedLinks } from '../support/mailed-links.ts';
import { freePort } from '../support/served-demo.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';
import { addAuthenticator } from '../support/virtual-authenticator.ts';

const browser = await launchBrowser();
const clock = new ManualClock(new Date());
const NAME = 'Wilhelmina Testermann';
const PHRASE = 'seven herons over a quiet pond';

let served: ServedPractices;
let mails: MailedLinks;
let origin: string;
let practice: PracticeId;
let chart: ChartId;
let desk: Person;
const visitors: Visitor[] = [];

describe.skipIf(browser === null)('a way in', () => {
  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    served = await servePractices({ clock, publicUrl: origin, port, web: await builtWeb() });
    await served.server.listen();
    mails = await mailedLinks(served);
    practice = await served.makePractice();
    desk = await served.person(practice, { role: 'front-desk' });
  });

  beforeEach(async () => {
    chart = await served.chart(practice, { name: [{ text: NAME }], birthDate: '1951-04-02' });
  });

  afterEach(async () => {
    for (const { context, faults } of visitors.splice(0)) {
      await context.close();
      expect(faults).toEqual([]);
    }
  });

  afterAll(async () => {
    await browser!.close();
    await mails.close();
    await served.close();
  });

  test('is an invitation by mail: a date of birth, a passkey, and the record is there', async () => {
    const to = 'wilhelmina@mail.example';
    const asked = await askDesk('/invitations', { as: 'patient', way: 'mail', chart, email: to });
    expect(asked.status).toBe(201);
    const { page } = await visit({ view: 'phone' });
    await addAuthenticator(page);
    await page.goto(await mails.link(to, '/invited#'));
    // What it is for is asked when the button is pressed, not when a program looks at the link.
    await press(page, 'Continue');
    await fillBirthDate(page, ['4', '3', '1951']);
    await press(page, 'Continue');
    await page.getByText('That is not the date that the practice has.').waitFor();
    await fillBirthDate(page, ['4', '2', '1951']);
    await press(page, 'Continue');
    await makePasskey(page);
    await page.waitForURL(`${origin}/portal/${chart}`);
    await page.getByRole('heading', { level: 1, name: NAME }).waitFor();
  });

  test('of an owner by the operator’s link leads to a passkey, which can wait for another', async () => {
    const { accountId } = await served.person(practice, { role: 'owner' });
    const follow = async (to: AccountId) => {
      const { page } = await visit();
      await addAuthenticator(page);
      await page.goto(`/signin#${await served.gate.accounts.signinCode(to, 300)}`);
      await press(page, 'Sign in');
      return page;
    };
    const first = await follow(accountId);
    await first.getByRole('heading', { name: 'Make your passkey' }).waitFor();
    await first.getByText('The operator’s link let you in this once.').waitFor();
    expect(await findingsInAllLooks(first)).toEqual([]);
    await press(first, 'Not now. Ask me next time');
    await first.waitForURL(/\/desk\//);
    const second = await follow(accountId);
    await makePasskey(second);
    await second.waitForURL(/\/desk\//);
    await (await follow(accountId)).waitForURL(/\/desk\//);
    // Whoever else the operator lets in is not kept: the owner asks them in.
    const nurse = await served.person(practice, { role: 'nurse' });
    await (await follow(nurse.accountId)).waitForURL(/\/desk\//);
  });

  test('is a letter: its code, an address, and the link that comes there, in the same page', async () => {
    const { json } = await askDesk('/invitations', { as: 'patient', way: 'letter', chart });
    const { text: letter } = await served.ask(desk.token, 'GET', String(json.letter));
    const [, code] = /class="code">([\w-]+)</.exec(letter) ?? [];
    const { page } = await visit({ view: 'phone' });
    await addAuthenticator(page);
    await page.goto('/invited');
    await page.getByLabel('Your code').fill(code!.toLowerCase());
    await press(page, 'Continue');
    await fillBirthDate(page, ['4', '2', '1951']);
    for (const typed of ['by-mistake@mail.example', 'by-letter@mail.example']) {
      await page.getByLabel('E-mail address').fill(typed);
      await press(page, 'Continue');
      await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
      if (typed.startsWith('by-mistake')) await press(page, 'Back');
    }
    // A browser loads nothing anew where an address differs behind the `#` alone.
    await page.goto(await mails.link('by-letter@mail.example', '/invited#'));
    await page.getByRole('heading', { name: 'You are invited' }).waitFor();
    expect(page.url()).toBe(`${origin}/invited`);
    await press(page, 'Continue');
    await press(page, 'Continue');
    await makePasskey(page);
    await page.waitForURL(`${origin}/portal/${chart}`);
  });

  test('is the link of somebody who shares a record, for a relative without an account', async () => {
    // What Sam holds began by the time of now, and is passed on after that.
    clock.advance(Math.max(0, Date.now() - clock.now().getTime()) / 1000);
    const sam = await served.person(practice, { role: 'patient', chartId: chart });
    const { page: shares, context } = await visit({ view: 'phone' });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await context.addCookies([{ name: 'postern', value: sam.token, url: origin, httpOnly: true }]);
    await shares.goto(`/portal/${chart}/family`);
    await press(shares, 'Give access');
    await press(shares, 'Make a code');
    await shares.getByText('No account here yet?').waitFor();
    expect(await findingsInAllLooks(shares)).toEqual([]);
    await press(shares, 'Copy the link');
    await shares.getByText('Copied. Now paste it into a message.').waitFor();
    const link = (await shares.evaluate('navigator.clipboard.readText()')) as string;
    const { page } = await visit({ view: 'phone' });
    await addAuthenticator(page);
    await page.goto(link);
    await press(page, 'Continue');
    await fillBirthDate(page, ['4', '2', '1951']);
    await page.getByLabel('E-mail address').fill('relative@mail.example');
    await press(page, 'Continue');
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    await page.goto(await mails.link('relative@mail.example', '/invited#'));
    await press(page, 'Continue');
    await page.getByLabel('Your first and last name').waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
    await press(page, 'Continue');
    await page.getByText('Write your name.').waitFor();
    await page.getByLabel('Your first and last name').fill('Robin Testermann');
    await press(page, 'Continue');
    await makePasskey(page);
    await page.waitForURL(`${origin}/portal/${chart}`);
    await shares.reload();
    await shares.getByRole('button', { name: 'End access of Robin Testermann' }).waitFor();
  });

  test('is got back, from what the desk hands over to a new passkey', async () => {
    const person = await patientWithMail();
    const seen = await letBackIn(person.accountId);
    const code = String(seen.json.code);
    const { page } = await visit();
    await addAuthenticator(page);
    await page.goto('/recovery');
    expect(await findingsInAllLooks(page)).toEqual([]);
    await press(page, 'I have a code');
    await typeCode(page, person.email, '0000-0000-0000');
    await page.getByText('Check the e-mail address and the code').waitFor();
    await typeCode(page, person.email, code.toLowerCase().replaceAll('-', ' '));
    // A day passes, unless the mailbox is shown to be theirs as well.
    await page.getByRole('heading', { name: 'Your code is right' }).waitFor();
    await press(page, 'Send me the link');
    await page.getByLabel('E-mail address').fill(person.email);
    await press(page, 'Send the link');
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    await page.goto('about:blank');
    await page.goto(await mails.link(person.email, '/recovery#begin='));
    expect(page.url()).toBe(`${origin}/recovery`);
    await press(page, 'Yes, that was me');
    await page.getByRole('heading', { name: 'The code from your practice' }).waitFor();
    await typeCode(page, person.email, code);
    await makePasskey(page);
    await page.waitForURL(`${origin}/portal/${chart}`);
    await page.getByRole('heading', { level: 1, name: NAME }).waitFor();
  });

  test('is kept from whoever begins to take it, by one press', async () => {
    const person = await patientWithMail();
    const seen = await letBackIn(person.accountId);
    const { page } = await visit({ view: 'phone', theme: 'dark', locale: 'de-DE' });
    await page.goto(await mails.link(person.email, '/recovery#stop='));
    await page.getByRole('heading', { name: 'Waren Sie das nicht?' }).waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
    await press(page, 'Jetzt anhalten');
    await page.getByRole('heading', { name: 'Es ist angehalten' }).waitFor();
    clock.advance(25 * 3600);
    const body = { email: person.email, code: String(seen.json.code) };
    expect((await post(null, '/recovery/finish', body)).status).toBe(400);
  });

  test('says the same of an address that nobody has, at 400 % and by keys alone', async () => {
    const person = await patientWithMail();
    const { page } = await visit();
    await page.setViewportSize({ width: 320, height: 256 });
    const told: string[] = [];
    for (const email of [person.email, 'nobody@mail.example']) {
      await page.goto('/recovery');
      await byKeys(page, 'Send me the link');
      await page.getByRole('heading', { name: 'A link to your e-mail' }).waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.type(email);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Look into your mail');
      told.push(await page.getByRole('main').innerText());
    }
    expect(told[0]).toBe(told[1]);
  });

  test('is a passphrase with codes of an app, or with one kept on paper; in either practice', async () => {
    const elsewhere = await served.makePractice();
    const person = await patientWithMail();
    await alsoIn(elsewhere, person.accountId);
    const [here, there] = await namesOf(practice, elsewhere);
    const { page } = await visit();
    await page.goto(await linkFor(person.accountId));
    await press(page, 'Sign in');
    await press(page, here);
    await press(page, 'I cannot do that on my device');
    await page.getByLabel('Passphrase').fill(PHRASE);
    await press(page, 'Use this one');
    const secret = (await page.locator('code').innerText()).replaceAll(' ', '');
    const nextCode = () => codeOfStep(fromBase32(secret), stepAt(clock.now().getTime() / 1000));
    await page.getByLabel('The six digits that the app shows now').fill(nextCode());
    await press(page, 'Connect the app');
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    const [kept = ''] = await page.getByRole('main').getByRole('listitem').allInnerTexts();
    await press(page, 'I have kept them');
    await press(page, 'Sign in now');
    clock.advance(30);
    await byPassphrase(page, person.email, nextCode());
    await press(page, here);
    await page.getByText(NAME).first().waitFor();
    await page.goto('/account');
    await press(page, `Go to ${there}`);
    await page.getByText('Same Person, Elsewhere').first().waitFor();
    expect(await page.getByText(NAME).count()).toBe(0);
    await menu(page, 'Sign out');
    for (const outcome of ['in', 'spent']) {
      clock.advance(30);
      await byPassphrase(page, person.email, kept);
      if (outcome === 'spent') break;
      await press(page, there);
      await page.getByText('Same Person, Elsewhere').first().waitFor();
      await menu(page, 'Sign out');
    }
    await page.getByText('Type the code that the app shows now.').waitFor();
  });
});

async function visit(look: Look = {}): Promise<Visitor> {
  const visitor = await newVisitor(browser!, origin, look);
  visitors.push(visitor);
  return visitor;
}

function press(page: Page, name: string): Promise<void> {
  return page.getByRole('button', { name, exact: true }).click();
}

async function byKeys(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).waitFor();
  await page.locator('#app[data-app=here]').waitFor();
  for (let step = 0; step < 20; step += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement.textContent')) === name) break;
  }
  await page.keyboard.press('Enter');
}

async function menu(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Account/ }).click();
  await press(page, name);
}

async function fillBirthDate(page: Page, [month, day, year]: readonly string[]): Promise<void> {
  await page.getByLabel('Month').fill(month!);
  await page.getByLabel('Day').fill(day!);
  await page.getByLabel('Year').fill(year!);
}

async function makePasskey(page: Page): Promise<void> {
  await press(page, 'Make my passkey');
  await press(page, 'Sign in with it');
}

async function typeCode(page: Page, email: string, code: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Code').fill(code);
  await press(page, 'Continue');
}

/** From the page of whoever signed out. */
async function byPassphrase(page: Page, email: string, code: string): Promise<void> {
  await press(page, 'Sign in another way');
  await press(page, 'My passphrase and a code');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Passphrase').fill(PHRASE);
  await press(page, 'Continue');
  await page.getByLabel('Code').fill(code);
  await press(page, 'Sign in');
}

/** As an authenticator app reads a secret (RFC 4648 section 6). */
function fromBase32(text: string): Uint8Array {
  const bits = [...text].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter));
  const all = bits.map((five) => five.toString(2).padStart(5, '0')).join('');
  return Uint8Array.from(all.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

function post(token: string | null, target: string, body: object) {
  const headers = { 'content-type': 'application/json' };
  return served.ask(token, 'POST', target, { headers, body: JSON.stringify(body) });
}

/** What the front desk asks, who has just touched their passkey. */
async function askDesk(target: string, body: object) {
  desk = await served.person(practice, { role: 'front-desk' });
  return post(desk.token, target, body);
}

/** What the desk says of somebody whom it saw. */
function letBackIn(account: AccountId) {
  return askDesk('/recoveries', { account, chart, checked: 'Identity card, and known for years' });
}

async function patientWithMail(): Promise<{ accountId: AccountId; email: string }> {
  const { accountId } = await served.person(practice, { role: 'patient', chartId: chart });
  const { email } = (await served.gate.accounts.describeAccount(accountId))!;
  return { accountId, email };
}

/** A link that goes to an address, and proves nothing alone. */
async function linkFor(accountId: AccountId): Promise<string> {
  const terms = { methods: ['link'] as const, device: null, narrowing: null };
  return `${origin}/signin#${await served.gate.accounts.signinCode(accountId, 300, terms)}`;
}

async function alsoIn(elsewhere: PracticeId, accountId: AccountId): Promise<void> {
  const there = await served.chart(elsewhere, { name: [{ text: 'Same Person, Elsewhere' }] });
  await served.gate.asJob(elsewhere, 'system-setup', 'test', (setup) =>
    served.gate.grants.give(setup, {
      accountId,
      role: 'patient',
      chartId: there,
      sections: null,
      startsAt: new Date(Date.now() - 60_000),
      endsAt: null,
      reason: null,
    }),
  );
}

async function namesOf(...practices: readonly PracticeId[]): Promise<[string, string]> {
  const { rows } = await served.database.owner.query<{ practice_id: string; name: string }>(
    'select practice_id, name from postern.practice where practice_id = any($1)',
    [practices],
  );
  const names = practices.map((id) => rows.find(({ practice_id }) => practice_id === id)!.name);
  return [names[0]!, names[1]!];
}
