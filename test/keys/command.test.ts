/**
 * `postern keys` as the operator runs it, in a process of its own, on an installation that stands still or
 * serves.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChartId, newId, type PracticeId, type ResourceId } from '../../src/base/ids.ts';
import { openPostern, type Postern } from '../../src/cli/index.ts';
import { logDirectory, logOrigin } from '../../src/ledger/index.ts';
import { filesUnder, PatternScan } from '../support/pattern-scan.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const run = promisify(execFile);

let folder: string;
let dataFolder: string;
let practiceId: PracticeId;
const doomed = newId<ChartId>();
const spared = newId<ChartId>();
/** Wrapped keys of the chart to be shredded. */
let wrapped: Buffer[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-keys-'));
  dataFolder = join(folder, 'data');
  await mkdir(join(folder, 'backups'));
  await whileOpen(async (postern) => {
    const { keychain, database } = postern;
    practiceId = await keychain.createPractice(database.owner, { slug: 'hillside', name: 'Hillside' });
    for (const id of [doomed, spared]) await deposit(postern, id);
    const { rows } = await database.owner.query<{ wrapped: Buffer }>(
      'select k.wrapped from postern.chart_key k where k.chart_id = $1',
      [doomed],
    );
    wrapped = rows.map((row) => row.wrapped);
  });
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

it('backs up, shreds with the date of completion, and leaves no wrapped key in the tables', async () => {
  expect(wrapped.length).toBeGreaterThan(0);
  expect(await tablesHold(wrapped)).toBe(true);
  const backup = await keys('backup', '--to', join(folder, 'backups'));
  expect(backup).toMatch(/postern-keys-.*\.jsonl: 2 chart keys/);
  const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
  const shred = ['shred', '--practice', 'hillside', '--chart', doomed, '--reason', 'Asked for.'];
  await expect(keys(...shred)).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--confirm'),
  });
  await expect(keys(...shred, '--confirm', spared)).rejects.toMatchObject({ code: 2 });
  expect(await tablesHold(wrapped)).toBe(true);
  const shredded = await keys(...shred, '--confirm', doomed);
  expect(shredded).toBe(`Shredded. Complete on ${day}, when the last backup of its keys expires.\n`);
  expect(await tablesHold(wrapped)).toBe(false);
  const today = new Date().toISOString().slice(0, 10);
  expect(await keys(...shred)).toBe(
    `Shredded already, on ${today}. Complete on ${day}, when the last backup of its keys expires.\n`,
  );
  const restored = await keys('restore', '--from', join(folder, 'backups'));
  expect(restored).toContain('0 chart keys restored; 1 of shredded charts refused');
}, 180_000);

it('rotates the root beside a running server, which goes on with both old and new', async () => {
  await whileOpen(async (postern) => {
    await postern.gate.listen(postern.database.serverConnection);
    await expect(keys('restore', '--from', join(folder, 'backups'))).rejects.toMatchObject({
      stderr: expect.stringContaining('A server runs on this database.'),
    });
    expect(await read(postern, spared)).toContain('Hollis');
    await postern.sequencer.sequenceAll();
    await copyFile(join(logDirectory(join(dataFolder, 'log'), practiceId), 'checkpoint'), kept());
    const before = await readFile(join(folder, 'root.key'), 'utf8');
    expect(await keys('rotate', '--root')).toContain('Root key 2 is in use; 8 practice keys');
    expect(await readFile(join(folder, 'root.key'), 'utf8')).not.toBe(before);
    expect(await keys('rotate', '--practice', 'hillside')).toContain('Key 2 is in use.');
    expect(await keys('rotate', '--index', 'hillside')).toContain('Key 2 is in use.');
    expect(await read(postern, spared)).toContain('Hollis');
    const later = newId<ChartId>();
    await deposit(postern, later);
    expect(await read(postern, later)).toContain('Hollis');
  });
  await whileOpen(async (postern) => {
    expect(await read(postern, spared)).toContain('Hollis');
    expect(await read(postern, doomed)).toBeNull();
  });
}, 60_000);

it('says which backup is older than the keys in use, and leaves no line of having restored it', async () => {
  const refused = keys('restore', '--from', join(folder, 'backups'));
  await expect(refused).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/The backup postern-keys-\S+\.jsonl is older than the keys in use/),
  });
}, 60_000);

