/**
 * Production refuses to start on what is careless: each refusal on a real misconfiguration of a real
 * installation, with the command as an operator runs it.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfiguration } from '../../src/base/configuration.ts';
import { openPostern } from '../../src/cli/index.ts';
import { type FleetingPlace, startFleeting } from '../../src/db/index.ts';
import { S3_KEYS, startS3Server, tellSkipped } from '../support/s3-server.ts';
import { runPostern, serveUntilStopped } from '../support/serving.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-production-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const careful = (): Record<string, string> => ({
  POSTERN_DATA: join(folder, 'data'),
  POSTERN_KEY_VAULT: `file:${join(folder, 'keys', 'root.key')}`,
  POSTERN_PORT: '0',
  POSTERN_PUBLIC_URL: 'https://care.practice.org',
  POSTERN_TRUSTED_PROXIES: '127.0.0.1',
  POSTERN_SECURITY_CONTACT: 'mailto:security@practice.org',
});

interface Case {
  readonly environment?: Record<string, string>;
  readonly execArgv?: readonly string[];
  readonly args?: readonly string[];
}

/** The lines of the refusal; fails where it starts. */
async function refusal({ environment = {}, execArgv = [], args = [] }: Case): Promise<string[]> {
  const start = { folder, environment: { ...careful(), ...environment }, execArgv, args: ['serve', ...args] };
  const { code, err } = await runPostern(start);
  expect([code, err]).toEqual([1, expect.stringContaining('It does not start in production')]);
  return err
    .split('\n')
    .filter((line) => line.startsWith('  - '))
    .map((line) => line.slice(4));
}

const starts = async (environment: Record<string, string> = {}) => {
  const server = await serveUntilStopped({ folder, environment: { ...careful(), ...environment } });
  expect((await server.stop()).code).toBe(0);
};

