/** `postern demo` lists who can sign in now, not who could when the demo was loaded. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { InstalledDemo } from '../support/installed-demo.ts';
import { loadedDemo } from '../support/loaded-demo.ts';
import { runPostern } from '../support/serving.ts';

let installed: InstalledDemo;
beforeAll(async () => {
  ({ installed } = await loadedDemo({ day: systemClock.now().toISOString().slice(0, 10) }));
}, 300_000);
afterAll(() => installed.close());

interface Person {
  readonly email: string;
  readonly practice: string;
  readonly roles: readonly string[];
  readonly chart: string | null;
  readonly proxyFor: readonly { chart: string }[];
}

async function run(...args: string[]): Promise<string> {
  const { outside, dataFolder } = installed;
  const environment = { POSTERN_DATA: dataFolder, POSTERN_KEY_VAULT: `file:${join(outside, 'root.key')}` };
  const { code, out, err } = await runPostern({ folder: outside, environment, args });
  expect([code, code === 0 ? '' : err]).toEqual([0, '']);
  return out;
}

const listed = async () => JSON.parse(await run('demo', '--json')) as Person[];

test('whoever was disabled, shredded or left without a grant is not listed any more', async () => {
  const before = await listed();
  const only = (role: string) => before.filter(({ roles }) => roles.join(' ') === role);
  const [disabled, leaving] = [only('doctor')[0]!, only('front-desk')[0]!];
  const shredded = only('patient').find(({ practice }) => practice === leaving.practice)!;
  await run('account', 'disable', disabled.email);
  const grants = JSON.parse(
    await run('grant', 'list', '--practice', leaving.practice, '--account', leaving.email, '--json'),
  ) as { id: string }[];
  for (const { id } of grants) await run('grant', 'end', id);
  const { practice, chart } = shredded;
  await run(
    'keys',
    'shred',
    '--practice',
    practice,
    '--chart',
    chart!,
    '--reason',
    'Trial',
    '--confirm',
    chart!,
  );
  const gone = [disabled, leaving, shredded].map(({ email }) => email);
  const after = await listed();
  expect(after.filter(({ email }) => gone.includes(email))).toEqual([]);
  expect(after.flatMap(({ proxyFor }) => proxyFor).some((proxy) => proxy.chart === chart)).toBe(false);
  expect(after.length).toBeGreaterThan(before.length - 6);
}, 300_000);
