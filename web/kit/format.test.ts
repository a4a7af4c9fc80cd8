import { expect, test } from 'vitest';
import { ageOn, Format } from './format.ts';

const english = new Format('en');
const TIME = { hour: 'numeric', minute: '2-digit', hourCycle: 'h23' } as const;

test('a date is told as precisely as it is known', () => {
  expect(english.date('1984')).toBe('1984');
  expect(english.date('1984-12')).toBe('December 1984');
  expect(english.date('1984-12-18')).toBe('December 18, 1984');
  expect(english.date('unknown')).toBe('unknown');
});

test('an appointment is told by the clock of the practice, wherever one looks from', () => {
  const zone = process.env.TZ;
  try {
    for (const TZ of ['UTC', 'America/Los_Angeles', 'Asia/Kolkata']) {
      process.env.TZ = TZ;
      expect(english.date('2026-11-24T11:20:00-06:00', TIME)).toBe('11:20');
      expect(english.dayAndTime('2026-11-24T23:20:00-06:00', new Date('2026-11-01T12:00:00Z'))).toMatch(
        /^Tuesday, November 24/,
      );
    }
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test('an instant in UTC is told in the time of whoever looks', () => {
  const zone = process.env.TZ;
  try {
    process.env.TZ = 'America/Chicago';
    expect(english.date('2026-11-24T17:20:00Z', TIME)).toBe('11:20');
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test('an appointment of another year says which', () => {
  const today = new Date('2026-11-21T12:00:00Z');
  expect(english.dayAndTime('2027-01-05T09:00:00-06:00', today)).toContain('2027');
  expect(english.dayAndTime('2026-12-05T09:00:00-06:00', today)).not.toContain('2026');
});

test('age is in whole years, and unknown where the birth date is not whole', () => {
  expect(ageOn('1984-11-22', new Date(2026, 10, 21))).toBe(41);
  expect(ageOn('1984-11-21', new Date(2026, 10, 21))).toBe(42);
  expect(ageOn('1984', new Date(2026, 10, 21))).toBeNull();
});

test('a stretch of time is told as briefly as the language can', () => {
  const between = (language: 'en' | 'de', from: string, to: string) =>
    new Format(language).times(from, to).replaceAll(/\s/g, ' ');
  expect(between('en', '2026-11-24T16:50:00', '2026-11-24T16:58:00')).toBe('4:50 – 4:58 PM');
  expect(between('en', '2026-11-24T16:50:07', '2026-11-24T16:50:41')).toBe('4:50 PM');
  expect(between('de', '2026-11-24T16:50:00', '2026-11-24T16:58:00')).toBe('16:50–16:58 Uhr');
  expect(between('en', 'unknown', '2026-11-24T16:58:00')).toBe('');
});
