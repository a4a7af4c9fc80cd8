/** Sending by a link in a real browser: a patient makes one, somebody without an account opens it. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findingsInAllLooks, launchBrowser, loaded } from '../support/browser.ts';
import { fileDocument } from '../support/filed-documents.ts';
import { recordedFilm } from '../support/recorded-film.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';
import { Visitors } from '../support/visitors.ts';

const DENTIST = 'marisol.ibarra@riverside-dental.example';
const PATIENT = 'georgia.whitfield@mail.example';
const PRACTICE = 'riverside-dental';

const browser = await launchBrowser();
let demo: ServedDemo;
let visitors: Visitors;
let chart: string;

interface Wanted {
  readonly label: string;
  readonly passcode?: string;
  readonly often?: string;
}

/** A summary and the first document, sent by the patient; the link, as the page shows it this once. */
async function madeLink(page: Page, { label, passcode, often }: Wanted): Promise<string> {
  await page.goto(`/portal/${chart}/links`);
  await loaded(page);
  await page.getByLabel('A summary of the record').check();
  await page.getByRole('checkbox').nth(1).check();
  await page.getByLabel('What is it for?').fill(label);
  if (passcode !== undefined) await page.getByLabel('Passcode, if you want one').fill(passcode);
  if (often !== undefined) await page.getByLabel('How often it can be opened').selectOption({ label: often });
  const answer = page.waitForResponse((each) => each.url().endsWith('/links') && each.status() === 201);
  await page.getByRole('button', { name: 'Make the link' }).click();
  const { link } = (await (await answer).json()) as { link: string };
  await page.getByRole('heading', { name: 'Your link is ready' }).waitFor();
  return link;
}

describe.skipIf(browser === null)('a link', () => {
  beforeAll(async () => {
    demo = await serveDemo();
    visitors = new Visitors(browser!, demo);
    chart = demo.chartOf(PATIENT, PRACTICE);
  });
  afterEach(async () => {
    expect(await visitors.leave()).toEqual([]);
  });
  afterAll(async () => {
    await browser!.close();
    await demo.close();
  });

  test('is made in the portal, opened by somebody without an account, and ended', async () => {
    const page = await visitors.visit(PATIENT);
    await page.goto(`/portal/${chart}/documents`);
    await loaded(page);
    await page.getByRole('link', { name: 'Send documents or a summary by link' }).click();
    await page.getByRole('heading', { name: 'Send by link' }).waitFor();
    await loaded(page);
    expect(await findingsInAllLooks(page)).toEqual([]);
    const hostile = 'Knee <img src=x onerror=alert(1)>';
    const link = await madeLink(page, { label: hostile, passcode: 'blue door' });
    await page.getByRole('img', { name: 'The link as a square to scan' }).waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);

    const { page: there } = await visitors.stranger();
    const sent: string[] = [];
    there.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
    await there.goto(link);
    await there.getByRole('heading', { name: 'Somebody sent you' }).waitFor();
    expect(await there.getByText(hostile).isVisible()).toBe(true);
    expect(await findingsInAllLooks(there)).toEqual([]);
    await there.getByRole('button', { name: 'Open' }).click();
    await there.getByText('Write who you are first.').waitFor();
    await there.getByLabel('Your name, and where you work').fill('Dr. Amara Oyelaran, Harbour Clinic');
    await there.getByLabel('Passcode', { exact: true }).fill('red door');
    await there.getByRole('button', { name: 'Open' }).click();
    await there.getByText('You have 4 more tries.').waitFor();
    await there.getByLabel('Passcode', { exact: true }).fill('blue door');
    await there.getByRole('button', { name: 'Open' }).click();
    await there.getByRole('heading', { name: 'What you were sent' }).waitFor();
    await there.getByRole('heading', { name: 'Summary of a record' }).waitFor();
    expect(await there.getByText('Georgia').first().isVisible()).toBe(true);
    expect(await findingsInAllLooks(there)).toEqual([]);
    const choices = there.getByRole('navigation', { name: 'What is in it' }).getByRole('button');
    expect(await choices.count()).toBe(2);
    await choices.nth(1).click();
    await there
      .getByText(/^Download/)
      .first()
      .waitFor();
    expect(await findingsInAllLooks(there)).toEqual([]);
    expect(await there.title()).not.toContain('Georgia');
    // The key, and what else stands behind the `#`, goes nowhere; nor does anything to another server.
    const payload = link.slice(link.indexOf('shlink:/') + 'shlink:/'.length);
    const { key } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { key: string };
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.filter((each) => each.includes(key) || each.includes(payload.slice(-40)))).toEqual([]);
    const elsewhere = sent.filter((each) => !each.startsWith(demo.origin) && !each.startsWith('blob:'));
    expect(elsewhere).toEqual([]);

    await page.goto(`/portal/${chart}/links`);
    await loaded(page);
    await page.getByText('Opened once').waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
    await page.getByRole('button', { name: 'End it now' }).first().click();
    await page.getByText('Ended. The link no longer works.').waitFor();
    await there.goto('/shl');
    await there.goto(link);
    await there.getByLabel('Your name, and where you work').fill('Dr. Oyelaran');
    await there.getByLabel('Passcode', { exact: true }).fill('blue door');
    await there.getByRole('button', { name: 'Open' }).click();
    await there.getByRole('heading', { name: 'This link does not open' }).waitFor();
  });

  test('that holds a video plays it from the page, and asks nobody for it', async () => {
    const bytes = await recordedFilm((await visitors.stranger()).page);
    const film = { name: 'film.mp4', bytes, contentType: 'video/mp4' };
    await fileDocument(demo, await demo.token(DENTIST), chart, film);
    const page = await visitors.visit(PATIENT);
    await page.goto(`/portal/${chart}/links`);
    await loaded(page);
    await page.getByRole('checkbox', { name: /film\.mp4/ }).check();
    await page.getByLabel('What is it for?').fill('The gait, filmed');
    const answer = page.waitForResponse((each) => each.url().endsWith('/links') && each.status() === 201);
    await page.getByRole('button', { name: 'Make the link' }).click();
    const { link } = (await (await answer).json()) as { link: string };
    const { page: there } = await visitors.stranger();
    await there.goto(link);
    await there.getByLabel('Your name, and where you work').fill('Dr. Oyelaran');
    await there.getByRole('button', { name: 'Open' }).click();
    const video = there.locator('video');
    await video.waitFor();
    expect(await video.getAttribute('src')).toMatch(/^blob:/);
    const ready = () => there.evaluate("document.querySelector('video').readyState");
    await expect.poll(ready, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    expect(await there.evaluate("document.querySelector('video').videoWidth")).toBe(64);
    await video.focus();
    await there.keyboard.press('Space');
    const over = () => there.evaluate("document.querySelector('video').currentTime");
    await expect.poll(over, { timeout: 20_000 }).toBeGreaterThan(0.2);
    expect(await findingsInAllLooks(there)).toEqual([]);
  });

  test('of another server is declined in words, and that server hears nothing', async () => {
    const { page } = await visitors.stranger();
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.url()));
    const payload = { url: 'https://elsewhere.example/shl/x', key: 'k'.repeat(43), label: 'x', v: 1 };
    await page.goto(`/shl#shlink:/${Buffer.from(JSON.stringify(payload)).toString('base64url')}`);
    await page.getByRole('heading', { name: 'This link belongs to another server' }).waitFor();
    expect(sent.filter((each) => !each.startsWith(demo.origin))).toEqual([]);
    await page.goto('/shl#shlink:/damaged');
    await page.getByRole('heading', { name: 'There is no link here' }).waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
  });
});
