/** One contract for every store: a folder, and a bucket of a real server that speaks S3. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { S3_KEYS, type S3Server, startS3Server, tellSkipped } from '../../../test/support/s3-server.ts';
import type { S3Place } from '../../base/blob-setting.ts';
import { type BlobId, newId, type PracticeId } from '../../base/ids.ts';
import type { BlobPlace, BlobStore } from './blob-store.ts';
import { FolderStore } from './folder-store.ts';
import { PART_BYTES } from './s3-bucket.ts';
import { S3Store } from './s3-store.ts';

/** A store, and the hands of somebody who gets at what it keeps without asking it. */
interface Kept {
  readonly store: BlobStore;
  /** Names of all that lies there, whole or not. */
  lying(): Promise<readonly string[]>;
  overwrite(place: BlobPlace, content: Buffer): Promise<void>;
  /** Puts something there that is no blob, among the blobs of a practice. */
  litter(practiceId: PracticeId): Promise<void>;
}

const never = new AbortController().signal;
const practiceId = newId<PracticeId>();
const place = (practice = practiceId): BlobPlace => ({ practiceId: practice, blobId: newId<BlobId>() });
const bytes = (length: number, word = 'envelope ') => Buffer.alloc(length, word);
const tomorrow = () => new Date(Date.now() + 86_400_000);

