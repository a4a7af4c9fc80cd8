import { expect, test } from 'vitest';
import { rangeHeaders, rangeOf } from './byte-range.ts';

const CONTENT = { bytes: 100, etag: '"3"', updatedAt: new Date('2026-05-01T10:00:00.700Z') };
const asked = (range: string, ifRange?: string) =>
  rangeOf({ headers: { range, ...(ifRange === undefined ? {} : { 'if-range': ifRange }) } }, CONTENT);
const WHOLE = { start: 0, end: 100, partial: false };

test.each([
  ['bytes=0-9', 0, 10],
  ['bytes=90-', 90, 100],
  ['bytes=-5', 95, 100],
  ['bytes=-500', 0, 100],
  ['bytes=50-999999999999999', 50, 100],
  ['bytes=99-99', 99, 100],
])('%s is the part from %i up to and without %i', (range, start, end) => {
  expect(asked(range)).toEqual({ start, end, partial: true });
});

test.each(['bytes=100-', 'bytes=200-300', 'bytes=-0'])('%s lies outside', (range) => {
  expect(asked(range)).toBeNull();
  expect(rangeHeaders(null, 100)).toEqual({ status: 416, headers: { 'content-range': 'bytes */100' } });
});

test.each([
  'bytes=-',
  'bytes=5-4',
  'bytes=0-1,3-4',
  `bytes=${Array.from({ length: 500 }, () => '0-1').join(',')}`,
  'bytes=0-9999999999999999999999',
  'bytes=1e3-',
  'bytes=+1-2',
  'lines=0-1',
  'bytes 0-1',
])('%s asks for no part that is offered, so the whole is answered', (range) => {
  expect(asked(range)).toEqual(WHOLE);
});

test('a part is answered only of what the asker has the other part of', () => {
  const part = { start: 0, end: 10, partial: true };
  expect(asked('bytes=0-9', '"3"')).toEqual(part);
  expect(asked('bytes=0-9', 'Fri, 01 May 2026 10:00:00 GMT')).toEqual(part);
  for (const other of ['"2"', 'W/"3"', 'Fri, 01 May 2026 10:00:01 GMT', '*']) {
    expect(asked('bytes=0-9', other)).toEqual(WHOLE);
  }
  const nameless = rangeOf({ headers: { range: 'bytes=0-9', 'if-range': '"3"' } }, { bytes: 100 });
  expect(nameless).toEqual(WHOLE);
});

test('nothing has no parts, and is all there', () => {
  expect(rangeOf({ headers: { range: 'bytes=0-' } }, { bytes: 0 })).toBeNull();
  expect(rangeHeaders(rangeOf({ headers: {} }, { bytes: 0 }), 0)).toMatchObject({ status: 200 });
});
