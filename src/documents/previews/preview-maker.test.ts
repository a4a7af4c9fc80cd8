/** Previews by the real process, of real files and of files made to break whoever draws them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { packLossless } from '../../../test/support/lossless-jpeg.ts';
import { dicomOf } from '../../../test/support/made-dicom.ts';
import { pdfOf } from '../../../test/support/made-pdf.ts';
import { pngOf } from '../../../test/support/made-png.ts';
import { sharedData } from '../../../test/support/third-party-inputs.ts';
import type { DrawnKind } from '../drawing/drawing.ts';
import { type PreviewLimits, PreviewMaker, type PreviewSize } from './preview-maker.ts';

const uploads = sharedData('uploads');
const maker = new PreviewMaker({ atOnce: 2, waiting: 500, seconds: 40 });
const makers = [maker];
afterAll(() => {
  for (const each of makers) each.close();
});

function makerWith(limits: Partial<PreviewLimits>): PreviewMaker {
  const made = new PreviewMaker({ atOnce: 2, waiting: 500, seconds: 40, ...limits });
  makers.push(made);
  return made;
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

const make = (kind: DrawnKind, content: Buffer, size: PreviewSize = 'thumbnail', page = 1) =>
  maker.make(kind, inPieces(content), size, { page });
const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><rect width="450" height="300" fill="red"/></svg>';
const picture = (format: 'jpeg' | 'png' | 'webp' | 'tiff') =>
  sharp(Buffer.from(drawing)).flatten({ background: 'white' })[format]().toBuffer();
const notDrawn = (message: string) => ({
  code: 'not-processable',
  message: expect.stringContaining(message),
});

/** Colours of a pixel of a preview, at a part of its width and height. */
async function colourAt(preview: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(preview).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}
const isRed = ([red, green]: number[]) => red! > 200 && green! < 60;

test('a radiograph in lossless JPEG is drawn: its decoder is within reach of the process', async () => {
  const shape = { rows: 40, columns: 40, samples: 1, precision: 12, predictor: 1 };
  const values = Array.from({ length: 1600 }, (_, at) => (at % 40 < 20 ? 0 : 4095));
  const facts = { rows: 40, columns: 40, samples: 1, bits: 16, photometric: 'MONOCHROME2' } as const;
  const packed = Buffer.from(packLossless(values, shape));
  const file = dicomOf({ ...facts, packed: 'lossless-jpeg' }, packed);
  const preview = await make('dicom', file);
  expect((await colourAt(preview.picture, 0.2, 0.5))[0]).toBeLessThan(20);
  expect((await colourAt(preview.picture, 0.8, 0.5))[0]).toBeGreaterThan(235);
});

test('DICOM in JPEG 2000 and in JPEG-LS is drawn, as the same picture is that is not packed', async () => {
  if (uploads === null) return;
  const draw = async (name: string) => {
    const { picture } = await make('dicom', readFileSync(join(uploads, 'dicom', name)), 'page');
    return sharp(picture).greyscale().raw().toBuffer();
  };
  const plain = await draw('MR_small.dcm');
  for (const name of ['MR_small_jp2klossless.dcm', 'MR_small_jpeg_ls_lossless.dcm']) {
    expect([name, (await draw(name)).equals(plain)]).toEqual([name, true]);
  }
  for (const name of ['SC_rgb_gdcm_KY.dcm', 'SC_rgb_jls_lossy_line.dcm']) {
    const { picture } = await make('dicom', readFileSync(join(uploads, 'dicom', name)), 'page');
    expect([name, isRed(await colourAt(picture, 0.5, 0.05))]).toEqual([name, true]);
  }
  const cut = readFileSync(join(uploads, 'dicom', 'MR_small_jpeg_ls_lossless.dcm')).subarray(0, -600);
  await expect(make('dicom', cut)).rejects.toMatchObject(notDrawn('damaged'));
});

test('pictures of each kind are drawn small, upright and without what they tell of themselves', async () => {
  for (const format of ['jpeg', 'png', 'webp', 'tiff'] as const) {
    const preview = await make(format, await picture(format));
    expect(preview).toMatchObject({ width: 320, height: 213, pages: 1 });
    expect(isRed(await colourAt(preview.picture, 0.2, 0.2)), format).toBe(true);
    expect(isRed(await colourAt(preview.picture, 0.8, 0.8)), format).toBe(false);
  }
  const turned = await sharp(await picture('jpeg'))
    .withExif({ IFD0: { Artist: 'Ada Okafor' }, IFD3: { GPSLatitudeRef: 'N' } })
    .withMetadata({ orientation: 6 })
    .toBuffer();
  expect(turned.includes('Ada Okafor')).toBe(true);
  const upright = await make('jpeg', turned);
  expect([upright.width, upright.height]).toEqual([213, 320]);
  expect(isRed(await colourAt(upright.picture, 0.8, 0.2))).toBe(true);
  expect(upright.picture.includes('Ada Okafor')).toBe(false);
  expect((await sharp(upright.picture).metadata()).exif).toBeUndefined();
});

test('a photo of a phone is drawn', async () => {
  const photo = readFileSync(join(import.meta.dirname, '../../../test/vectors/phone-photo.heic'));
  const preview = await make('heic', photo);
  expect(preview).toMatchObject({ width: 64, height: 48, pages: 1 });
  expect(isRed(await colourAt(preview.picture, 0.2, 0.2))).toBe(true);
  expect(isRed(await colourAt(preview.picture, 0.8, 0.8))).toBe(false);
});

