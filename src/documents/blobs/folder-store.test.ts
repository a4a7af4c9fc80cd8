/** A folder of blobs: whose it is, and a process killed at each thing it does to a file. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BlobId, newId, type PracticeId } from '../../base/ids.ts';
import type { BlobPlace } from './blob-store.ts';
import { FolderStore } from './folder-store.ts';

let folder: string;
let store: FolderStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-blobs-'));
  store = new FolderStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const place = (practiceId = newId<PracticeId>()): BlobPlace => ({ practiceId, blobId: newId<BlobId>() });
const bytes = (length: number) => Buffer.alloc(length, 'envelope ');

async function filesBelow(at: string): Promise<string[]> {
  const entries = await readdir(at, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function contentOf(where: BlobPlace): Promise<Buffer | null> {
  const found = await store.open(where);
  if (found === null) return null;
  try {
    return await found.source.read(0, found.source.size);
  } finally {
    await found.close();
  }
}

test('nobody else on the machine may read it', async () => {
  await store.put(place(), Readable.from([bytes(10)]), never);
  for (const path of await filesBelow(folder)) expect((await stat(path)).mode & 0o077).toBe(0);
  const [practice] = await readdir(folder);
  expect((await stat(join(folder, practice!))).mode & 0o077).toBe(0);
});

test('a disk that is nearly full takes nothing, and keeps nothing of it', async () => {
  const full = new FolderStore(folder, Number.MAX_SAFE_INTEGER);
  const putting = full.put(place(), Readable.from([bytes(10)]), never);
  await expect(putting).rejects.toMatchObject({ code: 'no-room' });
  await expect(full.assertPrivate()).rejects.toMatchObject({ code: 'no-room' });
  expect(await filesBelow(folder)).toEqual([]);
});

test('a folder that others may use is refused, with what mends it', async () => {
  const own = join(folder, 'files');
  const files = new FolderStore(own);
  await files.assertPrivate();
  expect((await stat(own)).mode & 0o777).toBe(0o700);
  for (const mode of [0o750, 0o701, 0o720, 0o777]) {
    await chmod(own, mode);
    const text = `The folder of files ${own} can be read or changed by others; run: chmod 700 ${own}`;
    await expect(files.assertPrivate()).rejects.toMatchObject({ code: 'not-configured', message: text });
  }
  await chmod(own, 0o700);
  await files.assertPrivate();
  await writeFile(join(folder, 'a-file'), '');
  await expect(new FolderStore(join(folder, 'a-file')).assertPrivate()).rejects.toMatchObject({
    code: 'not-configured',
  });
});

test.skipIf(process.geteuid?.() !== 0)('a folder of somebody else is refused', async () => {
  await chown(folder, 4711, 4711);
  await expect(store.assertPrivate()).rejects.toMatchObject({
    code: 'not-configured',
    message: `The folder of files ${folder} belongs to another user; run: chown 0 ${folder}`,
  });
});

test.each([
  ['small', 200_000],
  ['larger', 1_500_000],
])('a process that is killed at any point leaves a whole %s blob or a draft to sweep', async (_, size) => {
  const outcomes = new Set<string>();
  for (let step = 1; ; step += 1) {
    const where = place();
    const killed = await putAndDie(where, step, size);
    const content = await contentOf(where);
    if (content !== null) expect(content).toEqual(bytes(size));
    outcomes.add(content === null ? 'nothing' : 'whole');
    for (const path of await filesBelow(folder)) await utimes(path, 0, 0);
    await store.sweep(new Date());
    expect(await filesBelow(folder)).toHaveLength(content === null ? 0 : 1);
    await store.remove(where);
    if (!killed) break;
    expect(step).toBeLessThan(100);
  }
  expect(outcomes).toEqual(new Set(['nothing', 'whole']));
});

test('a folder that was taken away while it serves is made again', async () => {
  const where = place();
  await store.put(where, Readable.from([bytes(10)]), never);
  await rm(join(folder, where.practiceId), { recursive: true });
  for (const size of [10, 1_500_000]) {
    const again = { ...where, blobId: `${where.blobId.slice(0, 2)}${newId().slice(2)}` as BlobId };
    await store.put(again, Readable.from([bytes(size)]), never);
    expect(await contentOf(again)).toEqual(bytes(size));
    await rm(join(folder, where.practiceId), { recursive: true });
  }
});

const STORE = new URL('./folder-store.ts', import.meta.url).href;

/** Puts a blob in a process that kills itself at its n-th call for a file; whether it came to that. */
function putAndDie(where: BlobPlace, step: number, size: number): Promise<boolean> {
  const script = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    import { Readable } from 'node:stream';
    let calls = 0;
    const dying = (real) => function (...values) {
      calls += 1;
      if (calls === ${step}) process.kill(process.pid, 'SIGKILL');
      return real.apply(this, values);
    };
    const { promises } = fs;
    const handle = await promises.open(process.execPath);
    const Handle = Object.getPrototypeOf(handle);
    await handle.close();
    for (const name of ['write', 'writev', 'sync', 'close']) Handle[name] = dying(Handle[name]);
    for (const name of ['mkdir', 'link', 'unlink', 'rm', 'open', 'statfs'])
      promises[name] = dying(promises[name]);
    for (const name of ['open', 'write', 'writev', 'fsync', 'close']) fs[name] = dying(fs[name]);
    syncBuiltinESMExports();
    const { FolderStore } = await import(${JSON.stringify(STORE)});
    const all = Buffer.alloc(${size}, 'envelope ');
    const source = Readable.from([all.subarray(0, 150_000), all.subarray(150_000)]);
    const store = new FolderStore(${JSON.stringify(folder)});
    await store.put(${JSON.stringify(where)}, source, AbortSignal.timeout(60_000));
  `;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '--eval', script], (error, _out, err) => {
      if (error === null) resolve(false);
      else if (error.signal === 'SIGKILL') resolve(true);
      else reject(new Error(err));
    });
  });
}
