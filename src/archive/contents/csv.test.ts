/** Tables as text: what a sheet program would reckon with stays what it is. */
import { expect, test } from 'vitest';
import { csvOf } from './csv.ts';

const line = (...cells: (string | number)[]) => csvOf([cells]).replace(/^\ufeff/, '');

test('cells keep commas and quotation marks, and lines stay lines', () => {
  expect(line('a,b', 'say "aah"', 'two\nlines', 7)).toBe('"a,b","say ""aah""","two lines",7\r\n');
});

test('what would begin a formula is text', () => {
  const formulas = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    ' =1',
    '\r=1',
    '＝1',
    '\u200b=1',
    '|cmd',
    '%0A=1',
  ];
  for (const formula of formulas) expect(line(formula), JSON.stringify(formula)).toMatch(/^"'/);
  expect(line('a=1', '2024-01-01')).toBe('"a=1","2024-01-01"\r\n');
});

test('it begins with a mark by which letters are read as they are', () => {
  expect(csvOf([['é']]).charCodeAt(0)).toBe(0xfeff);
});
