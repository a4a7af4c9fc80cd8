/** Passkeys in a real browser, with an authenticator of its own: real ceremonies against the real server. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { builtWeb } from '../../web/build/index.ts';
import {
  findingsInAllLooks,
  type Look,
  launchBrowser,
  newVisitor,
  settled,
  type Visitor,
} from '../support/browser.ts';
import { freePort } from '../support/served-demo.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';
import { addAuthenticator } from '../support/virtual-authenticator.ts';

const browser = await launchBrowser();
const clock = new ManualClock(new Date());
const NAME = 'Wilhelmina Testermann';
/** A touch counts for five minutes. */
const STALE_SECONDS = 6 * 60;

let served: ServedPractices;
let origin: string;
let practice: PracticeId;
let chart: ChartId;
let patient: Person;
const visitors: Visitor[] = [];

describe.skipIf(browser === null)('with a passkey', () => {
  beforeAll(async () => {
    const port = await freePort();
    // Browsers take no number for the name that passkeys belong to.
    origin = `http://localhost:${port}`;
    served = await servePractices({ clock, publicUrl: origin, port, web: await builtWeb() });
    await served.server.listen();
    practice = await served.makePractice();
    chart = await served.chart(practice, { name: [{ text: NAME }], birthDate: '1951-04-02' });
  });

  beforeEach(async () => {
    patient = await served.person(practice, { role: 'patient', chartId: chart });
  });

  afterEach(async () => {
    for (const { context, faults } of visitors.splice(0)) {
      await context.close();
      expect(faults).toEqual([]);
    }
  });

  afterAll(async () => {
    await browser!.close();
    await served.close();
  });

  test('whoever came by a link makes one first and sees nothing else; then one touch is enough', async () => {
    const { page } = await visit();
    const authenticator = await addAuthenticator(page);
    await page.goto(await link());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Make your passkey' }).waitFor();
    // Not by another address either.
    await page.goto(`/portal/${chart}`);
    await page.getByRole('heading', { name: 'Make your passkey' }).waitFor();
    expect(await page.content()).not.toContain(NAME);
    expect(await findingsInAllLooks(page)).toEqual([]);
    await makeFirst(page);
    await page.waitForURL(`${origin}/portal/${chart}`);
    await page.getByText(NAME).first().waitFor();
    expect(await authenticator.count()).toBe(1);
    await menu(page, 'Sign out');
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByText(NAME).first().waitFor();
  });

  test('a locked page comes back to where it was by one touch, in the same practice', async () => {
    const elsewhere = await served.makePractice();
    const { page } = await visit();
    await addAuthenticator(page);
    await come(page);
    // Known in two practices by now, which is not asked when one comes back.
    await alsoIn(elsewhere);
    await page.getByRole('link', { name: 'Results' }).click();
    await settled(page);
    await menu(page, 'Lock now');
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    expect(await page.content()).not.toContain(NAME);
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Come back with a touch' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/portal/${chart}/results`);
    await settled(page);
  });

  test('it is named, another is added after a touch, and one is taken away, but never the last', async () => {
    const { page } = await visit();
    const authenticator = await addAuthenticator(page);
    await come(page);
    await menu(page, 'Signing in and devices', 'link');
    await page.getByRole('heading', { name: 'Signing in and devices' }).waitFor();
    await page.getByRole('button', { name: /^Rename / }).click();
    await page.getByLabel('Name of this passkey').fill('Kitchen tablet');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Kitchen tablet', { exact: true }).waitFor();
    clock.advance(STALE_SECONDS);
    await page.getByRole('button', { name: 'Remove Kitchen tablet' }).click();
    await page.getByRole('button', { name: 'Yes, remove it' }).click();
    const asked = page.getByRole('dialog', { name: 'Is it you?' });
    await asked.waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
    await asked.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Nothing was changed').waitFor();
    await page.getByRole('button', { name: 'Yes, remove it' }).click();
    await asked.getByRole('button', { name: 'Confirm with my passkey' }).click();
    await page.getByText('This is your only way in.').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('button', { name: 'Make my passkey' }).click();
    await page.getByText('This device has your passkey already').waitFor();
    await authenticator.empty();
    await page.getByRole('button', { name: 'Make my passkey' }).click();
    await page.getByRole('button', { name: 'Remove Linux' }).waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
    await page.getByRole('button', { name: 'Remove Kitchen tablet' }).click();
    await page.getByRole('button', { name: 'Yes, remove it' }).click();
    await page.getByText('Kitchen tablet', { exact: true }).waitFor({ state: 'detached' });
  });

  test('what nobody touches signs nobody in, and the page says what to do', async () => {
    const { page } = await visit();
    const authenticator = await addAuthenticator(page);
    await come(page);
    await menu(page, 'Sign out');
    await authenticator.beThere(false);
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByText('Nothing has happened yet').waitFor();
    await authenticator.beThere(true);
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByText(NAME).first().waitFor();
  });

  test('another address is confirmed by its link, made the first, and taken away', async () => {
    const { page } = await visit({ view: 'phone' });
    await addAuthenticator(page);
    await come(page);
    const email = `w-${patient.accountId}@mail.example`;
    const claims = { account: patient.accountId, email };
    const ticket = await served.doors.tickets.make('address', claims, 600);
    await page.goto(`/account#address=${ticket}`);
    await page.getByRole('button', { name: 'Yes, it is mine' }).click();
    await page.getByText('That address belongs to your account now.').waitFor();
    expect(page.url()).toBe(`${origin}/account`);
    expect(await findingsInAllLooks(page)).toEqual([]);
    await page.getByRole('button', { name: `Make ${email} the first` }).click();
    await page.getByText(`Your address here: ${email}`).waitFor();
    await page.getByRole('button', { name: /^Remove .*test\.example$/ }).click();
    await page.getByRole('button', { name: 'Make it the first' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Add an address' }).click();
    await page.getByLabel('E-mail address').fill('third@mail.example');
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('A link is on its way to third@mail.example').waitFor();
    await page.getByRole('button', { name: 'Write mails to me in English' }).click();
    await page.getByRole('button', { name: 'Write mails to me in English' }).waitFor({ state: 'detached' });
  });

  test('a session elsewhere is seen and ended', async () => {
    const [here, there] = [await visit(), await visit({ view: 'phone' })];
    for (const { page } of [here, there]) await addAuthenticator(page);
    await come(there.page);
    await come(here.page, false);
    await here.page.goto('/account');
    const others = here.page.getByRole('button', { name: /^Sign out: / });
    await others.first().waitFor();
    await here.page.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await others.first().waitFor({ state: 'detached' });
    await there.page.reload();
    await there.page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
  });
});

async function visit(look: Look = {}): Promise<Visitor> {
  const visitor = await newVisitor(browser!, origin, look);
  visitors.push(visitor);
  return visitor;
}

/** A link that goes to an address, and proves nothing alone. */
async function link(): Promise<string> {
  const terms = { methods: ['link'] as const, device: null, narrowing: null };
  return `${origin}/signin#${await served.gate.accounts.signinCode(patient.accountId, 300, terms)}`;
}

/** Signed in by a passkey that is made for it; `first` where there is none yet. */
async function come(page: Page, first = true): Promise<void> {
  if (first) {
    await page.goto(await link());
  } else {
    const code = await served.gate.accounts.signinCode(patient.accountId, 300);
    await page.goto(`${origin}/signin#${code}`);
  }
  await page.getByRole('button', { name: 'Sign in' }).click();
  if (first) await makeFirst(page);
  await page.waitForURL(/\/portal\//);
  await settled(page);
}

async function makeFirst(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Make my passkey' }).click();
  await page.getByRole('button', { name: 'Sign in with it' }).click();
}

async function menu(page: Page, name: string, role: 'button' | 'link' = 'button'): Promise<void> {
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole(role, { name }).click();
}

async function alsoIn(elsewhere: PracticeId): Promise<void> {
  const there = await served.chart(elsewhere, { name: [{ text: 'Same Person, Elsewhere' }] });
  await served.gate.asJob(elsewhere, 'system-setup', 'test', (setup) =>
    served.gate.grants.give(setup, {
      accountId: patient.accountId,
      role: 'patient',
      chartId: there,
      sections: null,
      startsAt: new Date(Date.now() - 60_000),
      endsAt: null,
      reason: null,
    }),
  );
}
