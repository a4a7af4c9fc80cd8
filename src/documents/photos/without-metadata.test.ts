/** Photos with what cameras write into them, and without. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { sharedData } from '../../../test/support/third-party-inputs.ts';
import { isPhoto, type PhotoKind, withoutMetadata } from './without-metadata.ts';

const uploads = sharedData('uploads');
const phonePhoto = readFileSync(join(import.meta.dirname, '../../../test/vectors/phone-photo.heic'));
const TELLING = ['Okafor', 'PosternCam', 'GPS', '2024:05:01', 'xmpmeta', 'adobe'];
const xmp =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><a>Ada Okafor</a></rdf:RDF></x:xmpmeta>';

async function photo(format: 'jpeg' | 'png' | 'webp', orientation = 6): Promise<Buffer> {
  const noise = { create: { width: 120, height: 80, channels: 3, background: 'teal' } } as const;
  const drawn = sharp(noise).composite([
    {
      input: Buffer.from('<svg width="40" height="30"><rect width="40" height="30" fill="red"/></svg>'),
      left: 0,
      top: 0,
    },
  ]);
  return drawn[format]()
    .withExif({
      IFD0: { Artist: 'Ada Okafor', Make: 'PosternCam', DateTime: '2024:05:01 10:00:00' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1' },
    })
    .withMetadata({ orientation })
    .withXmp(xmp)
    .toBuffer();
}

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const blank = (kind: PhotoKind, bytes: Buffer, sizes: readonly number[] = [16_384]) =>
  buffer(withoutMetadata(kind, inPieces(bytes, sizes)));
const pixels = (bytes: Buffer) => sharp(bytes, { failOn: 'warning' }).raw().toBuffer();

/** A chunk of PNG, made by hand. */
function chunk(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length);
  head.write(type, 4);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), content])));
  return Buffer.concat([head, content, check]);
}

test('nothing of where, when, by whom and with what is left, and every point of the picture is', async () => {
  for (const format of ['jpeg', 'png', 'webp'] as const) {
    const before = await photo(format);
    expect(
      TELLING.some((word) => before.includes(word)),
      format,
    ).toBe(true);
    const after = await blank(format, before);
    expect(after.length).toBe(before.length);
    for (const word of TELLING) expect(after.includes(word), `${format} ${word}`).toBe(false);
    expect((await pixels(after)).equals(await pixels(before))).toBe(true);
    const facts = await sharp(after).metadata();
    expect(facts).toMatchObject({ width: 120, height: 80, orientation: 6 });
    expect(facts.exif?.length ?? 0).toBeGreaterThan(0);
    expect((await blank(format, after)).equals(after)).toBe(true);
  }
});

test('a photo of a phone keeps its picture, byte by byte, and nothing else', async () => {
  expect(TELLING.some((word) => phonePhoto.includes(word))).toBe(true);
  const after = await blank('heic', phonePhoto);
  expect(after.length).toBe(phonePhoto.length);
  for (const word of TELLING) expect(after.includes(word), word).toBe(false);
  const changed = [...after.keys()].filter((at) => after[at] !== phonePhoto[at]);
  expect(changed.every((at) => after[at] === 0)).toBe(true);
  // The picture itself lies between what is told of it and the end.
  expect(after.subarray(0, 590).equals(phonePhoto.subarray(0, 590))).toBe(true);
  expect((await blank('heic', after)).equals(after)).toBe(true);
});

test('what cameras put behind the picture is gone, and what stands in odd places too', async () => {
  const film = Buffer.from('ftypmp42 a film by Ada Okafor');
  for (const format of ['jpeg', 'png', 'webp'] as const) {
    const before = await photo(format);
    const after = await blank(format, Buffer.concat([before, film]));
    expect(after.length).toBe(before.length + film.length);
    expect(after.includes('Okafor')).toBe(false);
  }
  const jpeg = await photo('jpeg');
  const note = Buffer.from(
    '\xff\xfe\0\x0cAda Okafor\xff\xed\0\x0cAda Okafor\xff\xe5\0\x0cAda Okafor',
    'latin1',
  );
  const noted = Buffer.concat([jpeg.subarray(0, 2), note, jpeg.subarray(2)]);
  const before = await pixels(noted);
  const after = await blank('jpeg', noted);
  expect(after.includes('Okafor')).toBe(false);
  expect((await pixels(after)).equals(before)).toBe(true);
  const png = await photo('png');
  const words = ['tEXt', 'zTXt', 'iTXt', 'tIME', 'prVt'].map((type) =>
    chunk(type, Buffer.from('Author\0Ada Okafor')),
  );
  const said = Buffer.concat([png.subarray(0, 33), ...words, png.subarray(33)]);
  const silent = await blank('png', said);
  expect(silent.includes('Okafor')).toBe(false);
  expect((await pixels(silent)).equals(await pixels(png))).toBe(true);
});

