/**
 * The first page in a browser that has nothing kept, on a processor four times slower and a line of 10
 * Mbit/s: until the door, and until a record, says something of use. What a page weighs is held by
 * `test/web/weight.test.ts`.
 */
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { findChromium, isRoot } from '../test/support/chromium.ts';
import { type Figure, inTurn, median } from './rounds.ts';
import type { Stand } from './stand.ts';

const PATIENT = 'samir.haddad@harbor.example';
const SLOWER = 4;
/** 10 Mbit/s in bytes, and the way there and back of a good line. */
const LINE = { offline: false, downloadThroughput: 1_250_000, uploadThroughput: 1_250_000, latency: 20 };

/** When a heading was first drawn, in milliseconds since the page was asked for. */
const WATCH = `new MutationObserver((_, observer) => {
  if (document.querySelector('h1') === null) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.drawnAt = performance.now(); }));
}).observe(document, { childList: true, subtree: true });`;

export async function firstPage({ installation }: Stand): Promise<Figure[]> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('No Chromium can be had here.');
  const browser = await chromium.launch({ executablePath, args: isRoot ? ['--no-sandbox'] : [] });
  try {
    const origin = `http://127.0.0.1:${installation.port}`;
    const { cookies, address } = await signedIn(
      browser,
      (await installation.command('signin', PATIENT)).trim(),
    );
    const [door, record] = await inTurn([
      () => drawn(browser, `${origin}/`, []),
      () => drawn(browser, address, cookies),
    ]);
    const goal = { below: 1000 };
    return [
      { name: 'the door drawn, processor 4 times slower, 10 Mbit/s', value: median(door!), unit: 'ms', goal },
      { name: 'a record drawn, the same', value: median(record!), unit: 'ms', goal },
    ];
  } finally {
    await browser.close();
  }
}

type Cookies = Parameters<BrowserContext['addCookies']>[0];

async function signedIn(browser: Browser, link: string): Promise<{ cookies: Cookies; address: string }> {
  const context = await browser.newContext({ locale: 'en' });
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/portal\/.+/);
  await page.locator('h1').waitFor();
  const answer = { cookies: await context.cookies(), address: page.url() };
  await context.close();
  return answer;
}

async function drawn(browser: Browser, address: string, cookies: Cookies): Promise<number> {
  const context = await browser.newContext({ locale: 'en' });
  await context.addCookies(cookies);
  await context.addInitScript(WATCH);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', LINE);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await page.goto(address);
  await page.locator('h1').waitFor();
  let at: number | undefined;
  while (at === undefined) at = (await page.evaluate('window.drawnAt')) as number | undefined;
  await context.close();
  return at;
}
