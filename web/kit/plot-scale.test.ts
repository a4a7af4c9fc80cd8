import { describe, expect, test } from 'vitest';
import { linear, timeMarks, valueMarks } from './plot-scale.ts';

test('values lie where their share of the span is, and one alone in the middle', () => {
  const scale = linear(10, 20, 200, 0);
  expect([10, 15, 20].map((value) => scale.at(value))).toEqual([200, 100, 0]);
  expect(linear(7, 7, 0, 100).at(7)).toBe(50);
});

describe('marks of values', () => {
  test('are round, and reach around all values', () => {
    expect(valueMarks(4, 9.3, 5)).toEqual([4, 6, 8, 10]);
    expect(valueMarks(0.31, 0.58, 4)).toEqual([0.3, 0.4, 0.5, 0.6]);
    expect(valueMarks(91, 147, 6)).toEqual([80, 100, 120, 140, 160]);
  });

  test('surround one value too, be it nothing', () => {
    for (const value of [0, 5, -3, 1e6]) {
      const marks = valueMarks(value, value, 5);
      expect(marks[0]!).toBeLessThanOrEqual(value);
      expect(marks.at(-1)!).toBeGreaterThanOrEqual(value);
      expect(marks.length).toBeLessThan(10);
    }
  });
});

describe('marks of time', () => {
  const at = (date: string) => Date.parse(`${date}T12:00:00Z`);
  const dates = (from: string, to: string, most: number) =>
    timeMarks(at(from), at(to), most).map(({ date }) => date);

  test('are the beginnings of years, or of months, no more than fit', () => {
    expect(dates('2023-09-21', '2026-05-11', 4)).toEqual(['2024', '2025', '2026']);
    expect(dates('2023-09-21', '2026-05-11', 2)).toEqual(['2024', '2026']);
    expect(dates('2026-01-10', '2026-05-11', 4)).toEqual(['2026-02', '2026-03', '2026-04', '2026-05']);
    expect(dates('1960-03-01', '2026-03-01', 5).length).toBeLessThanOrEqual(5);
  });

  test('are the first and the last day where nothing round lies between', () => {
    expect(dates('2026-05-03', '2026-05-11', 4)).toEqual(['2026-05-03', '2026-05-11']);
    expect(dates('2026-05-03', '2026-05-03', 4)).toEqual(['2026-05-03']);
  });
});
