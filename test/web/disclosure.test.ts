/** The disclosure desk as somebody meets it who has found a weakness, with and without a script. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtWeb } from '../../web/build/index.ts';
import { axeFindings, launchBrowser, newVisitor, THEMES, VIEWS } from '../support/browser.ts';
import { CONTACT, opened } from '../support/report-desk.ts';
import { freePort } from '../support/served-demo.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

const browser = await launchBrowser();
const RECEIPT = /^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$/;
const CANARY = 'cnry-weakness-in-the-third-drawer';

describe.skipIf(browser === null)('the disclosure desk', () => {
  let served: ServedPractices;
  let origin: string;
  beforeAll(async () => {
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    served = await servePractices({ publicUrl: origin, port, web: await builtWeb() });
    await served.server.listen();
  });
  afterAll(async () => {
    await browser!.close();
    await served.close();
  });

  const kept = async () => {
    const { rows } = await served.database.owner.query<{ receipt: string; sealed: Buffer }>(
      'select r.receipt, r.sealed from postern.disclosure_report r order by r.received_at desc',
    );
    return rows;
  };

  const PATHS = ['/security', '/security/report', '/security/receipt?number=0000-0000-0000'];
  const LANGUAGES = ['en', 'es', 'de'];
  const LOOKS = Object.keys(VIEWS).flatMap((view) => THEMES.map((theme) => [view, theme] as const));

  test.each(LOOKS)('is without fault on a %s in the %s theme', async (view, theme) => {
    const look = { view: view as keyof typeof VIEWS, theme };
    const { context, page, faults } = await newVisitor(browser!, origin, look);
    const turn = LOOKS.findIndex((each) => each[0] === view && each[1] === theme);
    for (const [place, path] of PATHS.entries()) {
      const language = LANGUAGES[(place + turn) % LANGUAGES.length];
      await page.goto(`${path}${path.includes('?') ? '&' : '?'}lang=${language}`);
      expect(await axeFindings(page), `${path} in ${language}`).toEqual([]);
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      const wider = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
      expect(await page.evaluate(wider), `${path} is wider than the ${view}`).toBe(false);
    }
    expect(faults).toEqual([]);
    await context.close();
  });

  test('speaks the language that the browser prefers', async () => {
    const { context, page } = await newVisitor(browser!, origin, { locale: 'de-AT' });
    await page.goto('/security');
    expect(await page.locator('h1').textContent()).toContain('Danke');
    await page.getByRole('link', { name: 'Español' }).click();
    expect(await page.locator('h1').textContent()).toContain('Gracias');
    await context.close();
  });

  test('takes a report that nobody can read on the way or at rest, and says what became of it', async () => {
    const { context, page, faults } = await newVisitor(browser!, origin);
    const sent: Buffer[] = [];
    page.on('request', (request) => {
      const content = request.postDataBuffer();
      if (content !== null) sent.push(content);
    });
    await page.goto('/security');
    await page.getByRole('link', { name: 'Report a weakness' }).click();
    await page.getByLabel('What did you find?').fill(CANARY);
    await page.getByLabel('How can we reach you?').fill('finder@elsewhere.example');
    await page.getByRole('button', { name: 'Seal and send' }).click();
    await page.locator('#done').waitFor();
    const receipt = (await page.locator('#receipt').textContent()) ?? '';
    expect(receipt).toMatch(RECEIPT);
    expect(await page.locator('#done:focus').count()).toBe(1);
    expect(await axeFindings(page)).toEqual([]);
    expect(sent).toHaveLength(1);
    expect(sent[0]!.includes(CANARY)).toBe(false);
    const [report] = await kept();
    expect(report!.receipt).toBe(receipt);
    expect(report!.sealed.equals(sent[0]!)).toBe(true);
    expect(JSON.parse(await opened(report!.sealed))).toEqual({
      what: CANARY,
      where: '',
      how: '',
      contact: 'finder@elsewhere.example',
      language: 'en',
    });
    await page.getByRole('link', { name: 'Ask what became of it' }).click();
    const state = page.getByRole('status');
    expect(await state.textContent()).toMatch(/Received on .* 20\d\d.*Nobody has confirmed/);
    await served.database.owner.query('update postern.disclosure_report set acknowledged_at = now()');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('Read and confirmed on').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test('asks for what is missing, and puts the cursor there', async () => {
    const { context, page, faults } = await newVisitor(browser!, origin);
    await page.goto('/security/report');
    await page.getByRole('button', { name: 'Seal and send' }).click();
    await page.getByRole('alert').getByText('Please say what you found.').waitFor();
    const what = page.getByLabel('What did you find?');
    expect(await page.locator('#what:focus').count()).toBe(1);
    expect(await what.getAttribute('aria-invalid')).toBe('true');
    await what.fill('A');
    expect(await page.getByText('Please say what you found.').count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('keeps the text when the connection is lost, and a lost answer makes no second report', async () => {
    const { context, page } = await newVisitor(browser!, origin);
    await page.goto('/security/report');
    const what = page.getByLabel('What did you find?');
    const send = page.getByRole('button', { name: 'Seal and send' });
    await what.fill('A drawer that does not lock');
    const before = (await kept()).length;
    await context.setOffline(true);
    await send.click();
    await page.getByText('the connection is gone').waitFor();
    expect(await what.inputValue()).toBe('A drawer that does not lock');
    expect((await kept()).length).toBe(before);
    await context.setOffline(false);
    // The report arrives, and its answer does not.
    await page.route('**/security/reports', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await send.click();
    await expect.poll(async () => (await kept()).length).toBe(before + 1);
    await page.getByText('the connection is gone').waitFor();
    await page.unroute('**/security/reports');
    await send.click();
    await page.locator('#done').waitFor();
    const receipt = await page.locator('#receipt').textContent();
    expect((await kept()).map((report) => report.receipt)[0]).toBe(receipt);
    expect((await kept()).length).toBe(before + 1);
    await context.close();
  });

  test('says how long to wait where many reports have come from a network, and keeps the text', async () => {
    const { context, page } = await newVisitor(browser!, origin);
    await page.goto('/security/report');
    const what = page.getByLabel('What did you find?');
    const done = page.locator('#done');
    for (let times = 0; ; times += 1) {
      expect(times).toBeLessThan(8);
      await what.fill(`Report ${times}`);
      await page.getByRole('button', { name: 'Seal and send' }).click();
      const wait = page.getByText('Many reports have come from your network');
      await done.or(wait).first().waitFor();
      if (await wait.isVisible()) break;
      await page.goto('/security/report');
    }
    expect(await page.locator('#failure').textContent()).toMatch(/send it again in [12] min/);
    expect(await what.inputValue()).toMatch(/^Report \d$/);
    await context.close();
  });

  test('without a script shows no form and says how to write instead', async () => {
    const context = await browser!.newContext({ baseURL: origin, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto('/security/report');
    expect(await page.locator('form').isVisible()).toBe(false);
    expect(await page.locator('.note').innerText()).toContain('please write to us');
    expect(await page.locator(`a[href="${CONTACT}"]`).first().isVisible()).toBe(true);
    expect(await page.locator('code').textContent()).toMatch(/^age1/);
    await page.getByRole('link', { name: 'Receipt' }).click();
    await page.getByLabel('Number of the receipt').fill((await kept())[0]!.receipt.toLowerCase());
    await page.getByRole('button', { name: 'Ask' }).click();
    expect(await page.getByRole('status').textContent()).toContain('Received on');
    await context.close();
  });
});
