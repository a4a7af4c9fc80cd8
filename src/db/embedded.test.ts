/** The embedded PostgreSQL as it runs in earnest: durable settings, its own processes, real kills. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asSuperuser } from './bootstrap.ts';
import { embeddedPasswords } from './data-folder.ts';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { findProcess } from './process.ts';
import { DURABLE, QUIET_LOG } from './settings.ts';

const CANARY = 'Wilhelmina-Postlethwaite';

let base: string;
let dataFolder: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'postern-db-'));
  // As strict as a folder that root cloned into: everything below must still work.
  await chmod(base, 0o700);
  dataFolder = join(base, 'data');
});
afterAll(() => rm(base, { recursive: true, force: true }));

const open = (options = {}) => openDatabase({ dataFolder, databaseUrl: null }, options);

async function using<T>(work: (database: Database) => Promise<T>, options = {}): Promise<T> {
  const database = await open(options);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** The database opened by another process, which then waits. */
async function openElsewhere(): Promise<{ child: ChildProcess; postmaster: number }> {
  const program = `
    const { openDatabase } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
    await openDatabase({ dataFolder: ${JSON.stringify(dataFolder)}, databaseUrl: null });
    process.stdout.write('open');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  return { child, postmaster: await postmasterPid() };
}

async function postmasterPid(): Promise<number> {
  return Number.parseInt(await readFile(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8'), 10);
}

describe('the embedded database', () => {
  test('is made on first use, migrated once, and keeps what was written', async () => {
    await using(async ({ owner, serverRole }) => {
      expect((await migrate(owner, { serverRole })).length).toBeGreaterThan(0);
      expect(await migrate(owner, { serverRole })).toEqual([]);
      await owner.query('create table public.kept (word text)');
      await owner.query("insert into public.kept values ('kept')");
    });
    await using(async ({ owner }) => {
      expect((await owner.query('select word from public.kept')).rows).toEqual([{ word: 'kept' }]);
    });
  });

  test('leaves nothing of a running server behind when it is closed', async () => {
    const files = await readdir(dataFolder);
    expect(files.sort()).toEqual(['logs', 'postgres', 'postgres-passwords.json']);
  });

  test('listens on a socket that nobody else may enter, and on no port', async () => {
    await using(async ({ ownerConnection, owner }) => {
      expect((await stat(ownerConnection.host!)).mode & 0o777).toBe(0o700);
      const found = await owner.query("select current_setting('listen_addresses') as addresses");
      expect(found.rows).toEqual([{ addresses: '' }]);
      for (const file of ['postgres-passwords.json', 'postgres-connection.json', 'postern.lock']) {
        expect((await stat(join(dataFolder, file))).mode & 0o777, file).toBe(0o600);
      }
    });
  });

  describe.runIf(process.getuid?.() === 0)('that root runs', () => {
    const capabilities = async () => {
      const status = await readFile(`/proc/${await postmasterPid()}/status`, 'utf8');
      return Number.parseInt(/^CapEff:\s*(\w+)$/m.exec(status)![1]!, 16);
    };
    const READ_SEARCH = 1 << 2;

    test('has no capability where others may pass the folders above', async () => {
      await chmod(base, 0o711);
      await using(async () => expect(await capabilities()).toBe(0));
      const { mode, uid } = await stat(dataFolder);
      expect([mode & 0o777, uid]).toEqual([0o710, 0]);
    });

    test('has one where they may not', async () => {
      await chmod(base, 0o700);
      await using(async () => expect(await capabilities()).toBe(READ_SEARCH));
    });
  });

  test('asks everybody for his password, also on the socket', async () => {
    await using(async ({ ownerConnection }) => {
      const place = { host: ownerConnection.host!, port: ownerConnection.port! };
      await expect(
        asSuperuser(place, { superuser: 'guess' }, 'postgres', async () => 'in'),
      ).rejects.toMatchObject({ code: '28P01' });
    });
  });

  test('runs with the durable settings and the quiet log, whatever its files say', async () => {
    await writeFile(
      join(dataFolder, 'postgres', 'postgresql.auto.conf'),
      "fsync = off\nlog_statement = 'all'\n",
    );
    await using(async ({ ownerConnection }) => {
      const { superuser } = await embeddedPasswords(dataFolder);
      const place = { host: ownerConnection.host!, port: ownerConnection.port! };
      const wanted: Record<string, string> = { ...QUIET_LOG, ...DURABLE };
      const found = await asSuperuser(place, { superuser }, 'postgres', (client) =>
        client.query('select name, setting from pg_settings where name = any($1)', [Object.keys(wanted)]),
      );
      const settings = Object.fromEntries(found.rows.map(({ name, setting }) => [name, setting]));
      expect(settings).toEqual(wanted);
    });
  });

  test('writes neither values nor rows to its log, whatever goes wrong with them', async () => {
    await using(async ({ owner, server }) => {
      await owner.query('create table public.person (name text primary key check (length(name) < 30))');
      await owner.query('insert into public.person values ($1)', [CANARY]);
      const faults = [
        owner.query('insert into public.person values ($1)', [CANARY]),
        owner.query('insert into public.person values ($1)', [`${CANARY} ${CANARY}`]),
        owner.query('select $1::uuid', [CANARY]),
        owner.query(`select '${CANARY}'::integer`),
        owner.query(`select "${CANARY}"`),
        owner.query(`do $$ begin raise warning '${CANARY}'; raise exception '${CANARY}'; end $$`),
        server.query(`select * from public.person where name = '${CANARY}'`),
      ];
      const answers = await Promise.allSettled(faults);
      expect(answers.map(({ status }) => status)).toEqual(faults.map(() => 'rejected'));
    });
    const log = await readFile(join(dataFolder, 'logs', 'postgres.log'), 'utf8');
    expect(log).toContain('ready to accept connections');
    expect(log).not.toContain(CANARY);
  });

  test('a second server on the same data is refused; a command beside it attaches', async () => {
    await using(async (first) => {
      await expect(open()).rejects.toMatchObject({ code: 'conflict' });
      const pid = await postmasterPid();
      await using(
        async ({ server }) => {
          expect((await server.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
        },
        { attach: true },
      );
      expect(await postmasterPid()).toBe(pid);
      expect((await first.server.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    });
    await using(
      async ({ owner }) => {
        expect((await owner.query('select word from public.kept')).rows).toHaveLength(1);
      },
      { attach: true },
    );
  });

  test('whose process is killed is stopped, recovered and started by the next', async () => {
    const { child, postmaster } = await openElsewhere();
    await using(({ owner }) => owner.query("insert into public.kept values ('committed')"), { attach: true });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await findProcess(postmaster)).not.toBe(null);
    await using(async ({ owner }) => {
      expect(await findProcess(postmaster)).toBe(null);
      expect((await owner.query('select word from public.kept order by word')).rows).toEqual([
        { word: 'committed' },
        { word: 'kept' },
      ]);
    });
  });

  test('that is killed itself says so, and the next start recovers it', async () => {
    const database = await open();
    process.kill(await postmasterPid(), 'SIGKILL');
    await database.ended;
    await database.close();
    await using(async ({ owner }) => {
      expect((await owner.query('select word from public.kept')).rows).toHaveLength(2);
    });
  });

  test('of a newer or an older PostgreSQL is refused with what to do, and left as it was', async () => {
    const path = join(dataFolder, 'postgres', 'PG_VERSION');
    await writeFile(path, '19\n');
    await expect(open()).rejects.toMatchObject({
      code: 'not-configured',
      message: expect.stringMatching(/PostgreSQL 19, and this Postern has 18; use the Postern that wrote it/),
    });
    await writeFile(path, '17\n');
    await expect(open()).rejects.toMatchObject({
      message: expect.stringMatching(/restore it from a backup/),
    });
    await writeFile(path, '18\n');
    await using(async ({ owner }) => {
      expect((await owner.query('select word from public.kept')).rows).toHaveLength(2);
    });
  });

  test('that is not whole is never built over', async () => {
    const path = join(dataFolder, 'postgres', 'PG_VERSION');
    await rm(path);
    await expect(open()).rejects.toMatchObject({ message: expect.stringMatching(/holds no whole database/) });
    await writeFile(path, '18\n');
  });

  test('starts although its pid file names a process that is another', async () => {
    await writeFile(join(dataFolder, 'postgres', 'postmaster.pid'), `${process.pid}\n`);
    await using(async ({ owner }) => {
      expect((await owner.query('select word from public.kept')).rows).toHaveLength(2);
    });
  });

  test('a first start that was cut off leaves nothing that a second one trips over', async () => {
    const half = join(base, 'half');
    const database = await openDatabase({ dataFolder: half, databaseUrl: null });
    await database.close();
    await rename(join(half, 'postgres'), join(half, 'postgres.new'));
    await writeFile(join(half, 'postgres.password'), 'x');
    await (await openDatabase({ dataFolder: half, databaseUrl: null })).close();
  });
});
