/** The page of files: the owner sets rules and holds, the privacy officer approves what is due. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, launchBrowser, VIEWS } from '../support/browser.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';
import { Visitors } from '../support/visitors.ts';

const OWNER = 'cyrus.farrokhzad@lakeside-family.example';
const OFFICER = 'joanna.mbeki@lakeside-family.example';

const browser = await launchBrowser();
let demo: ServedDemo;
let visitors: Visitors;

const panel = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true });

async function files(email: string): Promise<Page> {
  const page = await visitors.visit(email);
  await page.getByRole('link', { name: 'Files', exact: true }).click();
  await page.getByRole('heading', { name: 'Files', exact: true }).waitFor();
  return page;
}

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
  return found;
}

describe.skipIf(browser === null)('files', () => {
  beforeAll(async () => {
    demo = await serveDemo();
    visitors = new Visitors(browser!, demo);
  });

  afterEach(async () => {
    expect(await visitors.leave()).toEqual([]);
  });

  afterAll(async () => {
    await browser!.close();
    await demo.close();
  });

  test('the owner says what is taken, and for how long documents are kept', async () => {
    const page = await files(OWNER);
    const kinds = panel(page, 'Which files are taken');
    await kinds.getByLabel('Videos').selectOption({ label: 'Refused' });
    await panel(page, 'How much is kept').getByLabel('One file, in MiB').fill('500');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved.', { exact: true }).waitFor();
    const keeping = panel(page, 'How long documents are kept');
    await keeping.getByLabel('Years').fill('30');
    await keeping.getByRole('button', { name: 'Add a rule' }).click();
    await keeping.getByText('Letter or report: 30 years after the last visit').waitFor();
    expect(await findings(page)).toEqual([]);
    await page.reload();
    await expect.poll(() => kinds.getByLabel('Videos').inputValue()).toBe('refused');
  });

  test('the privacy officer sees rules and changes none, and nothing is due', async () => {
    const page = await files(OFFICER);
    const keeping = panel(page, 'How long documents are kept');
    await keeping.getByText('Letter or report: 30 years after the last visit').waitFor();
    expect(await keeping.getByRole('button').count()).toBe(0);
    expect(await panel(page, 'Which files are taken').count()).toBe(0);
    await panel(page, 'Documents that are due').getByText('Nothing is due.').waitFor();
    expect(await findings(page)).toEqual([]);
  });
});
