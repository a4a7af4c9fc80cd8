/** Strings as search compares them: without case, accents, punctuation and doubled spaces. */
import { isObject } from '../fhir-resource.ts';

/** How many letters of a word are indexed; a longer query is found by its first ones and then checked. */
export const PREFIX_LENGTH = 10;

const ASCII_WORDS = /^[a-z0-9 ]*$/;

/** "O’Brien-Müller, José " becomes `obrien muller jose`. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (ASCII_WORDS.test(lower)) return lower.includes('  ') ? squeeze(lower) : lower.trim();
  const plain = lower
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replaceAll('æ', 'ae')
    .replaceAll('œ', 'oe')
    .replace(/['’.`´]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ');
  return squeeze(plain);
}

function squeeze(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

/** The words of a folded text. */
export function foldedWords(folded: string): string[] {
  return folded === '' ? [] : folded.split(' ');
}

/** Every beginning of every word, as it is indexed. */
export function prefixesOf(folded: string): string[] {
  const prefixes: string[] = [];
  for (const word of foldedWords(folded)) {
    const letters = [...word.slice(0, PREFIX_LENGTH * 2)];
    for (let length = 1; length <= Math.min(letters.length, PREFIX_LENGTH); length += 1) {
      prefixes.push(letters.slice(0, length).join(''));
    }
  }
  return prefixes;
}

/** The indexed beginning by which a folded query word is found. */
export function lookupPrefix(word: string): string {
  return [...word].slice(0, PREFIX_LENGTH).join('');
}

/** Whether a folded text begins with the query, at its start or at that of a later word. */
export function startsAtWord(folded: string, query: string): boolean {
  return folded.startsWith(query) || folded.includes(` ${query}`);
}

/**
 * The strings of a value that a string parameter may meet: the value itself, the family, given and whole name
 * of a HumanName (not its "Dr."), the lines and places of an Address.
 */
export function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (!isObject(value)) return [];
  const found: string[] = [];
  for (const key of STRING_ELEMENTS) {
    const child = value[key];
    if (typeof child === 'string') found.push(child);
    else if (Array.isArray(child)) found.push(...child.filter((item) => typeof item === 'string'));
  }
  return found;
}

const STRING_ELEMENTS = [
  'family',
  'given',
  'text',
  'line',
  'city',
  'district',
  'state',
  'postalCode',
  'country',
];
