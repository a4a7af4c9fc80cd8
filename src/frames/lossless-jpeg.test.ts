import { expect, test } from 'vitest';
import { packLossless } from '../../test/support/lossless-jpeg.ts';
import { unpackLossless } from './lossless-jpeg.ts';

const [ROWS, COLUMNS] = [9, 12];
/** Slopes, edges and noise, so that no prediction is right by itself. */
const valuesOf = (samples: number, most: number) =>
  Array.from({ length: ROWS * COLUMNS * samples }, (_, at) => (at * at * 7919 + (at % 5) * 977) % (most + 1));
const words = (values: readonly number[]) => new Uint8Array(Uint16Array.from(values).buffer);

test.each([1, 2, 3, 4, 5, 6, 7])('comes out as it went in, predicted by way %i', (predictor) => {
  const shape = { rows: ROWS, columns: COLUMNS, samples: 1, bytesEach: 2 } as const;
  for (const precision of [8, 12, 16]) {
    const values = valuesOf(1, 2 ** precision - 1);
    const packed = packLossless(values, { ...shape, precision, predictor });
    expect(unpackLossless(packed, shape)).toEqual(words(values));
    const parted = packLossless(values, { ...shape, precision, predictor, restart: 2 * COLUMNS });
    expect(unpackLossless(parted, shape)).toEqual(words(values));
  }
});

test('colours come side by side', () => {
  const shape = { rows: ROWS, columns: COLUMNS, samples: 3, bytesEach: 1 } as const;
  const values = valuesOf(3, 255);
  const packed = packLossless(values, { ...shape, precision: 8, predictor: 4 });
  expect(unpackLossless(packed, shape)).toEqual(Uint8Array.from(values));
});

test('what is not whole, or not what the file says, is nothing', () => {
  const shape = { rows: ROWS, columns: COLUMNS, samples: 1, bytesEach: 2 } as const;
  const packed = packLossless(valuesOf(1, 4095), { ...shape, precision: 12, predictor: 1 });
  for (let length = 0; length < packed.length - 2; length += 1) {
    expect([length, unpackLossless(packed.subarray(0, length), shape)]).toEqual([length, null]);
  }
  for (const other of [
    { ...shape, rows: ROWS + 1 },
    { ...shape, columns: 60_000 },
    { ...shape, samples: 3 },
    { ...shape, bytesEach: 1 },
  ] as const) {
    expect(unpackLossless(packed, other)).toBeNull();
  }
});

test('whatever byte is changed, it ends, with a picture of that size or with none', () => {
  const shape = { rows: ROWS, columns: COLUMNS, samples: 1, bytesEach: 2 } as const;
  const packed = packLossless(valuesOf(1, 4095), { ...shape, precision: 12, predictor: 7, restart: COLUMNS });
  for (let at = 0; at < packed.length; at += 1) {
    for (const change of [0x00, 0x01, 0x7f, 0xff]) {
      const changed = Uint8Array.from(packed);
      changed[at] = changed[at]! ^ change || change;
      const unpacked = unpackLossless(changed, shape);
      expect(unpacked === null || unpacked.length === ROWS * COLUMNS * 2).toBe(true);
    }
  }
});
