/** Asking in, letting back in, what the practice sets, and apps that developers ask for, in a browser. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, findingsInAllLooks, launchBrowser, loaded, VIEWS } from '../support/browser.ts';
import { openChart } from '../support/desk-charts.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';
import { Visitors } from '../support/visitors.ts';

const FRONT_DESK = 'percy.whitlock@lakeside-family.example';
const OWNER = 'cyrus.farrokhzad@lakeside-family.example';
const OFFICER = 'joanna.mbeki@lakeside-family.example';

const browser = await launchBrowser();
let demo: ServedDemo;
let visitors: Visitors;

const panel = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true });
const focused = (page: Page) => page.evaluate('document.activeElement.textContent');

/** In both themes, on a phone, at a desk, and at 400 % of a window of 1280 by 1024 pixels. */
async function findings(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const { viewport } of [VIEWS.desktop, VIEWS.phone, { viewport: { width: 320, height: 256 } }]) {
    await page.setViewportSize(viewport);
    const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    if (wider !== 0) found.push(`${viewport.width}: wider by ${wider}`);
  }
  found.push(...(await axeFindings(page)));
  await page.emulateMedia({ colorScheme: 'dark' });
  found.push(...(await axeFindings(page, 'colors')));
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(VIEWS.desktop.viewport);
  found.push(...(await axeFindings(page)));
  return found;
}

