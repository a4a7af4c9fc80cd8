/** Signing in, staying away, leaving and coming back, in a real browser; the server's clock is ours. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { builtWeb } from '../../web/build/index.ts';
import {
  findingsInAllLooks,
  type Look,
  launchBrowser,
  newVisitor,
  settled,
  signInWith,
  type Visitor,
} from '../support/browser.ts';
import { freePort } from '../support/served-demo.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

const browser = await launchBrowser();
const clock = new ManualClock(new Date());
/** As long as a patient may stay away, and as the server waits beyond that. */
const IDLE = 20 * 60;
const GRACE = 90;
const NAME = 'Wilhelmina Testermann';

let served: ServedPractices;
let origin: string;
let practice: PracticeId;
let chart: ChartId;
let patient: Person;
const visitors: Visitor[] = [];

describe.skipIf(browser === null)('the door', () => {
  beforeAll(async () => {
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    served = await servePractices({ clock, publicUrl: origin, port, web: await builtWeb() });
    await served.server.listen();
    practice = await served.makePractice();
    chart = await served.chart(practice, { name: [{ text: NAME }], birthDate: '1951-04-02' });
  });

  beforeEach(async () => {
    patient = await served.person(practice, { role: 'patient', chartId: chart });
  });

  afterEach(async () => {
    for (const { context, faults } of visitors.splice(0)) {
      await context.close();
      expect(faults).toEqual([]);
    }
  });

  afterAll(async () => {
    await browser!.close();
    await served.close();
  });

  test('is passed once by a link, and says the same of a used one as of one that never was', async () => {
    const used = await link();
    const { page } = await visit();
    await signInWith(page, used);
    await page.getByText(NAME).first().waitFor();
    const told: string[] = [];
    for (const spent of [used, `${origin}/signin#${'A'.repeat(43)}`]) {
      const other = await visit();
      await other.page.goto(spent);
      await other.page.getByRole('button', { name: 'Sign in' }).click();
      await other.page.getByRole('heading', { name: 'This link no longer works' }).waitFor();
      told.push(await other.page.getByRole('main').innerText());
    }
    expect(told[0]).toBe(told[1]);
  });

  test('is passed by no link that is older than five minutes', async () => {
    const [early, late] = [await link(), await link()];
    clock.advance(299);
    await signInWith((await visit()).page, early);
    clock.advance(2);
    const { page } = await visit();
    await page.goto(late);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'This link no longer works' }).waitFor();
  });

  test('takes the code out of the address at once, and uses it when the button is pressed', async () => {
    const fresh = await link();
    const curious = await visit();
    await curious.page.goto(fresh);
    await curious.page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(curious.page.url()).toBe(`${origin}/signin`);
    await signInWith((await visit()).page, fresh);
  });

  test('asks which practice where there are several', async () => {
    const elsewhere = await served.makePractice();
    const there = await served.chart(elsewhere, { name: [{ text: 'Same Person, Elsewhere' }] });
    await served.gate.asJob(elsewhere, 'system-setup', 'test', (setup) =>
      served.gate.grants.give(setup, {
        accountId: patient.accountId,
        role: 'patient',
        chartId: there,
        sections: null,
        startsAt: new Date(Date.now() - 60_000),
        endsAt: null,
        reason: null,
      }),
    );
    const { rows } = await served.database.owner.query<{ name: string }>(
      'select name from postern.practice where practice_id = $1',
      [elsewhere],
    );
    const { page } = await visit();
    await signInWith(page, await link(), rows[0]!.name);
    await page.getByText('Same Person, Elsewhere').first().waitFor();
    expect(await page.getByText(NAME).count()).toBe(0);
  });

  test('keeps the session where no script of a page can read it', async () => {
    const { page, context } = await visit();
    await signInWith(page, await link());
    await settled(page);
    const [cookie, ...more] = await context.cookies();
    expect(more).toEqual([]);
    expect(cookie).toMatchObject({
      name: 'postern',
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      expires: -1,
    });
    const stored =
      'JSON.stringify([document.cookie, Object.entries(sessionStorage), Object.entries(localStorage)])';
    expect(await page.evaluate(stored)).not.toContain(cookie!.value);
  });

  test('closes behind whoever signs out: the session is over, and going back shows nothing', async () => {
    const { page, context } = await visit();
    await signInWith(page, await link());
    await page.getByRole('link', { name: 'Health' }).click();
    await settled(page);
    const session = await sessionOf(context);
    expect(await session()).toBe(200);
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    expect(await session()).toBe(401);
    expect(await context.cookies()).toEqual([]);
    let steps = 0;
    for (await page.goBack(); page.url() !== 'about:blank'; await page.goBack()) {
      await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
      expect(await page.content()).not.toContain(NAME);
      steps += 1;
    }
    expect(steps).toBeGreaterThan(0);
  });

  test('signs out every page of the browser with the one that leaves', async () => {
    const { page, context } = await visit();
    await signInWith(page, await link());
    await settled(page);
    const second = await context.newPage();
    await second.goto(`/portal/${chart}/results`);
    await settled(second);
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await second.getByRole('heading', { name: 'You are signed out' }).waitFor();
  });

  test('locks a page that nobody is at, drops its keys, and brings it back after signing in', async () => {
    const { page, context } = await visit();
    await page.clock.install();
    await signInWith(page, await link());
    await page.getByRole('link', { name: 'Results' }).click();
    await settled(page);
    const session = await sessionOf(context);
    await page.clock.fastForward((IDLE - 30) * 1000);
    const warning = page.getByRole('alertdialog');
    await warning.waitFor();
    // The page's clock runs on while the browser works.
    expect(await warning.innerText()).toMatch(/\b[12]\d seconds|\b30 seconds/);
    await page.getByRole('button', { name: 'I am still here' }).click();
    await page.clock.fastForward(2000);
    await warning.waitFor({ state: 'detached' });
    expect(await session()).toBe(200);
    await page.clock.fastForward((IDLE + 1) * 1000);
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    expect(await page.content()).not.toContain(NAME);
    expect(await session()).toBe(401);
    await useLink(page, await link());
    await page.waitForURL(`${origin}/portal/${chart}/results`);
  });

  test('ends the session of a browser that went silent, and says so when it comes back', async () => {
    const { page, context } = await visit();
    await signInWith(page, await link());
    await settled(page);
    const session = await sessionOf(context);
    clock.advance(IDLE + GRACE - 1);
    expect(await session()).toBe(200);
    clock.advance(IDLE + GRACE + 1);
    await page.getByRole('link', { name: 'Health' }).click();
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
    expect(await page.content()).not.toContain(NAME);
    expect(new URL(page.url()).searchParams.get('return')).toBe(`/portal/${chart}/health`);
    expect(await session()).toBe(401);
  });

  test('is used at 400 % by somebody with keys alone', async () => {
    const { page } = await visit();
    // As a window of 1280 px shows itself when it is enlarged four times.
    await page.setViewportSize({ width: 320, height: 256 });
    await page.goto('/signin?why=out');
    await page.locator('#app[data-app=here]').waitFor();
    await press(page, 'Sign in another way');
    await press(page, 'My passphrase and a code');
    await page.getByRole('heading', { name: 'Your passphrase' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    // Whoever listens hears where they are.
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Your passphrase');
    await page.keyboard.press('Tab');
    await page.keyboard.type('nobody@test.example');
    await page.keyboard.press('Tab');
    await page.keyboard.type('a sentence of nobody');
    await page.keyboard.press('Enter');
    await page.getByText('Check the address and the passphrase').waitFor();
  });

  test('leads back into our own pages alone', async () => {
    const { page } = await visit();
    await page.goto(`/signin?why=ended&return=${encodeURIComponent('https://evil.example/portal')}`);
    await useLink(page, await link());
    await page.waitForURL(`${origin}/portal/${chart}`);
  });

  test('lets no text become a script, and no page write a style or a script', async () => {
    const { page, faults } = await visit();
    await page.goto('/signin');
    await page.locator('h1').waitFor();
    const tried = `(() => {
      const made = [];
      const tried = (name, work) => {
        try { work(); made.push(name); } catch (error) { made.push(error.name); }
      };
      tried('markup', () => { document.body.innerHTML = '<b>bold</b>'; });
      tried('policy', () => trustedTypes.createPolicy('default', { createHTML: (text) => text }));
      tried('address', () => { document.createElement('script').src = '/assets/x.js'; });
      const style = document.createElement('style');
      style.textContent = 'h1 { color: rgb(1, 2, 3) }';
      document.head.append(style);
      const heading = document.querySelector('h1');
      heading.setAttribute('style', 'color: rgb(1, 2, 3)');
      return [...made, getComputedStyle(heading).color === 'rgb(1, 2, 3)'];
    })()`;
    expect(await page.evaluate(tried)).toEqual(['TypeError', 'TypeError', 'TypeError', false]);
    // The browser tells of each, a moment later; this is the one place where that is right.
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 200))');
    const told = faults.splice(0).join('\n');
    for (const kind of ['require-trusted-types-for', 'trusted-types', 'style-src-elem', 'style-src-attr']) {
      expect(told).toContain(`forbidden by the policy of the page: ${kind}`);
    }
  });

  test('speaks the language of the browser, and remembers another', async () => {
    const { page } = await visit({ locale: 'de-AT' });
    await page.goto('/');
    await page.getByRole('heading', { name: 'Willkommen' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.getByRole('button', { name: 'Español' }).click();
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('es');
  });

  test('is accessible in both themes, on a phone and at a desk', async () => {
    const { page } = await visit();
    for (const address of ['/signin', '/signin?why=idle', '/invited', await link()]) {
      await page.goto(address);
      await settled(page);
      expect([address, await findingsInAllLooks(page)]).toEqual([address, []]);
    }
  });

  test('is so on every other way in', async () => {
    const { page } = await visit();
    await page.goto('/signin?why=out');
    await page.getByRole('button', { name: 'Sign in another way' }).click();
    expect(['others', await findingsInAllLooks(page)]).toEqual(['others', []]);
    await page.getByRole('button', { name: 'My passphrase and a code' }).click();
    expect(['passphrase', await findingsInAllLooks(page)]).toEqual(['passphrase', []]);
  });

  test('lets a passphrase be pasted, kept by the browser, and seen when one asks', async () => {
    const { page } = await visit();
    await page.goto('/signin?why=out');
    await page.getByRole('button', { name: 'Sign in another way' }).click();
    await page.getByRole('button', { name: 'My passphrase and a code' }).click();
    const field = page.locator('input[autocomplete="current-password"]');
    expect(await field.getAttribute('type')).toBe('password');
    expect(await page.locator('input[autocomplete^="username"]').count()).toBe(1);
    const goesOn = (element: Element) =>
      element.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true }));
    expect(await field.evaluate(goesOn)).toBe(true);
    await page.getByRole('button', { name: 'Show' }).first().click();
    expect(await field.getAttribute('type')).toBe('text');
  });
});

async function visit(look: Look = {}): Promise<Visitor> {
  const visitor = await newVisitor(browser!, origin, look);
  visitors.push(visitor);
  return visitor;
}

/** Goes to a button by the tabulator, and presses it. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).waitFor();
  for (let step = 0; step < 20; step += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement.textContent')) === name) break;
  }
  await page.keyboard.press('Enter');
}

/** By the quiet way beside the touch: a link that is pasted. */
async function useLink(page: Page, address: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in another way' }).click();
  await page.getByRole('button', { name: 'A sign-in link' }).click();
  await page.getByLabel('Your sign-in link').fill(address);
  await page.getByRole('button', { name: 'Use your link' }).click();
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function link(): Promise<string> {
  return `${origin}/signin#${await served.gate.accounts.signinCode(patient.accountId, 300)}`;
}

/** Asks with what the browser holds now, whatever it holds later: the status of the answer. */
async function sessionOf(context: Visitor['context']): Promise<() => Promise<number>> {
  const [cookie] = await context.cookies();
  return async () => {
    const headers = { cookie: `${cookie!.name}=${cookie!.value}`, 'sec-fetch-site': 'same-origin' };
    return (await served.ask(null, 'GET', '/session', { headers })).status;
  };
}
