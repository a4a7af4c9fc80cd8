/** What is kept of documents, at the desk: originals of photos, and documents on hold. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, launchBrowser, loaded, VIEWS } from '../support/browser.ts';
import { jpegWithPlace } from '../support/rule-attacks.ts';
import { sendText } from '../support/sent-text.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';
import { Visitors } from '../support/visitors.ts';

const DENTIST = 'marisol.ibarra@riverside-dental.example';
const OWNER = 'theodore.lindqvist@riverside-dental.example';
const PATIENT = 'georgia.whitfield@mail.example';

const browser = await launchBrowser();
let demo: ServedDemo;
let visitors: Visitors;
let chart: string;
let dentist: string;
let photo: Buffer<ArrayBuffer>;

const panel = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true });

async function at(who: string, address: string): Promise<Page> {
  const page = await visitors.visit(who);
  await page.goto(address);
  await loaded(page);
  return page;
}

const inDesk = (id: string) => `/desk/patients/${chart}/documents/${id}`;
const send = (title: string, type: string, bytes: string | Buffer<ArrayBuffer>) =>
  sendText(demo.origin, dentist, { chart, title, type, filename: title }, bytes);

/** In every look, and no wider than the screen. */
async function findings(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const { viewport } of [VIEWS.desktop, VIEWS.phone]) {
    await page.setViewportSize(viewport);
    const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    if (wider !== 0) found.push(`${viewport.width}: wider by ${wider}`);
    found.push(...(await axeFindings(page)));
  }
  await page.emulateMedia({ colorScheme: 'dark' });
  found.push(...(await axeFindings(page, 'colors')));
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}

describe.skipIf(browser === null)('documents', () => {
  beforeAll(async () => {
    demo = await serveDemo();
    visitors = new Visitors(browser!, demo);
    chart = demo.chartOf(PATIENT, 'riverside-dental');
    dentist = await demo.token(DENTIST);
    photo = Buffer.from(await jpegWithPlace());
    const headers = {
      authorization: `Bearer ${await demo.token(OWNER)}`,
      'content-type': 'application/json',
    };
    const standing = await (await fetch(`${demo.origin}/practice/files`, { headers })).json();
    const body = JSON.stringify({ ...(standing as object), keepsOriginals: true });
    const set = await fetch(`${demo.origin}/practice/files`, { method: 'PUT', headers, body });
    expect(set.status).toBe(200);
  });

  afterEach(async () => {
    expect(await visitors.leave()).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  test('have the original of a photo beside it, for staff, saved and removed by keys', async () => {
    const id = await send('wound.jpg', 'photo', photo);
    const portal = await at(PATIENT, `/portal/${chart}/documents/${id}`);
    await portal.getByRole('application').waitFor();
    expect(await portal.getByText('original', { exact: false }).count()).toBe(0);
    const page = await at(DENTIST, inDesk(id));
    const kept = panel(page, 'The original of this photo');
    await kept.getByText('It is kept beside the photo').waitFor();
    expect(await findings(page)).toEqual([]);
    const download = page.waitForEvent('download');
    await kept.getByRole('link', { name: 'Save the original' }).press('Enter');
    const taken = await download;
    expect(taken.suggestedFilename()).toBe('wound.jpg');
    const chunks: Buffer[] = [];
    for await (const chunk of await taken.createReadStream()) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(photo)).toBe(true);
    await kept.getByRole('button', { name: 'Remove the original' }).press('Enter');
    await kept.getByText('nobody can bring it back').waitFor();
    expect(await findings(page)).toEqual([]);
    // What was pressed is gone; the next Tab is at what it asks.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await kept.getByText('It is kept beside the photo').waitFor();
    await kept.getByRole('button', { name: 'Remove the original' }).press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await kept.getByText('The original is removed. The photo stays.').waitFor();
    await page.reload();
    await page.getByRole('application').waitFor();
    expect(await kept.count()).toBe(0);
  });

  test('are put on hold one by one, which says what it keeps from happening, until it is ended', async () => {
    const [id, photoId] = [await send('Consent', 'consent', 'Signed.'), await send('b.jpg', 'photo', photo)];
    const page = await at(OWNER, inDesk(id));
    const hold = panel(page, 'Hold');
    await hold.getByText('This document is not on hold.').waitFor();
    await hold.getByRole('button', { name: 'Put this document on hold' }).press('Enter');
    await hold.getByText('nobody can destroy it').waitFor();
    await hold.getByLabel('Why').fill('A lawsuit is coming.');
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await hold.getByText('This document is on hold.').waitFor();
    await hold.getByText('A lawsuit is coming.').waitFor();
    await hold.getByText(/Held by Theodore Lindqvist/).waitFor();
    expect(await findings(page)).toEqual([]);
    const photos = await at(DENTIST, inDesk(photoId));
    const kept = panel(photos, 'The original of this photo');
    await kept.getByRole('button', { name: 'Remove the original' }).click();
    await kept.getByRole('button', { name: 'Remove for good' }).click();
    await kept.getByText('Something in this record is on hold').waitFor();
    expect(await panel(photos, 'Hold').count()).toBe(0);
    await page.goto('/desk/files');
    const holds = panel(page, 'Holds');
    await holds.getByText('One document of a record').waitFor();
    await holds.getByRole('link', { name: 'Open the document' }).click();
    await hold.getByRole('button', { name: 'End the hold' }).press('Enter');
    await hold.getByLabel('Why').fill('It was settled.');
    await page.keyboard.press('Enter');
    await hold.getByText('This document is not on hold.').waitFor();
    await kept.getByRole('button', { name: 'Remove for good' }).click();
    await kept.getByText('The original is removed.').waitFor();
  });

  test('are put on hold by their address, where whoever holds may not open them', async () => {
    const id = await send('Letter', 'letter', 'Not for the owner.');
    const page = await at(OWNER, '/desk/files');
    const holds = panel(page, 'Holds');
    await holds.getByLabel('The record').fill(`${demo.origin}${inDesk(id)}`);
    await holds.getByLabel('Why').fill('A lawsuit is coming.');
    await holds.getByRole('button', { name: 'Put this document on hold' }).click();
    await holds.getByText('One document of a record').waitFor();
    expect(await holds.getByText('A whole record').count()).toBe(0);
  });
});
