import { createHmac, createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blindToken, mac, macEquals } from './mac.ts';
import { encodeTuple } from './tuple.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
const parts = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()), { maxLength: 5 });

test('encodes each part behind its length in bytes', () => {
  expect(encodeTuple(['é', Buffer.from([9]), '']).toString('hex')).toBe('00000002c3a9000000010900000000');
});

test('no two lists of parts encode alike', () => {
  const asBytes = (list: readonly (string | Uint8Array)[]) => list.map((part) => Buffer.from(part as string));
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      const same = JSON.stringify(asBytes(a)) === JSON.stringify(asBytes(b));
      expect(encodeTuple(a).equals(encodeTuple(b))).toBe(same);
    }),
  );
  expect(encodeTuple(['ab', 'c']).equals(encodeTuple(['a', 'bc']))).toBe(false);
});

test('encodes parts larger than its buffer', () => {
  const large = 'ü'.repeat(20_000);
  expect(encodeTuple(['a', large]).subarray(9).toString('utf8')).toBe(large);
});

test('a MAC is HMAC-SHA-256 of the encoding, and comparing tells the lengths apart', () => {
  const expected = createHmac('sha256', key)
    .update(encodeTuple(['grant', 'x']))
    .digest();
  expect(mac(key, 'grant', 'x').equals(expected)).toBe(true);
  expect(macEquals(expected, mac(key, 'grant', 'x'))).toBe(true);
  expect(macEquals(expected, mac(key, 'grant', 'y'))).toBe(false);
  expect(macEquals(expected, expected.subarray(1))).toBe(false);
});

test('a blind token is the first 64 bits of the MAC as a signed number', () => {
  const negative = Array.from({ length: 20 }, (_, n) => blindToken(key, 'code', String(n)));
  expect(negative.some((token) => token < 0n)).toBe(true);
  expect(blindToken(key, 'code', 'a')).toBe(mac(key, 'code', 'a').readBigInt64BE(0));
  expect(blindToken(key, 'code', 'a')).not.toBe(blindToken(key, 'codea', ''));
});
