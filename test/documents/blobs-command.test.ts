/** `postern blobs`, as an operator runs it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfiguration } from '../../src/base/configuration.ts';
import { type ChartId, newId, type ResourceId } from '../../src/base/ids.ts';
import { openPostern } from '../../src/cli/index.ts';
import { openKeyVault } from '../../src/seal/index.ts';
import { runPostern } from '../support/serving.ts';

const FILES = 3;
let folder: string;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-blobs-command-'));
  environment = {
    POSTERN_DATA: join(folder, 'data'),
    POSTERN_KEY_VAULT: `file:${join(folder, 'keys', 'root.key')}`,
  };
  const surroundings = { workingFolder: folder, homeFolder: folder };
  const postern = await openPostern(readConfiguration(environment, '', surroundings));
  try {
    const { keychain, gate, store, database } = postern;
    const practice = await keychain.createPractice(database.owner, { slug: 'hillside', name: 'Hillside' });
    const chart = newId<ChartId>();
    const patient = { resourceType: 'Patient', id: chart, name: [{ family: 'Okafor' }] };
    const binaries = Array.from({ length: FILES }, () => ({
      resourceType: 'Binary',
      id: newId<ResourceId>(),
      contentType: 'image/png',
      securityContext: { reference: `Patient/${chart}` },
      data: randomBytes(40_000).toString('base64'),
    }));
    await gate.asJob(practice, 'system-import', 'test', async (visit) => {
      for (const resource of [patient, ...binaries]) {
        const draft = {
          id: resource.id as string as ResourceId,
          resource,
          section: null,
          author: visit.scope.accountId,
          digest: randomBytes(32),
        };
        expect((await store.importBatch(visit, [draft])).map(({ kind }) => kind)).not.toContain('refused');
      }
    });
  } finally {
    await postern.close();
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const blobs = (args: string[], more: Record<string, string> = {}) =>
  runPostern({ folder, environment: { ...environment, ...more }, args: ['blobs', ...args] });

async function paths(at: string): Promise<string[]> {
  const entries = await readdir(at, { recursive: true, withFileTypes: true });
  return entries.filter((each) => each.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

test('verify asks whether it looks in the right place where nothing of anything is there', async () => {
  const elsewhere = { POSTERN_BLOB_URL: `file:${join(folder, 'elsewhere')}` };
  const { code, out, err } = await blobs(['verify', '--quick'], elsewhere);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/^postern: Nothing of the files that records name is in .*elsewhere\. Is that where/m);
});

test('another root key is told from a damaged key', async () => {
  const other = { POSTERN_KEY_VAULT: `file:${join(folder, 'other', 'root.key')}` };
  const vault = await openKeyVault(other.POSTERN_KEY_VAULT, { create: true });
  await vault.close();
  const { code, err } = await blobs(['verify', '--quick'], other);
  expect(code).toBe(1);
  expect(err).toMatch(/^postern: The root key does not open the keys of this data: .* POSTERN_KEY_VAULT/m);
});

test('verify says what is there, and fails in one sentence where something is not', async () => {
  const sound = await blobs(['verify']);
  expect([sound.code, sound.out]).toEqual([
    0,
    expect.stringMatching(/^hillside: 3 blobs of \d+ bytes; 3 versions of files opened\.\n$/),
  ]);
  const [path] = await paths(join(folder, 'data', 'files'));
  const content = await readFile(path!);
  await writeFile(path!, Buffer.from(content).fill(7, 100, 120));
  const damaged = await blobs(['verify', '--practice', 'hillside']);
  expect(damaged.code).toBe(1);
  expect(damaged.out).toMatch(/Binary\/[0-9a-f-]{36}, version 1, is damaged\./);
  expect(damaged.err).toMatch(/^postern: One part of a file is missing or does not open\. Bring/m);
  expect((await blobs(['verify', '--quick'])).code).toBe(0);
  await rm(path!);
  const quick = await blobs(['verify', '--quick', '--json']);
  expect(quick.code).toBe(1);
  expect(JSON.parse(quick.out)).toMatchObject({
    practice: 'hillside',
    blobs: 2,
    findings: [{ what: 'missing', blobId: path!.slice(-36) }],
  });
  await writeFile(path!, content, { mode: 0o600 });
}, 120_000);

test('migrate moves all of it, says when the place before can go, and then it can', async () => {
  expect(await blobs(['migrate'])).toMatchObject({ code: 2 });
  const moving = {
    POSTERN_BLOB_URL: `file:${join(folder, 'elsewhere')}`,
    POSTERN_BLOB_URL_BEFORE: `file:${join(folder, 'data', 'files')}`,
  };
  expect(await blobs(['verify'], moving)).toMatchObject({ code: 0 });
  const moved = await blobs(['migrate'], moving);
  expect([moved.code, moved.out]).toEqual([
    0,
    expect.stringMatching(
      /^Copied 3 blobs of \d+ bytes; 0 were there\.\nhillside: 3 blobs .*\nAll of it is in/,
    ),
  ]);
  await rm(join(folder, 'data', 'files'), { recursive: true });
  const { POSTERN_BLOB_URL } = moving;
  expect(await blobs(['verify'], { POSTERN_BLOB_URL })).toMatchObject({ code: 0 });
  expect(await blobs(['collect', '--json'], { POSTERN_BLOB_URL })).toMatchObject({
    code: 0,
    out: '{"unfinished":0,"shredded":0,"unnamed":0,"foreign":0}\n',
  });
  expect(await blobs(['tidy'])).toMatchObject({ code: 2 });
}, 120_000);
