/** Birthdays by the clock of a practice. */
import { describe, expect, test } from 'vitest';
import { birthdayOf } from './ages.ts';

const ZONES = ['UTC', 'America/Chicago', 'Pacific/Auckland', 'Asia/Kathmandu', 'America/Santiago'];

describe('a birthday', () => {
  test.each([
    ['2013-05-20', 13, 'UTC', '2026-05-20T00:00:00.000Z'],
    ['2013-05-20', 13, 'America/Chicago', '2026-05-20T05:00:00.000Z'],
    ['2013-12-20', 13, 'America/Chicago', '2026-12-20T06:00:00.000Z'],
    ['2013-05-20', 13, 'Pacific/Auckland', '2026-05-19T12:00:00.000Z'],
    // Clocks go back and forth on the day itself, after midnight.
    ['2013-03-08', 13, 'America/Chicago', '2026-03-08T06:00:00.000Z'],
    ['2013-11-01', 13, 'America/Chicago', '2026-11-01T05:00:00.000Z'],
    // At midnight: the day begins at one.
    ['2012-09-08', 12, 'America/Santiago', '2024-09-08T04:00:00.000Z'],
    // A leap day, in a year without one and in one with it.
    ['2008-02-29', 18, 'UTC', '2026-02-28T00:00:00.000Z'],
    ['2008-02-29', 16, 'UTC', '2024-02-29T00:00:00.000Z'],
    // What is not known is taken for the earliest.
    ['2008-02', 18, 'UTC', '2026-02-01T00:00:00.000Z'],
    ['2008', 18, 'UTC', '2026-01-01T00:00:00.000Z'],
  ])('of %s is at %i years in %s at %s', (birthDate, age, timeZone, at) => {
    expect(birthdayOf(birthDate, age, timeZone)?.toISOString()).toBe(at);
  });

  test('is none of what is no date', () => {
    for (const text of ['', 'soon', '13-05-20', '2013-5-20', '2013-05-20T10:00Z']) {
      expect(birthdayOf(text, 18, 'UTC')).toBeNull();
    }
  });

  test('begins a day in its zone, and not a second earlier', () => {
    for (const timeZone of ZONES) {
      const day = new Intl.DateTimeFormat('sv-SE', { timeZone });
      for (let at = Date.UTC(2008, 0, 1); at < Date.UTC(2009, 0, 1); at += 86_400_000 * 5) {
        const birthDate = new Date(at).toISOString().slice(0, 10);
        const birthday = birthdayOf(birthDate, 18, timeZone)!.getTime();
        const [, monthDay] = /^\d{4}-(.*)$/.exec(birthDate)!;
        expect(day.format(birthday)).toBe(`2026-${monthDay}`);
        expect(day.format(birthday - 1000)).not.toBe(`2026-${monthDay}`);
      }
    }
  });
});