test('progressive and restarted scans pass as they are', async () => {
  const source = sharp({
    create: {
      width: 300,
      height: 200,
      channels: 3,
      noise: { type: 'gaussian', mean: 120, sigma: 60 },
      background: 'red',
    },
  });
  for (const options of [
    { progressive: true },
    { progressive: false, quality: 100 },
    { optimiseScans: true },
  ]) {
    const before = await source
      .clone()
      .jpeg(options)
      .withExif({ IFD0: { Artist: 'Ada Okafor' } })
      .toBuffer();
    const after = await blank('jpeg', before);
    expect(after.includes('Okafor')).toBe(false);
    expect((await pixels(after)).equals(await pixels(before))).toBe(true);
  }
});

test('however the pieces fall, the same comes out', async () => {
  const photos = {
    jpeg: await photo('jpeg'),
    png: await photo('png'),
    webp: await photo('webp'),
    heic: phonePhoto,
  };
  for (const [kind, bytes] of Object.entries(photos) as [PhotoKind, Buffer][]) {
    const whole = await blank(kind, bytes, [bytes.length]);
    const sizes = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, async (each) => {
        expect((await blank(kind, bytes, each)).equals(whole)).toBe(true);
      }),
      { numRuns: 20, examples: [[[1]], [[2]], [[3]]] },
    );
  }
});

test('what is cut or changed is refused, or comes out as long as it came in; nothing hangs', async () => {
  const photos = {
    jpeg: await photo('jpeg'),
    png: await photo('png'),
    webp: await photo('webp'),
    heic: phonePhoto,
  };
  for (const [kind, bytes] of Object.entries(photos) as [PhotoKind, Buffer][]) {
    const change = fc.record({
      cut: fc.integer({ min: 0, max: bytes.length }),
      at: fc.integer({ min: 0, max: Math.min(bytes.length - 1, 900) }),
      to: fc.integer({ min: 0, max: 255 }),
      isCut: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ cut, at, to, isCut }) => {
        const damaged = Buffer.from(isCut ? bytes.subarray(0, cut) : bytes);
        if (at < damaged.length) damaged[at] = to;
        try {
          expect((await blank(kind, damaged)).length).toBe(damaged.length);
        } catch (error) {
          expect(error).toMatchObject({ code: 'unsupported-media' });
        }
      }),
      { numRuns: process.env.SLOW === '1' ? 3000 : 150 },
    );
    await expect(blank(kind, Buffer.from('x'.repeat(5000)))).rejects.toMatchObject({
      code: 'unsupported-media',
    });
    await expect(blank(kind, Buffer.alloc(0))).rejects.toMatchObject({ code: 'unsupported-media' });
  }
});

test('a source that fails is heard, and one that is no longer wanted is closed', async () => {
  let closed = false;
  async function* failing() {
    try {
      yield (await photo('jpeg')).subarray(0, 900);
      throw new Error('no longer allowed');
    } finally {
      closed = true;
    }
  }
  await expect(buffer(withoutMetadata('jpeg', failing()))).rejects.toThrow('no longer allowed');
  expect(closed).toBe(true);
  expect(isPhoto('jpeg')).toBe(true);
  expect(isPhoto('pdf')).toBe(false);
});

test.skipIf(uploads === null)('photos of others come out with the same picture', async () => {
  for (const name of ['portrait-1.jpg', 'DICOM.jpg']) {
    const before = readFileSync(join(uploads!, 'ordinary', name));
    const after = await blank('jpeg', before);
    expect(after.length).toBe(before.length);
    expect((await pixels(after)).equals(await pixels(before))).toBe(true);
  }
});
