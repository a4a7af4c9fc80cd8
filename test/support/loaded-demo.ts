/**
 * The demo of today with all of its records. Loading them is most of what a browser test waits for, so that
 * is done once in a run of tests: the first that asks puts a whole installation aside, and each gets a copy.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { DemoPersonLine } from '../../demo/index.ts';
import { type InstalledDemo, type InstallOptions, installDemo, openInstalled } from './installed-demo.ts';

const run = promisify(execFile);

export interface LoadedDemo {
  readonly installed: InstalledDemo;
  readonly people: readonly DemoPersonLine[];
}

/** The folder of the run (`cluster.ts`); outside of one nothing is put aside. */
const RUN = process.env.POSTERN_TEST_RUN;
const LONGEST_MS = 200_000;

export async function loadedDemo(options: InstallOptions & { readonly day: string }): Promise<LoadedDemo> {
  if (RUN === undefined) {
    const installed = await installDemo(options);
    return { installed, people: await installed.load() };
  }
  const aside = await putAside(join(RUN, `demo-${options.day}`), options);
  const outside = await mkdtemp(join(tmpdir(), 'postern-demo-'));
  // Owners and modes go along: PostgreSQL wants its own, and keys are their owner's.
  await run('cp', ['-a', `${aside}/.`, outside]);
  const people = JSON.parse(await readFile(join(outside, 'people.json'), 'utf8')) as DemoPersonLine[];
  return { installed: await openInstalled(outside, options), people };
}

/** Whoever makes the folder `….making` makes the installation; all others wait for it. */
async function putAside(folder: string, options: InstallOptions): Promise<string> {
  const making = `${folder}.making`;
  const until = performance.now() + LONGEST_MS;
  while (!existsSync(folder)) {
    if (await mayMake(making)) {
      try {
        if (!existsSync(folder)) await make(folder, options);
      } finally {
        await rm(making, { recursive: true });
      }
    } else if (performance.now() > until) throw new Error('Nobody has made the demo in time');
    else await later(100);
  }
  return folder;
}

async function mayMake(making: string): Promise<boolean> {
  return mkdir(making).then(
    () => true,
    () => false,
  );
}

async function make(folder: string, options: InstallOptions): Promise<void> {
  const installed = await installDemo(options);
  const people = await installed.load();
  await installed.stop();
  await writeFile(join(installed.outside, 'people.json'), JSON.stringify(people));
  await rename(installed.outside, folder).catch(async () => {
    // Not on the same disk.
    await run('cp', ['-a', installed.outside, `${folder}.draft`]);
    await rename(`${folder}.draft`, folder);
    await rm(installed.outside, { recursive: true });
  });
}
