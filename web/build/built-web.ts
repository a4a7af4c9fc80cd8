/**
 * The web apps, built when what they are made of has changed. What is built lies in a folder that is called
 * by the digest of everything it was made of, so nothing is ever stale, and two processes that build at the
 * same time make the same folder. The build runs in a process of its own: a server that runs for weeks need
 * not keep the builder too.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PosternError } from '../../src/base/errors.ts';
import type { WebFiles } from '../../src/base/web-files.ts';
import { readBuilt } from './read-built.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const WEB = join(ROOT, 'web');
const BUILDS = join(ROOT, 'node_modules', '.cache', 'postern-web');
/** Rooms under web/ that are not in the apps, or only make them. */
const APART = new Set(['dist']);

/** The apps. `say` hears that they are being built, which takes a few seconds. */
export async function builtWeb(say: (sentence: string) => void = () => undefined): Promise<WebFiles> {
  const folder = join(BUILDS, await digestOfSources());
  if (!existsSync(folder)) {
    say('Building the web pages; this happens after every change of them and takes a few seconds.');
    await build(folder);
  }
  return readBuilt(folder);
}

async function build(folder: string): Promise<void> {
  const draft = `${folder}.${process.pid}`;
  try {
    await mkdir(BUILDS, { recursive: true });
    await runBuilder(draft);
    // Whoever was faster has made the same.
    await rename(draft, folder).catch(async (error: NodeJS.ErrnoException) => {
      if (!existsSync(folder)) throw error;
      await rm(draft, { recursive: true, force: true });
    });
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    if (error instanceof PosternError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new PosternError(
      'unavailable',
      `The web pages could not be built into ${BUILDS} (${code}); let its owner start the server once.`,
      { cause: error },
    );
  }
  await removeOthers(folder);
}

function runBuilder(into: string): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run-build.ts'), into], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new PosternError('unavailable', `The web pages could not be built: ${said.trim()}`));
    });
  });
}

/** Builds of before, but for those that another process is at. */
async function removeOthers(kept: string): Promise<void> {
  for (const name of await readdir(BUILDS)) {
    const path = join(BUILDS, name);
    if (path !== kept && /^[0-9a-f]+$/.test(name)) await rm(path, { recursive: true, force: true });
  }
}

/** Of all sources, and of the lock file, which stands for every package that goes in. */
async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const paths = (await readdir(WEB, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !/\.(test\.tsx?|md)$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name).slice(WEB.length + 1))
    .filter((path) => !APART.has(path.split('/')[0] ?? ''))
    .sort();
  for (const path of [...paths.map((each) => join('web', each)), 'package-lock.json']) {
    const bytes = await readFile(join(ROOT, path));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex').slice(0, 32);
}
