/** The key of a file's content: what it opens, for whom, and how it goes from row to row. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type BlobId, type ChartId, newId, type PracticeId, type ResourceId } from '../base/ids.ts';
import type { Action } from '../base/section.ts';
import type { ContentKey } from './content-key.ts';
import { KeyRing, type SealedRow } from './key-ring.ts';
import { createPracticeKeys, type PracticeKeys } from './practice-keys.ts';
import { openFileVault } from './vault-file.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-content-key-'));
const practiceId = newId<PracticeId>();
const DAMAGED = expect.objectContaining({ code: 'damaged' });
const NOT_FOUND = expect.objectContaining({ code: 'not-found' });
const ENDED = expect.objectContaining({ code: 'unauthenticated' });

let keys: PracticeKeys;
beforeAll(async () => {
  keys = (await createPracticeKeys(await openFileVault(join(root, 'root.key')), practiceId)).keys;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let allows: (action: Action) => boolean;
let ring: KeyRing;
beforeEach(() => {
  allows = () => true;
  ring = new KeyRing({ practiceId, allows: (action) => allows(action) }, keys);
});

/** A row of a Binary, sealed by a ring that may do everything. */
function sealedRow(): SealedRow {
  const writer = new KeyRing({ practiceId, allows: () => true }, keys);
  const at = { chartId: newId<ChartId>(), section: 'clinical', author: null } as const;
  const { wrapped: wrappedKey, practiceKeyVersion } = writer.newChartKey(at.chartId, at.section, null);
  const id = newId<ResourceId>();
  const row = { practiceId, ...at, type: 'Binary', id, version: 1, wrappedKey, practiceKeyVersion };
  return { ...row, sealed: writer.seal(row, Buffer.from('plaintext')) };
}

const content = randomBytes(100_000);
const name = newId<BlobId>();
const sourceOf = (bytes: Buffer) => ({
  size: bytes.length,
  read: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
});
const sealed = (key: ContentKey) =>
  buffer(Readable.from([content], { objectMode: false }).compose(key.sealStretch(name)));

const FACTS = Buffer.from('{"pages":3}');

async function storedFile() {
  const { sealed: _, ...place } = sealedRow();
  const writer = new KeyRing({ practiceId, allows: () => true }, keys);
  const key = writer.newContentKey(place);
  const row = { ...place, sealed: writer.sealContent(place, key, FACTS) };
  return { row, source: sourceOf(await sealed(key)) };
}

test('opens by range where the reach allows open, under its own name and row alone', async () => {
  const { row, source } = await storedFile();
  const { key, facts } = ring.openContent(row)!;
  expect(ring.opens).toBe(1);
  expect(facts).toEqual(FACTS);
  const part = await buffer(key.openStretch(name, source, 20_000, 20_010));
  expect(part.equals(content.subarray(20_000, 20_010))).toBe(true);
  expect(await key.stretchLength(name, source)).toBe(content.length);
  await expect(buffer(key.openStretch(newId(), source, 0, 1))).rejects.toEqual(DAMAGED);
  for (const other of [{ id: newId<ResourceId>() }, { version: row.version + 1 }]) {
    expect(() => ring.openContent({ ...row, ...other })).toThrow(DAMAGED);
  }
  expect(ring.openContent({ ...row, practiceId: newId<PracticeId>() })).toBeNull();
});

test('is no record, and no record is the content of a file', async () => {
  const { row } = await storedFile();
  expect(() => ring.open(row)).toThrow(DAMAGED);
  expect(() => ring.openContent(sealedRow())).toThrow(DAMAGED);
});

test('is null where only read or write is allowed, and is made by nobody who may not write', async () => {
  const { row } = await storedFile();
  for (const only of ['read', 'write']) {
    allows = (action) => action === only;
    expect(ring.openContent(row)).toBeNull();
  }
  expect(ring.unwraps).toBe(0);
  const key = ring.newContentKey(row);
  allows = (action) => action !== 'write';
  expect(() => ring.newContentKey(row)).toThrow(NOT_FOUND);
  expect(() => ring.sealContent(row, key, FACTS)).toThrow(NOT_FOUND);
  await expect(sealed(key)).rejects.toEqual(NOT_FOUND);
});

test('moves with its key, where it may be opened here and written there', async () => {
  const { row, source } = await storedFile();
  const there = { ...row, version: row.version + 1 };
  const moved = { ...there, sealed: ring.sealContent(there, ring.openContent(row)!.key, FACTS) };
  const part = await buffer(ring.openContent(moved)!.key.openStretch(name, source, 0, 10));
  expect(part.equals(content.subarray(0, 10))).toBe(true);
});

test('is carried on while it is uploaded by whoever writes there, who needs no right to open', async () => {
  const place = { ...sealedRow(), type: 'Upload' };
  allows = (action) => action === 'write';
  const upload = { ...place, sealed: ring.sealContent(place, ring.newContentKey(place), FACTS) };
  const { key } = ring.openContent(upload)!;
  const source = sourceOf(await sealed(key));
  expect(await key.stretchLength(name, source)).toBe(content.length);
  allows = (action) => action !== 'write';
  expect(ring.openContent(upload)).toBeNull();
});

test('keeps a preview for whoever may open the file, which opens as nothing else', async () => {
  const { row, source } = await storedFile();
  allows = (action) => action === 'open';
  const { key } = ring.openContent(row)!;
  const kept = sourceOf(
    await buffer(Readable.from([content], { objectMode: false }).compose(key.sealPreview(name))),
  );
  expect((await buffer(key.openPreview(name, kept))).equals(content)).toBe(true);
  await expect(buffer(key.openStretch(name, kept, 0, 10))).rejects.toEqual(DAMAGED);
  await expect(buffer(key.openPreview(name, source))).rejects.toEqual(DAMAGED);
  await expect(buffer(key.openPreview(newId(), kept))).rejects.toEqual(DAMAGED);
  const cut = { ...kept, size: kept.size - 16_400 };
  await expect(buffer(key.openPreview(name, cut))).rejects.toEqual(DAMAGED);
  allows = () => false;
  await expect(buffer(key.openPreview(name, kept))).rejects.toEqual(NOT_FOUND);
  const sealing = Readable.from([content], { objectMode: false }).compose(key.sealPreview(name));
  await expect(buffer(sealing)).rejects.toEqual(NOT_FOUND);
});

test('ends in the middle when the session is revoked or the ring dropped', async () => {
  const { row, source } = await storedFile();
  const { key } = ring.openContent(row)!;
  const range = key.openStretch(name, source, 0, content.length);
  expect((await range.next()).value).toHaveLength(16_384);
  allows = () => false;
  await expect(range.next()).rejects.toEqual(NOT_FOUND);
  await expect(sealed(key)).rejects.toEqual(NOT_FOUND);
  allows = () => true;
  ring.drop();
  await expect(buffer(key.openStretch(name, source, 0, 10))).rejects.toEqual(ENDED);
});

test('has a key that does not print', () => {
  const key = ring.newContentKey(sealedRow());
  expect([String(key), JSON.stringify(key), inspect(key)]).toEqual([
    '[ContentKey]',
    '"[ContentKey]"',
    '[ContentKey]',
  ]);
});
