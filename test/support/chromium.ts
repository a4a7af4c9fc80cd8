/**
 * Where a Chromium is: the one that `CHROME_PATH` names, one of the machine, or one that is fetched once: of
 * the distribution where we may install packages, of Playwright otherwise. The headless shell goes first: it
 * is the same engine without the window that nobody looks at, and takes half as long (ADR 0149).
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';

const ON_MACHINE = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const FETCH_MS = 300_000;

export const isRoot = process.getuid?.() === 0;

/** Its path, or null where none can be had. May take minutes, once. */
export function findChromium(): string | null {
  return installed() ?? fetched();
}

function installed(): string | null {
  const named = process.env.CHROME_PATH;
  if (named !== undefined && named !== '') return existsSync(named) ? named : null;
  return [...ON_MACHINE, chromium.executablePath()].find((path) => existsSync(path)) ?? null;
}

function fetched(): string | null {
  if (process.env.CHROME_PATH) return null;
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('No Chromium here: installing that of the distribution.\n');
    // Two test files may want it at once: the second waits for the first.
    const wait = ['-o', 'DPkg::Lock::Timeout=240'];
    run('apt-get', [...wait, 'update']);
    for (const name of ['chromium-headless-shell', 'chromium']) {
      if (installed() === null) run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', name]);
    }
  }
  if (installed() === null) {
    process.stderr.write('No Chromium here: fetching that of Playwright.\n');
    const cli = join(
      dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
      'cli.js',
    );
    run(process.execPath, [cli, 'install', 'chromium']);
  }
  return installed();
}

function run(command: string, args: readonly string[]): void {
  spawnSync(command, args, {
    stdio: 'ignore',
    timeout: FETCH_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
