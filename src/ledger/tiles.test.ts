import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testSigner } from '../../test/support/note-signer.ts';
import { signCheckpoint } from './checkpoint.ts';
import { CheckpointFile } from './checkpoint-file.ts';
import { EMPTY_ROOT, leafHash, rootOf } from './merkle.ts';
import { proveConsistency, proveInclusion, verifyConsistency, verifyInclusion } from './merkle-proof.ts';
import { decodeEntries, encodeEntries, entriesPath, indexPath, tilePath, tilesGrown } from './tile-layout.ts';
import { TileStore } from './tile-store.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'postern-tiles-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => Buffer.from(`leaf ${i}`));

describe('the layout of tiles', () => {
  it('has the paths of C2SP tlog-tiles', () => {
    expect(indexPath(1234067)).toBe('x001/x234/067');
    expect(indexPath(0)).toBe('000');
    expect(indexPath(1000)).toBe('x001/000');
    expect(tilePath({ level: 2, index: 5, width: 17 })).toBe('tile/2/005.p/17');
    expect(tilePath({ level: 0, index: 5, width: 256 })).toBe('tile/0/005');
    expect(entriesPath(67, 1)).toBe('tile/entries/067.p/1');
  });

  it('gives a tree of 70,000 leaves the tiles that the specification counts', () => {
    const tiles = tilesGrown(0, 70_000);
    const full = (level: number) => tiles.filter((tile) => tile.level === level && tile.width === 256).length;
    expect([full(0), full(1), full(2)]).toEqual([273, 1, 0]);
    expect(tiles.filter(({ width }) => width < 256)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(tilesGrown(0, 256)).toContainEqual({ level: 1, index: 0, width: 1 });
  });

  it('reads back any entry bundle and refuses one cut short', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1 }), (arrays) => {
        const leaves = arrays.map((bytes) => Buffer.from(bytes));
        const bundle = encodeEntries(leaves);
        expect(decodeEntries(bundle)).toEqual(leaves);
        expect(decodeEntries(bundle.subarray(0, -1))?.length ?? 0).toBeLessThan(leaves.length);
      }),
    );
  });
});

describe('tiles on disk', () => {
  it('yield the head and every proof, whatever steps the tree grew in', async () => {
    const leaves = leavesOf(700);
    const hashes = leaves.map(leafHash);
    const store = new TileStore(directory);
    let from = 0;
    for (const to of [1, 2, 255, 256, 257, 511, 700]) {
      await store.append(from, leaves.slice(from, to));
      from = to;
      const root = rootOf(hashes.slice(0, to));
      expect((await store.range(to)).root()).toEqual(root);
      for (const index of [0, Math.floor(to / 2), to - 1]) {
        const proof = await proveInclusion(index, to, store.source(to));
        expect(verifyInclusion(hashes[index]!, index, to, root, proof)).toBe(true);
      }
      for (const older of [1, 200, 256, 300].filter((size) => size <= to)) {
        const proof = await proveConsistency(older, to, store.source(to));
        const head = { size: older, root: rootOf(hashes.slice(0, older)) };
        expect(verifyConsistency(head, { size: to, root }, proof)).toBe(true);
      }
    }
    expect(await store.entries(1, 256)).toEqual(leaves.slice(256, 512));
    expect(await store.entries(2, 188)).toEqual(leaves.slice(512));
  });

  it('keep a partial tile only until it is full', async () => {
    const store = new TileStore(directory);
    await store.append(0, leavesOf(10));
    expect(await readdir(path.join(directory, 'tile/0/000.p'))).toEqual(['10']);
    await store.append(10, leavesOf(300).slice(10));
    expect(await readdir(path.join(directory, 'tile/0'))).toEqual(['000', '001.p']);
    expect(await readdir(path.join(directory, 'tile/entries'))).toEqual(['000', '001.p']);
    // What a client asks for by an older checkpoint is then the beginning of the full tile.
    expect(await store.hashes({ level: 0, index: 0, width: 10 })).toEqual(leavesOf(10).map(leafHash));
  });

  it('are the same when written again, and refuse to grow over a gap', async () => {
    const store = new TileStore(directory);
    await store.append(0, leavesOf(290));
    for (let again = 0; again < 3; again += 1) await store.append(290, leavesOf(300).slice(290));
    expect((await store.range(300)).root()).toEqual(rootOf(leavesOf(300).map(leafHash)));
    await expect(store.append(400, leavesOf(1))).rejects.toThrow('missing');
    await expect(store.range(400)).rejects.toThrow('missing');
  });
});

describe('the checkpoint file', () => {
  const signer = testSigner('log.example/a');
  const noteOf = (size: number) => signCheckpoint({ size, root: EMPTY_ROOT }, signer).note;

  it('keeps every note in order and the newest apart', async () => {
    const file = new CheckpointFile(directory);
    expect(await file.notes()).toEqual([]);
    expect(await file.recentNotes()).toEqual([]);
    for (const size of [1, 2, 3]) await file.append(noteOf(size));
    await file.append(noteOf(2), false);
    expect(await file.notes()).toEqual([1, 2, 3, 2].map(noteOf));
    expect(await readFile(path.join(directory, 'checkpoint'), 'utf8')).toBe(noteOf(3));
  });

  it('forgets an end torn by a crash at any byte, and nothing else', async () => {
    const history = path.join(directory, 'checkpoints');
    const torn = `${noteOf(3)}\n`;
    for (let cut = 0; cut < torn.length; cut += 1) {
      await rm(history, { force: true });
      const file = new CheckpointFile(directory);
      await file.append(noteOf(1));
      await file.append(noteOf(2));
      await appendFile(history, torn.slice(0, cut));
      expect(await file.notes()).toEqual([1, 2].map(noteOf));
      await file.append(noteOf(4));
      expect(await file.notes()).toEqual([1, 2, 4].map(noteOf));
    }
  });

  it('finds the newest notes at the end of a long file', async () => {
    const many = Array.from({ length: 2000 }, (_, i) => noteOf(i));
    await writeFile(path.join(directory, 'checkpoints'), many.map((note) => `${note}\n`).join(''));
    const recent = await new CheckpointFile(directory).recentNotes();
    expect(recent.length).toBeGreaterThan(100);
    expect(recent.length).toBeLessThan(2000);
    expect(recent).toEqual(many.slice(-recent.length));
  });
});
