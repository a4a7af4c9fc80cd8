import { expect, test } from 'vitest';
import { fileName, sayBytes } from './file-name.ts';

const NOTHING = new Uint8Array();

test('names a file after its document, with the ending of what it is', () => {
  expect(fileName('Referral letter', 'pdf', NOTHING)).toBe('Referral letter.pdf');
  expect(fileName('Brief.PDF', 'pdf', NOTHING)).toBe('Brief.PDF');
  const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
  expect(fileName('Zahn 14: Röntgen', 'image', jpeg)).toBe('Zahn 14 Röntgen.jpg');
});

test('keeps out of a name what systems take for a path, a drive, an order of letters or an end', () => {
  const right = String.fromCharCode(0x202e);
  expect(fileName(`../..\\evil${right}fdp.exe\0`, 'pdf', NOTHING)).toBe('evil fdp.exe.pdf');
  expect(fileName('...', 'other', NOTHING)).toBe('document.bin');
  expect(fileName('invoice.html', 'markup', NOTHING)).toBe('invoice.html.bin');
  expect(fileName('x'.repeat(500), 'text', NOTHING).length).toBeLessThanOrEqual(124);
});

test('says how much that is as people of a language write it', () => {
  expect(sayBytes(812, 'en')).toBe('812 bytes');
  expect(sayBytes(39, 'de')).toBe('39 Byte');
  expect(sayBytes(0, 'en')).toBe('0 bytes');
  expect(sayBytes(3_400, 'en')).toBe('3.4 kB');
  expect(sayBytes(999_999, 'en')).toBe('1,000 kB');
  expect(sayBytes(2_147_483_648, 'en')).toBe('2.15 GB');
  expect(sayBytes(1_084_656, 'de')).toBe('1,08 MB');
});