it('leaves a line of each in the log of the installation, which shows and verifies', async () => {
  const shown = await postern('log', 'show', '--installation', '--json');
  const actions = shown
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).action);
  expect(actions.reverse()).toEqual(['back-up-keys', 'restore-keys', 'rotate-root-key', 'log-show']);
  expect(await postern('log', 'verify', '--installation')).toContain('Every line is as it was signed.');
}, 60_000);

it("verifies the practice's log as before, from a checkpoint of before the rotations on", async () => {
  const verify = (...more: string[]) => postern('log', 'verify', '--practice', 'hillside', ...more);
  expect(await verify('--earlier', kept())).toContain('Every line is as it was signed.');
  const pinned = /^Public key: +(\S+)$/m.exec(await verify())![1]!;
  expect(await verify('--key', pinned)).toContain('Every line is as it was signed.');
  const leaves = (await postern('log', 'export', '--practice', 'hillside')).trim().split('\n');
  expect(JSON.parse(leaves.at(-1)!).checkpoint).toContain(logOrigin(practiceId));
}, 60_000);

it('says what is missing', async () => {
  await expect(keys('rotate')).rejects.toMatchObject({ code: 2 });
  await expect(keys('shred', '--practice', 'hillside', '--chart', spared)).rejects.toMatchObject({ code: 2 });
  const nobody = newId();
  const absent = keys(
    'shred',
    '--practice',
    'hillside',
    '--chart',
    nobody,
    '--reason',
    'x',
    '--confirm',
    nobody,
  );
  await expect(absent).rejects.toMatchObject({ code: 1 });
}, 60_000);

/** Where the test keeps a checkpoint of before the rotations. */
const kept = () => join(folder, 'checkpoint-kept');

const keys = (...args: string[]) => postern('keys', ...args);

async function postern(...args: string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    POSTERN_DATA: dataFolder,
    POSTERN_KEY_VAULT: `file:${join(folder, 'root.key')}`,
    POSTERN_KEY_BACKUP_DAYS: '7',
  };
  const { stdout } = await run(process.execPath, [MAIN, ...args], { cwd: folder, env });
  return stdout;
}

async function whileOpen(work: (postern: Postern) => Promise<void>): Promise<void> {
  const postern = await openPostern(
    {
      dataFolder,
      host: '127.0.0.1',
      port: 0,
      trustedProxies: [],
      databaseUrl: null,
      keyVault: `file:${join(folder, 'root.key')}`,
      publicUrl: 'https://keys.example',
      smtpUrl: null,
      mailFrom: null,
      reportsIdentity: join(folder, 'reports.key'),
      securityContacts: [],
      keyBackupDays: 7,
      clamAv: null,
      fileLimits: {},
      blobs: { kind: 'folder', path: join(dataFolder, 'files') },
      blobsBefore: null,
    },
    { settings: { fsync: 'off' } },
  );
  try {
    await work(postern);
  } finally {
    await postern.close();
  }
}

async function deposit({ gate, store }: Postern, id: ChartId): Promise<void> {
  await gate.asJob(practiceId, 'system-import', 'test', async (visit) => {
    const resource = { resourceType: 'Patient', id, name: [{ family: 'Hollis' }] };
    const author = visit.scope.accountId;
    const draft = {
      id: id as string as ResourceId,
      resource,
      section: null,
      author,
      digest: Buffer.alloc(16),
    };
    const [outcome] = await store.importBatch(visit, [draft]);
    if (outcome?.kind !== 'written') throw new Error('not written');
  });
}

async function read({ gate, store }: Postern, id: ChartId): Promise<string | null> {
  return gate.asJob(practiceId, 'system-upkeep', 'test', async (visit) => {
    const stored = await store.read(visit, 'Patient', id);
    return stored?.content?.bytes().toString() ?? null;
  });
}

/** Whether a table's file has the bytes, dead rows and free space included. Nothing runs on it. */
async function tablesHold(secrets: readonly Buffer[]): Promise<boolean> {
  const scan = new PatternScan(secrets.map((bytes) => ({ name: 'key', of: null, bytes, whole: false })));
  const tables = filesUnder(dataFolder).filter((path) => path.includes('/base/'));
  return tables.some((path) => scan.inFile(path).size > 0);
}
