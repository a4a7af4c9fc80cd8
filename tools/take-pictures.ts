/**
 * The pictures of README, taken of the real pages in a real browser: the demo of today in a data folder of
 * its own, which is gone afterwards. To be run when pages have changed:
 * `node_modules/.bin/node tools/take-pictures.ts [NAME...]`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser, loaded, newVisitor, signInWith, type VIEWS } from '../test/support/browser.ts';
import { type ServedDemo, serveDemo } from '../test/support/served-demo.ts';

const FOLDER = join(import.meta.dirname, '..', 'docs', 'pictures');
/** Whoever reads README over a slow line reads it too. */
const LARGEST_BYTES = 200 * 1024;

interface Picture {
  readonly name: string;
  readonly view: keyof typeof VIEWS;
  /** Who sees it; nobody has signed in where this is absent. */
  readonly email?: string;
  readonly practice?: string;
  readonly address: string;
  /** What is pressed before the picture is taken. */
  readonly press?: string;
  /** And then, by its name. */
  readonly button?: string;
}

const DOCTOR = { email: 'ngozi.adeyemi@lakeside-family.example', address: '/desk/patients?q=whitaker' };
const DENTIST = { email: 'marisol.ibarra@riverside-dental.example', address: '/desk/patients?q=carvalho' };
const PARENT = { email: 'leila.haddad@example.org', practice: 'Lakeside', address: '/portal' };
const FRONT_DESK = { email: 'percy.whitlock@lakeside-family.example', address: '/desk/patients?q=whitaker' };
const ROW = 'a[data-row]';

const PICTURES: readonly Picture[] = [
  { name: 'door', view: 'desktop', address: '/' },
  { name: 'door-phone', view: 'phone', address: '/' },
  { name: 'portal', view: 'desktop', ...PARENT },
  { name: 'portal-phone', view: 'phone', ...PARENT },
  { name: 'desk', view: 'desktop', ...DOCTOR, press: ROW },
  { name: 'desk-phone', view: 'phone', ...DENTIST, press: ROW },
  { name: 'invite', view: 'desktop', ...FRONT_DESK, press: ROW, button: 'Invite the patient' },
  { name: 'account', view: 'desktop', ...PARENT, address: '/account' },
  { name: 'desk-list', view: 'desktop', ...DOCTOR, address: '/desk/patients' },
];

async function takePicture(browser: Browser, demo: ServedDemo, picture: Picture): Promise<void> {
  const { name, view, email, practice, address, press, button } = picture;
  const { context, page, faults } = await newVisitor(browser, demo.origin, { view, theme: 'light' });
  if (email !== undefined) await signInWith(page, await demo.signinLink(email), practice);
  if (!page.url().includes(address)) await page.goto(address);
  if (press !== undefined) {
    await page.locator(press).first().click();
    // The page before stands until the next one comes.
    await page.locator(press).first().waitFor({ state: 'detached' });
  }
  await loaded(page);
  if (button !== undefined) await page.getByRole('button', { name: button, exact: true }).click();
  const bytes = await page.screenshot({ scale: view === 'phone' ? 'device' : 'css' });
  await context.close();
  if (faults.length > 0) throw new Error(`${name}: ${faults.join('; ')}`);
  if (bytes.length > LARGEST_BYTES) throw new Error(`${name} has ${bytes.length} bytes`);
  await writeFile(join(FOLDER, `${name}.png`), bytes);
  process.stderr.write(`${name}.png  ${Math.round(bytes.length / 1024)} KiB\n`);
}

const browser = await launchBrowser();
if (browser === null) throw new Error('Without a browser there are no pictures.');
const demo = await serveDemo();
try {
  await mkdir(FOLDER, { recursive: true });
  const named = new Set(process.argv.slice(2));
  for (const picture of PICTURES) {
    if (named.size === 0 || named.has(picture.name)) await takePicture(browser, demo, picture);
  }
} finally {
  await browser.close();
  await demo.close();
}
