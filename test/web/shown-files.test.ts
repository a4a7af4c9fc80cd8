/** Files of every kind, as patients of the demo see them; hostile ones above all, which do nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findingsInAllLooks, launchBrowser, loaded, settled } from '../support/browser.ts';
import { type FiledDocument, fileDocument, uploadedFile } from '../support/filed-documents.ts';
import { faxedPdf, largePdf, pageOfPdf } from '../support/pdf-pages.ts';
import { recordedFilm } from '../support/recorded-film.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';
import { sharedData } from '../support/third-party-inputs.ts';
import { Visitors } from '../support/visitors.ts';

const DENTIST = 'marisol.ibarra@riverside-dental.example';
const PATIENT = 'georgia.whitfield@mail.example';

const browser = await launchBrowser();
let demo: ServedDemo;
let visitors: Visitors;
let chart: string;
let token: string;

/** Files a document and opens it as its patient. */
async function opened(document: FiledDocument): Promise<Page> {
  const id = await fileDocument(demo, token, chart, document);
  const page = await visitors.visit(PATIENT);
  page.on('dialog', (dialog) => {
    throw new Error(`The file spoke: ${dialog.message()}`);
  });
  await page.goto(`/portal/${chart}/documents/${id}`);
  await page.locator('[data-kind]').waitFor();
  await settled(page);
  return page;
}

const kind = (page: Page) => page.locator('[data-kind]').first().getAttribute('data-kind');

/** The red of some places of a canvas, each by its share of width and height. */
function lights(page: Page, places: readonly (readonly [x: number, y: number])[]): Promise<number[]> {
  return page.evaluate(`(() => {
    const shown = document.querySelector('main canvas');
    const canvas = new OffscreenCanvas(shown.width, shown.height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(shown, 0, 0);
    return ${JSON.stringify(places)}.map(([x, y]) =>
      context.getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data[0]);
  })()`) as Promise<number[]>;
}

const drawn = (page: Page, number = 1) =>
  page.locator(`[data-page="${number}"][data-drawn="true"]`).waitFor();

