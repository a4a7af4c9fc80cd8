import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placeFaults } from './place-faults.ts';
import { processFaults } from './process-faults.ts';
import { isProduction } from './production.ts';
import { settingFaults, weaknessOf } from './setting-faults.ts';

test('production is whatever people reach from beyond this machine', () => {
  for (const url of [
    'http://127.0.0.1:8080',
    'http://localhost',
    'https://[::1]',
    'https://x.localhost:8443',
  ]) {
    expect([url, isProduction(url)]).toEqual([url, false]);
  }
  for (const url of ['https://care.practice.org', 'http://10.0.0.7', 'https://localhost.practice.org']) {
    expect([url, isProduction(url)]).toEqual([url, true]);
  }
});

describe('a secret', () => {
  test('is refused where it is empty, usual, a name or short', () => {
    const names = ['clinic', 'db.practice.org'];
    expect(weaknessOf('', names)).toBe('is empty');
    for (const usual of ['postgres', 'Password', 'changeme'])
      expect(weaknessOf(usual, names)).toContain('tries');
    expect(weaknessOf('CLINIC', names)).toContain('name');
    expect(weaknessOf('k3!xQ9z', names)).toContain('fewer than 8');
    expect(weaknessOf('k3!xQ9zw', names)).toBeNull();
  });

  test('stands in no sentence about it', () => {
    const listening = { host: '127.0.0.1', port: 8080 };
    const blobs = { kind: 'folder', path: '/files' } as const;
    const known = { trustedProxies: ['::1'], securityContacts: ['mailto:a@b.org'], blobs };
    const sound = { ...listening, ...known, publicUrl: 'https://a.b' };
    const faults = settingFaults({
      ...sound,
      databaseUrl: 'postgres://clinic:hunter2@db/clinic',
      smtpUrl: 'smtp://desk:p%C3%A4ss@mail.practice.org',
    });
    expect(faults.map(({ check }) => check)).toEqual(['secret', 'secret']);
    expect(JSON.stringify(faults)).not.toMatch(/hunter2|p%C3|päss/);
    const noUser = { ...sound, databaseUrl: null, smtpUrl: 'smtp://mail.practice.org' };
    expect(settingFaults(noUser)).toEqual([]);
    const bucket = {
      kind: 's3',
      bucket: 'files',
      prefix: '',
      endpoint: 'https://s.org',
      region: 'eu',
    } as const;
    const keyed = (text: string) => ({ accessKey: 'ada', secret: { text } });
    const inBucket = (text: string) =>
      settingFaults({ ...noUser, blobs: { ...bucket, pathStyle: true, keys: keyed(text) } });
    expect(inBucket('k3!xQ9zwP7')).toEqual([]);
    for (const weak of ['minioadmin', 'ada', 'files', 'k3!xQ9z']) {
      const [{ check, sentence } = { check: null, sentence: '' }] = inBucket(weak);
      expect([check, sentence.includes(weak)]).toEqual(['secret', false]);
    }
    // Nobody set an address that people use: it is that of the network, and the sentence says so.
    const open = { ...noUser, host: '192.0.2.7', publicUrl: 'http://192.0.2.7:8080' };
    const [fault, ...more] = settingFaults(open);
    expect(more).toEqual([]);
    expect(fault?.sentence).toMatch(/^POSTERN_HOST lets others reach it .*set POSTERN_PUBLIC_URL/);
  });
});

test('a process that can be looked into is refused, however it was asked for', () => {
  const quiet = { execArgv: [], environment: {}, inspectorUrl: undefined };
  expect(processFaults(quiet)).toEqual([]);
  expect(processFaults({ ...quiet, execArgv: ['--import', 'x', '--enable-source-maps'] })).toEqual([]);
  const looked = [
    { execArgv: ['--inspect-brk=0'] },
    { execArgv: ['--heapsnapshot-signal=SIGUSR2'] },
    { environment: { NODE_OPTIONS: '--max-old-space-size=512 --inspect' } },
    { environment: { NODE_DEBUG: 'http' } },
    { environment: { DEBUG: '*' } },
    { environment: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
    { inspectorUrl: 'ws://127.0.0.1:9229/x' },
  ];
  for (const each of looked) {
    expect(processFaults({ ...quiet, ...each }).map(({ check }) => check)).toEqual(['debugging']);
  }
});

describe('places', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-places-'));
    await mkdir(join(folder, 'data'), { mode: 0o700 });
    await writeFile(join(folder, 'root.key'), '', { mode: 0o600 });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const faultsOf = async (key: string, data = 'data', identity = 'reports.key') => {
    const places = {
      dataFolder: join(folder, data),
      keyVault: `file:${join(folder, key)}`,
      reportsIdentity: join(folder, identity),
    };
    return (await placeFaults(places, join(folder, '.env'))).map(({ check }) => check);
  };

  test('that are private are none, nor are those that are not made yet', async () => {
    expect(await faultsOf('root.key')).toEqual([]);
    expect(await faultsOf('nowhere/root.key', 'not-made')).toEqual([]);
    await chmod(join(folder, 'data'), 0o711);
    expect(await faultsOf('root.key')).toEqual([]);
  });

  test('are told apart by what others may do with them', async () => {
    await chmod(join(folder, 'data'), 0o750);
    await chmod(join(folder, 'root.key'), 0o640);
    await writeFile(join(folder, '.env'), 'POSTERN_SMTP_URL=smtp://a:b@c', { mode: 0o644 });
    expect(await faultsOf('root.key')).toEqual(['data-folder', 'key-file', 'settings-file']);
    await chmod(join(folder, 'data'), 0o700);
    await chmod(join(folder, 'root.key'), 0o600);
    await rm(join(folder, '.env'));
  });

  test('are found inside the data folder by links too, and before they are made', async () => {
    await symlink(join(folder, 'data'), join(folder, 'elsewhere'));
    expect(await faultsOf('elsewhere/keys/root.key')).toEqual(['key-file']);
    expect(await faultsOf('data/root.key')).toEqual(['key-file']);
    expect(await faultsOf('data-of-old/root.key')).toEqual([]);
  });

  test('are told of the identity that opens reports, where it lies here', async () => {
    await writeFile(join(folder, 'reports.key'), '', { mode: 0o600 });
    expect(await faultsOf('root.key')).toEqual([]);
    await chmod(join(folder, 'reports.key'), 0o604);
    expect(await faultsOf('root.key')).toEqual(['key-file']);
    await rm(join(folder, 'reports.key'));
    await writeFile(join(folder, 'data', 'reports.key'), '', { mode: 0o600 });
    expect(await faultsOf('root.key', 'data', 'elsewhere/reports.key')).toEqual(['key-file']);
    await rm(join(folder, 'data', 'reports.key'));
  });
});
