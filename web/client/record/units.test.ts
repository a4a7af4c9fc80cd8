import { expect, test } from 'vitest';
import { plainUnit } from './units.ts';

test('units are printed as people read them', () => {
  const units = ['10*3/uL', 'mL/min/1.73 m2', 'ug/L', 'mmHg', '1', 'mg/dL', 'beats/min', '{score}', 'U/L'];
  expect(units.map(plainUnit)).toEqual([
    '10³/µL',
    'mL/min/1.73 m²',
    'µg/L',
    'mmHg',
    '',
    'mg/dL',
    'beats/min',
    '',
    'U/L',
  ]);
});