describe.skipIf(browser === null)('files', () => {
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
    await browser!.close();
    await demo.close();
  });

  test('of fifty megabytes show their first page by ranges, and the last when it is gone to', async () => {
    const id = await fileDocument(demo, token, chart, { name: 'large.pdf', bytes: largePdf(50_000_000) });
    const page = await visitors.visit(PATIENT);
    let bytes = 0;
    page.on('response', (response) => {
      if (response.url().includes('/fhir/Binary/'))
        bytes += Number(response.headers()['content-length'] ?? 1e9);
    });
    await page.goto(`/portal/${chart}/documents/${id}`);
    await drawn(page);
    expect(await page.locator('[data-page="1"]').innerText()).toContain('The first of two');
    await page.getByLabel('Go to page').fill('2');
    await page.keyboard.press('Enter');
    await drawn(page, 2);
    await page.locator('[data-page="2"]').getByText('The last of two').waitFor();
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(2_000_000);
  });

  test('packed as faxes are shown: the worker may compute, and ask nobody', async () => {
    const page = await opened({ name: 'fax.pdf', bytes: await faxedPdf() });
    await drawn(page);
    const [left, right] = await lights(page, [
      [0.25, 0.5],
      [0.75, 0.5],
    ]);
    expect([left, right].toSorted()).toEqual([0, 255]);
  });

  test('run nothing and lead nowhere by themselves, whatever a PDF asks for', async () => {
    const action = (script: string) => `<< /S /JavaScript /JS (${script}) >>`;
    const link = (rect: string, to: string) => `<< /Type /Annot /Subtype /Link /Rect [${rect}] /A ${to} >>`;
    const script = action('app.alert\\(1\\); this.submitForm\\("https://elsewhere.example"\\)');
    const page = await opened({
      name: 'links.pdf',
      bytes: pageOfPdf('<b onclick=x\\(\\)>hi</b>', {
        catalog: `/OpenAction ${script} /AA << /WC ${script} >>`,
        page:
          `/AA << /O ${script} >> /Annots [` +
          `${link('40 20 90 50', '<< /S /URI /URI (https://elsewhere.example/x) >>')}` +
          `${link('140 20 190 50', '<< /S /URI /URI (javascript:alert\\(1\\)) >>')}` +
          `${link('240 20 290 50', '<< /S /Launch /F (C:\\\\evil.exe) >>')}${link('300 20 340 50', script)}]`,
      }),
    });
    await drawn(page);
    expect(await page.locator('[data-page="1"]').innerText()).toContain('<b onclick=x()>hi</b>');
    expect(await page.locator('[data-page] button').allInnerTexts()).toHaveLength(1);
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(demo.origin)) elsewhere.push(request.url());
    });
    await page.getByRole('button', { name: 'Link to elsewhere.example' }).click();
    const question = page.getByRole('dialog', { name: 'Leave for another site?' });
    const leave = question.getByRole('link', { name: 'Open in a new tab' });
    expect(await leave.getAttribute('rel')).toBe('noopener noreferrer');
    expect(await findingsInAllLooks(page)).toEqual([]);
    await question.getByRole('button', { name: 'Stay here' }).click();
    await question.waitFor({ state: 'detached' });
    expect(elsewhere).toEqual([]);
  });

  test('that a browser would run are handed out, and never shown', async () => {
    const script = '<script>document.title = "owned"; alert(1)</script>';
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${script}</svg>`;
    for (const [name, text, contentType] of [
      ['letter.html', `<!doctype html>${script}`, 'text/plain'],
      ['tooth.svg', svg, 'image/png'],
      ['letter.pdf', `<html>${script}`, 'application/pdf'],
    ] as const) {
      // The store of files takes none of these: they lie in the document itself, as an app may file them.
      const page = await opened({ name, bytes: Buffer.from(text), contentType, within: true });
      expect(await kind(page)).toBe('markup');
      expect(await page.getByRole('main').innerText()).not.toContain('alert');
      expect(await page.title()).toBe('Documents · Riverside Dental');
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: /Download/ }).click();
      const taken = await download;
      expect(taken.suggestedFilename()).toBe(`${name}.bin`);
      expect(readFileSync(await taken.path(), 'utf8')).toBe(text);
    }
    const notes = Buffer.from(`Dear all,\n${script}`);
    const last = await opened({ name: 'notes.txt', bytes: notes, within: true });
    expect(await kind(last)).toBe('text');
    expect(await last.getByRole('region', { name: 'Text of the document' }).innerText()).toContain(script);
    expect(await findingsInAllLooks(last)).toEqual([]);
  });

  test('that are damaged say so, and the page goes on', async () => {
    const folder = sharedData('uploads/pdf-malformed');
    const names = folder === null ? [] : readdirSync(folder).filter((_, at) => at % 11 === 0);
    const damaged: FiledDocument[] = names.map((name) => ({
      name,
      bytes: readFileSync(join(folder!, name)),
    }));
    damaged.push({ name: 'cut.pdf', bytes: pageOfPdf('Cut').subarray(0, 200) });
    damaged.push({ name: 'cut.jpg', bytes: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a]) });
    for (const document of damaged) {
      const page = await opened(document);
      const shown = page.locator('[data-page], [data-kind] [data-tone], [data-kind] p').first();
      await shown.waitFor();
      expect(await page.getByRole('link', { name: 'Documents' }).first().isVisible()).toBe(true);
      await page.close();
    }
  });

  test('that say they are larger than any memory are not unpacked', async () => {
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(60_000, 20);
    const page = await opened({ name: 'bomb.png', bytes: png });
    await page.getByText('This picture is too large to be shown here').waitFor();
  });

  test('that browsers do not show are drawn by the server, smaller', async () => {
    const bytes = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#0a0' } })
      .tiff()
      .toBuffer();
    const page = await opened({ name: 'scan.tif', bytes, contentType: 'image/tiff' });
    await page.getByRole('application').waitFor();
    await page.getByText('This is a smaller picture of the file').waitFor();
    const [red] = await lights(page, [[0.5, 0.5]]);
    expect(red).toBeLessThan(40);
  });

  test('that are videos are played, as wide as they are', async () => {
    const bytes = await recordedFilm((await visitors.stranger()).page);
    const page = await opened({ name: 'film.mp4', bytes, contentType: 'video/mp4' });
    const video = page.locator('video');
    expect(await video.getAttribute('aria-label')).toBe('Video: film.mp4');
    const ready = () => page.evaluate("document.querySelector('video').readyState");
    await expect.poll(ready, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    expect(await page.evaluate("document.querySelector('video').videoWidth")).toBe(64);
    expect(await findingsInAllLooks(page)).toEqual([]);
  });

  test('in DICOM show a window of their values, distances, and what they say of themselves', async () => {
    const file = uploadedFile('dicom/MR_small.dcm');
    if (file === null) return;
    const page = await opened(file);
    const stage = page.getByRole('application');
    await stage.waitFor();
    const middle = [[0.3, 0.3]] as const;
    const [before] = await lights(page, middle);
    await stage.focus();
    for (let press = 0; press < 4; press += 1) await page.keyboard.press('Shift+ArrowUp');
    await expect.poll(async () => (await lights(page, middle))[0]).toBeGreaterThan(before!);
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('button', { name: 'As it was' }).click();
    await expect.poll(async () => (await lights(page, middle))[0]).toBe(before);
    await page.getByRole('button', { name: 'Swap light and dark' }).click();
    await expect.poll(async () => (await lights(page, middle))[0]).toBe(255 - before!);
    await page.getByRole('button', { name: 'Measure a distance' }).click();
    // A third of 64 points of 0.3125 mm.
    await page.getByText('Distance: 6.7 mm').waitFor();
    await stage.focus();
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('ArrowRight');
    await page.getByText('Distance: 7.6 mm').waitFor();
    const about = page.getByRole('region', { name: 'About this picture' });
    expect(await about.innerText()).toMatch(/Kind\s+Magnetic resonance[\s\S]*64 × 64 points/);
    expect(await findingsInAllLooks(page)).toEqual([]);
  });

  test('in DICOM are gone through picture by picture, in colours as well', async () => {
    const file = uploadedFile('dicom/SC_rgb_rle_16bit_2frame.dcm');
    if (file === null) return;
    const page = await opened(file);
    await page.getByText('Picture 1 of 2').waitFor();
    const top = [[0.5, 0.05]] as const;
    expect(await lights(page, top)).toEqual([255]);
    await page.getByRole('application').focus();
    await page.keyboard.press('PageDown');
    await page.getByText('Picture 2 of 2').waitFor();
    await expect.poll(() => lights(page, top)).toEqual([0]);
  });

  test('in DICOM that are packed as JPEG are unpacked by the browser, JPEG 2000 by the server', async () => {
    const [lossy, wavelets] = ['dicom/SC_rgb_jpeg_lossy_gdcm.dcm', 'dicom/JPEG2000.dcm'].map(uploadedFile);
    if (!lossy || !wavelets) return;
    const page = await opened(lossy);
    await page.getByRole('application').waitFor();
    const [top, bottom] = await lights(page, [
      [0.5, 0.05],
      [0.5, 0.95],
    ]);
    expect(top).toBeGreaterThan(230);
    expect(bottom).toBeGreaterThan(230);
    const damaged = uploadedFile('dicom/JPEG2000-embedded-sequence-delimiter.dcm')!;
    const named = await opened(damaged);
    await named.getByText(/packed as JPEG 2000, which is not shown here/).waitFor();
    const other = await opened(wavelets);
    await other.getByRole('application').waitFor();
    await other.getByText('This is a smaller picture of the file').waitFor();
    expect(await other.getByRole('region', { name: 'About this picture' }).innerText()).toContain(
      'JPEG 2000',
    );
  });

  test('in C-CDA are read as text, and ask for no style sheet', async () => {
    const folder = sharedData('ccda/hl7_documents');
    if (folder === null) return;
    const name = 'Documents_CCD_CCD_2_CCD.xml';
    const page = await opened({ name, bytes: readFileSync(join(folder, name)) });
    await loaded(page);
    expect(await kind(page)).toBe('ccda');
    const article = page.getByRole('article');
    expect(await article.innerText()).toMatch(/Isabella Jones[\s\S]*Laparoscopic appendectomy/);
    expect(await article.getByRole('table').count()).toBeGreaterThan(2);
    expect(await findingsInAllLooks(page)).toEqual([]);
  });
});
