/** Charts as they are found at the desk. */
import type { Page } from 'playwright-core';
import { loaded } from './browser.ts';

/** Opens the chart of whoever is found by that name. */
export async function openChart(page: Page, name: string): Promise<void> {
  await page.goto(`/desk/patients?q=${encodeURIComponent(name)}`);
  await page.locator('a[data-row]').first().click();
  await page.waitForURL(/\/desk\/patients\/[\da-f-]{36}$/);
  // The list stands until the chart comes.
  await page.locator('a[data-row]').first().waitFor({ state: 'detached' });
  await loaded(page);
}

/** The address of a chart, found by a name. */
export async function chartOf(page: Page, name: string): Promise<string> {
  await openChart(page, name);
  return new URL(page.url()).pathname;
}
