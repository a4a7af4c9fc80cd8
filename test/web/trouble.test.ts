/** What pages say where something is not there, not understood or not reached, and how they go on. */
import { request } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { USUAL_LIMITS } from '../../src/http/index.ts';
import { launchBrowser, newVisitor, settled, signInWith, type Visitor } from '../support/browser.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';

const browser = await launchBrowser();
const visitors: Visitor[] = [];
let demo: ServedDemo;

const PATIENT = 'samir.haddad@harbor.example';
const DOCTOR = 'ngozi.adeyemi@lakeside-family.example';
const OFFICER = 'joanna.mbeki@lakeside-family.example';

describe.skipIf(browser === null)('pages in trouble', () => {
  beforeAll(async () => {
    demo = await serveDemo();
  }, 300_000);

  afterEach(async () => {
    for (const { context, faults } of visitors.splice(0)) {
      await context.close();
      expect(faults).toEqual([]);
    }
  });

  afterAll(async () => {
    await browser!.close();
    await demo.close();
  });

  test('say that there is no connection, and go on by themselves when it is back', async () => {
    const page = await enter(PATIENT);
    const loaded = page.waitForResponse(/assets\/health-page-/);
    await settled(page);
    await loaded;
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Documents' }).click();
    await page.getByText('No connection').waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).isVisible()).toBe(true);
    await page.context().setOffline(false);
    await page.getByText('No connection').waitFor({ state: 'detached' });
    await settled(page);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('say that much is asked of the server, and go on by themselves when there is room', async () => {
    const page = await enter(PATIENT);
    const loaded = page.waitForResponse(/assets\/health-page-/);
    await settled(page);
    await loaded;
    const release = await takeEveryPlace(page);
    await page.getByRole('link', { name: 'Documents' }).click();
    await page.getByText('Much is asked just now').waitFor();
    expect(await page.getByText('on our side').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Try again' }).isVisible()).toBe(true);
    release();
    await page.getByText('Much is asked just now').waitFor({ state: 'detached' });
    await settled(page);
    expect(await page.getByRole('alert').count()).toBe(0);
    // That the browser wrote it down is no fault of the page.
    visitors[0]!.faults.splice(0, visitors[0]!.faults.length, ...visitors[0]!.faults.filter(isNot503));
  });

  test('stand clear of the frame where nothing is, and lead back', async () => {
    const page = await enter(PATIENT);
    await settled(page);
    const { pathname } = new URL(page.url());
    await page.goto(`/portal/${newId()}`);
    const notice = page.getByRole('alert');
    await notice.waitFor();
    const below = await page.locator('header').first().boundingBox();
    expect((await notice.boundingBox())!.y).toBeGreaterThan(below!.y + below!.height + 15);
    await page.getByRole('link', { name: 'Back to the records' }).click();
    await page.waitForURL(`**${pathname}`);
    await page.goto(`${pathname}/nothing`);
    await notice.waitFor();
    await page.getByRole('link', { name: 'Health' }).waitFor();
  });

  test('understand whatever is typed into the search', async () => {
    const page = await enter(DOCTOR);
    await settled(page);
    const field = page.getByRole('searchbox');
    for (const typed of ['%', ',', '1980-13', '$|\\', '\u{1F600}']) {
      await field.fill(typed);
      await page.getByText('Go on typing').waitFor();
      await field.fill('');
      await page.getByText(/\d+ patients/).waitFor();
    }
    await field.fill('Haddad, Leila %');
    await page.getByText('Haddad, Leila').first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('tell the privacy officer from where somebody signed in, and which chart it was', async () => {
    await enter(DOCTOR);
    const page = await enter(OFFICER);
    await settled(page);
    const line = page.getByRole('row').filter({ hasText: 'Signed in' }).filter({ hasText: 'Adeyemi' });
    expect(await line.first().innerText()).toContain('127.0.0.1');
    const chart = demo.chartOf(PATIENT, 'lakeside-family');
    const token = await demo.token(DOCTOR);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${demo.origin}/fhir/Patient/${chart}`, { headers })).status).toBe(200);
    await page.reload();
    await page
      .getByRole('link', { name: `Only lines of chart ${chart.slice(0, 8)}` })
      .first()
      .click();
    await page.locator('code').getByText(chart).waitFor();
  });
});

async function enter(email: string): Promise<Page> {
  const visitor = await newVisitor(browser!, demo.origin);
  visitors.push(visitor);
  await signInWith(visitor.page, await demo.signinLink(email));
  return visitor.page;
}

/** As many requests of the same session as it may have at once, none of which ever sends its content. */
async function takeEveryPlace(page: Page): Promise<() => void> {
  const cookies = await page.context().cookies();
  const headers = {
    cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
    origin: demo.origin,
    'postern-page': '1',
    'content-type': 'application/fhir+json',
    'content-length': '1000',
  };
  const held = Array.from({ length: USUAL_LIMITS.places.sessions.each }, () => {
    const asked = request(`${demo.origin}/fhir/Observation`, { method: 'POST', headers });
    asked.on('error', () => undefined);
    asked.flushHeaders();
    return asked;
  });
  await expect
    .poll(async () => (await page.request.get(`${demo.origin}/session`)).status(), { timeout: 10_000 })
    .toBe(503);
  return () => {
    for (const asked of held) asked.destroy();
  };
}

const isNot503 = (fault: string) => !fault.includes('503');
