/** Documents put in order from the pages of the demo: looked through, filed, replaced and withdrawn. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, launchBrowser, loaded } from '../support/browser.ts';
import { sendText } from '../support/sent-text.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';
import { Visitors } from '../support/visitors.ts';

const DENTIST = 'marisol.ibarra@riverside-dental.example';
const PATIENT = 'georgia.whitfield@mail.example';

const browser = await launchBrowser();
let demo: ServedDemo;
let visitors: Visitors;
let chart: string;
let dentist: string;
let patient: string;

async function at(who: string, address: string): Promise<Page> {
  const page = await visitors.visit(who);
  await page.goto(address);
  await loaded(page);
  return page;
}

const send = (title: string, more: Readonly<Record<string, string>> = {}) =>
  sendText(demo.origin, patient, { chart, title, type: 'letter', ...more }, `What ${title} says.`);

const read = async (id: string) => {
  const headers = { authorization: `Bearer ${dentist}` };
  const answer = await fetch(`${demo.origin}/fhir/DocumentReference/${id}`, { headers });
  return (await answer.json()) as Record<string, unknown>;
};

describe.skipIf(browser === null)('documents', () => {
  beforeAll(async () => {
    demo = await serveDemo();
    visitors = new Visitors(browser!, demo);
    chart = demo.chartOf(PATIENT, 'riverside-dental');
    dentist = await demo.token(DENTIST);
    patient = await demo.token(PATIENT);
  });

  afterEach(async () => {
    expect(await visitors.leave()).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  test('that patients sent are named, taken and sent back at the desk, by keys alone', async () => {
    const [first, second] = [await send('Letter of Dr. Lam'), await send('<b>Too dark</b>')];
    const page = await at(DENTIST, '/desk/sent');
    const queue = page.getByRole('list', { name: 'Sent by patients' });
    await expect.poll(() => queue.getByRole('button').count()).toBe(2);
    await page.getByRole('link', { name: /Sent by patients.*2/ }).waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Letter of Dr. Lam, with findings');
    await page.getByLabel('Folder').fill('Other practices');
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => queue.getByRole('button').count()).toBe(1);
    expect(await read(first)).toMatchObject({
      docStatus: 'final',
      description: 'Letter of Dr. Lam, with findings',
      category: [{ coding: [{ system: 'urn:postern:folder', code: 'Other practices' }] }],
    });
    // What somebody typed is text, wherever it is shown.
    await page.getByRole('heading', { name: '<b>Too dark</b>' }).waitFor();
    await page.getByRole('button', { name: 'Send back' }).click();
    await page.getByLabel('Why?').fill('<script>alert(1)</script> It is too dark to read.');
    await page.getByRole('button', { name: 'Send back' }).click();
    await page.getByText('Nothing waits').waitFor();
    expect(await read(second)).toMatchObject({ status: 'entered-in-error', docStatus: 'preliminary' });
    const portal = await at(PATIENT, `/portal/${chart}/documents`);
    await portal.getByText('They wrote: <script>alert(1)</script> It is too dark to read.').waitFor();
    await portal.getByRole('link', { name: 'Letter of Dr. Lam, with findings' }).waitFor();
    expect(await portal.getByText('<b>').count()).toBe(0);
  });

  test('are changed by their sender while they wait, and say who changed what', async () => {
    const id = await send('Mine');
    const page = await at(PATIENT, `/portal/${chart}/documents/${id}`);
    await page.getByText('Sent. Your practice will look at it.').waitFor();
    await page.getByRole('button', { name: 'Change details' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Mine, page one');
    await page.getByLabel('What is it?').selectOption({ label: 'Referral' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Mine, page one' }).waitFor();
    await page.getByText('Who changed what').click();
    await page.getByText('Name: from “Mine” to “Mine, page one”').waitFor();
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.getByLabel('Why?').fill('Wrong letter');
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('They wrote: Wrong letter').waitFor();
    expect(await read(id)).toMatchObject({ status: 'entered-in-error' });
  });

  test('tell two people who change them at once what the other changed', async () => {
    const id = await send('Shared');
    const page = await at(DENTIST, `/desk/patients/${chart}/documents/${id}`);
    await page.getByRole('button', { name: 'Change details' }).click();
    await page.getByLabel('Note').fill('Asked for by phone');
    const headers = {
      authorization: `Bearer ${dentist}`,
      'content-type': 'application/fhir+json',
      'if-match': 'W/"1"',
    };
    const theirs = JSON.stringify({ ...(await read(id)), docStatus: 'final' });
    const put = { method: 'PUT', headers, body: theirs };
    expect((await fetch(`${demo.origin}/fhir/DocumentReference/${id}`, put)).status).toBe(200);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('State: from “waits to be looked at” to “in the record”').waitFor();
    await page.getByRole('button', { name: 'Save mine as well' }).click();
    await expect.poll(async () => (await read(id)).description).toBe('Asked for by phone');
    expect(await read(id)).toMatchObject({ docStatus: 'final' });
  });

  test('are put into folders several at once, and stay in a list when they are withdrawn', async () => {
    const ids = [await send('Bill one'), await send('Bill two')];
    const page = await at(DENTIST, `/desk/patients/${chart}/documents`);
    await page.getByRole('button', { name: 'Put into folders' }).click();
    for (const name of ['Bill one', 'Bill two']) await page.getByLabel(`Choose ${name}`).check();
    await page.getByRole('textbox', { name: 'Folder' }).fill('Bills');
    await page.getByRole('button', { name: 'Move there' }).click();
    await expect.poll(async () => JSON.stringify((await read(ids[1]!)).category)).toContain('Bills');
    expect(JSON.stringify((await read(ids[0]!)).category)).toContain('Bills');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('combobox', { name: 'Folder' }).selectOption({ label: 'Bills' });
    await expect.poll(() => page.getByRole('link', { name: /Bill (one|two)/ }).count()).toBe(2);
    await page.getByRole('button', { name: 'Rename this folder' }).click();
    await page.getByLabel('New name of the folder').fill('Paid bills');
    await page.getByRole('button', { name: 'Rename' }).click();
    await expect.poll(async () => JSON.stringify((await read(ids[0]!)).category)).toContain('Paid bills');
  });

  test('are replaced by a version beside which the old one stays, and withdrawn with a reason', async () => {
    const id = await sendText(
      demo.origin,
      dentist,
      { chart, title: 'Report', type: 'lab-report' },
      'What was found at first.',
    );
    const page = await at(DENTIST, `/desk/patients/${chart}/documents/${id}`);
    await page.getByRole('button', { name: 'Replace with a new version' }).click();
    await page.locator('input[type=file]').setInputFiles({
      name: 'report.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('What was found in the end.'),
    });
    await page.getByText('There is a newer version of this document.').waitFor();
    expect(await read(id)).toMatchObject({ status: 'superseded' });
    await page.getByRole('link', { name: 'Open the newer version' }).click();
    await page.getByText('What was found in the end.').waitFor();
    await page.getByText('Versions', { exact: true }).click();
    await page.getByRole('link', { name: 'Report', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByLabel('Why?').fill('Belongs to another patient');
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText('Reason: Belongs to another patient').waitFor();
    await page.goto(`/desk/patients/${chart}/documents`);
    await page.getByRole('button', { name: 'Show withdrawn and replaced documents' }).click();
    await page.getByText('Reason: Belongs to another patient').waitFor();
  });

  test('are replaced over a slow line that is paused, and gone on with from where it stopped', async () => {
    const id = await sendText(
      demo.origin,
      dentist,
      { chart, title: 'Long report', type: 'lab-report' },
      'What was found at first.',
    );
    const page = await at(DENTIST, `/desk/patients/${chart}/documents/${id}`);
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    const slow = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 1_000_000 };
    await network.send('Network.emulateNetworkConditions', slow);
    const begun: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/uploads')) begun.push(request.method());
    });
    await page.getByRole('button', { name: 'Replace with a new version' }).press('Enter');
    const buffer = Buffer.from('What was found in the end.\n'.repeat(200_000));
    await page.locator('input[type=file]').setInputFiles({ name: 'r.txt', mimeType: 'text/plain', buffer });
    const progress = page.getByRole('progressbar', { name: 'The new version is being sent.' });
    const share = () => progress.evaluate((bar) => (bar as unknown as { value: number }).value);
    await expect.poll(share, { timeout: 20_000 }).toBeGreaterThan(500_000);
    const pause = page.getByRole('button', { name: 'Pause' });
    await pause.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Paused', { exact: true }).waitFor();
    const stopped = await share();
    expect(await axeFindings(page)).toEqual([]);
    expect(await share()).toBe(stopped);
    await network.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
    await page.getByRole('button', { name: 'Go on' }).press('Enter');
    await page.getByText('There is a newer version of this document.').waitFor({ timeout: 20_000 });
    expect(begun).toEqual(['POST']);
    expect(await read(id)).toMatchObject({ status: 'superseded' });
  });
});