let folder: string;
let server: S3Server | string;
let made = 0;
const next = () => {
  made += 1;
  return made;
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-blobs-'));
  server = await startS3Server();
  if (typeof server === 'string') tellSkipped('the contract of stores, for one that speaks S3', server);
  else await server.bucket('contract');
});
afterAll(async () => {
  if (typeof server !== 'string') await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function keptInFolder(): Promise<Kept> {
  const at = join(folder, String(next()));
  const store = new FolderStore(at);
  const pathOf = ({ practiceId: practice, blobId }: BlobPlace) =>
    join(at, practice, blobId.slice(0, 2), blobId);
  return {
    store,
    lying: async () => {
      const entries = await readdir(at, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    overwrite: (where, content) => writeFile(pathOf(where), content),
    litter: async (practice) => {
      const where = place(practice);
      await store.put(where, Readable.from([]), never);
      await writeFile(`${pathOf(where)}.jpg`, 'holiday');
      await store.remove(where);
    },
  };
}

async function keptInBucket({ client, endpoint, lying }: S3Server): Promise<Kept> {
  const at: S3Place = {
    kind: 's3',
    bucket: 'contract',
    prefix: `files/${next()}`,
    endpoint,
    region: 'us-east-1',
    pathStyle: true,
  };
  // Pages of three, so that few blobs are several pages.
  const store = new S3Store(at, S3_KEYS, 3);
  const keyOf = ({ practiceId: practice, blobId }: BlobPlace) => `${at.prefix}/${practice}/${blobId}`;
  const administrator = client();
  return {
    store,
    lying: () => lying(at),
    overwrite: async (where, content) => {
      await administrator.send(new PutObjectCommand({ Bucket: at.bucket, Key: keyOf(where), Body: content }));
    },
    litter: async (practice) => {
      for (const key of [`${at.prefix}/holiday.jpg`, `${at.prefix}/${practice}/a/b`])
        await administrator.send(new PutObjectCommand({ Bucket: at.bucket, Key: key, Body: 'holiday' }));
    },
  };
}

async function contentOf(store: BlobStore, where: BlobPlace, piece = 128 * 1024): Promise<Buffer | null> {
  const found = await store.open(where);
  if (found === null) return null;
  const pieces: Buffer[] = [];
  try {
    for (let at = 0; at < found.source.size; at += piece)
      pieces.push(await found.source.read(at, Math.min(piece, found.source.size - at)));
    return Buffer.concat(pieces);
  } finally {
    await found.close();
  }
}

async function listed(store: BlobStore, only?: PracticeId): Promise<string[]> {
  const names: string[] = [];
  for await (const blob of store.list(only)) names.push(`${blob.practiceId} ${blob.blobId} ${blob.bytes}`);
  return names.sort();
}

const nameOf = (where: BlobPlace, length: number) => `${where.practiceId} ${where.blobId} ${length}`;

/** Different at every place, so that nothing that is read from elsewhere looks right. */
function counted(length: number): Buffer {
  const content = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) content.writeUInt32LE(at / 4, at);
  return content;
}

describe.each(['folder', 'bucket'])('a store in a %s', (kind) => {
  let kept: Kept;
  let store: BlobStore;
  beforeEach(async (context) => {
    if (kind === 'folder') kept = await keptInFolder();
    else if (typeof server === 'string') return context.skip();
    else kept = await keptInBucket(server);
    store = kept.store;
    await store.assertPrivate();
  });

  test('gives what was put, whole and in parts, and until it is removed', async () => {
    const [one, nothing, elsewhere] = [place(), place(), place(newId<PracticeId>())];
    expect(await store.put(one, Readable.from([bytes(70_000), bytes(3)]), never)).toBe(70_003);
    expect(await store.put(nothing, Readable.from([]), never)).toBe(0);
    await store.put(elsewhere, Readable.from([bytes(5)]), never);
    expect(await contentOf(store, one)).toEqual(Buffer.concat([bytes(70_000), bytes(3)]));
    expect(await contentOf(store, nothing)).toEqual(Buffer.alloc(0));
    const open = (await store.open(one))!;
    const end = Buffer.concat([bytes(70_000).subarray(69_999), bytes(3)]);
    expect(await open.source.read(69_999, 4)).toEqual(end);
    await open.close();
    expect(await listed(store, practiceId)).toEqual([nameOf(one, 70_003), nameOf(nothing, 0)].sort());
    expect(await listed(store)).toHaveLength(3);
    await store.remove(one);
    await store.remove(one);
    expect(await contentOf(store, one)).toBeNull();
    expect(await contentOf(store, place())).toBeNull();
    expect(await listed(store, practiceId)).toEqual([nameOf(nothing, 0)]);
  });

  test.each([PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 77])(
    'gives %d bytes as they came, at once, backwards and from any point on',
    async (length) => {
      const [where, content] = [place(), counted(length)];
      const pieces = Readable.from(inPieces(content, 65_537));
      expect(await store.put(where, pieces, never)).toBe(length);
      expect((await contentOf(store, where))?.equals(content)).toBe(true);
      const open = (await store.open(where))!;
      for (const [from, many] of [
        [length - 20_000, 20_000],
        [1_000_001, 300_000],
        [1_300_001, 5],
        [0, 4],
        [200_000, 200_000],
      ] as const) {
        const part = await open.source.read(from, many);
        expect([from, part.equals(content.subarray(from, from + many))]).toEqual([from, true]);
      }
      await open.close();
    },
  );

  test('takes many at once', async () => {
    const sizes = Array.from({ length: 12 }, (_, index) => (index === 5 ? 2 * PART_BYTES : 10_000 * index));
    const places = sizes.map(() => place());
    await Promise.all(
      sizes.map((size, index) =>
        store.put(places[index]!, Readable.from(inPieces(counted(size), 30_000)), never),
      ),
    );
    const contents = await Promise.all(places.map((where) => contentOf(store, where)));
    expect(contents.map((content, index) => content?.equals(counted(sizes[index]!)))).toEqual(
      sizes.map(() => true),
    );
    expect(await listed(store)).toEqual(sizes.map((size, index) => nameOf(places[index]!, size)).sort());
  });

  test.each([10, PART_BYTES + 10])('gives a name once (%d bytes)', async (length) => {
    const where = place();
    await store.put(where, Readable.from([bytes(length)]), never);
    const again = store.put(where, Readable.from([bytes(length, 'another ')]), never);
    await expect(again).rejects.toMatchObject({ code: 'conflict' });
    expect((await contentOf(store, where))?.equals(bytes(length))).toBe(true);
    expect(await kept.lying()).toHaveLength(1);
  });

  test.each([100_000, PART_BYTES + 100_000])('keeps nothing of what ends after %d bytes', async (length) => {
    const failing = Readable.from(endingAfter(length, () => Promise.reject(new Error('the line is gone'))));
    await expect(store.put(place(), failing, never)).rejects.toThrow('the line is gone');
    const stopping = new AbortController();
    const endless = Readable.from(
      endingAfter(length, async () => {
        stopping.abort(new Error('enough'));
        return bytes(1000);
      }),
    );
    await expect(store.put(place(), endless, stopping.signal)).rejects.toThrow();
    expect(endless.destroyed).toBe(true);
    const cut = Readable.from(endingAfter(length, () => new Promise(() => undefined)));
    const putting = store.put(place(), cut, never);
    cut.destroy();
    await expect(putting).rejects.toThrow();
    await expect(store.put(place(), Readable.from([bytes(1)]), AbortSignal.abort())).rejects.toThrow();
    expect(await kept.lying()).toEqual([]);
    expect(await store.sweep(tomorrow())).toBe(0);
  });

  test('a source that dawdles is waited for, and one that hurries is held back', async () => {
    const where = place();
    let ahead = 0;
    const hurrying = new Readable({
      highWaterMark: 65_536,
      read() {
        ahead += 1;
        this.push(ahead <= 200 ? bytes(65_536) : null);
      },
    });
    const putting = store.put(where, hurrying, never);
    await new Promise(setImmediate);
    expect(ahead).toBeLessThan(120);
    expect(await putting).toBe(200 * 65_536);
    const dawdling = Readable.from(
      (async function* () {
        for (let piece = 0; piece < 300; piece += 1) {
          await new Promise(setImmediate);
          yield bytes(1, 'x');
        }
      })(),
    );
    const other = place();
    expect(await store.put(other, dawdling, never)).toBe(300);
  });

  test('what others put among the blobs is none, and nothing that was changed is hidden', async () => {
    const where = place();
    await store.put(where, Readable.from([bytes(300_000)]), never);
    await kept.litter(practiceId);
    expect(await listed(store, practiceId)).toEqual([nameOf(where, 300_000)]);
    await kept.overwrite(where, bytes(200_000, 'changed '));
    expect(await listed(store, practiceId)).toEqual([nameOf(where, 200_000)]);
    expect(await contentOf(store, where)).toEqual(bytes(200_000, 'changed '));
  });

  test('what is cut or removed while it is read ends the reading, and is never made up', async () => {
    const where = place();
    const content = counted(3_000_000);
    await store.put(where, Readable.from([content]), never);
    const open = (await store.open(where))!;
    expect(await open.source.read(0, 1000)).toEqual(content.subarray(0, 1000));
    await store.remove(where);
    const rest = await open.source.read(1_000_000, 500_000);
    expect(rest.equals(content.subarray(1_000_000, 1_000_000 + rest.length))).toBe(true);
    await open.close();
  });
});

async function* inPieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function* endingAfter(length: number, end: () => Promise<Buffer>): AsyncGenerator<Buffer> {
  for (let at = 0; at < length; at += 50_000) yield bytes(50_000);
  for (;;) yield await end();
}
