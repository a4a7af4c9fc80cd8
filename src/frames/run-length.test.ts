import { expect, test } from 'vitest';
import { unpackRuns } from './run-length.ts';

test('unpacks runs, and refuses those that do not fit', () => {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(64, 4);
  // Two letters as they are, then one three times.
  const runs = Uint8Array.of(1, 7, 8, 254, 9, 0);
  expect([...unpackRuns(Buffer.concat([header, runs]), 5, 1, 1)!]).toEqual([7, 8, 9, 9, 9]);
  expect(unpackRuns(Buffer.concat([header, runs]), 6, 1, 1)).toBeNull();
  expect(unpackRuns(Buffer.concat([header, runs]), 5, 1, 2)).toBeNull();
  expect(unpackRuns(new Uint8Array(10), 5, 1, 1)).toBeNull();
});