describe.skipIf(browser === null)('online access', () => {
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

  test('the front desk invites by two keys, prints the letter, and takes it back', async () => {
    const page = await visitors.visit(FRONT_DESK);
    // A printer that says that it was asked.
    await page
      .context()
      .addInitScript("window.print = () => document.documentElement.setAttribute('lang', 'xx')");
    await openChart(page, 'whitaker');
    const online = panel(page, 'Online access');
    await online.getByRole('button', { name: 'Invite the patient' }).focus();
    await page.keyboard.press('Enter');
    // The record has no address, so it is a letter; everything else is known.
    expect(await focused(page)).toBe('Make and print the letter');
    expect(await findings(page)).toEqual([]);
    await online.getByRole('button', { name: 'Make and print the letter' }).focus();
    const [letter] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('Enter')]);
    await letter.locator('html[lang=xx]').waitFor();
    expect(letter.url()).toMatch(/\/invitations\/[\da-f-]{36}\/letter$/);
    expect(await letter.getByRole('heading').textContent()).toContain('Lakeside Family');
    const printed = (await letter.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(printed.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
    await letter.close();
    await online.getByText('The letter for Dorothy Whitaker is ready.').waitFor();

    await page.getByRole('link', { name: 'Online access', exact: true }).click();
    const list = panel(page, 'Invitations');
    await list.getByText('Dorothy Whitaker').first().waitFor();
    await list.getByText('No mail server is set up').waitFor();
    expect(await findings(page)).toEqual([]);
    await list.getByRole('button', { name: 'Take back the invitation of Dorothy Whitaker' }).click();
    await list.getByText('Taken back.').waitFor();
    await list.getByText('Over', { exact: true }).waitFor();
  });

  test('the front desk invites a parent by mail from the chart of a child', async () => {
    const page = await visitors.visit(FRONT_DESK);
    await openChart(page, 'haddad, noor');
    const family = panel(page, 'Family and carers');
    await family.getByText('New here: they get an e-mail or a letter').waitFor();
    await family.getByText('Signs in here already: say by which address').waitFor();
    expect(await findings(page)).toEqual([]);
    await family.getByRole('button', { name: 'Invite somebody' }).click();
    await page.keyboard.type('Amal Haddad');
    await family.getByLabel('E-mail', { exact: true }).fill('amal@haddad.example');
    await page.keyboard.press('Enter');
    // Not before it says what was shown.
    expect(await focused(page)).not.toContain('Send');
    await family.getByLabel('What you were shown').fill('Birth certificate');
    expect(await findings(page)).toEqual([]);
    await family.getByLabel('What you were shown').press('Enter');
    await family.getByText('The invitation to amal@haddad.example is on its way.').waitFor();
    const online = panel(page, 'Online access');
    await online.getByText('Amal Haddad').first().waitFor();
    expect(await online.textContent()).toContain('Parent · by e-mail to amal@haddad.example');
  });

  test('the front desk writes down whom it saw, hands over a code, and stops it', async () => {
    const page = await visitors.visit(FRONT_DESK);
    await openChart(page, 'haddad, samir');
    const online = panel(page, 'Online access');
    await online.getByRole('button', { name: 'Samir Haddad lost their passkey' }).click();
    await page.keyboard.type('Known for years');
    await page.keyboard.press('Enter');
    await online.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/).waitFor();
    expect(await findings(page)).toEqual([]);
    await online.getByRole('button', { name: 'I have handed it over' }).click();
    await page.goto('/desk/online-access');
    const back = panel(page, 'Getting back in');
    await back.getByText('Samir Haddad').first().waitFor();
    expect(await back.textContent()).toMatch(/Waits.*Known for years · seen by Percy Whitlock/);
    await back.getByRole('button', { name: 'Stop letting Samir Haddad back in' }).click();
    await back.getByText('Nobody is waiting.').waitFor();
  });

  test('the owner asks a colleague in', async () => {
    const page = await visitors.visit(OWNER);
    await page.goto('/desk/staff');
    await page.getByRole('button', { name: 'Invite a colleague' }).click();
    await page.keyboard.type('Ines Duarte');
    await page.getByLabel('As', { exact: true }).selectOption('nurse');
    await page.getByLabel('E-mail', { exact: true }).fill('ines@lakeside-family.example');
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send the invitation' }).click();
    await page.getByText('The invitation to ines@lakeside-family.example is on its way.').waitFor();
  });

  test('what the owner typed stays when somebody else was faster', async () => {
    const page = await visitors.visit(OWNER);
    await page.goto('/desk/settings');
    const minutes = page.getByLabel('Minutes for staff');
    await minutes.fill('8');
    expect(await findings(page)).toEqual([]);
    const other = await visitors.visit(OWNER);
    await other.goto('/desk/settings');
    await other.getByLabel('Minutes for staff').fill('5');
    await other.getByLabel('Developers may ask to have an app registered').check({ force: true });
    await other.getByRole('button', { name: 'Save the settings' }).click();
    await other.getByText('Saved.').waitFor();
    await page.getByRole('button', { name: 'Save the settings' }).click();
    await page.getByText('Somebody else changed the settings meanwhile').waitFor();
    expect(await minutes.inputValue()).toBe('8');
    await page.getByText('Now set to: 5').waitFor();
    await page.getByText('Now set to: on').waitFor();
    expect(await findings(page)).toEqual([]);
    await page.getByLabel('Developers may ask to have an app registered').check({ force: true });
    await page.getByRole('button', { name: 'Save mine all the same' }).click();
    await page.getByText('Saved.').waitFor();
    await page.reload();
    expect(await minutes.inputValue()).toBe('8');
  });

  test('a developer asks, the owner approves and ends it, and the receipt says so', async () => {
    const { page: developer } = await visitors.stranger();
    await developer.goto('/developers/riverside-dental');
    await developer.getByRole('heading', { name: 'No requests here' }).waitFor();
    await developer.goto('/developers/lakeside-family');
    await developer.getByLabel('Name of the app').fill('Heart Diary');
    await developer.getByLabel('What it is for').fill('A diary of blood pressure.');
    await developer.getByLabel('Your e-mail address').fill('dev@heart.example');
    await developer.getByLabel('Redirect addresses').fill('http://heart.example/callback');
    await developer.getByRole('button', { name: 'Send the request' }).click();
    await developer.getByText('Something of this cannot be.').waitFor();
    expect(await findingsInAllLooks(developer)).toEqual([]);
    await developer.getByLabel('Redirect addresses').fill('https://heart.example/callback');
    await developer.keyboard.press('Tab');
    await developer.getByRole('button', { name: 'Send the request' }).click();
    await developer.getByText('It waits for the owner of the practice.').waitFor();
    expect(await findingsInAllLooks(developer)).toEqual([]);

    const page = await visitors.visit(OWNER);
    await page.goto('/desk/apps');
    await loaded(page);
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Approve Heart Diary' }).click();
    await page.getByText(/^Approved\. Its client id is/).waitFor();
    await developer.reload();
    await developer.getByText('It is approved.').waitFor();
    const id = (await developer.locator('code').textContent())!;
    await panel(page, 'Apps of this practice').getByText(id).waitFor();
    await page.getByRole('button', { name: 'End Heart Diary' }).click();
    await page.getByRole('button', { name: 'End it for everybody' }).click();
    await page.getByText('Ended.').waitFor();
  });

  test.each([
    ['es-MX', 'Accesos en línea', 'Ajustes de la consulta', 'Aplicaciones', 'Registrar una aplicación'],
    ['de-DE', 'Online-Zugänge', 'Einstellungen der Praxis', 'Apps', 'Eine App bei'],
  ])('speaks %s', async (locale, online, settings, apps, developer) => {
    const page = await visitors.visit(OWNER, { locale });
    const titles = { 'online-access': online, settings, apps };
    for (const [name, title] of Object.entries(titles)) {
      await page.goto(`/desk/${name}`);
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      await loaded(page);
      await page.setViewportSize({ width: 320, height: 256 });
      expect([name, await page.evaluate('document.documentElement.scrollWidth - innerWidth')]).toEqual([
        name,
        0,
      ]);
      await page.setViewportSize(VIEWS.desktop.viewport);
    }
    await page.goto('/developers/lakeside-family');
    await page.getByRole('heading', { name: developer }).waitFor();
  });

  test('none of it is open to the privacy officer', async () => {
    const page = await visitors.visit(OFFICER);
    for (const [name, told] of [
      ['online-access', 'Online access is for the front desk and the owner'],
      ['settings', 'Settings are for the owner'],
      ['apps', 'Apps are for the owner'],
    ] as const) {
      await page.goto(`/desk/${name}`);
      await page.getByText(told).waitFor();
    }
  });
});
