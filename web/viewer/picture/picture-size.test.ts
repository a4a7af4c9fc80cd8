import sharp from 'sharp';
import { expect, test } from 'vitest';
import { pictureSize } from './picture-size.ts';

const plain = () => sharp({ create: { width: 321, height: 123, channels: 3, background: '#456' } });

test.each([
  ['image/png', () => plain().png()],
  ['image/jpeg', () => plain().jpeg()],
  ['image/jpeg', () => plain().withMetadata().jpeg({ progressive: true })],
  ['image/gif', () => plain().gif()],
  ['image/webp', () => plain().webp()],
  ['image/webp', () => plain().webp({ lossless: true })],
  ['image/webp', () => plain().ensureAlpha(0.5).webp()],
] as const)('reads the size of a %s without unpacking it', async (type, make) => {
  expect(pictureSize(await make().toBuffer(), type)).toEqual({ width: 321, height: 123 });
});

test('says nothing of what ends too early or is something else', () => {
  expect(pictureSize(new Uint8Array(10), 'image/png')).toBeNull();
  expect(pictureSize(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16), 'image/jpeg')).toBeNull();
  expect(pictureSize(new Uint8Array(100), 'image/jpeg')).toBeNull();
  expect(pictureSize(new Uint8Array(100), 'image/tiff')).toBeNull();
});