test('pages of a PDF are drawn, each as it is', async () => {
  const pdf = pdfOf('1 0 0 rg 0 50 100 50 re f', { pages: 3 });
  const preview = await make('pdf', pdf, 'page', 2);
  expect(preview).toMatchObject({ width: 1240, height: 620, pages: 3 });
  expect(isRed(await colourAt(preview.picture, 0.2, 0.2))).toBe(true);
  expect(isRed(await colourAt(preview.picture, 0.8, 0.8))).toBe(false);
  await expect(make('pdf', pdf, 'page', 4)).rejects.toMatchObject(notDrawn('no such page'));
  const written = await make('pdf', pdfOf('BT /F 60 Tf 10 30 Td (WWWWW) Tj ET'));
  const shades = (await sharp(written.picture).greyscale().stats()).channels[0]!;
  expect(shades.min).toBeLessThan(60);
  expect(shades.max).toBeGreaterThan(200);
});

test('what is no picture is said to be none, and a password is said to be needed', async () => {
  for (const kind of ['jpeg', 'png', 'webp', 'tiff', 'heic', 'pdf', 'dicom'] as const) {
    await expect(make(kind, Buffer.from('x'.repeat(5000))), kind).rejects.toMatchObject(notDrawn('damaged'));
  }
  await expect(make('pdf', Buffer.alloc(0))).rejects.toMatchObject(notDrawn('damaged'));
  // A drawing that says that it is a picture is not given to whoever draws drawings.
  await expect(make('png', Buffer.from(drawing))).rejects.toMatchObject(notDrawn('damaged'));
  await expect(make('jpeg', await picture('png'))).rejects.toMatchObject(notDrawn('damaged'));
});

test('a picture that says it has billions of points is not drawn', async () => {
  const bomb = pngOf(60_000, 60_000, Buffer.alloc(1_000_000));
  await expect(make('png', bomb)).rejects.toMatchObject({ code: 'not-processable' });
  const jpeg = await picture('jpeg');
  const size = jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 5;
  jpeg.writeUInt16BE(65_500, size);
  jpeg.writeUInt16BE(65_500, size + 2);
  await expect(make('jpeg', jpeg)).rejects.toMatchObject({ code: 'not-processable' });
  // A large scan of one colour is no bomb.
  const large = pngOf(8000, 8000, Buffer.alloc(8000 * 1001));
  expect(await make('png', large)).toMatchObject({ width: 320, height: 320 });
});

test('what needs too much time or memory is ended, and the next file is drawn as ever', async () => {
  const impatient = makerWith({ seconds: 8 });
  await impatient.walls();
  const started = performance.now();
  const pressing = pdfOf(Buffer.from('0 0 m 9 9 l '.repeat(40_000_000)));
  expect(pressing.length).toBeLessThan(5_000_000);
  const endless = impatient.make('pdf', inPieces(pressing), 'thumbnail');
  await expect(endless).rejects.toMatchObject({ code: 'not-processable' });
  expect(performance.now() - started).toBeLessThan(60_000);
  expect(await impatient.make('png', inPieces(await picture('png')), 'thumbnail')).toMatchObject({
    width: 320,
  });
});

test('a file that is packed in itself again and again is ended or drawn, and harms nothing', async () => {
  const nested = pdfOf(Buffer.alloc(300_000_000, ' '), { packed: 3 });
  expect(nested.length).toBeLessThan(20_000);
  await make('pdf', nested).catch((error: unknown) =>
    expect(error).toMatchObject({ code: 'not-processable' }),
  );
});

test('who asks too much at once is told to come later, and a stop ends who draws and who waits', async () => {
  const narrow = makerWith({ atOnce: 1, waiting: 1 });
  await narrow.walls();
  const never = async function* () {
    yield Buffer.from('%PDF-');
    await new Promise(() => undefined);
  };
  const stopping = new AbortController();
  const first = narrow.make('pdf', never(), 'thumbnail', { signal: stopping.signal });
  const second = narrow.make('pdf', never(), 'thumbnail');
  await expect(narrow.make('pdf', never(), 'thumbnail')).rejects.toMatchObject({ code: 'unavailable' });
  stopping.abort(new Error('no longer wanted'));
  await expect(first).rejects.toThrow('no longer wanted');
  narrow.close();
  await expect(second).rejects.toMatchObject({ code: 'unavailable' });
});

test('a source that fails is heard, and the process is gone with it', async () => {
  async function* revoked() {
    yield Buffer.from('%PDF-1.4');
    throw new Error('no longer allowed');
  }
  await expect(maker.make('pdf', revoked(), 'thumbnail')).rejects.toThrow('no longer allowed');
});

/** All of them where there is time, else some of each folder. */
const EVERY = process.env.SLOW === '1' ? 1 : 5;

test.skipIf(uploads === null)(
  'files of the collection are drawn, or said not to be',
  { timeout: 600_000 },
  async () => {
    const outcome = async (folder: string, kind: DrawnKind) => {
      const names = readdirSync(join(uploads!, folder)).sort();
      let drawn = 0;
      const draw = async (name: string) => {
        try {
          const preview = await make(kind, readFileSync(join(uploads!, folder, name)));
          expect((await sharp(preview.picture).metadata()).width).toBe(preview.width);
          drawn += 1;
        } catch (error) {
          expect(error, name).toMatchObject({ code: 'not-processable' });
        }
      };
      await Promise.all(names.filter((_, index) => index % EVERY === 0).map(draw));
      return drawn;
    };
    expect(await outcome('png-suite', 'png')).toBe(30 / EVERY);
    const drawn = [await outcome('pdf-valid', 'pdf'), await outcome('pdf-malformed', 'pdf')];
    // Of the valid ones four want a password.
    if (EVERY === 1) expect(drawn[0]).toBe(9);
    expect(drawn[0]! + drawn[1]!).toBeGreaterThan(0);
    expect(await outcome('dicom', 'dicom')).toBeGreaterThan(1);
  },
);
