/** The desk in every language and every look. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, launchBrowser, loaded, VIEWS } from '../support/browser.ts';
import { chartOf } from '../support/desk-charts.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';
import { Visitors } from '../support/visitors.ts';

const DOCTOR = 'ngozi.adeyemi@lakeside-family.example';
const FRONT_DESK = 'percy.whitlock@lakeside-family.example';
const OFFICER = 'joanna.mbeki@lakeside-family.example';
const DENTIST = 'marisol.ibarra@riverside-dental.example';

const browser = await launchBrowser();
let demo: ServedDemo;
let visitors: Visitors;
const addressOfChart = async (email: string, name: string) => chartOf(await visitors.visit(email), name);
const accountOf = (email: string) => demo.installed.postern.gate.accounts.findAccount(email);

describe.skipIf(browser === null)('the desk', () => {
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

  test.each([
    ['en-US', 'en', 'Patients', 'Find a patient', '86 years', 'Problems'],
    ['es-MX', 'es', 'Pacientes', 'Buscar un paciente', '86 años', 'Diagnósticos'],
    ['de-DE', 'de', 'Patienten', 'Patienten suchen', '86 Jahre', 'Diagnosen'],
  ])('speaks %s', async (locale, lang, title, search, age, problems) => {
    const page = await visitors.visit(DOCTOR, { locale });
    await page.goto('/desk/patients?q=whitaker');
    await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    expect(await page.getByRole('searchbox').getAttribute('aria-label')).toBe(search);
    expect(await page.locator('html').getAttribute('lang')).toBe(lang);
    await page.locator('a[data-row]').first().click();
    await page.getByRole('region', { name: problems, exact: true }).waitFor();
    expect(await page.locator('main').textContent()).toContain(age);
  });

  const PAGES = [
    ['patients', DOCTOR, async () => '/desk/patients?q=b'],
    ['nobody found', DOCTOR, async () => '/desk/patients?q=zzyzx'],
    ['a chart', DOCTOR, () => addressOfChart(DOCTOR, 'whitaker')],
    ['a chart of teeth', DENTIST, () => addressOfChart(DENTIST, 'carvalho')],
    ['a chart that is half closed', FRONT_DESK, () => addressOfChart(DOCTOR, 'whitaker')],
    ['a chart that is not there', DOCTOR, async () => '/desk/patients/00000000-0000-4000-8000-000000000000'],
    ['the access log', OFFICER, async () => `/desk/access?by=${await accountOf(OFFICER)}`],
  ] as const;
  test.each(PAGES)('is open to everybody: %s, in every look', async (_, email, addressOf) => {
    const address = await addressOf();
    const page = await visitors.visit(email);
    await page.goto(address);
    await loaded(page);
    for (const [view, { viewport }] of Object.entries(VIEWS)) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: 'light' });
      expect([view, await axeFindings(page)]).toEqual([view, []]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect([view, await axeFindings(page, 'colors')]).toEqual([view, []]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    }
  });
});
