/**
 * What a passphrase must be (NIST SP 800-63B-4 section 3.1.1.2): long, and none that others try first. No
 * composition rules, no expiry, any letter of any language.
 */
import { COMMON_PASSPHRASES, COMMON_WORDS } from './first-guesses.ts';
import { isMostUsed, mostUsed } from './most-used.ts';

export const SHORTEST = 15;
export const LONGEST = 256;

/** What is wrong with a passphrase; null where nothing is. */
export type PassphraseProblem = 'too-short' | 'too-long' | 'common' | 'repeats' | 'sequence' | 'about-you';

/** The form that is hashed: however a keyboard composes it, it is the same (NFKC, as NIST says). */
export function normalPassphrase(typed: string): string {
  return typed.normalize('NFKC');
}

/**
 * `about` are words that say who it is for: address, name, practice. A length counts code points.
 */
export async function problemOf(typed: string, about: readonly string[]): Promise<PassphraseProblem | null> {
  const text = normalPassphrase(typed);
  const length = [...text].length;
  if (length < SHORTEST) return 'too-short';
  if (length > LONGEST) return 'too-long';
  const plain = plainForm(text);
  if (repeats(plain)) return 'repeats';
  if (isSequence(plain)) return 'sequence';
  if (COMMON_PASSPHRASES.has(plain) || COMMON_PASSPHRASES.has(unleeted(plain))) return 'common';
  if ([plain, unleeted(plain)].some((form) => leavesLittle(form, [...COMMON_WORDS]))) return 'common';
  if (leavesLittle(plain, about.flatMap(wordsOf))) return 'about-you';
  const listed = await mostUsed(plainForm);
  return [plain, unleeted(plain)].some((form) => isMostUsed(form, listed)) ? 'common' : null;
}

/** Lower case, letters and digits alone: spaces and signs between make no other passphrase of it. */
function plainForm(text: string): string {
  const plain = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  // One of signs alone is taken as it is.
  return plain === '' ? text : plain;
}

const LEET: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b' };

function unleeted(plain: string): string {
  return plain.replace(/[0134578]/g, (digit) => LEET[digit]!);
}

/** Whether it is some short piece over and over, or of very few letters. */
function repeats(plain: string): boolean {
  const letters = [...plain];
  if (new Set(letters).size < 5) return true;
  for (let piece = 1; piece <= letters.length / 2 && piece <= 8; piece += 1) {
    if (letters.every((letter, at) => letter === letters[at % piece])) return true;
  }
  return false;
}

const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
];
const RUNS = new Set(ROWS.flatMap((row) => [row, [...row].reverse().join('')]).flatMap(pairsOf));

/** Whether nearly every letter follows the one before it on a keyboard or in the alphabet. */
function isSequence(plain: string): boolean {
  const pairs = pairsOf(plain);
  const following = pairs.filter((pair) => RUNS.has(pair) || pair[0] === pair[1]);
  return pairs.length > 0 && following.length >= pairs.length * 0.75;
}

function pairsOf(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2));
}

/** Whether next to nothing is left of it without those words and digits. */
function leavesLittle(plain: string, words: readonly string[]): boolean {
  const longFirst = words.filter((word) => word.length > 2).sort((a, b) => b.length - a.length);
  let rest = plain;
  let found = 0;
  for (const word of longFirst) {
    while (rest.includes(word)) {
      rest = rest.replace(word, ' ');
      found += 1;
    }
  }
  const left = rest.replace(/[\d\s]/g, '').length;
  // Four words or more are a passphrase, whichever they are.
  return found > 0 && found < 4 && left < 4;
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2);
}
