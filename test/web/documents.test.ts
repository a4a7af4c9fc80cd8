/** Documents as patients of the demo open them: in a real browser, under the policy of the pages. */

import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findingsInAllLooks, launchBrowser, loaded, settled } from '../support/browser.ts';
import { type FiledDocument, fileDocument, uploadedFile } from '../support/filed-documents.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';
import { Visitors } from '../support/visitors.ts';

const DENTIST = 'marisol.ibarra@riverside-dental.example';
const PATIENT = 'georgia.whitfield@mail.example';
/** Reads that there are consents, and opens no file. */
const OWNER = 'theodore.lindqvist@riverside-dental.example';
const PRACTICE = 'riverside-dental';

const browser = await launchBrowser();
let demo: ServedDemo;
let visitors: Visitors;
let chart: string;
let token: string;

/** Files a document and opens it as its patient. */
async function opened(document: FiledDocument): Promise<Page> {
  const id = await fileDocument(demo, token, chart, document);
  const page = await visitors.visit(PATIENT);
  await page.goto(`/portal/${chart}/documents/${id}`);
  await page.getByRole('heading', { name: document.name, level: 1 }).waitFor();
  await settled(page);
  return page;
}

/** How light the middle of a canvas is on average, 0 to 255. */
function lightness(page: Page, canvas = 'main canvas'): Promise<number> {
  return page.evaluate(`(() => {
    const place = document.querySelector(${JSON.stringify(canvas)});
    const { data } = place.getContext('2d').getImageData(0, 0, place.width, place.height);
    let sum = 0;
    for (let at = 0; at < data.length; at += 4) sum += data[at];
    return sum / (data.length / 4);
  })()`) as Promise<number>;
}

