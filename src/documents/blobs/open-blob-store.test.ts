/** From settings to a store: whose keys it takes, and from where. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { S3KeySetting } from '../../base/blob-setting.ts';
import { openBlobStore, openBlobStores } from './open-blob-store.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-open-store-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bucket = {
  kind: 's3',
  bucket: 'files',
  prefix: 'a',
  endpoint: 'https://s3.example',
  region: 'eu',
} as const;
const opened = (keys: S3KeySetting | null) => openBlobStore({ ...bucket, pathStyle: true, keys });

async function file(name: string, text: string, mode = 0o600): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text, { mode });
  return path;
}

test('a folder and a bucket say where they are, and no secret', async () => {
  const files = join(folder, 'files');
  expect((await openBlobStore({ kind: 'folder', path: files })).name).toBe(`the folder ${files}`);
  const keyed = await opened({ accessKey: 'ada', secret: { text: 'hush' } });
  expect(keyed.name).toBe('the bucket files/a at s3.example');
  const { all, now, before } = await openBlobStores(
    { kind: 'folder', path: files },
    { ...bucket, pathStyle: true, keys: null },
  );
  expect(all.name).toBe(`${now.name}, and until it is moved ${before!.name}`);
});

test('keys come from private files alone, and what holds none is refused without its text', async () => {
  await opened({ accessKey: 'ada', secret: { file: await file('secret', 'hush\n') } });
  await opened({ keysFile: await file('keys', 'ada\nhush\n') });
  for (const keys of [
    { accessKey: 'ada', secret: { file: join(folder, 'nowhere') } },
    { accessKey: 'ada', secret: { file: await file('empty', '\n') } },
    { accessKey: 'ada', secret: { file: await file('open', 'hush', 0o644) } },
    { keysFile: await file('one', 'hush\n') },
    { keysFile: await file('three', 'ada hush hush\n') },
    { keysFile: await file('open-keys', 'ada\nhush\n', 0o640) },
  ]) {
    const refused = await opened(keys).catch((error: unknown) => error as { code: string; message: string });
    expect(refused).toMatchObject({ code: 'not-configured', message: expect.not.stringContaining('hush') });
  }
});
