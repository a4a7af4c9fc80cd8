import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedData } from '../../../test/support/third-party-inputs.ts';
import { readDicom } from './dicom-file.ts';
import { lengthOf } from './distance.ts';
import { jpegFrame } from './jpeg-frame.ts';
import { type Frame, type GreyFrame, grey } from './samples.ts';
import { syntaxName } from './transfer-syntax.ts';
import { unpackFrame } from './unpack-frame.ts';
import { fullWindow, lightOf, throughWindow } from './windowed.ts';

type Field = readonly [group: number, element: number, vr: string, value: string | number | Uint8Array];

/** A file of Explicit VR Little Endian with these elements. */
function file(fields: readonly Field[], syntax = '1.2.840.10008.1.2.1'): Uint8Array {
  const meta: Field[] = [[2, 0x10, 'UI', syntax]];
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), ...[...meta, ...fields].map(element)]);
}

function element([group, number, vr, value]: Field): Buffer {
  const content = contentOf(vr, value);
  const isLong = vr === 'OW' || vr === 'OB';
  const head = Buffer.alloc(isLong ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  if (isLong) head.writeUInt32LE(content.length, 8);
  else head.writeUInt16LE(content.length, 6);
  return Buffer.concat([head, content]);
}

function contentOf(vr: string, value: Field[3]): Buffer {
  if (typeof value === 'number') {
    const short = Buffer.alloc(2);
    short.writeUInt16LE(value);
    return short;
  }
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value);
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
}

/** Twelve stored bits, signed: -2048, -1, 0, 2047, with what may stand above them. */
const PIXELS = Uint8Array.of(0x00, 0xf8, 0xff, 0x0f, 0x00, 0x00, 0xff, 0x07);

const picture = (more: readonly Field[] = [], pixels: Uint8Array = PIXELS): Field[] => [
  [8, 5, 'CS', 'ISO_IR 192'],
  [8, 0x60, 'CS', 'IO'],
  [0x10, 0x10, 'PN', 'Müller^Jörg^^Dr.'],
  [0x28, 2, 'US', 1],
  [0x28, 4, 'CS', 'MONOCHROME2'],
  [0x28, 0x10, 'US', 2],
  [0x28, 0x11, 'US', 2],
  [0x28, 0x30, 'DS', '0.5\\0.25'],
  [0x28, 0x100, 'US', 16],
  [0x28, 0x101, 'US', 12],
  [0x28, 0x103, 'US', 1],
  ...more,
  [0x7fe0, 0x10, 'OW', pixels],
];

test('reads values of as many bits as are stored, with their sign', async () => {
  const { image, text } = readDicom(file(picture()))!;
  expect(text).toMatchObject({ patient: 'Dr. Jörg Müller', modality: 'IO' });
  const frame = (await unpackFrame(image!, 0)) as GreyFrame;
  expect([...frame.values]).toEqual([-2048, -1, 0, 2047]);
  expect([frame.low, frame.high]).toEqual([-2048, 2047]);
  expect(await unpackFrame(image!, 1)).toBeNull();
});

test('shows values through a window, and the lowest as white where they are meant so', () => {
  const frame = grey({ padding: null }, Int16Array.of(0, 50, 100));
  const scale = { slope: 2, intercept: -10 };
  expect(fullWindow(frame, scale)).toEqual({ center: 90.5, width: 201 });
  const rgba = new Uint8ClampedArray(12);
  throughWindow(frame, scale, { center: 90.5, width: 201 }, false, rgba);
  expect([rgba[0], rgba[4], rgba[8], rgba[11]]).toEqual([0, 128, 255, 255]);
  throughWindow(frame, scale, { center: 90.5, width: 201 }, true, rgba);
  expect([rgba[0], rgba[8]]).toEqual([255, 0]);
  expect([lightOf(4, { center: 5, width: 1 }), lightOf(5, { center: 5, width: 1 })]).toEqual([0, 255]);
});

