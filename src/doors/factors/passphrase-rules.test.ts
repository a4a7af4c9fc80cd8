import { expect, test } from 'vitest';
import { COMMON_PASSPHRASES, COMMON_WORDS } from './first-guesses.ts';
import { normalPassphrase, problemOf } from './passphrase-rules.ts';

const ABOUT = ['rosa.meier@hillside.example', 'Rosa Meier', 'Hillside Dental'];

test.each([
  ['short', 'too-short'],
  ['fourteen chars', 'too-short'],
  ['🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤', 'too-short'],
  ['x9'.repeat(129), 'too-long'],
  ['abcabcabcabcabc', 'repeats'],
  ['aaaaaaaaaaaaaaaaaaaa', 'repeats'],
  ['121212121212121212', 'repeats'],
  ['password password', 'repeats'],
  ['abcdefghijklmnop', 'sequence'],
  ['qwertyuiop asdfghjkl', 'sequence'],
  ['9876543210 zyxwvut', 'sequence'],
  ['correct horse battery staple', 'common'],
  ['Correct-Horse-Battery-Staple', 'common'],
  ['C0rrectH0rseBatterySt4ple', 'common'],
  ['may the force be with you!', 'common'],
  ['Ich liebe dich für immer'.replace('ü', 'ue'), 'common'],
  ['Passwort1234567', 'common'],
  ['Summer2026Winter2026', 'common'],
  ['Welcome Doctor 2026', 'common'],
  ['rosa.meier 1948 1948', 'about-you'],
  ['Rosa Meier Hillside', 'about-you'],
])('%s is refused as %s', (typed, problem) => {
  expect(problemOf(typed, ABOUT)).toBe(problem);
});

test.each([
  'the heron stands in the shallow water',
  'four teapots under seven umbrellas',
  'ein Reiher im seichten Wasser',
  'una garza en el agua baja',
  '鷺が浅い水の中に静かに立っているのを見た',
  'eleven purple doctors sing',
  ' spaces at both ends count ',
  'x7#kQ!v9@Lm2$Rt',
])('%s is taken', (typed) => {
  expect(problemOf(typed, ABOUT)).toBeNull();
});

test('nothing but length is asked of the kinds of letters', () => {
  for (const typed of ['smallwombatletters', 'BIGWOMBATLETTERS', '7302648159380274']) {
    expect(problemOf(typed, []), typed).toBeNull();
  }
});

test('the same letters composed otherwise are the same passphrase', () => {
  expect(normalPassphrase('café Zürich')).toBe(normalPassphrase('café Zürich'.normalize('NFD')));
  expect(normalPassphrase('ﬁne ①')).toBe('fine 1');
});

test('every listed phrase is refused, and every listed word twice', () => {
  expect(COMMON_PASSPHRASES.size).toBeGreaterThan(200);
  for (const phrase of COMMON_PASSPHRASES) {
    if ([...phrase].length >= 15) expect(problemOf(phrase, []), phrase).not.toBeNull();
  }
  for (const word of COMMON_WORDS) expect(problemOf(`${word} ${word} 20262026`, []), word).not.toBeNull();
});
