import { expect, test } from 'vitest';
import { decodeText } from './text-charset.ts';

test('reads UTF-8, with or without its mark, and UTF-16 by its mark', () => {
  const text = 'Zähne – €';
  expect(decodeText(new TextEncoder().encode(text))).toBe(text);
  expect(decodeText(new TextEncoder().encode(`\ufeff${text}`))).toBe(text);
  expect(decodeText(Buffer.from(`\ufeff${text}`, 'utf16le'))).toBe(text);
  expect(decodeText(Buffer.from(`\ufeff${text}`, 'utf16le').swap16())).toBe(text);
});

test('reads what is no UTF-8 as it was said to be, and as most old files are where nothing was said', () => {
  const old = Uint8Array.of(0x5a, 0xe4, 0x68, 0x6e, 0x65, 0x20, 0x80);
  expect(decodeText(old)).toBe('Zähne €');
  expect(decodeText(Uint8Array.of(0xe4), 'text/plain; charset="ISO-8859-5"')).toBe('ф');
  expect(decodeText(old, 'text/plain; charset=utf-8')).toBe('Zähne €');
  expect(decodeText(old, 'text/plain; charset=no-such-thing')).toBe('Zähne €');
});

test('loses nothing of what no letters are', () => {
  expect(decodeText(Uint8Array.of(0xff, 0x41))).toBe('ÿA');
});
