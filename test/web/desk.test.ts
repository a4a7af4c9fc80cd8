/** The desk as the staff of the demo's practices meets it. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { demoLinks } from '../../src/cli/index.ts';
import { launchBrowser, loaded, signInWith } from '../support/browser.ts';
import { chartOf, openChart } from '../support/desk-charts.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';
import { Visitors } from '../support/visitors.ts';

const DOCTOR = 'ngozi.adeyemi@lakeside-family.example';
const NURSE = 'camille.duarte@lakeside-family.example';
const FRONT_DESK = 'percy.whitlock@lakeside-family.example';
const OFFICER = 'joanna.mbeki@lakeside-family.example';
const DENTIST = 'marisol.ibarra@riverside-dental.example';
const BILLING = 'bettina.krause@riverside-dental.example';
const PATIENT = 'samir.haddad@harbor.example';

const browser = await launchBrowser();
let demo: ServedDemo;
let visitors: Visitors;

const visit = (email: string) => visitors.visit(email);
const stranger = () => visitors.stranger();

/** What the page asks of the API from now on, by type. */
function asked(page: Page): string[] {
  const types: string[] = [];
  page.on('request', (request) => {
    const [, type] = /\/fhir\/(\w+)/.exec(request.url()) ?? [];
    if (type !== undefined) types.push(type);
  });
  return types;
}

const names = (page: Page) => page.locator('a[data-row]').allTextContents();
const counted = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();

