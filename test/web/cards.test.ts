/** Cards at the desk and in the portal, in a real browser with a camera that shows a film of a card. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, findingsInAllLooks, launchBrowser, loaded } from '../support/browser.ts';
import { type ServedDemo, serveDemo } from '../support/served-demo.ts';
import { cameraArguments, filmCard } from '../support/virtual-camera.ts';
import { Visitors } from '../support/visitors.ts';

const DENTIST = 'marisol.ibarra@riverside-dental.example';
const PATIENT = 'georgia.whitfield@mail.example';
const PATIENTLY = { timeout: 20_000 };

const folder = await mkdtemp(join(tmpdir(), 'postern-film-'));
const film = join(folder, 'card.y4m');
await filmCard(film, { table: 60, card: 190 });
const browser = await launchBrowser(cameraArguments(film));
let demo: ServedDemo;
let visitors: Visitors;
let chart: string;

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe.skipIf(browser === null)('cards', () => {
  beforeAll(async () => {
    demo = await serveDemo();
    visitors = new Visitors(browser!, demo);
    const page = await visitors.visit(PATIENT);
    await loaded(page);
    chart = /\/portal\/([0-9a-f-]{36})/.exec(page.url())![1]!;
  }, 300_000);
  afterEach(async () => expect(await visitors.leave()).toEqual([]));
  afterAll(() => demo?.close());

  test('are photographed from a phone, both sides, and covered until their patient asks', async () => {
    const page = await visitors.visit(PATIENT, { view: 'phone' });
    await page.goto(`/portal/${chart}/cards`);
    await loaded(page);
    await page.getByRole('link', { name: 'Take a photo of a card' }).click();
    await page.getByText('The light is good. Hold still.').waitFor(PATIENTLY);
    expect(await findingsInAllLooks(page)).toEqual([]);
    await page.getByRole('button', { name: 'Take the picture' }).click();
    await page.getByRole('heading', { name: 'The back' }).waitFor();
    await page.getByRole('button', { name: 'Take the picture' }).click();
    await page.getByRole('heading', { name: 'Can everything be read?' }).waitFor();
    // Once more, and again.
    await page.getByRole('button', { name: 'Take it again: The front' }).click();
    await page.getByRole('button', { name: 'Take the picture' }).click();
    await page.getByLabel('Valid until').fill(inDays(20));
    expect(await findingsInAllLooks(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send the photo' }).click();
    await page.waitForURL(`**/portal/${chart}/cards`, PATIENTLY);
    await page.getByText('checked it, and deleted 30 days after that at most').first().waitFor(PATIENTLY);
    expect(await findingsInAllLooks(page)).toEqual([]);
    await page.getByRole('link', { name: 'Look at the photo' }).first().click();
    await page.getByText('The card is hidden').waitFor();
    const shown = page.waitForResponse((answer) => /\/fhir\/Binary\/[^/]+$/.test(answer.url()));
    await page.getByRole('button', { name: 'Show the card' }).click();
    const bytes = await (await shown).body();
    const { width = 0, height = 0, format } = await sharp(bytes).metadata();
    // Both sides below one another, cut to the frame.
    expect([format, width < 640, height > width]).toEqual(['jpeg', true, true]);
    const { data, info } = await sharp(bytes).greyscale().raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) =>
      data[Math.round(y * info.height) * info.width + Math.round(x * info.width)]!;
    expect([at(0.75, 0.2) > 150, at(0.01, 0.02) < 100]).toEqual([true, true]);
  });

  test('are noted at the desk by a look, without a photo, and a photo is checked there', async () => {
    const page = await visitors.visit(DENTIST);
    await page.goto(`/desk/patients/${chart}/cards`);
    await loaded(page);
    const form = page.getByRole('region', { name: 'I saw the card' });
    await form.getByLabel('Which card?').selectOption('insurance-card');
    await form.getByLabel('Issued by').fill('<img src=x onerror=alert(1)>');
    await form.getByLabel('Valid until').fill(inDays(400));
    await form.getByLabel('Last four of the number').fill('99-123-4567');
    expect(await form.getByLabel('Last four of the number').inputValue()).toBe('9912');
    await page.keyboard.press('Enter');
    await form.getByText('It is noted.').waitFor(PATIENTLY);
    await page.getByText('••••9912').waitFor(PATIENTLY);
    await page.getByText('<img src=x').waitFor();
    await page.getByText('No photo is kept.').first().waitFor();
    await page.getByRole('button', { name: 'I have checked it' }).first().click();
    await page.getByRole('button', { name: 'Note that it was checked' }).click();
    await page.getByText('The photo is deleted on').first().waitFor(PATIENTLY);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFindings(page)).toEqual([]);
    }
  });

  test('consents are noted with the form that was signed, shown both ways, and revoked', async () => {
    const page = await visitors.visit(DENTIST);
    await page.goto(`/desk/patients/${chart}/consents`);
    await loaded(page);
    const rows = page.getByRole('listitem').filter({ hasText: 'Stands' });
    const before = await rows.count();
    await page.getByRole('link', { name: 'The signed form' }).first().click();
    const panel = page.getByRole('region', { name: 'What this form covers' });
    await panel.getByText('Stands').first().waitFor(PATIENTLY);
    await panel.getByLabel('It covers').selectOption('release');
    await panel.getByLabel('To whom?').fill('<b>Ana</b> Whitfield');
    await panel.getByLabel('Until').fill(inDays(90));
    await panel.getByRole('button', { name: 'Note it' }).click();
    await panel.getByText('<b>Ana</b> Whitfield').waitFor(PATIENTLY);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFindings(page)).toEqual([]);
    }
    await panel.getByRole('link', { name: 'All consents' }).click();
    await expect.poll(() => rows.count(), PATIENTLY).toBe(before + 1);
    const ana = page.getByRole('listitem').filter({ hasText: 'Ana' }).filter({ hasText: 'Stands' });
    await ana.getByRole('button', { name: 'Revoke' }).click();
    await ana.getByRole('button', { name: 'Yes, revoke it' }).click();
    await page.getByRole('listitem').filter({ hasText: 'Ana' }).getByText('Revoked').waitFor(PATIENTLY);
    expect(await rows.count()).toBe(before);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFindings(page)).toEqual([]);
    }
  });

  test('that end soon are listed for the desk until somebody says that it is done', async () => {
    const token = await demo.token(DENTIST);
    const task = {
      resourceType: 'Task',
      status: 'requested',
      intent: 'order',
      code: { coding: [{ system: 'urn:postern:task', code: 'card-ends' }] },
      for: { reference: `Patient/${chart}` },
      restriction: { period: { end: inDays(12) } },
    };
    const made = await fetch(`${demo.origin}/fhir/Task`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
      body: JSON.stringify(task),
    });
    expect(made.status).toBe(201);
    const page = await visitors.visit(DENTIST);
    await page.goto('/desk/cards');
    await loaded(page);
    await page.getByRole('link', { name: 'Whitfield, Georgia' }).last().waitFor(PATIENTLY);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('No card ends within thirty days').waitFor(PATIENTLY);
  });

  test('let one page of each app use the camera, and no other', async () => {
    const policy = async (path: string) => {
      const { headers } = await fetch(`${demo.origin}${path}`);
      return headers.get('permissions-policy') ?? '';
    };
    for (const path of [`/portal/${chart}/camera`, `/desk/patients/${chart}/camera`]) {
      expect(await policy(path)).toMatch(/camera=\(self\)/);
    }
    for (const path of [
      `/portal/${chart}`,
      `/portal/${chart}/cards`,
      `/portal/${chart}/documents/camera`,
      `/desk/patients/${chart}/cards`,
      '/desk/camera',
      '/',
      '/account',
    ]) {
      expect([path, /camera=\(\)/.test(await policy(path))]).toEqual([path, true]);
    }
    const page = await visitors.visit(PATIENT);
    await page.goto(`/portal/${chart}/cards`);
    await loaded(page);
    const asked = page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ video: true }).then(
        () => 'given',
        (error: Error) => error.name,
      ),
    );
    expect(await asked).toBe('NotAllowedError');
    // The browser says in its console that the policy forbade it, which was the question.
    await visitors.leave();
  });
});