describe('with its own database, production', () => {
  test('starts where nothing is careless', () => starts(), 60_000);

  test('says everything that is missing at once, a line each, and ends with 1', async () => {
    const environment = {
      POSTERN_PUBLIC_URL: 'http://care.practice.org',
      POSTERN_TRUSTED_PROXIES: '',
      POSTERN_SECURITY_CONTACT: '',
      POSTERN_SMTP_URL: 'smtp://desk:changeme@mail.practice.org',
      NODE_DEBUG: 'tls',
    };
    const lines = await refusal({ environment, args: ['--demo'] });
    expect(lines).toEqual([
      expect.stringMatching(/told to load the demo.*without --demo\.$/),
      expect.stringMatching(/POSTERN_PUBLIC_URL is plain http.*https address\.$/),
      expect.stringMatching(/no proxy is declared.*POSTERN_TRUSTED_PROXIES/),
      expect.stringMatching(/set POSTERN_SECURITY_CONTACT/),
      expect.stringMatching(/password in POSTERN_SMTP_URL is one that everybody tries/),
      expect.stringMatching(/NODE_DEBUG.*unset NODE_DEBUG/),
    ]);
    expect(lines.join()).not.toContain('changeme');
  }, 60_000);

  test('refuses a data folder that others can read', async () => {
    await chmod(join(folder, 'data'), 0o755);
    expect(await refusal({})).toEqual([expect.stringMatching(/data folder .* run: chmod 700/)]);
    await chmod(join(folder, 'data'), 0o700);
  }, 60_000);

  test('refuses a key file that others can read, or that lies inside the data folder', async () => {
    await chmod(join(folder, 'keys', 'root.key'), 0o644);
    expect(await refusal({})).toEqual([expect.stringMatching(/key file .* run: chmod 600/)]);
    await chmod(join(folder, 'keys', 'root.key'), 0o600);
    const inside = { POSTERN_KEY_VAULT: `file:${join(folder, 'data', 'root.key')}` };
    expect(await refusal({ environment: inside })).toEqual([
      expect.stringMatching(/lies inside the data folder.*move it/),
    ]);
  }, 60_000);

  test('refuses a folder of files that others can read', async () => {
    await chmod(join(folder, 'data', 'files'), 0o755);
    expect(await refusal({})).toEqual([expect.stringMatching(/folder of files .* run: chmod 700/)]);
    await chmod(join(folder, 'data', 'files'), 0o700);
  }, 60_000);

  test('refuses a bucket of files that answers strangers, and starts when it is closed', async (context) => {
    const s3 = await startS3Server();
    if (typeof s3 === 'string') {
      tellSkipped('production on a bucket that is open', s3);
      return context.skip();
    }
    try {
      const bucket = await s3.bucket('files');
      await s3.makePublic(bucket, true);
      const environment = {
        POSTERN_BLOB_URL: `s3://files/postern?endpoint=${s3.endpoint}`,
        POSTERN_S3_ACCESS_KEY: S3_KEYS.accessKey,
        POSTERN_S3_SECRET_KEY: S3_KEYS.secretKey,
      };
      const lines = await refusal({ environment });
      expect(lines).toEqual([
        expect.stringMatching(/^The files: the bucket files.* to anybody; make it private/),
      ]);
      await s3.makePublic(bucket, false);
      await starts(environment);
      const elsewhere = { ...environment, POSTERN_BLOB_URL: `s3://nowhere?endpoint=${s3.endpoint}` };
      expect(await refusal({ environment: elsewhere })).toEqual([
        expect.stringMatching(/does not let Postern/),
      ]);
    } finally {
      await s3.close();
    }
  }, 240_000);

  test('refuses a file of settings that others can read', async () => {
    await writeFile(join(folder, '.env'), 'POSTERN_PORT=0\n', { mode: 0o644 });
    expect(await refusal({})).toEqual([expect.stringMatching(/\.env.* run: chmod 600/)]);
    await rm(join(folder, '.env'));
  }, 60_000);

  test('refuses an inspector, by option and by NODE_OPTIONS', async () => {
    expect(await refusal({ execArgv: ['--inspect=127.0.0.1:0'] })).toEqual([
      expect.stringMatching(/Debugging is on \(--inspect/),
    ]);
    expect(await refusal({ environment: { NODE_OPTIONS: '--inspect=127.0.0.1:0' } })).toEqual([
      expect.stringMatching(/take it out of NODE_OPTIONS/),
    ]);
  }, 60_000);

  test('refuses a clock that is more than a minute off', async () => {
    const shifted = (seconds: number) => [
      '--import',
      `data:text/javascript,${encodeURIComponent(
        `const Real = Date, by = ${seconds * 1000};
        globalThis.Date = class extends Real {
          constructor(...given) { given.length === 0 ? super(Real.now() + by) : super(...given); }
          static now() { return Real.now() + by; }
        };`,
      )}`,
    ];
    for (const seconds of [95, -95]) {
      expect(await refusal({ execArgv: shifted(seconds) })).toEqual([
        expect.stringMatching(/9[456] seconds apart.*time server/),
      ]);
    }
    const server = await serveUntilStopped({ folder, environment: careful(), execArgv: shifted(30) });
    await server.stop();
  }, 90_000);

  test('refuses a practice and accounts of the demo', async () => {
    const surroundings = { workingFolder: folder, homeFolder: folder };
    const postern = await openPostern(readConfiguration(careful(), '', surroundings));
    const { keychain, gate, database } = postern;
    await keychain.createPractice(database.owner, { slug: 'riverside-dental', name: 'Riverside Dental' });
    const email = 'ngozi.adeyemi@lakeside-family.example';
    await gate.accounts.createAccount({ email, name: 'Ngozi Adeyemi' });
    await gate.accounts.createAccount({ email: 'ana@practice.org', name: 'Ana' });
    await postern.close();
    expect(await refusal({})).toEqual([
      expect.stringMatching(/demo practice riverside-dental.*of its own/),
      expect.stringMatching(/^One account has an address for demos.*find it .*account disable EMAIL\.$/),
    ]);
    const again = await openPostern(readConfiguration(careful(), '', surroundings));
    await again.gate.accounts.createAccount({ email: 'another@lakeside-family.example', name: 'Ana' });
    await again.close();
    const many = /^2 accounts have an address.*find them .*disable EMAIL for each\.$/;
    expect((await refusal({}))[1]).toMatch(many);
  }, 90_000);
});

describe('with a database elsewhere, production', () => {
  let place: FleetingPlace;
  let stop: () => Promise<void>;
  const hba = () => join(folder, 'cluster', 'postgres', 'pg_hba.conf');
  const PASSWORD = 'k3-xQ9zw_7Lm';
  const databaseUrl = (password = PASSWORD) =>
    `postgres://clinic:${encodeURIComponent(password)}@127.0.0.1:${place.port}/clinic`;
  const outside = (password?: string) => ({
    POSTERN_DATABASE_URL: databaseUrl(password),
    POSTERN_DATA: join(folder, 'data-outside'),
    POSTERN_KEY_VAULT: `file:${join(folder, 'keys', 'outside.key')}`,
  });

  async function administer(...statements: string[]): Promise<void> {
    const { port, passwords } = place;
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: 'postgres',
      database: 'postgres',
      password: passwords.superuser,
    });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  }

  beforeAll(async () => {
    ({ place, stop } = await startFleeting(join(folder, 'cluster'), { loopback: true }));
    await administer(
      `create role clinic login createrole password '${PASSWORD}'`,
      'create database clinic owner clinic',
    );
  });
  afterAll(() => stop());

  test('starts where nothing is careless', () => starts(outside()), 60_000);

  test('refuses one that lets anybody in without a password', async () => {
    const authentication = 'host all all 127.0.0.1/32';
    await writeFile(hba(), `${authentication} trust\n`);
    await administer('select pg_reload_conf()');
    const lines = await refusal({ environment: outside() });
    expect(lines).toHaveLength(3);
    for (const role of ['clinic', 'clinic_server', 'postgres']) {
      expect(lines).toContainEqual(
        expect.stringMatching(new RegExp(`lets ${role} in with any password.*scram-sha-256.*pg_hba`)),
      );
    }
    await writeFile(hba(), `${authentication} scram-sha-256\n`);
    await administer('select pg_reload_conf()');
    await starts(outside());
  }, 90_000);

  test.each([
    ['is a superuser', 'alter role clinic_server superuser', 'alter role clinic_server nosuperuser'],
    [
      'is a member of another role',
      'grant pg_read_all_data to clinic_server',
      'revoke pg_read_all_data from clinic_server',
    ],
  ])(
    'refuses a server role that %s',
    async (fault, loosen, tighten) => {
      await administer(loosen);
      expect(await refusal({ environment: outside() })).toEqual([
        expect.stringContaining(`its database role clinic_server ${fault}, and must not`),
      ]);
      await administer(tighten);
    },
    60_000,
  );

  test('refuses a password that is its name', async () => {
    await administer("alter role clinic password 'clinic'");
    expect(await refusal({ environment: outside('clinic') })).toEqual([
      expect.stringMatching(/POSTERN_DATABASE_URL is a name in that address/),
    ]);
    await administer(`alter role clinic password '${PASSWORD}'`);
  }, 60_000);
});
