import { expect, test } from 'vitest';
import { type LetterParts, letterPage } from './letter.ts';

const LETTER: LetterParts = {
  practice: 'Elm Street Dental',
  name: 'Rosa Lind',
  code: 'H9F4-Y2XT-6T0M',
  link: 'https://care.example/invited#H9F4-Y2XT-6T0M',
  expires: new Date('2026-12-06T03:00:00Z'),
  timeZone: 'America/Chicago',
  asksBirthDate: true,
  language: 'en',
};

test('a letter says the last day by the clock of the practice', () => {
  expect(letterPage(LETTER)).toContain('until December 5, 2026.');
  expect(letterPage({ ...LETTER, timeZone: 'Europe/Berlin' })).toContain('until December 6, 2026.');
});

test('a letter tells of a date of birth where one will be asked for', () => {
  expect(letterPage(LETTER)).toContain('asked for a date of birth');
  expect(letterPage({ ...LETTER, asksBirthDate: false })).not.toContain('date of birth');
});
