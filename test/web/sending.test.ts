/** Sending files from the pages of the demo, in a real browser that loses its network meanwhile. */
import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findingsInAllLooks, launchBrowser, loaded } from '../support/browser.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';
import { Visitors } from '../support/visitors.ts';

const DENTIST = 'marisol.ibarra@riverside-dental.example';
const FRONT_DESK = 'wren.halloran@riverside-dental.example';
const PATIENT = 'georgia.whitfield@mail.example';
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

interface Chosen {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Chooses files as the dialog of the device would hand them over. */
async function choose(page: Page, files: readonly Chosen[]): Promise<void> {
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles([...files]);
}

interface Filed {
  readonly description?: string;
  readonly docStatus?: string;
  readonly content: readonly { readonly attachment: { readonly url: string } }[];
}

const answered = (path: string) =>
  fetch(`${demo.origin}/fhir/${path}`, { headers: { authorization: `Bearer ${token}`, accept: '*/*' } });

/** What the chart has of documents by that name, as the server keeps them. */
async function filed(name: string): Promise<Filed[]> {
  const answer = await answered(`DocumentReference?subject=Patient/${chart}&_sort=-date&_count=50`);
  const { entry = [] } = (await answer.json()) as { entry?: { resource: Filed }[] };
  return entry.map(({ resource }) => resource).filter(({ description }) => description === name);
}

async function bytesOf({ content }: Filed): Promise<Buffer> {
  return Buffer.from(await (await answered(content[0]!.attachment.url)).arrayBuffer());
}

async function sendingAs(who: string, address: string): Promise<Page> {
  const page = await visitors.visit(who);
  await page.goto(address);
  await loaded(page);
  await page.getByRole('button', { name: 'Send files' }).click();
  return page;
}

const portal = () => sendingAs(PATIENT, `/portal/${chart}/documents`);
const desk = (who: string) => sendingAs(who, `/desk/patients/${chart}/documents`);

describe.skipIf(browser === null)('sending', () => {
  beforeAll(async () => {
    demo = await serveDemo();
    visitors = new Visitors(browser!, demo);
    chart = demo.chartOf(PATIENT, 'riverside-dental');
    token = await demo.token(DENTIST);
  });

  afterEach(async () => {
    expect(await visitors.leave()).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  test('a patient sends a PDF and a photo, and finds them in the list', async () => {
    const page = await portal();
    const letter = pdf(300_000);
    const color = { width: 900, height: 600, channels: 3, background: '#b98d5a' } as const;
    const card = await sharp({ create: color }).jpeg().toBuffer();
    await choose(page, [
      { name: 'letter of dr lam.pdf', mimeType: 'application/pdf', buffer: letter },
      { name: 'card.jpg', mimeType: 'image/jpeg', buffer: card },
    ]);
    await page.getByRole('link', { name: 'letter of dr lam.pdf' }).waitFor();
    await page.getByRole('link', { name: 'card.jpg' }).waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
    const [first] = await filed('letter of dr lam.pdf');
    expect(first).toMatchObject({ docStatus: 'preliminary' });
    expect((await bytesOf(first!)).equals(letter)).toBe(true);
  });

  test('goes on by itself when the network comes back, from where it stopped', async () => {
    const page = await desk(DENTIST);
    const content = pdf(6_000_000);
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    const line = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 1_000_000 };
    await network.send('Network.emulateNetworkConditions', line);
    const asked: string[] = [];
    const sums: string[] = [];
    page.on('request', (request) => {
      if (!request.url().includes('/uploads')) return;
      asked.push(request.method());
      sums.push(request.headers()['upload-metadata'] ?? '');
    });
    await choose(page, [{ name: 'long record.pdf', mimeType: 'application/pdf', buffer: content }]);
    const bar = page.getByRole('progressbar');
    await expect.poll(async () => Number(await bar.getAttribute('value')), PATIENTLY).toBeGreaterThan(10);
    await network.send('Network.emulateNetworkConditions', { ...line, offline: true });
    await page.getByText('Waiting for the connection').waitFor();
    await network.send('Network.emulateNetworkConditions', { ...line, uploadThroughput: -1 });
    await page.getByText('Sent, and kept in the record').waitFor();
    // Begun once; after the loss the server was asked how far it had come.
    expect(asked.filter((method) => method === 'POST')).toHaveLength(1);
    expect(asked).toContain('HEAD');
    expect(sums.join()).toContain('sha256 ');
    const [document] = await filed('long record.pdf');
    expect(document).toMatchObject({ docStatus: 'final' });
    expect((await bytesOf(document!)).equals(content)).toBe(true);
  });

  test('says in plain words that a kind of file is not taken', async () => {
    const page = await portal();
    const html = Buffer.from('<!doctype html><html><script>alert(1)</script></html>');
    await choose(page, [{ name: 'not a card.png', mimeType: 'image/png', buffer: html }]);
    await page.getByText('Files of this kind are not taken').waitFor();
    expect(await filed('not a card.png')).toEqual([]);
  });

  test('offers the kinds that the server takes of whoever sends', async () => {
    const page = await desk(FRONT_DESK);
    const kinds = await page.getByLabel('What is it?').locator('option').allInnerTexts();
    expect(kinds).toEqual(['Insurance card', 'Photo ID', 'Consent']);
    await choose(page, [{ name: 'front.pdf', mimeType: 'application/pdf', buffer: pdf(20_000) }]);
    await page.getByText('Sent, and kept in the record').waitFor();
    expect(await filed('front.pdf')).toHaveLength(1);
  });
});