test('leaves aside what stands for nothing', () => {
  expect(grey({ padding: -9999 }, Int16Array.of(-9999, 3, 7))).toMatchObject({ low: 3, high: 7 });
  expect(grey({ padding: 1 }, Uint8Array.of(1, 1))).toMatchObject({ low: 0, high: 1 });
});

test('measures in millimetres by the size of rows and of columns', () => {
  const { spacing } = readDicom(file(picture()))!.image!;
  expect(lengthOf({ from: { x: 0, y: 0 }, to: { x: 12, y: 8 } }, spacing)).toBe(5);
  expect(lengthOf({ from: { x: 0, y: 0 }, to: { x: 3, y: 4 } }, null)).toBe(5);
});

test('makes no room for what is not there', async () => {
  const large = picture([[0x28, 8, 'IS', '99999999']], PIXELS.subarray(0, 6));
  expect(await unpackFrame(readDicom(file(large))!.image!, 0)).toBeNull();
  const vast = picture().map((field) =>
    field[0] === 0x28 && field[1] <= 0x11 && field[1] >= 0x10
      ? ([...field.slice(0, 3), 65_535] as unknown as Field)
      : field,
  );
  expect(readDicom(file(vast))!.image).toBeNull();
});

test('names how a picture is packed that it does not unpack', async () => {
  const { image, syntax } = readDicom(file(picture(), '1.2.840.10008.1.2.4.90'))!;
  expect([image!.packing, syntaxName(syntax)]).toEqual(['other', 'JPEG 2000 Lossless']);
  expect(await unpackFrame(image!, 0)).toBeNull();
  expect(syntaxName('1.2.3')).toBe('1.2.3');
});

test('tells the browser of colours that a JPEG says nothing of, and gives it none of twelve bits', () => {
  const image = readDicom(file(picture()))!.image!;
  const colours = { ...image, samples: 3, photometric: 'RGB' } as const;
  const start = (bits: number) =>
    Uint8Array.of(0xff, 0xd8, 0xff, 0xc0, 0, 17, bits, 0, 2, 0, 2, 3, 1, 0x11, 0, 2);
  const marked = jpegFrame(colours, start(8))!;
  expect([...marked.subarray(2, 4), marked[17]]).toEqual([0xff, 0xee, 0]);
  expect(jpegFrame(colours, start(12))).toBeNull();
  expect(jpegFrame(image, start(8))).toBeNull();
  expect(jpegFrame(colours, new Uint8Array(40))).toBeNull();
});

const folder = sharedData('uploads/dicom');

test.skipIf(folder === null)('reads or refuses every example, and ends', async () => {
  const told: Record<string, string> = {};
  for (const name of readdirSync(folder!)) {
    const read = readDicom(readFileSync(join(folder!, name)));
    let frame: Frame | null = null;
    if (read?.image && read.image.packing !== 'jpeg') frame = await unpackFrame(read.image, 0);
    told[name] = read === null ? 'none' : (frame?.kind ?? read.image?.packing ?? 'no picture');
  }
  expect(told).toMatchObject({
    'MR_small.dcm': 'grey',
    'MR_small_implicit.dcm': 'grey',
    'MR_small_RLE.dcm': 'grey',
    'ExplVR_BigEnd.dcm': 'colour',
    'SC_rgb_rle.dcm': 'colour',
    'SC_ybr_full_422_uncompressed.dcm': 'colour',
    'examples_palette.dcm': 'colour',
    'JPEG2000.dcm': 'other',
    'SC_rgb_jpeg_lossy_gdcm.dcm': 'jpeg',
    'reportsi.dcm': 'no picture',
  });
  const plain = readDicom(readFileSync(join(folder!, 'MR_small.dcm')))!.image!;
  const runs = readDicom(readFileSync(join(folder!, 'MR_small_RLE.dcm')))!.image!;
  expect(await unpackFrame(runs, 0)).toEqual(await unpackFrame(plain, 0));
  const words = (name: string) => readDicom(readFileSync(join(folder!, name)))!.text.patient;
  expect(words('chrGerm.dcm')).toContain('Rüdiger Äneas');
  expect(words('chrX2.dcm')).toContain('王');
  expect(words('chrH31.dcm')).toContain('山田');
});