describe.skipIf(browser === null)('documents', () => {
  beforeAll(async () => {
    demo = await serveDemo();
    visitors = new Visitors(browser!, demo);
    chart = demo.chartOf(PATIENT, PRACTICE);
    token = await demo.token(DENTIST);
  });

  afterEach(async () => {
    expect(await visitors.leave()).toEqual([]);
  });

  afterAll(async () => {
    await browser!.close();
    await demo.close();
  });

  test('are not asked for by whoever opens no file: in vain would count as a refusal', async () => {
    const page = await visitors.visit(OWNER);
    const refused: string[] = [];
    page.on('response', (answer) => {
      if (answer.status() >= 400) refused.push(answer.url());
    });
    await page.goto(`/desk/patients/${chart}/documents`);
    await loaded(page);
    await page
      .getByRole('link', { name: /^Consent to treatment/ })
      .first()
      .click();
    await page.getByText('The file is not open to you').waitFor();
    await settled(page);
    expect(refused).toEqual([]);
    const { opens } = (await page.evaluate(`fetch('/session').then((answer) => answer.json())`)) as {
      opens: string[];
    };
    expect(opens).toEqual([]);
  });

  test('are found by words, kind and year, and open at an address of their own', async () => {
    const page = await visitors.visit(PATIENT);
    await page.goto(`/portal/${chart}/documents`);
    await loaded(page);
    const links = page.getByRole('main').getByRole('listitem').getByRole('link');
    const all = await links.count();
    expect(all).toBeGreaterThan(5);
    const address = page.url();
    await page.getByLabel('Kind', { exact: true }).selectOption({ label: 'Consent' });
    await page.getByRole('status').filter({ hasText: 'found' }).waitFor();
    const consents = await links.count();
    expect(consents).toBeGreaterThan(1);
    expect(consents).toBeLessThan(all);
    await page.getByLabel('Name, kind or author').fill('signed PRIVACY');
    await expect.poll(() => links.count()).toBe(1);
    // What somebody looks for stays in no history.
    expect(page.url()).toBe(address);
    await links.first().click();
    await page.waitForURL(/\/documents\/[\da-f-]{36}$/);
    await page.getByRole('region', { name: 'Pages of the document' }).getByText('Privacy').first().waitFor();
    expect(await page.title()).toBe('Documents · Riverside Dental');
    await page.getByRole('link', { name: 'Documents' }).first().click();
    expect(await page.getByLabel('Name, kind or author').inputValue()).toBe('signed PRIVACY');
    await page.getByLabel('Name, kind or author').fill('no such thing');
    await page.getByRole('button', { name: 'Show all documents' }).click();
    await expect.poll(() => links.count()).toBe(all);
  });

  test('shows a radiograph to enlarge, turn and light up, by keys and by buttons', async () => {
    const bytes = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#404040' } })
      .jpeg()
      .toBuffer();
    const page = await opened({ name: 'radiograph.jpg', bytes });
    const stage = page.getByRole('application');
    await stage.waitFor();
    const canvas = stage.locator('canvas');
    const style = () => canvas.getAttribute('style');
    const start = await style();
    await stage.focus();
    for (const [key, change] of [
      ['+', /scale/],
      ['ArrowRight', /translate/],
      ['r', /rotate\(90deg\)/],
    ] as const) {
      const before = await style();
      await page.keyboard.press(key);
      await expect.poll(style).not.toBe(before);
      expect(await style()).toMatch(change);
    }
    await page.keyboard.press('0');
    await expect.poll(style).toBe(start);
    await page.getByRole('button', { name: 'Swap light and dark' }).click();
    expect(await style()).toMatch(/invert\(1\)/);
    await page.getByLabel('Brightness').focus();
    await page.keyboard.press('ArrowRight');
    expect(await style()).toMatch(/brightness\(105%\)/);
    await page.getByRole('button', { name: 'As it was' }).click();
    await expect.poll(style).toBe(start);
    expect(await findingsInAllLooks(page)).toEqual([]);
  });

  test('hides a card until its patient asks to see it, each time anew', async () => {
    const page = await visitors.visit(PATIENT);
    await page.goto(`/portal/${chart}/documents`);
    await loaded(page);
    const bytes = await sharp({ create: { width: 30, height: 20, channels: 3, background: '#777' } })
      .png()
      .toBuffer();
    const id = await fileDocument(demo, token, chart, { name: 'card.png', bytes, code: '64290-0' });
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/fhir/Binary/')) asked += 1;
    });
    await page.goto(`/portal/${chart}/documents/${id}`);
    await page.getByText('The card is hidden').waitFor();
    await loaded(page);
    expect(asked).toBe(0);
    for (const time of [1, 2]) {
      await page.getByRole('button', { name: 'Show the card' }).click();
      await page.getByRole('application').waitFor();
      // To reveal it, which is a request of its own, and then to see it.
      expect(asked).toBe(2 * time);
      await page.getByRole('button', { name: 'Hide it again' }).click();
    }
    expect(await findingsInAllLooks(page)).toEqual([]);
  });

  test('shows a PDF page by page, with its text, its search and its sizes', async () => {
    const file = uploadedFile('pdf-valid/qpdf_11-pages-with-labels.pdf');
    if (file === null) return;
    const page = await opened(file);
    const pages = page.getByRole('region', { name: 'Pages of the document' });
    await pages.locator('[data-page="1"][data-drawn="true"]').waitFor();
    expect(await lightness(page)).toBeGreaterThan(200);
    expect(await pages.locator('[data-page]').count()).toBe(11);
    // What is far is not drawn.
    expect(await pages.locator('[data-page="9"]').getAttribute('data-drawn')).toBe('false');
    await page.getByLabel('Go to page').fill('9');
    await page.keyboard.press('Enter');
    await pages.locator('[data-page="9"][data-drawn="true"]').waitFor();
    expect(await pages.locator('[data-page="9"]').innerText()).toContain('Original page 9');
    const width = async () => (await pages.locator('[data-page="9"]').boundingBox())!.width;
    const before = await width();
    await page.getByRole('button', { name: 'Larger' }).click();
    await expect.poll(width).toBeGreaterThan(before * 1.2);
    await page.getByRole('button', { name: 'Fit to width' }).click();
    await expect.poll(width).toBe(before);
    await pages.focus();
    await page.keyboard.press('Control+f');
    await page.getByRole('searchbox', { name: 'Words to search for' }).fill('ORIGINAL page  4');
    await page.getByText('1 of 1', { exact: true }).waitFor();
    await pages.locator('[data-page="4"][data-drawn="true"]').waitFor();
    await expect
      .poll(() => page.evaluate('[...CSS.highlights.get("found-word")].map(String)'))
      .toEqual(['Original page 4']);
    await page.keyboard.press('Escape');
    expect(await page.evaluate('CSS.highlights.get("found-word").size')).toBe(0);
    expect(await findingsInAllLooks(page)).toEqual([]);
  });
});
