import { expect, test } from 'vitest';
import { base32, codeOfStep, newCodeSecret, stepAt, stepOfCode } from './one-time-code.ts';

const SECRET = Buffer.from('12345678901234567890');

test('the published values of RFC 6238 (appendix B, SHA-1) come out', () => {
  const published: readonly [number, string][] = [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ];
  for (const [seconds, code] of published) expect(codeOfStep(SECRET, stepAt(seconds), 8)).toBe(code);
});

test('the published values of RFC 4226 (appendix D) come out', () => {
  const published = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');
  expect(published.map((_, step) => codeOfStep(SECRET, step))).toEqual(published);
});

test('a code is taken at its step and a step to either side, and no further', () => {
  const now = 1_700_000_000;
  const taken = [-2, -1, 0, 1, 2].map((aside) =>
    stepOfCode(SECRET, codeOfStep(SECRET, stepAt(now) + aside), now, 0),
  );
  expect(taken).toEqual([null, stepAt(now) - 1, stepAt(now), stepAt(now) + 1, null]);
});

test('a code works once, and so does every one before it', () => {
  const now = 1_700_000_000;
  const step = stepAt(now);
  expect(stepOfCode(SECRET, codeOfStep(SECRET, step), now, step)).toBeNull();
  expect(stepOfCode(SECRET, codeOfStep(SECRET, step - 1), now, step)).toBeNull();
  expect(stepOfCode(SECRET, codeOfStep(SECRET, step + 1), now, step)).toBe(step + 1);
});

test('what is no code fits no step', () => {
  for (const typed of ['', '12345', '1234567', '٠١٢٣٤٥', 'abcdef']) {
    expect(stepOfCode(SECRET, typed, 1_700_000_000, 0)).toBeNull();
  }
});

test('secrets are written as apps read them', () => {
  expect(base32(SECRET)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  // RFC 4648 section 10, without padding.
  const published = [
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
  ];
  for (const [plain, written] of published) expect(base32(Buffer.from(plain!))).toBe(written);
  expect(newCodeSecret()).toHaveLength(20);
});
