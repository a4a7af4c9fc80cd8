/** The whole record as one file, as a patient and a dentist of the demo take it along: in a real browser. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readResource } from '../../src/chart/index.ts';
import { axeFindings, findingsInAllLooks, launchBrowser, loaded } from '../support/browser.ts';
import { readZip, type ZipEntry } from '../support/read-zip.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';
import { Visitors } from '../support/visitors.ts';

const DENTIST = 'marisol.ibarra@riverside-dental.example';
const PATIENT = 'georgia.whitfield@mail.example';
const PRACTICE = 'riverside-dental';
/** The font for every script alone takes a while where many tests run at once. */
const MAKING_MS = 60_000;

const browser = await launchBrowser();
let demo: ServedDemo;
let visitors: Visitors;
let chart: string;

/** Saved by whoever reads the page. */
async function saved(page: Page): Promise<Map<string, ZipEntry>> {
  const link = page.getByRole('link', { name: 'Save the file' });
  await link.waitFor({ timeout: MAKING_MS });
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  expect(download.suggestedFilename()).toMatch(/^health-record-\d{4}-\d\d-\d\d\.zip$/);
  return readZip(await readFile(await download.path()));
}

describe.skipIf(browser === null)('the whole record', () => {
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

  test('is asked for, saved and deleted by a patient, with keys alone', async () => {
    const page = await visitors.visit(PATIENT);
    await page.goto(`/portal/${chart}/documents`);
    await loaded(page);
    const panel = page.getByRole('region', { name: 'Your whole record' });
    await panel.getByRole('button', { name: 'Download my whole record' }).focus();
    await page.keyboard.press('Enter');
    const entries = await saved(page);
    const bundle = readResource(entries.get('fhir/bundle.json')!.bytes.toString()) as unknown as {
      entry: { resource: { resourceType: string } }[];
    };
    const types = new Set(bundle.entry.map(({ resource }) => resource.resourceType));
    expect([...types]).toEqual(expect.arrayContaining(['Patient', 'Condition', 'Procedure', 'Binary']));
    expect(entries.get('index.html')!.bytes.toString()).toContain('Georgia Whitfield');
    expect(entries.get('summary.pdf')!.bytes.toString('latin1')).toMatch(/^%PDF-1\.7.*\/StructTreeRoot/s);
    expect([...entries.keys()].filter((name) => /^files\/.*\.pdf$/.test(name)).length).toBeGreaterThan(3);
    expect(await findingsInAllLooks(page)).toEqual([]);
    await panel.getByRole('button', { name: 'Delete it now' }).focus();
    await page.keyboard.press('Enter');
    await panel.getByRole('button', { name: 'Download my whole record' }).waitFor();
  });

  test('is there again on another page and after coming back, and is made for the desk as well', async () => {
    const page = await visitors.visit(DENTIST);
    await page.goto(`/desk/patients/${chart}/documents`);
    const panel = page.getByRole('region', { name: 'The whole record' });
    await panel.getByRole('button', { name: 'Download the whole record' }).click();
    await panel.getByRole('link', { name: 'Save the file' }).waitFor({ timeout: MAKING_MS });
    await page.reload();
    const entries = await saved(page);
    expect(entries.get('c-cda/summary.xml')!.bytes.toString()).toContain('<family>Whitfield</family>');
    expect(await axeFindings(page)).toEqual([]);
  });
});
