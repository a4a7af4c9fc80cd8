/** The launcher on made-up installations: what it says when it cannot go on, and how it hands over. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';

const BUILD = `${process.platform}-${process.arch}`;
const PINNED = BUILD === 'darwin-arm64' ? `node-bin-${BUILD}` : `node-${BUILD}`;
const LAUNCHER = join(import.meta.dirname, '..', 'bin', 'postern.mjs');
const LOCK = { packages: { '': {}, 'node_modules/pg': { version: '1' } } };

const folders: string[] = [];
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'postern-launcher-'));
  folders.push(root);
  await write('bin/postern.mjs', '');
  await copyFile(LAUNCHER, join(root, 'bin', 'postern.mjs'));
  await write('package.json', JSON.stringify({ optionalDependencies: { [PINNED]: '1.0.0' } }));
  await write('package-lock.json', JSON.stringify(LOCK));
  await write('src/cli/main.ts', 'console.log(JSON.stringify(process.argv.slice(2)));');
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

/** An installation as npm leaves it, with this process's Node in the place of the pinned one. */
async function pretendInstalled(version = '1'): Promise<void> {
  await write(
    'node_modules/.package-lock.json',
    JSON.stringify({ packages: { 'node_modules/pg': { version } } }),
  );
  await mkdir(join(root, 'node_modules', PINNED, 'bin'), { recursive: true });
  await symlink(process.execPath, join(root, 'node_modules', PINNED, 'bin', 'node'));
}

interface Outcome {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the launcher, with a made-up npm that runs this program. */
async function launch(args: readonly string[], npm = 'process.exit(1)'): Promise<ChildProcess> {
  await write('npm-cli.js', npm);
  return spawn(process.execPath, [join(root, 'bin', 'postern.mjs'), ...args], {
    env: { PATH: process.env.PATH ?? '', npm_execpath: join(root, 'npm-cli.js') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, out, err };
}

const run = async (args: readonly string[], npm?: string) => outcomeOf(await launch(args, npm));

describe('the launcher, where everything is installed', () => {
  test('hands over to the pinned Node, with data alone on standard output', async () => {
    await pretendInstalled();
    const { code, out, err } = await run(['token', '--ttl', '60']);
    expect(JSON.parse(out)).toEqual(['token', '--ttl', '60']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('starts the demo server for npm start, and shows help without arguments', async () => {
    await pretendInstalled();
    expect(JSON.parse((await run(['start'])).out)).toEqual(['serve', '--demo']);
    expect(JSON.parse((await run([])).out)).toEqual(['--help']);
  });

  test('ends as the command ends', async () => {
    await pretendInstalled();
    await write('src/cli/main.ts', 'process.exit(7)');
    expect(await run(['serve'])).toMatchObject({ code: 7 });
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'passes %s on and waits for the end',
    async (signal) => {
      await pretendInstalled();
      await write(
        'src/cli/main.ts',
        `process.on('${signal}', () => setTimeout(() => { console.log('stopped'); process.exit(3); }, 50));
       setInterval(() => undefined, 1000);
       console.log('ready');`,
      );
      const child = await launch(['serve']);
      await once(child.stdout!, 'data');
      const outcome = outcomeOf(child);
      child.kill(signal);
      expect(await outcome).toMatchObject({ code: 3, out: expect.stringContaining('stopped') });
    },
  );

  test('ends by the signal that ended the command', async () => {
    await pretendInstalled();
    await write('src/cli/main.ts', "process.kill(process.pid, 'SIGKILL')");
    expect(await run(['serve'])).toMatchObject({ signal: 'SIGKILL' });
  });
});

describe('the launcher, where something is missing', () => {
  const INSTALLING = `
    const fs = require('node:fs');
    fs.mkdirSync('node_modules/${PINNED}/bin', { recursive: true });
    fs.symlinkSync(${JSON.stringify(process.execPath)}, 'node_modules/${PINNED}/bin/node');
    fs.appendFileSync('npm-was-called', process.argv.slice(2).join(' ') + '\\n');
    console.log('added 1 package');`;
  const CALLED =
    "require('node:fs').appendFileSync('npm-was-called', process.argv.slice(2).join(' ') + '\\n');";

  test('installs once, by the lock file and with everything, and says so on standard error', async () => {
    const first = await run(['x'], INSTALLING);
    expect(first).toMatchObject({ code: 0, out: '["x"]\n', err: expect.stringContaining('added 1 package') });
    expect(await run(['x'], INSTALLING)).toMatchObject({ code: 0, err: '' });
    const calls = await readFile(join(root, 'npm-was-called'), 'utf8');
    expect(calls).toMatch(/^ci --include=dev --include=optional [^\n]*\n$/);
  });

  test('installs again when the lock file has changed', async () => {
    await pretendInstalled();
    await run(['x']);
    await write('package-lock.json', JSON.stringify({ packages: { 'node_modules/pg': { version: '2' } } }));
    expect(await run(['x'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('npm could not install'),
    });
  });

  test('asks for the pinned Node by name where npm left it out', async () => {
    const skipping = `if (process.argv[2] === 'install') { ${INSTALLING} }`;
    expect(await run(['x'], skipping)).toMatchObject({ code: 0 });
    expect(await readFile(join(root, 'npm-was-called'), 'utf8')).toContain(`${PINNED}@1.0.0`);
  });

  test('lets the pinned Node ask again for what npm left out on an older one', async () => {
    const binding = { version: '1', optional: true, os: [process.platform], cpu: process.arch };
    const other = { ...binding, os: ['none'] };
    await write(
      'package-lock.json',
      JSON.stringify({ packages: { 'node_modules/here': binding, 'node_modules/elsewhere': other } }),
    );
    await run(['x'], `if (process.argv[2] === 'ci') { ${INSTALLING} } else { ${CALLED} }`);
    expect(await readFile(join(root, 'npm-was-called'), 'utf8')).toMatch(/^install --no-save /m);
  });

  test('says that there is no Node for a platform that has none', async () => {
    await write('package.json', '{"optionalDependencies":{}}');
    const { code, err } = await run(['x'], '');
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('runs on Linux and macOS') });
  });

  test.each([
    ['the network', 'npm error code ENOTFOUND', 'could not reach its registry'],
    ['the proxy', 'npm error code ECONNREFUSED', 'could not reach its registry'],
    ['room on the disk', 'npm error code ENOSPC', 'the disk is full'],
    ['the right to write', 'npm error code EACCES', 'may not write where it must'],
    ['a package in the registry', 'npm error code E404', 'does not give out a package'],
    ['agreement with the lock file', 'npm error code EUSAGE', 'do not agree'],
    ['something else', 'npm error code EWHATEVER', 'it ended with 1'],
  ])('without %s says what is wrong in one last sentence', async (_, words, sentence) => {
    const { code, out, err } = await run(['x'], `console.error('${words}'); process.exit(1);`);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    const last = err.trim().split('\n').at(-1);
    expect(last).toMatch(/^postern: .*\.$/);
    expect(last).toContain(sentence);
  });

  test.runIf(process.getuid?.() !== 0)(
    'says that it cannot install into a folder it may only read',
    async () => {
      await write('npm-cli.js', '');
      await chmod(root, 0o500);
      const child = spawn(process.execPath, [join(root, 'bin', 'postern.mjs'), 'x'], { stdio: 'pipe' });
      expect(await outcomeOf(child)).toMatchObject({
        code: 1,
        err: expect.stringContaining('cannot be written'),
      });
      await chmod(root, 0o700);
    },
  );
});
