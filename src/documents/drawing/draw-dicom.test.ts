/** DICOM as pictures: each way in which values are stored, out of files made here. */
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { packLossless } from '../../../test/support/lossless-jpeg.ts';
import { dicomOf } from '../../../test/support/made-dicom.ts';
import { type DicomPicture, dicomPicture } from './draw-dicom.ts';
import { NotDrawn } from './drawing.ts';

const bytesOf = (picture: DicomPicture) => ('pixels' in picture ? [...picture.pixels.bytes] : null);
const GREY = { rows: 2, columns: 2, samples: 1, bits: 8, photometric: 'MONOCHROME2' } as const;
const COLOUR = { rows: 1, columns: 2, samples: 3, bits: 8, photometric: 'RGB' } as const;
const words = (...values: number[]) => Buffer.from(Int16Array.from(values).buffer);

test('values become greys by the window of the file, or by all that there is', () => {
  const bytes = Buffer.from([0, 50, 102, 200]);
  expect(bytesOf(dicomPicture(dicomOf(GREY, bytes), 1))).toEqual([0, 64, 130, 255]);
  const inverted = dicomOf({ ...GREY, photometric: 'MONOCHROME1' }, bytes);
  expect(bytesOf(dicomPicture(inverted, 1))).toEqual([255, 191, 125, 0]);
  const windowed = dicomOf({ ...GREY, center: '50', width: '101' }, bytes);
  expect(bytesOf(dicomPicture(windowed, 1))).toEqual([1, 129, 255, 255]);
  const signed = { ...GREY, bits: 16, isSigned: true, slope: '2', intercept: '-1000' } as const;
  expect(bytesOf(dicomPicture(dicomOf(signed, words(-500, 0, 520, 1500)), 1))).toEqual([0, 64, 130, 255]);
  expect(bytesOf(dicomPicture(dicomOf(GREY, Buffer.alloc(4, 7)), 1))).toEqual([0, 0, 0, 0]);
});

test('colours come side by side, in planes, by halves and by tables', () => {
  const side = [255, 0, 0, 0, 0, 255];
  expect(bytesOf(dicomPicture(dicomOf(COLOUR, Buffer.from(side)), 1))).toEqual(side);
  const planes = Buffer.from([255, 0, 0, 0, 0, 255]);
  expect(bytesOf(dicomPicture(dicomOf({ ...COLOUR, isPlanar: true }, planes), 1))).toEqual(side);
  const full = dicomOf({ ...COLOUR, photometric: 'YBR_FULL' }, Buffer.from([76, 85, 255, 29, 255, 107]));
  expect(bytesOf(dicomPicture(full, 1))).toEqual([254, 0, 0, 0, 0, 254]);
  const half = dicomOf({ ...COLOUR, photometric: 'YBR_FULL_422' }, Buffer.from([255, 0, 128, 128]));
  expect(bytesOf(dicomPicture(half, 1))).toEqual([255, 255, 255, 0, 0, 0]);
  const table = (low: number, high: number) => words(low << 8, high << 8);
  const palette = [table(255, 0), table(0, 0), table(0, 255)];
  const indexed = dicomOf(
    { ...COLOUR, samples: 1, photometric: 'PALETTE COLOR', palette },
    Buffer.from([0, 1]),
  );
  expect(bytesOf(dicomPicture(indexed, 1))).toEqual(side);
});

test('frames are told apart, and one that is not there is said not to be', () => {
  const two = dicomOf({ ...GREY, frames: 2 }, Buffer.from([0, 0, 0, 9, 9, 0, 0, 0]));
  expect(bytesOf(dicomPicture(two, 2))).toEqual([255, 0, 0, 0]);
  expect(() => dicomPicture(two, 3)).toThrow(new NotDrawn('no-such-page'));
});

test('a JPEG within shows the colours that the file says', async () => {
  const red = { create: { width: 8, height: 8, channels: 3, background: 'red' } } as const;
  const jpeg = await sharp(red).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer();
  const packed = (photometric: string, bytes: Buffer) => {
    const file = dicomOf({ ...COLOUR, rows: 8, columns: 8, photometric, packed: 'jpeg' }, bytes);
    const picture = dicomPicture(file, 1);
    return 'jpeg' in picture ? sharp(picture.jpeg).raw().toBuffer() : Promise.reject(new Error('no JPEG'));
  };
  const [first, second] = await packed('YBR_FULL', jpeg);
  expect(first).toBeGreaterThan(250);
  expect(second).toBeLessThan(5);
  // Without a word of its own, the same bytes are taken for what the file says.
  const start = jpeg.indexOf(Buffer.from([0xff, 0xdb]));
  const bare = Buffer.concat([jpeg.subarray(0, 2), jpeg.subarray(start)]);
  const [luminance] = await packed('RGB', bare);
  expect(luminance).toBeGreaterThan(70);
  expect(luminance).toBeLessThan(82);
});

test('lossless JPEG, as radiographs come, is drawn as it is unpacked in the viewer', () => {
  const shape = { rows: 2, columns: 2, precision: 12, predictor: 1 };
  const packed = (values: readonly number[], samples: number, precision = 12) =>
    Buffer.from(packLossless(values, { ...shape, samples, precision }));
  const grey = { ...GREY, bits: 16, packed: 'lossless-jpeg' } as const;
  expect(bytesOf(dicomPicture(dicomOf(grey, packed([0, 1024, 2048, 4095], 1)), 1))).toEqual([
    0, 64, 128, 255,
  ]);
  const colour = { ...COLOUR, rows: 2, columns: 2, packed: 'lossless-jpeg' } as const;
  const side = [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9];
  expect(bytesOf(dicomPicture(dicomOf(colour, packed(side, 3, 8)), 1))).toEqual(side);
  const cut = packed([0, 1024, 2048, 4095], 1).subarray(0, -8);
  expect(() => dicomPicture(dicomOf(grey, cut), 1)).toThrow(new NotDrawn('damaged'));
});

test('sizes that are lies, and what has no picture, are not drawn', () => {
  const lies = dicomOf({ ...GREY, rows: 60_000, columns: 60_000 }, Buffer.alloc(4));
  expect(() => dicomPicture(lies, 1)).toThrow(new NotDrawn('too-large'));
  expect(() => dicomPicture(dicomOf({ ...GREY, rows: 300 }, Buffer.alloc(4)), 1)).toThrow(NotDrawn);
  expect(() => dicomPicture(dicomOf({ ...GREY, rows: 0 }, Buffer.alloc(4)), 1)).toThrow(NotDrawn);
  expect(() => dicomPicture(dicomOf({ ...GREY, bits: 32 }, Buffer.alloc(16)), 1)).toThrow(NotDrawn);
  expect(() => dicomPicture(dicomOf({ ...GREY, frames: 1e9 }, Buffer.alloc(4)), 1e9)).toThrow(NotDrawn);
});
