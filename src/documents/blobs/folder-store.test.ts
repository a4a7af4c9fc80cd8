/** A folder of blobs: the contract of every store, and a process killed at each thing it does to a file. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
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

async function listed(practiceId?: PracticeId): Promise<string[]> {
  const ids: string[] = [];
  for await (const blob of store.list(practiceId)) ids.push(`${blob.blobId} ${blob.bytes}`);
  return ids.sort();
}

test('what was put is read in parts, listed and removed', async () => {
  const [one, other] = [place(), place()];
  expect(await store.put(one, Readable.from([bytes(70_000), bytes(3)]), never)).toBe(70_003);
  expect(await store.put(other, Readable.from([]), never)).toBe(0);
  expect(await contentOf(one)).toEqual(Buffer.concat([bytes(70_000), bytes(3)]));
  const open = (await store.open(one))!;
  expect(await open.source.read(69_999, 4)).toEqual(
    Buffer.concat([bytes(70_000).subarray(69_999), bytes(3)]),
  );
  await open.close();
  expect(await listed()).toHaveLength(2);
  expect(await listed(one.practiceId)).toEqual([`${one.blobId} 70003`]);
  await store.remove(one);
  await store.remove(one);
  expect(await contentOf(one)).toBeNull();
  expect(await listed(one.practiceId)).toEqual([]);
  expect(await contentOf(place(one.practiceId))).toBeNull();
});

test('nobody else on the machine may read it', async () => {
  await store.put(place(), Readable.from([bytes(10)]), never);
  for (const path of await filesBelow(folder)) expect((await stat(path)).mode & 0o077).toBe(0);
  const [practice] = await readdir(folder);
  expect((await stat(join(folder, practice!))).mode & 0o077).toBe(0);
});

test('a name is given once', async () => {
  const where = place();
  await store.put(where, Readable.from([bytes(10)]), never);
  const again = store.put(where, Readable.from([bytes(20)]), never);
  await expect(again).rejects.toMatchObject({ code: 'conflict' });
  expect(await contentOf(where)).toEqual(bytes(10));
  expect(await filesBelow(folder)).toHaveLength(1);
});

test('a source that fails, a signal and a full disk leave nothing', async () => {
  const failing = Readable.from(
    (async function* () {
      yield bytes(100_000);
      throw new Error('the connection is gone');
    })(),
  );
  await expect(store.put(place(), failing, never)).rejects.toThrow('the connection is gone');
  const stopping = new AbortController();
  const endless = Readable.from(
    (async function* () {
      for (;;) {
        yield bytes(1000);
        stopping.abort(new Error('enough'));
      }
    })(),
  );
  await expect(store.put(place(), endless, stopping.signal)).rejects.toThrow();
  const full = new FolderStore(folder, Number.MAX_SAFE_INTEGER);
  await expect(full.put(place(), Readable.from([bytes(10)]), never)).rejects.toMatchObject({
    code: 'no-room',
  });
  expect(await filesBelow(folder)).toEqual([]);
});

test('a process that is killed at any point leaves the whole blob or a draft to sweep', async () => {
  const outcomes = new Set<string>();
  for (let step = 1; ; step += 1) {
    const where = place();
    const killed = await putAndDie(where, step);
    const content = await contentOf(where);
    if (content !== null) expect(content).toEqual(bytes(200_000));
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

const STORE = new URL('./folder-store.ts', import.meta.url).href;

/** Puts a blob in a process that kills itself at its n-th call for a file; whether it came to that. */
function putAndDie(where: BlobPlace, step: number): Promise<boolean> {
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
    for (const name of ['mkdir', 'link', 'rm', 'open', 'statfs']) promises[name] = dying(promises[name]);
    for (const name of ['open', 'write', 'writev', 'fsync', 'close']) fs[name] = dying(fs[name]);
    syncBuiltinESMExports();
    const { FolderStore } = await import(${JSON.stringify(STORE)});
    const all = Buffer.alloc(200_000, 'envelope ');
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
