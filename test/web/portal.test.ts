/** The portal as patients of the demo meet it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, launchBrowser, newVisitor, settled, signInWith } from '../support/browser.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';

const browser = await launchBrowser();
let demo: ServedDemo;

describe.skipIf(browser === null)('the portal', () => {
  beforeAll(async () => {
    demo = await serveDemo();
  });

  afterAll(async () => {
    await browser!.close();
    await demo.close();
  });

  test('opens by a sign-in link, in the practice that is chosen, with nothing against it', async () => {
    const { page, faults } = await newVisitor(browser!, demo.origin);
    await signInWith(page, await demo.signinLink('leila.haddad@example.org'), 'Lakeside');
    await settled(page);
    expect(await page.locator('h1').textContent()).toContain('Leila');
    expect(await axeFindings(page)).toEqual([]);
    expect(faults).toEqual([]);
  });
});
