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
import { freePort } from '../support/served-demo.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

const browser = await launchBrowser();
let served: ServedPractices;
let origin: string;
let practice: PracticeId;
let slug: string;
let name: string;
let provider: IdentityProvider;
const visitors: Visitor[] = [];

describe.skipIf(browser === null)('the account that a practice keeps elsewhere', () => {
  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    served = await servePractices({ publicUrl: origin, port, web: await builtWeb() });
    await served.server.listen();
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
});

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