const panel = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true });

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

  test('lets a doctor in by a link, find a patient and see the chart at a glance', async () => {
    const page = await visit(DOCTOR);
    await page.waitForURL('**/desk/patients');
    await counted(page, '40 patients');
    await page.getByRole('searchbox').fill('whit');
    await counted(page, '1 patient found');
    await page.waitForURL('**/desk/patients?q=whit');
    await page.getByRole('link', { name: 'Whitaker, Dorothy' }).click();
    await page.getByRole('heading', { name: 'Dorothy Whitaker', level: 1 }).waitFor();
    await loaded(page);
    const banner = page.locator('header', { has: page.locator('h1') });
    expect(await banner.textContent()).toMatch(
      /86 years.*Female.*born [A-Z][a-z]+ \d+, 19\d\d.*No\. LF-10659-692/,
    );
    expect(await page.getByRole('region', { name: 'Allergies' }).textContent()).toContain('Penicillin');
    expect(await panel(page, 'Problems').textContent()).toContain('Chronic kidney disease');
    expect(await panel(page, 'Medications').textContent()).toContain('Apixaban 5 mg tablet');
    expect(await panel(page, 'Recent results').textContent()).toMatch(/Potassium.*mmol\/L.*High/);
    expect(
      await panel(page, 'Recent results')
        .getByRole('img', { name: /^Potassium/ })
        .count(),
    ).toBe(1);
    expect(await panel(page, 'Visits').textContent()).toContain('Dr. Henrik Lund, MD');
    expect(await panel(page, 'Documents').textContent()).toContain('Progress note');
    expect(await panel(page, 'Appointments').textContent()).toContain('Booked');
    expect(await panel(page, 'Insurance and bills').textContent()).toContain('Great Lakes');
    expect(await page.getByText(/not open to you/i).count()).toBe(0);
    expect(await page.title()).toBe('Chart · Lakeside Family & Mental Health');
  });

  test('finds by birth date, phone and number, and asks for nothing while a date is half typed', async () => {
    const page = await visit(FRONT_DESK);
    await page.goto('/desk/patients');
    await counted(page, '40 patients');
    const SOUGHT = {
      '06/15/1981': 'Haddad, Samir',
      '(920) 555-0140': 'Whitaker, Dorothy',
      '1981': 'Haddad, Samir',
      'lf-10659-692': 'Whitaker, Dorothy',
      'samir had': 'Haddad, Samir',
    };
    for (const [typed, name] of Object.entries(SOUGHT)) {
      await page.getByRole('searchbox').fill(typed);
      await expect.poll(() => names(page), { message: typed }).toEqual([name]);
    }
    const types = asked(page);
    await page.getByRole('searchbox').fill('06/15');
    await page.getByText('Go on typing').waitFor();
    expect(types).toEqual([]);
    await page.getByRole('searchbox').fill('zzyzx');
    await page.getByText('Nobody found for “zzyzx”').waitFor();
    await page.getByRole('link', { name: 'Show all patients' }).click();
    await counted(page, '40 patients');
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
  });

  test('sorts by its headings, and comes back to the same list', async () => {
    const page = await visit(FRONT_DESK);
    await page.goto('/desk/patients');
    await counted(page, '40 patients');
    const up = await names(page);
    expect(up).toEqual([...up].sort((a, b) => a.localeCompare(b, 'en')));
    await page.getByRole('columnheader', { name: 'Born' }).getByRole('link').click();
    await page.waitForURL('**/desk/patients?sort=born');
    await loaded(page);
    expect((await names(page))[0]).toBe('Whitaker, Dorothy');
    expect(await page.locator('th[aria-sort="ascending"]').textContent()).toBe('Born');
    await page.locator('a[data-row]').first().click();
    await page.getByRole('heading', { name: 'Dorothy Whitaker' }).waitFor();
    await page.goBack();
    await page.waitForURL('**/desk/patients?sort=born');
    expect((await names(page))[0]).toBe('Whitaker, Dorothy');
  });

  test('is worked by keys alone', async () => {
    const page = await visit(DOCTOR);
    await page.goto('/desk/patients');
    await counted(page, '40 patients');
    const focused = () => page.evaluate('document.activeElement.textContent');
    await page.keyboard.type('haddad');
    await counted(page, '4 patients found');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('Haddad, Noor');
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toBe('Haddad, Leila');
    await page.keyboard.press('End');
    expect(await focused()).toBe('Haddad, Yusuf');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Yusuf Haddad' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('dorothy');
    expect(page.url()).toMatch(/\/desk\/patients\/[\da-f-]{36}$/);
    await page.keyboard.press('Enter');
    await counted(page, '1 patient found');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('Whitaker, Dorothy');
    await page.keyboard.press('ArrowUp');
    expect(await page.evaluate('document.activeElement.type')).toBe('search');
  });

  test('opens nothing that nobody asked for', async () => {
    const page = await visit(DOCTOR);
    await page.goto('/desk/patients?q=haddad');
    await counted(page, '4 patients found');
    await loaded(page);
    const types = asked(page);
    for (const row of await page.locator('a[data-row]').all()) await row.hover();
    await page.keyboard.press('Tab');
    await page.waitForTimeout(300);
    expect(types).toEqual([]);
  });

  test('shows the teeth where findings are kept by tooth', async () => {
    const page = await visit(DENTIST);
    await openChart(page, 'carvalho');
    const teeth = panel(page, 'Teeth');
    expect(await teeth.getByRole('listitem').filter({ hasText: 'Tooth 13: decay' }).count()).toBe(1);
    expect(await teeth.textContent()).toMatch(
      /Universal numbering.*20.*Composite filling, two surfaces.*Planned/,
    );
    // One numbering throughout: two of them on one page would be a wrong tooth some day.
    expect(await panel(page, 'Appointments').textContent()).toContain('Composite filling, two surfaces, #20');
    expect(await panel(page, 'Problems').textContent()).not.toContain('Decay');
  });

  test('shows the front desk what is theirs, and says of the rest that it is not open', async () => {
    const page = await visit(FRONT_DESK);
    const types = asked(page);
    await openChart(page, 'whitaker');
    expect(await page.getByText('Allergies: not open to you').count()).toBe(1);
    expect(await panel(page, 'Clinical record').textContent()).toContain('Not open to you');
    expect(await panel(page, 'Appointments').textContent()).toContain('Dr. Henrik Lund, MD');
    expect(await panel(page, 'Contact').textContent()).toContain('(920) 555-0140');
    const member = panel(page, 'Insurance and bills').getByRole('button', { name: /^Member/ });
    expect(await member.textContent()).toBe('Member •••• 8087');
    await member.click();
    expect(await member.textContent()).toBe('Member GRE43708087');
    const told = (await page.locator('main').textContent()) ?? '';
    expect(told).not.toMatch(/no allergies|no problems|no results|penicillin|kidney/i);
    expect(new Set(types)).toEqual(
      new Set(['Patient', 'Appointment', 'Coverage', 'Invoice', 'DocumentReference']),
    );
  });

  test('shows a nurse the treatment, and neither bills nor what is sensitive', async () => {
    const page = await visit(NURSE);
    const types = asked(page);
    await openChart(page, 'iyer');
    expect(await panel(page, 'Insurance and bills').textContent()).toContain('Not open to you');
    expect(await page.getByText(/filed as sensitive/).count()).toBe(1);
    expect(types).toContain('Condition');
    expect(types).not.toContain('Invoice');
  });

  test('shows billing who pays and what is open', async () => {
    const page = await visit(BILLING);
    await openChart(page, 'whitfield');
    expect(await panel(page, 'Insurance and bills').textContent()).toMatch(/Member.*\$/);
    expect(await panel(page, 'Clinical record').textContent()).toContain('Not open to you');
  });

  test('gives the privacy officer the access log and no chart', async () => {
    const doctor = await visit(DOCTOR);
    await openChart(doctor, 'whitaker');
    const page = await visit(OFFICER);
    const types = asked(page);
    await page.goto('/desk');
    await page.waitForURL('**/desk/access');
    const rows = page.getByRole('row');
    await rows.filter({ hasText: 'Dr. Ngozi Adeyemi, MD' }).first().waitFor();
    expect(await page.getByRole('searchbox').count()).toBe(0);
    await page.getByRole('link', { name: 'Only lines of Dr. Ngozi Adeyemi, MD' }).first().click();
    await page.waitForURL(/[?&]by=/);
    await loaded(page);
    const told = await rows.allTextContents();
    expect(told.length).toBeGreaterThan(5);
    expect(told.slice(1).filter((row) => !row.includes('Adeyemi'))).toEqual([]);
    await page
      .getByRole('link', { name: /^Only lines of chart/ })
      .first()
      .click();
    await page.waitForURL(/[?&]chart=/);
    await loaded(page);
    await page.goto('/desk/patients');
    await page.getByText('Charts are not open to you').waitFor();
    expect(new Set(types)).toEqual(new Set(['AuditEvent']));
    expect(await page.locator('body').textContent()).not.toContain('Whitaker');
  });

  test('keeps the access log from everybody else', async () => {
    const page = await visit(DOCTOR);
    const types = asked(page);
    await page.goto('/desk/access');
    await page.getByText('The access log is not open to you').waitFor();
    // How much patients have sent that waits is counted on every page.
    expect(types.filter((type) => type !== 'DocumentReference')).toEqual([]);
  });

  test('shows staff of two practices the one that they chose, and nothing of the other', async () => {
    const email = await staffOfBoth();
    const { page } = await stranger();
    await signInWith(page, await demo.signinLink(email), 'Riverside Dental');
    await counted(page, '40 patients');
    expect(await names(page)).not.toContain('Whitaker, Dorothy');
    await page.goto(await chartOf(await visit(DOCTOR), 'whitaker'));
    await page.getByText('Nothing here for you').waitFor();
  });

  test('lets whoever starts the demo look around by the links that are printed', async () => {
    const { postern } = demo.installed;
    const links = await demoLinks(postern, demo.people);
    const opened: string[] = [];
    const { context, page } = await stranger();
    for (const { person, link } of links) {
      await signInWith(page, link);
      opened.push(`${person.roles.join('+')} ${new URL(page.url()).pathname.split('/')[1]}`);
      // The next person finds a browser in which nobody has signed in.
      await page.goto('about:blank');
      await context.clearCookies();
    }
    expect(opened).toEqual([
      'patient+proxy portal',
      'patient portal',
      'doctor desk',
      'dentist desk',
      'front-desk desk',
      'privacy-officer desk',
    ]);
  });

  test('lets nobody in who has not signed in, and knows where they wanted to go', async () => {
    const { page } = await stranger();
    await page.goto('/desk/patients?q=haddad');
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
    expect(new URL(page.url()).searchParams.get('return')).toBe('/desk/patients?q=haddad');
    expect(await page.locator('body').textContent()).not.toContain('Haddad');
  });

  test('sends patients to the portal', async () => {
    const page = await visit(PATIENT);
    await page.goto('/desk/patients');
    await page.getByText('The desk is for the staff of the practice').waitFor();
    expect(await page.getByRole('link', { name: 'Go to the portal' }).getAttribute('href')).toBe('/portal');
  });
});

const accountOf = (email: string) => demo.installed.postern.gate.accounts.findAccount(email);
/** Somebody who works at the front desk of both practices. */
async function staffOfBoth(): Promise<string> {
  const { gate } = demo.installed.postern;
  const email = 'both@agency.example';
  const accountId = await gate.accounts.createAccount({ email, name: 'Robin Both' });
  for (const colleague of [DENTIST, DOCTOR]) {
    const [practice] = await gate.accounts.practicesOf((await accountOf(colleague))!);
    await gate.asJob(practice!.practiceId, 'system-setup', 'test', async (work) => {
      const grant = { accountId, role: 'front-desk', chartId: null, sections: null } as const;
      await gate.grants.give(work, { ...grant, startsAt: new Date(0), endsAt: null, reason: null });
    });
  }
  return email;
}
