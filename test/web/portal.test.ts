/** The portal as patients of the demo meet it, and those who act for them. */
import type {
  Condition,
  DocumentReference,
  MedicationRequest,
  Observation,
  Resource,
} from '@medplum/fhirtypes';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  findingsInAllLooks,
  type Look,
  launchBrowser,
  newVisitor,
  settled,
  signInWith,
  type Visitor,
} from '../support/browser.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';

const browser = await launchBrowser();
const visitors: Visitor[] = [];
let demo: ServedDemo;

/** A patient of both practices, whose chart at Lakeside holds much. */
const DESMOND = { email: 'desmond.achebe@example.org', key: 'desmond-achebe' };
/** A patient of both, mother of Noor (15, whose sensitive section is not open to her) and Yusuf (8). */
const LEILA = { email: 'leila.haddad@example.org', key: 'leila-haddad' };

describe.skipIf(browser === null)('the portal', () => {
  beforeAll(async () => {
    demo = await serveDemo();
  }, 300_000);

  afterEach(async () => {
    for (const { context, faults } of visitors.splice(0)) {
      await context.close();
      expect(faults).toEqual([]);
    }
  });

  afterAll(async () => {
    await browser!.close();
    await demo.close();
  });

  test('shows what the record holds of conditions, medications, results and documents', async () => {
    const page = await enter(DESMOND.email, 'Lakeside');
    expect(await heading(page)).toBe('Hello, Desmond');
    await open(page, 'Health');
    await shows(
      page,
      textsOf<Condition>(DESMOND.key, 'Condition', ({ code }) => code?.text),
    );
    await shows(
      page,
      textsOf<MedicationRequest>(
        DESMOND.key,
        'MedicationRequest',
        (each) => each.medicationCodeableConcept?.text,
      ),
    );
    await open(page, 'Results');
    const measured = textsOf<Observation>(DESMOND.key, 'Observation', ({ code }) => code.text);
    await shows(page, new Set([...measured].filter((name) => !/^(Blood|Body|Heart|Oxygen)/.test(name))));
    await open(page, 'Documents');
    await shows(
      page,
      textsOf<DocumentReference>(DESMOND.key, 'DocumentReference', (each) => each.description),
    );
  });

  test('shows a result over time: a picture with one sentence, and every value in a table', async () => {
    const page = await enter(DESMOND.email, 'Lakeside');
    await open(page, 'Results');
    await page.getByRole('link', { name: 'Hemoglobin A1c' }).click();
    await page.getByRole('heading', { name: 'Hemoglobin A1c', level: 1 }).waitFor();
    const values = resources<Observation>(DESMOND.key, 'Observation')
      .filter(({ code }) => code.text === 'Hemoglobin A1c')
      .map(({ valueQuantity }) => valueQuantity!.value!);
    await page.getByRole('table').waitFor();
    const cells = await page.getByRole('table').getByRole('row').allInnerTexts();
    const shown = cells.slice(1).map((text) => Number(/([\d.]+) %/.exec(text)?.[1]));
    expect(shown.toSorted()).toEqual(values.toSorted());
    const picture = page.getByRole('img', {
      name: new RegExp(`^Hemoglobin A1c: ${values.length} measurements`),
    });
    expect(await picture.locator('circle, path').count()).toBe(values.length);
    expect(await picture.locator('rect').count()).toBe(1);
    // The browser keeps titles in its history: none says what was measured.
    expect(await page.title()).toBe('Results · Lakeside Family & Mental Health');
    await page.reload();
    await settled(page);
    expect(await heading(page)).toBe('Hemoglobin A1c');
  });

  test('shows two lines for a blood pressure, and both values in each row', async () => {
    const page = await enter(DESMOND.email, 'Lakeside');
    await open(page, 'Results');
    await page.getByRole('link', { name: 'Blood pressure' }).click();
    const picture = page.getByRole('img', { name: /^Blood pressure: \d+ measurements/ });
    await picture.waitFor();
    expect(await picture.locator('polyline').count()).toBe(2);
    for (const row of (await page.getByRole('table').getByRole('row').allInnerTexts()).slice(1)) {
      expect(row).toMatch(/\d+ \/ \d+ mmHg/);
    }
  });

  test('is of the practice that was chosen, and shows nothing of the other', async () => {
    const page = await enter(DESMOND.email, 'Riverside');
    await open(page, 'Health');
    const text = await page.getByRole('main').innerText();
    expect(text).toContain('molar');
    for (const elsewhere of ['Type 2 diabetes', 'Metformin', 'Lakeside'])
      expect(text).not.toContain(elsewhere);
  });

  test('begins with one’s own record, and goes to a child’s on the same page with one press', async () => {
    const page = await enter(LEILA.email, 'Lakeside');
    const people = page.getByRole('navigation', { name: 'Whose record' }).getByRole('link');
    expect(await heading(page)).toBe('Hello, Leila');
    expect(await people.first().innerText()).toBe('Leila');
    await open(page, 'Health');
    const eczema = page.getByText('Eczema').first();
    expect(await eczema.count()).toBe(0);
    await page.getByRole('link', { name: 'Record of Yusuf Haddad' }).click();
    await eczema.waitFor();
    expect(page.url()).toMatch(/\/health$/);
  });

  test('says what is not open rather than that it is empty, whether anything lies there or not', async () => {
    const page = await enter(LEILA.email, 'Lakeside');
    const notice = page.getByText('Confidential care is not shown');
    const secrets = sensitiveTexts('noor-haddad');
    expect(secrets.length).toBeGreaterThan(0);
    for (const name of ['Health', 'Results', 'Documents']) {
      await open(page, name);
      await page.getByRole('link', { name: 'Record of Noor Haddad' }).click();
      await notice.waitFor();
      await settled(page);
      const text = await page.getByRole('main').innerText();
      for (const secret of secrets) expect(text).not.toContain(secret);
      await page.getByRole('link', { name: 'Record of Yusuf Haddad' }).click();
      await notice.waitFor({ state: 'detached' });
    }
    await open(page, 'Who looked');
    await page.getByRole('link', { name: 'Record of Noor Haddad' }).click();
    await page.getByText('Only those to whom the whole record is open can see who looked').waitFor();
  });

  test('shows who looked in plain words, and those who are not me when asked', async () => {
    await asStaff('ngozi.adeyemi@lakeside-family.example', DESMOND.key);
    const page = await enter(DESMOND.email, 'Lakeside');
    await open(page, 'Health');
    // Lines are listed once they have their place in the log, within a second.
    await demo.installed.postern.sequencer.sequenceAll();
    await open(page, 'Who looked');
    const main = page.getByRole('main');
    await main.getByText('Dr. Ngozi Adeyemi, MD').first().waitFor();
    expect(await main.innerText()).toMatch(/Desmond Achebe\s+You/);
    expect(await main.innerText()).toMatch(/Looked at .*\d+ conditions/);
    await page.getByRole('link', { name: 'Not me' }).click();
    await page.waitForURL(/who=others/);
    const others = await main.innerText();
    expect(others).toContain('Dr. Ngozi Adeyemi, MD');
    expect(others).not.toContain('Desmond Achebe');
  });

  test('says the same of a record that is somebody else’s as of one that is not there', async () => {
    const page = await enter(DESMOND.email, 'Lakeside');
    const own = page.url().split('/').at(-1)!;
    const foreign = demo.chartOf(LEILA.email, 'lakeside-family');
    const told: string[] = [];
    for (const chart of [foreign, '00000000-0000-8000-8000-000000000000']) {
      await page.goto(`/portal/${chart}/health`);
      await page.getByRole('alert').waitFor();
      told.push(await page.getByRole('main').innerText());
    }
    expect(told[0]).toBe(told[1]);
    await page.goto(`/portal/${own}/health`);
    await settled(page);
    expect(await heading(page)).toBe('Health');
  });

  test('can be gone through by keyboard: past the navigation, into the menu, and out of it', async () => {
    const page = await enter(DESMOND.email, 'Lakeside');
    await page.reload();
    await settled(page);
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to content' });
    expect(await focused(page)).toBe('Skip to content');
    expect((await skip.boundingBox())!.x).toBeGreaterThanOrEqual(0);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Sign out' }).waitFor({ state: 'detached' });
    expect(await focused(page)).toContain('Desmond Achebe');
    const outline = 'getComputedStyle(document.activeElement).outlineStyle';
    for (let step = 0; step < 4; step += 1) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(outline)).toBe('solid');
    }
    await page.getByRole('link', { name: 'Results' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Results', level: 1 }).waitFor();
    // Where the page changes, a screen reader goes on at its heading.
    expect(await focused(page)).toBe('Results');
  });

  test('shows the look that was chosen, and keeps it', async () => {
    const page = await enter(DESMOND.email, 'Lakeside');
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('radio', { name: 'Dark' }).check();
    const dark = 'getComputedStyle(document.body).backgroundColor';
    const colour = await page.evaluate(dark);
    await page.reload();
    await settled(page);
    expect(await page.evaluate(dark)).toBe(colour);
    expect(colour).toBe('rgb(23, 26, 24)');
  });

  test.each([
    ['es', 'Salud', 'Resultados', 'Hola, Desmond'],
    ['de', 'Gesundheit', 'Befunde', 'Guten Tag, Desmond'],
  ])('speaks %s throughout', async (language, health, results, hello) => {
    const page = await enter(DESMOND.email, 'Lakeside', { locale: language });
    expect(await heading(page)).toBe(hello);
    await open(page, health);
    await open(page, results);
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    const around = await page.locator('nav, h1, h2').allInnerTexts();
    expect(around.join(' ')).not.toMatch(/\b(Overview|Health|Results|Documents|Who looked|Laboratory)\b/);
  });

  test('is accessible on every page, in both themes, on a phone and at a desk', async () => {
    const page = await enter(LEILA.email, 'Lakeside');
    const problems: string[] = [];
    const look = async (where: string) => {
      await settled(page);
      problems.push(...(await findingsInAllLooks(page)).map((each) => `${where}: ${each}`));
    };
    for (const name of ['Overview', 'Health', 'Documents', 'Who looked', 'Results']) {
      await open(page, name);
      await look(name);
    }
    await page.getByRole('link', { name: 'Blood pressure' }).click();
    await page.getByRole('img').waitFor();
    await look('one result');
    await page.getByRole('link', { name: 'Record of Noor Haddad' }).click();
    await look('what is not open');
    await page.getByRole('button', { name: /Account/ }).click();
    await look('the menu');
    expect(problems).toEqual([]);
  }, 180_000);
});

