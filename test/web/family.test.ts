/** Families, staff and reviews as people of the demo meet them. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  axeFindings,
  findingsInAllLooks,
  launchBrowser,
  newVisitor,
  settled,
  signInWith,
  type Visitor,
} from '../support/browser.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';

const SAMIR = 'samir.haddad@harbor.example';
const DESMOND = 'desmond.achebe@example.org';
const OWNER = 'cyrus.farrokhzad@lakeside-family.example';
const FRONT_DESK = 'percy.whitlock@lakeside-family.example';
const OFFICER = 'joanna.mbeki@lakeside-family.example';

const browser = await launchBrowser();
let demo: ServedDemo;
const visitors: Visitor[] = [];

async function visit(email: string, practice?: string): Promise<Page> {
  const visitor = await newVisitor(browser!, demo.origin);
  visitors.push(visitor);
  await signInWith(visitor.page, await demo.signinLink(email), practice);
  return visitor.page;
}

async function loaded(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await settled(page);
}

/** The desk is dense: letters and targets are those of the desk, and axe finds nothing in either theme. */
async function axeInBothThemes(page: Page): Promise<string[]> {
  const light = await axeFindings(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await axeFindings(page, 'colors');
  await page.emulateMedia({ colorScheme: 'light' });
  return [...light, ...dark];
}

const panel = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true });
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

