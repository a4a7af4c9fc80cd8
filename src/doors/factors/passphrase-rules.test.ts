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
  ['hd764nw5d7e1vb1', 'common'],
  ['Ne_E_Pod_Chehyl', 'common'],
  ['mailcreated5240 !', 'common'],
  ['1999 Nemvxyheqdd5oq-xyxyzi', 'common'],
  ['butterfly chocolate', 'common'],
  ['Chelsea / Liverpool 07', 'common'],
  ['liverpoolchelsea xy', 'common'],
  ['rosa.meier 1948 1948', 'about-you'],
  ['Rosa Meier Hillside', 'about-you'],
])('%s is refused as %s', async (typed, problem) => {
  expect(await problemOf(typed, ABOUT)).toBe(problem);
});

test.each([
  'the heron stands in the shallow water',
  'four teapots under seven umbrellas',
  'ein Reiher im seichten Wasser',
  'una garza en el agua baja',
  '鷺が浅い水の中に静かに立っているのを見た',
  'eleven purple doctors sing',
  'butterfly chocolate herons',
  ' spaces at both ends count ',
  'x7#kQ!v9@Lm2$Rt',
])('%s is taken', async (typed) => {
  expect(await problemOf(typed, ABOUT)).toBeNull();
});

test('nothing but length is asked of the kinds of letters', async () => {
  for (const typed of ['smallwombatletters', 'BIGWOMBATLETTERS', '7302648159380274']) {
    expect(await problemOf(typed, []), typed).toBeNull();
  }
});

test('the same letters composed otherwise are the same passphrase', () => {
  expect(normalPassphrase('café Zürich')).toBe(normalPassphrase('café Zürich'.normalize('NFD')));
  expect(normalPassphrase('ﬁne ①')).toBe('fine 1');
});

test('every listed phrase is refused, and every listed word twice', async () => {
  expect(COMMON_PASSPHRASES.size).toBeGreaterThan(200);
  for (const phrase of COMMON_PASSPHRASES) {
    if ([...phrase].length >= 15) expect(await problemOf(phrase, []), phrase).not.toBeNull();
  }
  for (const word of COMMON_WORDS)
    expect(await problemOf(`${word} ${word} 20262026`, []), word).not.toBeNull();
});

test('every one of the most used is refused, twice in a row or with a year behind it as well', async () => {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const listed = dictionary['passwords-common'];
  expect(listed.length).toBeGreaterThan(40_000);
  const taken: string[] = [];
  for (const [at, word] of listed.entries()) {
    // Each as it stands, and every ninth in other forms: all of them would take seconds.
    for (const typed of at % 9 > 0 ? [word] : [`${word} ${word}`, `${word}-1987-2026-12`]) {
      if ((await problemOf(typed, [])) === null) taken.push(typed);
    }
  }
  // Of digits and signs alone with digits behind nothing is left to look for.
  expect(taken.filter((typed) => /\p{L}{4}/u.test(typed))).toEqual([]);
});
