/** Single sign-on through the pages: an owner sets a provider, a nurse joins her account and comes in. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PracticeId } from '../../src/base/ids.ts';
import { builtWeb } from '../../web/build/index.ts';
import {
  axeFindings,
  findingsInAllLooks,
  launchBrowser,
  newVisitor,
  type Visitor,
} from '../support/browser.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type IdentityProvider,
  openIdentityProvider,
} from '../support/identity-provider.ts';
import { type MailedLinks, mailedLinks } from '../support/mailed-links.ts';
import { freePort } from '../support/served-demo.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';
import { addAuthenticator } from '../support/virtual-authenticator.ts';

const browser = await launchBrowser();
let served: ServedPractices;
let origin: string;
let practice: PracticeId;
let slug: string;
let name: string;
let provider: IdentityProvider;
let mails: MailedLinks;
const visitors: Visitor[] = [];

describe.skipIf(browser === null)('the account that a practice keeps elsewhere', () => {
  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    served = await servePractices({ publicUrl: origin, port, web: await builtWeb() });
    await served.server.listen();
    mails = await mailedLinks(served);
    practice = await served.makePractice();
    const { rows } = await served.database.owner.query<{ slug: string; name: string }>(
      'select slug, name from postern.practice where practice_id = $1',
      [practice],
    );
    [slug, name] = [rows[0]!.slug, rows[0]!.name];
    provider = await openIdentityProvider([`${origin}/signin/single-sign-on/return/${slug}/main`]);
  });

  afterEach(async () => {
    for (const { context, faults } of visitors.splice(0)) {
      await context.close();
      expect(faults).toEqual([]);
    }
  });

  afterAll(async () => {
    await browser!.close();
    await provider.close();
    await mails.close();
    await served.close();
  });

  test('is set by the owner, who never sees the secret again', async () => {
    const { page } = await visit(await served.person(practice, { role: 'owner' }));
    await page.goto('/desk/settings');
    await press(page, 'Set up a provider');
    await page.getByLabel('What you call it').fill('Elm Street account');
    await page.getByLabel('Address of the provider').fill('http://elsewhere.example');
    await page.getByLabel('Client ID').fill(CLIENT_ID);
    await page.getByLabel('Client secret').fill(CLIENT_SECRET);
    await page.getByLabel('Claim for roles').fill('groups');
    await press(page, 'Add a line');
    await page.getByLabel('What the provider says').fill('Nurses');
    await page.getByRole('combobox', { name: 'Role here' }).selectOption('nurse');
    await save(page);
    await page.getByText('Check the address, the client ID and the secret.').waitFor();
    // The desk is dense: its letters are smaller than a patient's.
    expect(await axeFindings(page)).toEqual([]);
    await page.getByLabel('Address of the provider').fill(provider.issuer);
    await save(page);
    await page.getByText(`${origin}/signin?sign-on=${slug}`).waitFor();
    expect(await page.content()).not.toContain(CLIENT_SECRET);
    // Changed without typing the secret again.
    await press(page, 'Change it');
    await page.getByLabel('What you call it').fill('Work account');
    await save(page);
    await page.getByRole('heading', { name: 'Work account' }).waitFor();
  });

  test('is joined once, and then signs in from the door to the page where one was', async () => {
    const nurse = await served.person(practice, { role: 'nurse' });
    provider.people.set('nina', { groups: ['Nurses'] });
    provider.present = 'nina';
    const { page, context } = await visit(nurse);
    await page.goto('/account');
    await press(page, 'Join Work account');
    await page.waitForURL(`${origin}/account`);
    await page.getByText('It is joined to yours and signs you in.').waitFor();
    await context.clearCookies();
    await page.goto(`/signin?why=ended&return=${encodeURIComponent('/desk/patients')}`);
    await press(page, `Sign in with the account of ${name}`);
    await page.waitForURL(`${origin}/desk/patients`);
    await page.getByRole('heading', { level: 1, name: 'Patients' }).waitFor();
    const kept = 'JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])';
    expect(await page.evaluate(kept)).not.toMatch(/nina|test\.example|Someone/);
  });

  test('is reached from another browser by the link of the practice, or by its short name', async () => {
    provider.present = 'nina';
    const { page } = await visit(null);
    await page.goto(`/signin?sign-on=${slug}`);
    await page.getByRole('heading', { name: 'Your practice’s account' }).waitFor();
    await press(page, 'Continue');
    await page.waitForURL(/\/desk\//);
    const other = (await visit(null)).page;
    await other.goto('/signin');
    await press(other, 'Sign in another way');
    await press(other, 'My work account (for staff)');
    await other.getByLabel('Short name of the practice').fill('nowhere');
    await press(other, 'Continue');
    await other.getByRole('heading', { name: 'Not here' }).waitFor();
    expect(await axeFindings(other)).toEqual([]);
    provider.present = 'somebody-else';
    await other.goto('/signin?why=out');
    await press(other, 'Sign in another way');
    await press(other, 'My work account (for staff)');
    expect(await findingsInAllLooks(other)).toEqual([]);
    await other.getByLabel('Short name of the practice').fill(slug);
    await other.keyboard.press('Enter');
    await other.getByRole('heading', { name: 'Join your account first' }).waitFor();
  });

  test('is joined at once by a colleague who was invited, and stands for the passkey', async () => {
    const link = await invited('omar@elm-street.example');
    provider.people.set('omar', { groups: ['Nurses'] });
    provider.present = 'omar';
    const { page, context } = await visit(null);
    await comeBy(page, link);
    await page.getByRole('heading', { name: 'Make your passkey' }).waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
    await press(page, 'Join Work account');
    await page.waitForURL(/\/desk\//);
    expect(await methodsOf(page)).toEqual(['single-sign-on']);
    await context.clearCookies();
    await page.goto(`/signin?sign-on=${slug}`);
    await press(page, 'Continue');
    await page.waitForURL(/\/desk\//);
    // The link is used up: whoever reads the mail later makes no passkey for the account.
    const later = (await visit(null)).page;
    await later.goto(link);
    await press(later, 'Continue');
    await later.getByRole('alert').waitFor();
    await later.getByText('This code does not work, or no longer').waitFor();
  });

  test('is joined by a colleague who was invited and made a passkey on the way; both lead in', async () => {
    provider.people.set('lou', { groups: ['Nurses'] });
    provider.present = 'lou';
    const { page, context } = await visit(null);
    const authenticator = await addAuthenticator(page);
    await comeBy(page, await invited('lou@elm-street.example'));
    await press(page, 'Make my passkey');
    await press(page, 'Sign in with it');
    await page.waitForURL(/\/desk\//);
    expect([await authenticator.count(), await methodsOf(page)]).toEqual([1, ['passkey']]);
    await page.goto('/account');
    await press(page, 'Join Work account');
    await page.getByText('It is joined to yours and signs you in.').waitFor();
    // Joining changes nothing of how they are here.
    expect(await methodsOf(page)).toEqual(['passkey']);
    await context.clearCookies();
    await page.goto(`/signin?why=ended&return=${encodeURIComponent('/desk/patients')}`);
    await press(page, `Sign in with the account of ${name}`);
    await page.waitForURL(`${origin}/desk/patients`);
    expect(await methodsOf(page)).toEqual(['single-sign-on']);
    await context.clearCookies();
    await page.goto(`/signin?why=ended&return=${encodeURIComponent('/desk/patients')}`);
    await press(page, 'Come back with a touch');
    await page.waitForURL(`${origin}/desk/patients`);
    expect(await methodsOf(page)).toEqual(['passkey']);
  });
});

/** The link of the mail to a nurse whom the owner asks in. */
async function invited(email: string): Promise<string> {
  const owner = await served.person(practice, { role: 'owner' });
  const asked = { as: 'staff', role: 'nurse', way: 'mail', name: 'Nurse', email };
  const answer = await served.ask(owner.token, 'POST', '/invitations', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asked),
  });
  expect(answer.status, answer.text).toBe(201);
  return mails.link(email, '/invited#');
}

/** By that link to where a way to sign in is made. */
async function comeBy(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await press(page, 'Continue');
  await page.getByRole('heading', { name: `Welcome to ${name}` }).waitFor();
  await press(page, 'Continue');
  await page.waitForURL(`${origin}/account`);
}

function methodsOf(page: Page): Promise<string[]> {
  return page.evaluate("fetch('/session').then((answer) => answer.json()).then(({ methods }) => methods)");
}

/** Signed in as that person, or as nobody. */
async function visit(person: Person | null): Promise<Visitor> {
  const visitor = await newVisitor(browser!, origin);
  visitors.push(visitor);
  if (person !== null) {
    const cookie = { name: 'postern', value: person.token, url: origin, httpOnly: true };
    await visitor.context.addCookies([cookie]);
  }
  return visitor;
}

function press(page: Page, label: string): Promise<void> {
  return page.getByRole('button', { name: label, exact: true }).click();
}

/** In the panel of the provider: the page has another form. */
function save(page: Page): Promise<void> {
  return page
    .getByRole('region', { name: 'Accounts that you keep elsewhere' })
    .getByRole('button', { name: 'Save', exact: true })
    .click();
}
