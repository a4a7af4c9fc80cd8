/** Sending files from the pages of the demo, in a real browser that loses its network meanwhile. */
import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findingsInAllLooks, launchBrowser, loaded, signInWith } from '../support/browser.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';
import { Visitors } from '../support/visitors.ts';

const DENTIST = 'marisol.ibarra@riverside-dental.example';
const PATIENT = 'georgia.whitfield@mail.example';
const PRACTICE = 'riverside-dental';
const PATIENTLY = { timeout: 20_000 };

const browser = await launchBrowser();
let demo: ServedDemo;
let visitors: Visitors;
let chart: string;
let token: string;

/** A PDF of that size that compresses badly and shows nothing. */
function pdf(bytes: number): Buffer {
  const head = '%PDF-1.4\n1 0 obj\n<<>>\nendobj\n';
  const tail = '\ntrailer\n<<>>\n%%EOF\n';
  const filling = randomBytes(bytes - head.length - tail.length).map((byte) => 65 + (byte % 26));
  return Buffer.concat([Buffer.from(head), filling, Buffer.from(tail)]);
}

const photo = () =>
  sharp({ create: { width: 900, height: 600, channels: 3, background: '#b98d5a' } })
    .jpeg()
    .toBuffer();

interface Chosen {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Chooses files as the dialog of the device would hand them over. */
async function choose(page: Page, files: readonly Chosen[]): Promise<void> {
  const asked = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files' }).click();
  await (await asked).setFiles([...files]);
}

/** What the patient has of documents by that name, as the server keeps them. */
async function filed(name: string) {
  const answer = await fetch(
    `${demo.origin}/fhir/DocumentReference?subject=Patient/${chart}&_sort=-date&_count=50`,
    {
      headers: { authorization: `Bearer ${token}` },
    },
  );
  const { entry } = (await answer.json()) as {
    entry: { resource: { description?: string; docStatus?: string; type?: object; content: Content[] } }[];
  };
  return entry.map(({ resource }) => resource).filter(({ description }) => description === name);
}

interface Content {
  readonly attachment: { readonly url: string; readonly size: number; readonly creation?: string };
}

async function bytesOf(content: readonly Content[]): Promise<Buffer> {
  const answer = await fetch(`${demo.origin}/fhir/${content[0]!.attachment.url}`, {
    headers: { authorization: `Bearer ${token}`, accept: '*/*' },
  });
  return Buffer.from(await answer.arrayBuffer());
}

async function atDocuments(who: string, address: string): Promise<Page> {
  const page = await visitors.visit(who);
  await page.goto(address);
  await loaded(page);
  return page;
}

describe.skipIf(browser === null)('sending', () => {
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

  test('a patient sends a PDF and a photo, and finds them in the list', async () => {
    const page = await atDocuments(PATIENT, `/portal/${chart}/documents`);
    await page.getByRole('button', { name: 'Send a document' }).click();
    expect(await findingsInAllLooks(page)).toEqual([]);
    const letter = pdf(300_000);
    const card = await photo();
    await choose(page, [
      { name: 'Letter of Dr. Lam.pdf', mimeType: 'application/pdf', buffer: letter },
      { name: 'IMG_2041.jpg', mimeType: 'image/jpeg', buffer: card },
    ]);
    const cards = page.getByRole('main').getByRole('listitem').filter({ hasText: 'What is it?' });
    await expect.poll(() => cards.count()).toBe(2);
    expect(await cards.nth(0).getByLabel('Name').inputValue()).toBe('Letter of Dr. Lam');
    expect(await cards.nth(1).getByLabel('Name').inputValue()).toMatch(/^Photo of /);
    await cards.nth(0).getByLabel('What is it?').selectOption({ label: 'Referral' });
    await cards.nth(0).getByLabel('Date on it').fill('2026-02-03');
    await cards.nth(1).getByLabel('What is it?').selectOption({ label: 'Insurance card' });
    await cards.nth(1).getByLabel('Name').fill('My new card');
    expect(await findingsInAllLooks(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send all 2 now' }).click();
    await page.getByText('Sent. Your practice will look at it.').first().waitFor();
    await page.getByRole('link', { name: 'Letter of Dr. Lam' }).waitFor();
    await page.getByRole('link', { name: 'My new card' }).waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
    const [first] = await filed('Letter of Dr. Lam');
    expect(first).toMatchObject({
      docStatus: 'preliminary',
      type: { coding: [{ code: '57133-1' }] },
      content: [{ attachment: { creation: '2026-02-03', size: letter.length } }],
    });
    expect(await bytesOf(first!.content)).toEqual(letter);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Send a document' }).waitFor();
  });

  test('goes on by itself when the connection comes back, from where it stopped', async () => {
    const page = await atDocuments(DENTIST, `/desk/patients/${chart}/documents`);
    await page.getByRole('button', { name: 'Add documents' }).click();
    const content = pdf(8_000_000);
    await choose(page, [{ name: 'Long record.pdf', mimeType: 'application/pdf', buffer: content }]);
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    const line = { latency: 5, downloadThroughput: -1, uploadThroughput: 1_000_000 };
    await network.send('Network.emulateNetworkConditions', { offline: false, ...line });
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/uploads')) asked.push(`${request.method()}`);
    });
    await page.getByRole('button', { name: 'Send it now' }).click();
    const bar = page.getByRole('progressbar', { name: 'How much of Long record has been sent' });
    const sent = async () => Number(await bar.getAttribute('value'));
    await expect.poll(sent, PATIENTLY).toBeGreaterThan(1_000_000);
    await network.send('Network.emulateNetworkConditions', { offline: true, ...line });
    await page.getByText('No connection just now.').waitFor();
    await network.send('Network.emulateNetworkConditions', { offline: false, ...line, uploadThroughput: -1 });
    await page.getByText('Filed in this chart', { exact: true }).first().waitFor();
    // Begun once; after the loss the server was asked how far it had come.
    expect(asked.filter((method) => method === 'POST')).toHaveLength(1);
    expect(asked).toContain('HEAD');
    const [document] = await filed('Long record');
    expect(document).toMatchObject({ docStatus: 'final' });
    expect((await bytesOf(document!.content)).equals(content)).toBe(true);
  });

  test('is paused, goes on, and is given up, by whoever sends', async () => {
    const page = await atDocuments(DENTIST, `/desk/patients/${chart}/documents`);
    await page.getByRole('button', { name: 'Add documents' }).click();
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    const slow = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 1_000_000 };
    await network.send('Network.emulateNetworkConditions', slow);
    const content = pdf(8_000_000);
    await choose(page, [{ name: 'Given up.pdf', mimeType: 'application/pdf', buffer: content }]);
    await page.getByRole('button', { name: 'Send it now' }).click();
    const bar = page.getByRole('progressbar');
    const sent = async () => Number(await bar.getAttribute('value'));
    await expect.poll(sent, PATIENTLY).toBeGreaterThan(500_000);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused').waitFor();
    const stood = await sent();
    // What has been chosen stays while other pages are looked at.
    await page.getByRole('link', { name: 'Chart', exact: true }).first().click();
    await page.getByRole('link', { name: 'All documents' }).click();
    await page.getByText('Paused').waitFor();
    expect(await sent()).toBe(stood);
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect.poll(sent, PATIENTLY).toBeGreaterThan(stood);
    const ended = page.waitForRequest((request) => request.method() === 'DELETE');
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect((await (await ended).response())?.status()).toBe(204);
    expect(await bar.count()).toBe(0);
    expect(await filed('Given up')).toEqual([]);
  });

  test('says in plain words that a kind of file is not taken, and takes the next', async () => {
    const page = await atDocuments(PATIENT, `/portal/${chart}/documents`);
    await page.getByRole('button', { name: 'Send a document' }).click();
    const page404 = Buffer.from('<!doctype html><html><script>alert(1)</script></html>');
    await choose(page, [
      { name: 'card.png', mimeType: 'image/png', buffer: page404 },
      { name: 'empty.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(0) },
    ]);
    await page.getByText('There is nothing in this file.').waitFor();
    await page.getByRole('button', { name: 'Send it now' }).click();
    await page.getByText('This kind of file is not taken. Send a PDF or a photo instead.').waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
    for (const _ of [1, 2]) await page.getByRole('button', { name: 'Remove' }).first().click();
    expect(await filed('card')).toEqual([]);
  });

  test('takes what is dropped and what is pasted', async () => {
    const page = await atDocuments(PATIENT, `/portal/${chart}/documents`);
    await page.getByRole('button', { name: 'Send a document' }).click();
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    await page.evaluate(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['%PDF-1.4\\n%%EOF'], 'Dropped.pdf', { type: 'application/pdf' }));
      const target = document.querySelector('main');
      const init = { dataTransfer: transfer, bubbles: true, cancelable: true };
      target.dispatchEvent(new DragEvent('dragover', init));
      target.dispatchEvent(new DragEvent('drop', init));
      const clipboard = new DataTransfer();
      clipboard.items.add(new File(['x'], 'image.png', { type: 'image/png' }));
      const paste = { clipboardData: clipboard, bubbles: true, cancelable: true };
      target.dispatchEvent(new ClipboardEvent('paste', paste));
    })()`);
    const names = page.getByLabel('Name', { exact: true });
    await expect.poll(() => names.count()).toBe(2);
    expect(await names.nth(0).inputValue()).toBe('Dropped');
    expect(await names.nth(1).inputValue()).toMatch(/^Photo of /);
    for (const _ of [1, 2]) await page.getByRole('button', { name: 'Remove' }).first().click();
    await page.getByRole('button', { name: 'Close' }).click();
  });

  test('says that the record has a file already, and sends it again where that is wanted', async () => {
    const page = await atDocuments(PATIENT, `/portal/${chart}/documents`);
    await page.getByRole('button', { name: 'Send a document' }).click();
    const letter = { name: 'Twice.pdf', mimeType: 'application/pdf', buffer: pdf(30_000) };
    await choose(page, [letter]);
    await page.getByRole('button', { name: 'Send it now' }).click();
    await page.getByText('Sent. Your practice will look at it.').first().waitFor();
    await page.getByRole('button', { name: 'Send something else' }).click();
    await choose(page, [letter]);
    await page.getByRole('button', { name: 'Send it now' }).click();
    await page.getByText('This file is in the record already').waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
    expect(await filed('Twice')).toHaveLength(1);
    await page.getByRole('button', { name: 'Do not send it' }).click();
    await choose(page, [letter]);
    await page.getByRole('button', { name: 'Send it now' }).click();
    await page.getByRole('button', { name: 'Send it anyway' }).click();
    await page.getByText('Sent. Your practice will look at it.').first().waitFor();
    expect(await filed('Twice')).toHaveLength(2);
  });

  test('says that the session has ended, and leads to the door', async () => {
    const visitor = await visitors.stranger();
    await signInWith(visitor.page, await demo.signinLink(PATIENT));
    const { page } = visitor;
    await page.goto(`/portal/${chart}/documents`);
    await loaded(page);
    await page.getByRole('button', { name: 'Send a document' }).click();
    await choose(page, [{ name: 'Late.pdf', mimeType: 'application/pdf', buffer: pdf(20_000) }]);
    await page.evaluate(`fetch('/session', { method: 'DELETE', headers: { 'postern-page': '1' } })`);
    await page.getByRole('button', { name: 'Send it now' }).click();
    await page.getByText('You have been signed out meanwhile.').waitFor();
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.waitForURL(/\/signin\?why=ended/);
    expect(await filed('Late')).toEqual([]);
  });

  test('is offered with the types that the server takes, and to nobody else', async () => {
    const page = await atDocuments(
      'wren.halloran@riverside-dental.example',
      `/desk/patients/${chart}/documents`,
    );
    await page.getByRole('button', { name: 'Add documents' }).click();
    await choose(page, [{ name: 'Card.pdf', mimeType: 'application/pdf', buffer: pdf(20_000) }]);
    const types = await page.getByLabel('What is it?').locator('option').allInnerTexts();
    expect(types).toEqual(['Insurance card', 'Photo ID', 'Signed consent']);
    await page.getByRole('button', { name: 'Send it now' }).click();
    await page.getByText('Filed in this chart', { exact: true }).first().waitFor();
    expect(await filed('Card')).toHaveLength(1);
  });
});
