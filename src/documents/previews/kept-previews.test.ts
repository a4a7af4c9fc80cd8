/** Previews that are kept sealed beside their source, drawn by the real process, in a real folder. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import {
  type AccountId,
  type BlobId,
  type ChartId,
  newId,
  type PracticeId,
  type ResourceId,
} from '../../base/ids.ts';
import type { FileContent, Stretch } from '../../chart/index.ts';
import type { Visit } from '../../gate/index.ts';
import { createPracticeKeys, KeyRing, openKeyVault } from '../../seal/index.ts';
import { FolderStore } from '../blobs/folder-store.ts';
import { writeContent } from '../content/write-content.ts';
import { KeptPreviews } from './kept-previews.ts';
import { NoPreview } from './no-preview.ts';
import { PreviewMaker } from './preview-maker.ts';

const practiceId = newId<PracticeId>();
const fileId = newId<ResourceId>();
const clock = new ManualClock('2026-11-21T12:00:00Z');
const maker = new PreviewMaker();
const visit = { scope: { practiceId } } as unknown as Visit;
const thumbnail = { size: 'thumbnail', page: 1 } as const;
let folder: string;
let ring: KeyRing;
let allowed: boolean;
let noted: { file: ResourceId; blob: BlobId; bytes: number }[];
let drawn: number;
let previews: KeptPreviews;
let picture: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-previews-'));
  const background = { r: 200, g: 30, b: 30 };
  picture = await sharp({ create: { width: 800, height: 400, channels: 3, background } })
    .jpeg()
    .toBuffer();
});
afterAll(async () => {
  maker.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await rm(join(folder, 'files'), { recursive: true, force: true });
  const vault = await openKeyVault(`file:${join(folder, 'root.key')}`);
  const { keys } = await createPracticeKeys(vault, practiceId);
  allowed = true;
  ring = new KeyRing({ practiceId, allows: () => allowed }, keys);
  noted = [];
  drawn = 0;
  previews = previewsBy(maker);
});

const store = () => new FolderStore(join(folder, 'files'), 0);

function previewsBy(making: Pick<PreviewMaker, 'make'>): KeptPreviews {
  return new KeptPreviews({
    store: store(),
    clock,
    maker: {
      make: (...asked) => {
        drawn += 1;
        return making.make(...asked);
      },
    },
    note: async (_, file, blob, bytes) => void noted.push({ file, blob, bytes }),
  });
}

async function stored(content: Buffer): Promise<FileContent> {
  const row = { chartId: newId<ChartId>(), section: 'clinical', author: newId<AccountId>() } as const;
  const key = ring.newContentKey(row);
  const stretches: Stretch[] = [];
  const source = (async function* () {
    yield content;
  })();
  await writeContent({ store: store(), practiceId, key }, source, {
    signal: new AbortController().signal,
    onStretch: async (stretch) => void stretches.push(stretch),
  });
  return { key, facts: { bytes: content.length, sha256: '', stretches } as unknown as FileContent['facts'] };
}

async function blobs(): Promise<string[]> {
  const entries = await readdir(join(folder, 'files'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('a preview is drawn once for each size and page, kept sealed, and noted with its file', async () => {
  const file = await stored(picture);
  const first = await previews.preview(visit, fileId, file, thumbnail);
  expect(first).toMatchObject({ width: 320, height: 160, pages: 1 });
  const again = await previews.preview(visit, fileId, file, thumbnail);
  expect(again).toEqual(first);
  expect(drawn).toBe(1);
  await previews.preview(visit, fileId, file, { size: 'page', page: 1 });
  expect(drawn).toBe(2);
  expect(await blobs()).toHaveLength(3);
  expect(noted).toMatchObject([{ file: fileId }, { file: fileId }]);
  for (const { blob, bytes } of noted) {
    const sealed = await readFile((await blobs()).find((path) => path.endsWith(blob))!);
    expect(sealed).toHaveLength(bytes);
    expect(sealed.includes('WEBP')).toBe(false);
    expect(sealed.includes('drawn')).toBe(false);
  }
});

test('whoever may no longer open the file has no preview of it, kept or not', async () => {
  const [kept, fresh] = [await stored(picture), await stored(picture)];
  await previews.preview(visit, fileId, kept, thumbnail);
  allowed = false;
  for (const file of [kept, fresh]) {
    await expect(previews.preview(visit, fileId, file, thumbnail)).rejects.toMatchObject({
      code: 'not-found',
    });
  }
  expect(drawn).toBe(1);
});

test('the preview of one file is not that of another, even where somebody lays it there', async () => {
  const red = await stored(picture);
  const other = await stored(await sharp(picture).negate().toBuffer());
  await previews.preview(visit, fileId, red, thumbnail);
  await previews.preview(visit, fileId, other, thumbnail);
  const [one, two] = await Promise.all(
    noted.map(async ({ blob }) => (await blobs()).find((path) => path.endsWith(blob))!),
  );
  await writeFile(two!, await readFile(one!));
  const redrawn = await previews.preview(visit, fileId, other, thumbnail);
  expect(drawn).toBe(3);
  const [channel] = (await sharp(redrawn.picture).stats()).channels;
  expect(channel!.mean).toBeLessThan(100);
});

test('a preview that is damaged is drawn again', async () => {
  const file = await stored(picture);
  await previews.preview(visit, fileId, file, thumbnail);
  const path = (await blobs()).find((each) => each.endsWith(noted[0]!.blob))!;
  await writeFile(path, (await readFile(path)).subarray(0, 200));
  expect(await previews.preview(visit, fileId, file, thumbnail)).toMatchObject({ width: 320 });
  expect(drawn).toBe(2);
});

test('what cannot be drawn is tried once; what took too long, once a day', async () => {
  const none = { code: 'not-processable' };
  const damaged = await stored(Buffer.concat([picture.subarray(0, 300), Buffer.alloc(300)]));
  for (let round = 0; round < 2; round += 1) {
    await expect(previews.preview(visit, fileId, damaged, thumbnail)).rejects.toMatchObject(none);
  }
  expect(drawn).toBe(1);
  const text = await stored(Buffer.from('a letter'));
  await expect(previews.preview(visit, fileId, text, thumbnail)).rejects.toMatchObject(none);
  const empty = await stored(Buffer.alloc(0));
  await expect(previews.preview(visit, fileId, empty, thumbnail)).rejects.toMatchObject(none);
  expect(drawn).toBe(1);
  const busy = previewsBy({
    make: async () => {
      throw new NoPreview('too-much-work');
    },
  });
  const slow = await stored(picture);
  await expect(busy.preview(visit, fileId, slow, thumbnail)).rejects.toMatchObject(none);
  await expect(previews.preview(visit, fileId, slow, thumbnail)).rejects.toMatchObject(none);
  clock.advance(25 * 3600);
  expect(await previews.preview(visit, fileId, slow, thumbnail)).toMatchObject({ width: 320 });
  await expect(previews.preview(visit, fileId, damaged, thumbnail)).rejects.toMatchObject(none);
});

test('pages that there are not leave nothing behind', async () => {
  const file = await stored(picture);
  const asked = { size: 'page', page: 7 } as const;
  await expect(previews.preview(visit, fileId, file, asked)).rejects.toMatchObject({ why: 'no-such-page' });
  expect(noted).toEqual([]);
  expect(await blobs()).toHaveLength(1);
});

test('several who ask at once get the same, and one is kept', async () => {
  const file = await stored(picture);
  const all = await Promise.all([1, 2, 3].map(() => previews.preview(visit, fileId, file, thumbnail)));
  expect(new Set(all.map((each) => each.picture.toString('hex'))).size).toBe(1);
  expect(await blobs()).toHaveLength(2);
  expect(noted).toHaveLength(1);
});