describe.skipIf(browser === null)('families', () => {
  beforeAll(async () => {
    demo = await serveDemo();
  });

  afterEach(async () => {
    const faults = visitors.flatMap((visitor) => visitor.faults);
    await Promise.all(visitors.splice(0).map(({ context }) => context.close()));
    expect(faults).toEqual([]);
  });

  afterAll(async () => {
    await browser!.close();
    await demo.close();
  });

  test('a patient makes a code, somebody uses it, and it ends while their page is open', async () => {
    const page = await visit(SAMIR);
    await page.goto(`/portal/${demo.chartOf(SAMIR, 'lakeside-family')}/family`);
    await loaded(page);
    expect(await page.title()).toBe('Who can see this record · Lakeside Family & Mental Health');
    await press(page, 'Give access');
    const whom = page.getByLabel('Who', { exact: true });
    if ((await whom.count()) > 0) await whom.selectOption('');
    await page.getByLabel('Bills and insurance').uncheck({ force: true });
    await page.getByText('They may let others see it in turn').waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
    await press(page, 'Make a code');
    const code = await page.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/).textContent();
    await panel(page, 'Codes that nobody has used yet').waitFor();

    const other = await visit(DESMOND, 'Lakeside');
    await other.goto(`/portal/${demo.chartOf(DESMOND, 'lakeside-family')}/family`);
    await loaded(other);
    await other.getByLabel('Code', { exact: true }).fill('0000-0000-0000');
    await press(other, 'Use the code');
    await other.getByText('This code does not work').waitFor();
    await other.getByLabel('Code', { exact: true }).fill(code!);
    await press(other, 'Use the code');
    await other.getByText('You can see the record now.').waitFor();
    const acting = panel(other, 'Records that you may see');
    await acting.getByText('Record of Samir Haddad').waitFor();
    expect(await acting.textContent()).toContain('Sees details and health');
    await other.getByRole('link', { name: 'Record of Samir Haddad' }).click();
    await other.waitForURL(`**/${demo.chartOf(SAMIR, 'lakeside-family')}/**`);

    await page.reload();
    await loaded(page);
    await press(page, 'End access of Desmond Achebe');
    await press(page, 'Yes, end it now');
    await page.getByText('Access has ended.').waitFor();
    // The page that stands open is given nothing more of it, from the next request on.
    const chart = demo.chartOf(SAMIR, 'lakeside-family');
    const status = await other.evaluate(`fetch('/fhir/Patient/${chart}').then((answer) => answer.status)`);
    expect(status).toBe(404);
    // Nor does it say that the record holds no allergies, where it may hold some.
    await other.getByRole('link', { name: 'Health' }).click();
    await other.getByText('Nothing here for you').first().waitFor();
    expect(await other.getByText('No allergies are recorded').count()).toBe(0);
  });

  test('the desk registers a parent, who sees until when, and ends it', async () => {
    const page = await visit(FRONT_DESK);
    await page.goto('/desk/patients?q=Noor%20Haddad');
    await page.locator('a[data-row]').first().click();
    await page.waitForURL(/\/desk\/patients\/[\da-f-]{36}$/);
    await loaded(page);
    const family = panel(page, 'Family and carers');
    await family.getByRole('button', { name: 'Register somebody' }).click();
    await family.getByLabel('E-mail with which they sign in here').fill(DESMOND);
    await family.getByLabel('What you were shown').fill('Birth certificate');
    await family.getByRole('button', { name: 'Register', exact: true }).click();
    await page.getByText('Registered.').waitFor();
    await family.getByText(/^Parent, until /).waitFor();
    expect(await family.textContent()).toMatch(/Desmond AchebeParent, until /);
    expect(await axeInBothThemes(page)).toEqual([]);
    await family.getByRole('button', { name: 'End access of Desmond Achebe' }).click();
    await family.getByText('Desmond Achebe', { exact: true }).waitFor({ state: 'detached' });
  });

  test('the privacy officer reviews who reaches what, and when they last did', async () => {
    const page = await visit(OFFICER);
    await page.goto('/desk/reviews');
    await loaded(page);
    const table = page.getByRole('table');
    expect(await table.textContent()).toContain('Privacy officer');
    expect(await axeInBothThemes(page)).toEqual([]);
    expect(await page.getByRole('link', { name: 'Staff', exact: true }).count()).toBe(0);
    await page.getByRole('link', { name: /^Families/ }).click();
    await page.waitForURL('**/reviews?of=family');
    await loaded(page);
    expect(await table.textContent()).toContain('Proxy');
    await page.goto('/desk/staff');
    await page.getByText('Staff is for the owner to keep').waitFor();
  });

  test('the owner gives a role and ends it, and cannot end the last owner', async () => {
    const page = await visit(OWNER);
    await page.goto('/desk/staff');
    await loaded(page);
    expect(await axeInBothThemes(page)).toEqual([]);
    const nurse = page.getByRole('region', { name: /Camille Duarte/ });
    await nurse.getByRole('button', { name: /^Add a role/ }).click();
    await nurse.getByLabel('As', { exact: true }).selectOption('billing');
    await nurse.getByRole('button', { name: 'Give the role' }).click();
    await nurse.getByRole('button', { name: /^End Billing/ }).waitFor();
    await nurse.getByRole('button', { name: /^End Billing/ }).click();
    await nurse.getByRole('button', { name: /^End Billing/ }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^End Owner/ }).click();
    await page.getByText('left without an owner').waitFor();
    await nurse.getByRole('button', { name: /leaves the practice$/ }).click();
    await nurse.getByRole('button', { name: 'End everything' }).click();
    await nurse.waitFor({ state: 'detached' });
  });

  test('the owner says which Practitioner somebody is, and takes it back', async () => {
    const page = await visit(OWNER);
    await page.goto('/desk/staff');
    await loaded(page);
    const doctor = page.getByRole('region', { name: /Ngozi Adeyemi/ });
    await doctor.getByText('nobody yet').waitFor();
    await doctor.getByRole('button', { name: /^Say who/ }).click();
    const who = doctor.getByLabel('Practitioner in the records');
    // Whose name it is stands there already, and nothing is said before it is pressed.
    const name = await who.locator('option:checked').textContent();
    expect(name).toContain('Adeyemi');
    expect(await axeInBothThemes(page)).toEqual([]);
    await doctor.getByRole('button', { name: 'Save' }).click();
    await doctor.getByText(name!, { exact: true }).waitFor();
    await doctor.getByRole('button', { name: /^Say who/ }).click();
    await who.selectOption('');
    await doctor.getByRole('button', { name: 'Save' }).click();
    await doctor.getByText('nobody yet').waitFor();
  });

  test('the desk says which person of the record somebody is who sees it', async () => {
    const page = await visit(FRONT_DESK);
    await page.goto('/desk/patients?q=Noor%20Haddad');
    await page.locator('a[data-row]').first().click();
    await page.waitForURL(/\/desk\/patients\/[\da-f-]{36}$/);
    await loaded(page);
    const family = panel(page, 'Family and carers');
    const say = family.getByRole('button', { name: 'Say who Samir Haddad is in the records' });
    await say.click();
    const who = family.getByLabel('Person named in this record');
    await who.selectOption({ label: (await who.locator('option').allTextContents()).find(isSamir)! });
    await family.getByRole('button', { name: 'Save' }).click();
    await say.waitFor();
    await expect.poll(() => family.textContent()).toMatch(/In the records: (Mr\.? )?Samir Haddad/);
    expect(await axeInBothThemes(page)).toEqual([]);
  });
});

const isSamir = (text: string) => text.includes('Samir');
