/** What the process that draws can reach: tried from within, by code in its place. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Jail, jails } from './jail.ts';

let folder: string;
let secret: string;
const server = createServer((socket) => socket.end());
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-jail-'));
  secret = join(folder, 'root.key');
  await writeFile(secret, 'the root key', { mode: 0o644 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs code in place of the drawing, started in the same way, by a parent whose environment holds a key. */
function within({ command, arguments: words }: Jail, code: string): unknown {
  const others = words.slice(0, -1);
  const { stdout, stderr } = spawnSync(command, [...others, '--input-type=module', '--eval', code], {
    cwd: '/',
    env: {},
    timeout: 60_000,
  });
  if (stdout.length === 0) throw new Error(`Nothing came back: ${stderr.toString().slice(0, 500)}`);
  return JSON.parse(stdout.toString());
}

const ATTEMPTS = `
  const tried = async (work) => {
    try { await work(); } catch (error) { return error.code ?? error.cause?.code ?? error.name; }
    return 'done';
  };
  const fs = await import('node:fs');
  const { connect } = await import('node:net');
  const { spawn } = await import('node:child_process');
  const { Worker } = await import('node:worker_threads');
  const { lookup } = await import('node:dns/promises');
  const { Session } = await import('node:inspector');
`;

test('neither keys nor settings, files, network, programs or threads are within reach', () => {
  // The last way needs nothing of the system, so what it holds, every other does.
  const reached = within(
    jails().at(-1)!,
    `${ATTEMPTS}
    const secret = ${JSON.stringify(secret)};
    console.log(JSON.stringify({
      environment: Object.keys(process.env),
      key: await tried(() => fs.readFileSync(secret)),
      environmentOfSystem: await tried(() => fs.readFileSync('/proc/self/environ')),
      memoryOfOthers: await tried(() => fs.readFileSync('/proc/' + process.ppid + '/environ')),
      users: await tried(() => fs.readFileSync('/etc/passwd')),
      folder: await tried(() => fs.readdirSync('/')),
      settings: await tried(() => fs.readFileSync(process.argv0 + '/../../.env')),
      write: await tried(() => fs.writeFileSync(${JSON.stringify(join(folder, 'x'))}, 'x')),
      remove: await tried(() => fs.rmSync(secret)),
      link: await tried(() => fs.symlinkSync(secret, ${JSON.stringify(join(folder, 'y'))})),
      network: await tried(() => new Promise((resolve, reject) =>
        connect(${port}, '127.0.0.1', resolve).on('error', reject))),
      name: await tried(() => lookup('localhost')),
      fetching: await tried(() => fetch('http://127.0.0.1:${port}/')),
      program: await tried(() => new Promise((resolve, reject) =>
        spawn('/bin/true').on('error', reject).on('close', resolve))),
      thread: await tried(() => new Worker('1', { eval: true })),
      inspector: await tried(() => new Session().connect()),
      words: await tried(() => eval('1')),
    }));
    process.exit();`,
  );
  expect(reached).toEqual({
    environment: [],
    key: 'ERR_ACCESS_DENIED',
    environmentOfSystem: 'ERR_ACCESS_DENIED',
    memoryOfOthers: 'ERR_ACCESS_DENIED',
    users: 'ERR_ACCESS_DENIED',
    folder: 'ERR_ACCESS_DENIED',
    settings: 'ERR_ACCESS_DENIED',
    write: 'ERR_ACCESS_DENIED',
    remove: 'ERR_ACCESS_DENIED',
    link: 'ERR_ACCESS_DENIED',
    network: 'ERR_ACCESS_DENIED',
    name: 'ERR_ACCESS_DENIED',
    fetching: 'ERR_ACCESS_DENIED',
    program: 'ERR_ACCESS_DENIED',
    thread: 'ERR_ACCESS_DENIED',
    inspector: 'ERR_ACCESS_DENIED',
    words: 'EvalError',
  });
});

test('the process that draws can be given an environment by nobody: the way to start it has none', () => {
  const all = jails();
  expect(all.length).toBeGreaterThan(0);
  for (const { arguments: words } of all) {
    expect(words.at(-1)).toMatch(/drawing\/main\.ts$/);
    expect(words).toContain('--permission');
    expect(words.filter((word) => /^--allow-/.test(word) && !word.startsWith('--allow-fs-read='))).toEqual([
      '--allow-addons',
    ]);
    for (const word of words.filter((each) => each.startsWith('--allow-fs-read='))) {
      expect(word).toMatch(/\/(src\/documents\/drawing|src\/frames|node_modules\/[@a-z-]+)\/$/);
    }
  }
});

/** What decoders in C could do, they could do as a program of the system: so one is put in their place. */
function asProgram({ command, arguments: words }: Jail, program: readonly string[]): string {
  const node = [command, ...words].indexOf(process.execPath);
  const [first, ...rest] = [...[command, ...words].slice(0, node), ...program];
  const { stdout, stderr } = spawnSync(first!, rest, { cwd: '/', env: {}, timeout: 60_000 });
  return `${stdout}${stderr}`;
}

const walled = jails().find(({ walls }) => walls.includes('limits') && walls.includes('no network'));
const works = walled !== undefined && asProgram(walled, ['/bin/echo', 'stands']).startsWith('stands');
if (!works) console.warn('SKIPPED: this machine has no walls of the system for the process that draws.');

test.skipIf(!works)(
  'behind the walls of the system even native code has no network, no rights and an end',
  () => {
    const status = asProgram(walled!, ['/bin/cat', '/proc/self/status']);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    if (process.getuid?.() === 0) {
      expect(status).toMatch(/^Uid:\s+65534\s+65534\s+65534\s+65534$/m);
      expect(status).toMatch(/^CapBnd:\s+0+$/m);
    }
    const network = asProgram(walled!, ['/bin/cat', '/proc/net/dev']);
    expect(network.match(/^\s*\w+:/gm)?.map((name) => name.trim())).toEqual(['lo:']);
    const limits = asProgram(walled!, ['/bin/cat', '/proc/self/limits']);
    expect(limits).toMatch(/^Max data size\s+1610612736\s+1610612736/m);
    expect(limits).toMatch(/^Max file size\s+0\s+0/m);
    expect(limits).toMatch(/^Max cpu time\s+30\s+30/m);
    asProgram(walled!, ['/bin/sh', '-c', `echo x > ${join(folder, 'written')}`]);
    expect(existsSync(join(folder, 'written'))).toBe(false);
  },
);

test.skipIf(!works)('memory beyond the limit is not given', () => {
  const tried = `
    const all = [];
    try { for (;;) all.push(Buffer.alloc(100_000_000, 1)); } catch { console.log(all.length); }
    process.exit();`;
  expect(within(walled!, tried)).toBeLessThan(16);
});
