/**
 * A real browser before the real server. Every page tells what it should not have done: scripts that failed,
 * what its policy forbade, what the console called an error.
 */
import axe, { type AxeResults } from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { findChromium, isRoot } from './chromium.ts';

export const VIEWS = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 900 } },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>;

export const THEMES = ['light', 'dark'] as const;

export interface Look {
  readonly view?: keyof typeof VIEWS;
  readonly theme?: (typeof THEMES)[number];
  /** BCP 47; what the browser says its person reads. */
  readonly locale?: string;
}

/** A browser of somebody's own: cookies, pages, and what went wrong in them. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What went wrong, in the words of the browser; empty in the end. */
  readonly faults: string[];
}

/**
 * Null where no Chromium can be had, which is said loudly: `describe.skipIf(browser === null)`. `more` is
 * what it is started with besides.
 */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser | null> {
  const executablePath = findChromium();
  if (executablePath === null) {
    process.stderr.write(
      '\n*** SKIPPED: no Chromium can be had here, so nothing is tested in a browser. Install one, or set\n' +
        '*** CHROME_PATH to one.\n\n',
    );
    return null;
  }
  // Chromium gives root no sandbox; anybody else keeps it.
  return chromium.launch({ executablePath, args: [...(isRoot ? ['--no-sandbox'] : []), ...more] });
}

const TELL_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) => {
  console.error('forbidden by the policy of the page: ' + event.violatedDirective + ' ' + event.blockedURI);
});`;

/** A visitor with nothing kept, at no page yet. `origin` is where relative addresses lead. */
export async function newVisitor(browser: Browser, origin: string, look: Look = {}): Promise<Visitor> {
  const { view = 'desktop', theme = 'light', locale = 'en-US' } = look;
  const context = await browser.newContext({
    ...VIEWS[view],
    baseURL: origin,
    colorScheme: theme,
    locale,
    timezoneId: 'America/Chicago',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(40_000);
  await context.addInitScript(TELL_VIOLATIONS);
  const faults: string[] = [];
  context.on('page', (page) => watch(page, faults));
  return { context, page: await context.newPage(), faults };
}

/** Since when nothing has been on its way to or from a page; infinity while something is. */
const quietSince = new WeakMap<Page, () => number>();
const QUIET_MS = 120;

function countRequests(page: Page): void {
  const open = new Set<unknown>();
  let since = performance.now();
  const end = (request: unknown) => {
    open.delete(request);
    since = performance.now();
  };
  page.on('request', (request) => void open.add(request));
  page.on('requestfinished', end);
  page.on('requestfailed', end);
  quietSince.set(page, () => (open.size === 0 ? since : Number.POSITIVE_INFINITY));
}

/** When everything that the page asks for is there, and nothing more was asked because of it. */
export async function loaded(page: Page): Promise<void> {
  await settled(page);
  const until = performance.now() + 40_000;
  while (performance.now() - quietSince.get(page)!() < QUIET_MS) {
    if (performance.now() > until) throw new Error('The page goes on asking');
    await page.waitForTimeout(20);
  }
  await settled(page);
}

function watch(page: Page, faults: string[]): void {
  countRequests(page);
  page.on('pageerror', (error) => void faults.push(`failed: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    // A refusal by the server is an answer; the page has to show it well, and tests look for that.
    if (/^Failed to load resource/.test(message.text())) return;
    faults.push(message.text());
  });
}

/**
 * Opens a sign-in link, presses the button, and waits for an app; `practice` where that is asked. An owner
 * puts off the passkey that they are asked for.
 */
export async function signInWith(page: Page, link: string, practice?: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('main').getByRole('button').first().click();
  if (practice !== undefined) await page.getByRole('button', { name: practice }).click();
  await page.waitForURL(/\/(portal|desk)(\/|$|\?)|\/account\?first/);
  if (!page.url().includes('/account?')) return;
  await page.getByRole('button', { name: /^(Not now|Ahora no|Jetzt nicht)/ }).click();
  await page.waitForURL(/\/(portal|desk)(\/|$|\?)/);
}

/** When nothing is on its way any more and the page has a heading. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await page.locator('body:not(:has([role=status][aria-label]))').waitFor();
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe finds against WCAG 2.2 AA and good practice, one line each, with where. `colors` looks at contrast
 * alone, for the other theme of a page that was looked at whole: nothing else differs between the two.
 */
export async function axeFindings(page: Page, what: 'all' | 'colors' = 'all'): Promise<string[]> {
  // Injected once for each page that was loaded; what passes is not written down, which is most of the work.
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axe.source);
  const runOnly = what === 'all' ? TAGS : ['color-contrast'];
  const options = { runOnly, resultTypes: ['violations'], iframes: false, preload: false };
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as AxeResults;
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${help} at ${target.join(' ')} ${any[0]?.message ?? ''}`),
  );
}

/**
 * What is wrong with a page as it stands, in both themes, on a phone and at a desk: what axe finds, and what
 * somebody of 75 with a thumb would stumble over.
 */
export async function findingsInAllLooks(page: Page): Promise<string[]> {
  const findings: string[] = [];
  for (const [view, { viewport }] of Object.entries(VIEWS)) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: 'light' });
    const measured = [...(await axeFindings(page)), ...(await measureFindings(page, view === 'phone'))];
    findings.push(...measured.map((each) => `${view}: ${each}`));
    await page.emulateMedia({ colorScheme: 'dark' });
    findings.push(...(await axeFindings(page, 'colors')).map((each) => `${view}, dark: ${each}`));
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return findings;
}

/** Letters of at least 16 px and nothing beyond the edge; on a phone targets of at least 44 px. */
async function measureFindings(page: Page, byThumb: boolean): Promise<string[]> {
  const found = (await page.evaluate(`(() => {
    const found = [];
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) found.push('wider than the page: ' + scrollWidth + ' px');
    for (const element of document.querySelectorAll('body *')) {
      // What stands on a page of a file is as large as somebody makes it.
      if (element.closest('[data-page-of-file]') !== null) continue;
      const { width, height, right } = element.getBoundingClientRect();
      const isSeen = width > 1 && height > 1 && right > 0;
      const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
      const letters = Number.parseFloat(getComputedStyle(element).fontSize);
      if (isSeen && hasText && letters < 15.9) found.push(element.textContent + ': letters of ' + letters);
      if (!isSeen || !${byThumb} || !element.matches('a, button, input')) continue;
      // A link may be as large as the row that it opens.
      const after = getComputedStyle(element, '::after');
      const spread = after.position === 'absolute' && after.content !== 'none';
      const least = spread ? Number.parseFloat(after.height) : Math.min(width, height);
      if (least < 43.9) found.push(element.textContent + ': a target of ' + least + ' px');
    }
    return found;
  })()`)) as string[];
  return found;
}