async function enter(email: string, practice: string, look: Look = {}): Promise<Page> {
  const visitor = await newVisitor(browser!, demo.origin, look);
  visitors.push(visitor);
  await signInWith(visitor.page, await demo.signinLink(email), practice);
  await visitor.page.waitForURL(/\/portal\/./);
  await settled(visitor.page);
  return visitor.page;
}

/** Goes to a page by its link; it has come when its heading stands where that of the page before stood. */
async function open(page: Page, name: string): Promise<void> {
  const link = page.getByRole('link', { name, exact: true }).first();
  const standing = await heading(page);
  const there = (await link.getAttribute('aria-current')) === 'page';
  await link.click();
  if (!there) await page.locator('h1').filter({ hasNotText: standing }).waitFor();
  await settled(page);
}

function heading(page: Page): Promise<string> {
  return page.locator('h1').innerText();
}

function focused(page: Page): Promise<string> {
  return page.evaluate(
    'document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText',
  );
}

async function shows(page: Page, texts: ReadonlySet<string>): Promise<void> {
  expect(texts.size).toBeGreaterThan(0);
  const shown = await page.getByRole('main').innerText();
  expect([...texts].filter((text) => !shown.includes(text))).toEqual([]);
}

function resources<T extends Resource>(chart: string, type: T['resourceType']): T[] {
  const lakeside = demo.installed.demo.find(({ slug }) => slug === 'lakeside-family')!;
  return lakeside.resources
    .filter((each) => each.chart === chart && each.resource.resourceType === type)
    .map(({ resource }) => resource as T);
}

function textsOf<T extends Resource>(
  chart: string,
  type: T['resourceType'],
  text: (resource: T) => string | undefined,
): Set<string> {
  return new Set(resources<T>(chart, type).flatMap((each) => text(each) ?? []));
}

/** What the conditions and medications of a chart that are about confidential care are called. */
function sensitiveTexts(chart: string): string[] {
  const said = [...textsOf<Condition>(chart, 'Condition', ({ code }) => code?.text)];
  return said.filter((text) => /contracept|chlamydia/i.test(text));
}

/** Somebody of the staff looks at the conditions of a chart. */
async function asStaff(email: string, patient: string): Promise<void> {
  const person = demo.installed.demo.flatMap(({ people }) => people).find(({ chart }) => chart === patient);
  const chart = demo.chartOf(person!.email, 'lakeside-family');
  const answer = await fetch(`${demo.origin}/fhir/Condition?patient=${chart}`, {
    headers: { authorization: `Bearer ${await demo.token(email)}` },
  });
  expect(answer.status).toBe(200);
}
