/** A file's content in stretches, sealed with real keys in a real folder. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../base/ids.ts';
import type { Stretch } from '../../chart/index.ts';
import { createPracticeKeys, KeyRing, openKeyVault } from '../../seal/index.ts';
import { FolderStore } from '../blobs/folder-store.ts';
import { contentBytes, readContent } from './read-content.ts';
import type { ContentPlace } from './stretch-writer.ts';
import { writeContent } from './write-content.ts';

const STRETCH = 50_000;
const content = randomBytes(3 * STRETCH + 1234);
const never = new AbortController().signal;
const practiceId = newId<PracticeId>();
let folder: string;
let place: ContentPlace;
let allowed: boolean;
let stretches: Stretch[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-content-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  await rm(join(folder, 'files'), { recursive: true, force: true });
  const vault = await openKeyVault(`file:${join(folder, 'root.key')}`);
  const { keys } = await createPracticeKeys(vault, practiceId);
  const ring = new KeyRing({ practiceId, allows: () => allowed }, keys);
  allowed = true;
  const chartId = newId<ChartId>();
  const key = ring.newContentKey({ chartId, section: 'clinical', author: null });
  place = { store: new FolderStore(join(folder, 'files'), 0), practiceId, key };
  stretches = [];
});

const note = async (stretch: Stretch) => {
  stretches.push(stretch);
};

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const write = (source: AsyncIterable<Buffer>, signal = never) =>
  writeContent(place, source, { signal, onStretch: note, stretchBytes: STRETCH });
const read = (start = 0, end = contentBytes(stretches)) => buffer(readContent(place, stretches, start, end));

async function blobs(): Promise<string[]> {
  const entries = await readdir(join(folder, 'files'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('what is written in stretches is read as one, and in any part', async () => {
  await write(inPieces(content, 7001));
  expect(stretches.map(({ bytes }) => bytes)).toEqual([STRETCH, STRETCH, STRETCH, 1234]);
  expect((await read()).equals(content)).toBe(true);
  const at = fc.integer({ min: 0, max: content.length });
  await fc.assert(
    fc.asyncProperty(at, at, async (one, other) => {
      const [start, end] = [Math.min(one, other), Math.max(one, other)];
      expect((await read(start, end)).equals(content.subarray(start, end))).toBe(true);
    }),
    { numRuns: 40 },
  );
  for (const range of [
    [-1, 4],
    [5, 4],
    [0, content.length + 1],
    [0.5, 2],
  ]) {
    await expect(read(range[0], range[1])).rejects.toMatchObject({ code: 'invalid' });
  }
});

test('nothing is no stretch, and nothing that is stored is as it was sent', async () => {
  await write(inPieces(Buffer.alloc(0), 1));
  expect(stretches).toEqual([]);
  expect(await read()).toHaveLength(0);
  await write(inPieces(Buffer.alloc(STRETCH, 'Okafor '), 9000));
  for (const path of await blobs()) {
    const file = await open(path);
    expect((await file.readFile()).includes('Okafor')).toBe(false);
    await file.close();
  }
});

test('a lost connection loses nothing that has come, and what follows goes on from there', async () => {
  const lost = 2 * STRETCH + 777;
  await expect(
    write(
      (async function* () {
        yield* inPieces(content.subarray(0, lost), 5000);
        throw new Error('the connection is gone');
      })(),
    ),
  ).rejects.toThrow('the connection is gone');
  expect(contentBytes(stretches)).toBe(lost);
  await write(inPieces(content.subarray(lost), 5000));
  expect(stretches.map(({ bytes }) => bytes)).toEqual([STRETCH, STRETCH, 777, STRETCH, 457]);
  expect((await read()).equals(content)).toBe(true);
  expect(new Set(stretches.map(({ name }) => name)).size).toBe(5);
});

test('what is stopped, no longer allowed, or cannot be noted leaves whole stretches alone', async () => {
  const stopping = new AbortController();
  async function* endless() {
    for (let piece = 0; ; piece += 1) {
      if (piece === 8) stopping.abort(new Error('enough'));
      yield content.subarray(0, 10_000);
    }
  }
  await expect(write(endless(), stopping.signal)).rejects.toThrow();
  expect(await blobs()).toHaveLength(stretches.length);
  async function* forbidden() {
    yield content.subarray(0, STRETCH + 20_000);
    allowed = false;
    for (;;) yield content.subarray(0, 20_000);
  }
  stretches = [];
  await expect(write(forbidden())).rejects.toMatchObject({ code: 'not-found' });
  expect(stretches).toHaveLength(1);
  expect(await blobs()).toHaveLength(2);
});

test('a stretch that is missing, cut or changed is damaged, and what is whole is not', async () => {
  await write(inPieces(content, 20_000));
  const pathOf = async (index: number) =>
    (await blobs()).find((path) => path.endsWith(stretches[index]!.name))!;
  const damaged = { code: 'damaged' };
  await truncate(await pathOf(3), 900);
  await expect(read()).rejects.toMatchObject(damaged);
  expect((await read(0, 3 * STRETCH)).equals(content.subarray(0, 3 * STRETCH))).toBe(true);
  const file = await open(await pathOf(1), 'r+');
  await file.write(Buffer.from([1, 2, 3]), 0, 3, 20_000);
  await file.close();
  await expect(read(STRETCH, 2 * STRETCH)).rejects.toMatchObject(damaged);
  await rm(await pathOf(2));
  await expect(read(2 * STRETCH, 2 * STRETCH + 1)).rejects.toMatchObject(damaged);
});

test('a revocation ends the reading between two chunks', async () => {
  await write(inPieces(content, 20_000));
  const reading = readContent(place, stretches, 0, content.length);
  expect((await reading.next()).value).toHaveLength(16_384);
  allowed = false;
  await expect(reading.next()).rejects.toMatchObject({ code: 'not-found' });
});
