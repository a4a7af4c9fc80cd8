/**
 * Which installation a command acts on, and what is left when it ends: commands of an operator, in processes
 * of their own.
 */
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, type Running, runPostern, serveUntilStopped } from '../support/serving.ts';

const SLOW_MS = 300_000;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-operator-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (environment: Record<string, string>, ...args: string[]) =>
  runPostern({ folder, environment, args });

test(
  'a command where no installation is says so, and makes nothing',
  async () => {
    const commands = [['demo'], ['token', 'a@b.org'], ['account', 'list'], ['log', 'show', '--installation']];
    for (const args of commands) {
      const { code, out, err } = await run({}, ...args);
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain(`There is no installation in ${join(folder, 'data')}. Set POSTERN_DATA`);
    }
    expect(await readdir(folder)).toEqual([]);
  },
  SLOW_MS,
);

test(
  'a server that cannot listen says so before it makes anything',
  async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const taken = await run({ POSTERN_PORT: String(port) }, 'serve', '--demo');
    other.close();
    expect(taken).toMatchObject({ code: 1, err: expect.stringContaining(`Port ${port} is taken`) });
    const elsewhere = await run({ POSTERN_HOST: '192.0.2.7' }, 'serve');
    expect(elsewhere.err).toContain('192.0.2.7 is no address of this machine; set POSTERN_HOST');
    expect(await readdir(folder)).toEqual([]);
  },
  SLOW_MS,
);

describe('a server on a port of its own choice', () => {
  let server: Running;
  let address: string;
  beforeAll(async () => {
    server = await serveUntilStopped({ folder, environment: { POSTERN_PORT: '0' } });
    address = /serves (\S+) /.exec(server.said())![1]!;
  }, SLOW_MS);
  afterAll(() => server.stop());

  test('prints the port it has, and says that there is no practice yet', async () => {
    expect(address).toMatch(/^http:\/\/localhost:[1-9]\d*$/);
    expect(await (await fetch(`${address}/healthz`)).json()).toBeTruthy();
    expect(server.said()).toContain('postern practice add SLUG');
  });

  test(
    'is where sign-in links lead, whatever port the command would use; without it the command says so',
    async () => {
      await run({}, 'practice', 'add', 'elm-street', '--name', 'Elm Street Dental');
      await run({}, 'account', 'add', 'ada@elm-street.org', '--name', 'Ada Rivers');
      await run({}, 'grant', 'add', 'ada@elm-street.org', '--practice', 'elm-street', '--role', 'owner');
      const link = await run({ POSTERN_PORT: '9999' }, 'signin', 'ada@elm-street.org');
      expect([link.out.startsWith(`${address}/signin#`), link.err]).toEqual([true, '']);
      const second = await run({ POSTERN_PORT: new URL(address).port }, 'serve');
      expect(second.err).toContain(`Postern serves this data already, at ${address}`);
      await server.stop();
      const without = await run({ POSTERN_PORT: '9999' }, 'signin', 'ada@elm-street.org');
      expect(without.out).toMatch(/^http:\/\/localhost:9999\/signin#/);
      expect(without.err).toContain('No server runs on this data');
    },
    SLOW_MS,
  );

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'is gone, and a command told to stop by %s leaves no PostgreSQL behind',
    async (signal) => {
      const { child, ended } = launch({ folder, environment: {}, args: ['account', 'list'] });
      const pid = await postmaster();
      child.kill(signal);
      const { code, err } = await ended;
      expect([code, err]).toEqual([signal === 'SIGINT' ? 130 : 143, 'postern: Stopped.\n']);
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    },
    SLOW_MS,
  );

  test(
    'stops while it loads the demo, in order',
    async () => {
      const environment = { POSTERN_PORT: '0' };
      const { child, ended, text } = launch({ folder, environment, args: ['serve', '--demo'] });
      while (!/ resources/.test(text.err)) await once(child.stderr!, 'data');
      const pid = await postmaster();
      child.kill('SIGTERM');
      const { code, err } = await ended;
      expect([code, err.trim().split('\n').at(-1)]).toEqual([1, 'postern: Stopped before it served.']);
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    },
    SLOW_MS,
  );
});

/** The process of the PostgreSQL that the command has started, as soon as it runs. */
async function postmaster(): Promise<number> {
  const path = join(folder, 'data', 'postgres-connection.json');
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text !== '') return (JSON.parse(text) as { pid: number }).pid;
    await delay(10);
  }
}
