/** What a page shows while the script of its app is still on its way, which is held back here by hand. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type Look,
  launchBrowser,
  newVisitor,
  settled,
  signInWith,
  type Visitor,
} from '../support/browser.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';

const browser = await launchBrowser();
const visitors: Visitor[] = [];
let demo: ServedDemo;

/** Mother of Noor (15), whose sensitive section is not open to her. */
const LEILA = 'leila.haddad@example.org';

describe.skipIf(browser === null)('before its app is there', () => {
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

  test('the door says the same as after it, and keeps what was typed', async () => {
    const page = await newPage({ locale: 'de-DE' });
    const release = await holdApp(page);
    await page.goto('/invited', { waitUntil: 'commit' });
    await page.getByRole('heading', { name: 'Sie sind eingeladen' }).waitFor();
    const before = await page.getByRole('main').innerText();
    const field = page.getByRole('textbox');
    await field.fill('kein Code');
    expect(await isAlive(page)).toBe(false);
    release();
    await alive(page);
    expect(await page.getByRole('main').innerText()).toBe(before);
    expect(await field.inputValue()).toBe('kein Code');
  });

  test('a press of the door’s button counts, once the app is there', async () => {
    const page = await newPage();
    const release = await holdApp(page);
    await page.goto(await demo.signinLink(LEILA), { waitUntil: 'commit' });
    const button = page.getByRole('button', { name: 'Sign in' });
    await button.waitFor();
    expect(page.url()).toBe(`${demo.origin}/signin`);
    await button.click();
    release();
    await page.getByRole('heading', { name: 'Which practice?' }).waitFor();
  });

  test('a record says whose it is, what else there is to open, and whether this is all', async () => {
    const page = await newPage();
    await signInWith(page, await demo.signinLink(LEILA), 'Lakeside');
    await settled(page);
    const own = new URL(page.url()).pathname;
    const noor = await page.getByRole('link', { name: /Record of Noor/ }).getAttribute('href');
    for (const [address, heading] of [
      [own, 'Hello, Leila'],
      [noor!, 'Record of Noor Haddad'],
    ] as const) {
      const release = await holdApp(page);
      const asked = patientsAsked(page);
      await page.goto(address, { waitUntil: 'commit' });
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      const before = await saidOf(page);
      expect(before).toContain(
        address === own ? 'about your health' : 'what is open to you of what Lakeside',
      );
      expect(await isAlive(page)).toBe(false);
      release();
      await alive(page);
      await settled(page);
      expect(await saidOf(page)).toBe(before);
      // Every look is a line in the access log: what was asked ahead is not asked again.
      expect(new Set(asked).size).toBe(asked.length);
    }
  });

  test('the look that was chosen is there, whatever the device is set to', async () => {
    const page = await newPage({ theme: 'light' });
    await signInWith(page, await demo.signinLink(LEILA), 'Lakeside');
    await settled(page);
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('radio', { name: 'Dark' }).check();
    const background = 'getComputedStyle(document.body).backgroundColor';
    const dark = await page.evaluate(background);
    const release = await holdApp(page);
    await page.reload({ waitUntil: 'commit' });
    await page.locator('h1').waitFor();
    expect(await page.evaluate(background)).toBe(dark);
    release();
    await alive(page);
  });
});

async function newPage(look: Look = {}): Promise<Page> {
  const visitor = await newVisitor(browser!, demo.origin, look);
  visitors.push(visitor);
  return visitor.page;
}

/** Keeps the scripts of apps on their way until the function that is returned is called. */
async function holdApp(page: Page): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.unrouteAll();
  await page.route(/\/assets\/(?!start-)[^/]+\.js$/, async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
}

const isAlive = (page: Page) => page.evaluate('document.getElementById("app").dataset.app === "here"');

async function alive(page: Page): Promise<void> {
  await page.locator('#app[data-app=here]').waitFor({ state: 'attached' });
}

function patientsAsked(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (/\/fhir\/Patient\/[^/]+$/.test(request.url())) asked.push(request.url());
  });
  return asked;
}

async function saidOf(page: Page): Promise<string> {
  return page.locator('main header').innerText();
}
