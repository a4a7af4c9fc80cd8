/**
 * Finds the words of sensitive topics in running text: displays, notes, narratives. Text is cut into words
 * (letters and digits, accents folded); a term is one to four words in a row. A note of two thousand words
 * takes some fifty microseconds, a display less than one.
 */
import { linesOf, type Topic, type TopicSet, wordsOf } from './value-set.ts';

interface Term {
  readonly topic: Topic;
  /** The words after the first; one that ends in `*` may go on. */
  readonly rest: readonly string[];
  /** Whether the text must write it in capitals: AIDS, but not hearing aids. */
  readonly capitals: boolean;
}

/** Words that take the meaning away when they stand right before the term. */
const UNLESS_BEFORE: Readonly<Record<string, readonly string[]>> = {
  anxiety: ['dental', 'dentist', 'treatment', 'needle'],
  depression: ['st', 'segment', 'respiratory', 'cns', 'marrow', 'myocardial', 'bone', 'palatal'],
  phobia: ['dental', 'needle'],
  alcoholic: ['non'],
};

/** The same for the word right behind it: drug labels warn everyone of alcoholic drinks. */
const UNLESS_AFTER: Readonly<Record<string, readonly string[]>> = {
  alcoholic: ['drink', 'drinks', 'beverage', 'beverages'],
};

export class TermScan {
  readonly #whole = new Map<string, Term[]>();
  readonly #prefixes = new Map<string, (Term & { readonly prefix: string })[]>();
  /** Which pairs of first letters any term begins with: most words are passed over by this alone. */
  readonly #starts = new Uint8Array(36 * 36);

  constructor(sets: readonly TopicSet[]) {
    for (const set of sets) {
      for (const drug of wordsOf(set.drugs)) this.#add(drug, set.topic);
      for (const phrase of linesOf(set.phrases)) this.#add(phrase, set.topic);
    }
  }

  #add(phrase: string, topic: Topic): void {
    const capitals = phrase.startsWith('=');
    const [first = '', ...rest] = wordsOf(capitals ? phrase.slice(1) : phrase);
    this.#starts[pairOf(first.charCodeAt(0), first.charCodeAt(1))] = 1;
    if (!first.endsWith('*')) {
      put(this.#whole, first, { topic, rest, capitals });
      return;
    }
    const prefix = first.slice(0, -1);
    put(this.#prefixes, prefix.slice(0, PREFIX_LENGTH), { topic, rest, capitals, prefix });
  }

  /** The topic of the first sensitive term in the text, or null. */
  find(text: string): Topic | null {
    const plain = fold(text);
    const lower = plain.toLowerCase();
    let before = '';
    for (let at = 0; at < lower.length; ) {
      const start = skipTo(lower, at, true);
      const end = skipTo(lower, start, false);
      at = end;
      if (end - start < 2) continue;
      if (this.#starts[pairOf(lower.charCodeAt(start), lower.charCodeAt(start + 1))] === 1) {
        const word = lower.slice(start, end);
        const topic = this.#at(word, plain, lower, start, end, before);
        if (topic !== null) return topic;
        before = word;
      } else {
        before = UNLESS_WORDS.has(end - start) ? lower.slice(start, end) : '';
      }
    }
    return null;
  }

  #at(word: string, plain: string, lower: string, start: number, end: number, before: string): Topic | null {
    const candidates = this.#whole.get(word);
    if (candidates !== undefined && !isExcepted(word, before, lower, end)) {
      for (const term of candidates) {
        if (term.capitals && plain.slice(start, end) !== word.toUpperCase()) continue;
        if (follows(lower, end, term.rest)) return term.topic;
      }
    }
    for (const term of this.#prefixes.get(word.slice(0, PREFIX_LENGTH)) ?? NONE) {
      if (word.startsWith(term.prefix) && follows(lower, end, term.rest)) return term.topic;
    }
    return null;
  }
}

/** Every term that may go on has at least this many letters. */
const PREFIX_LENGTH = 4;
const NONE: readonly never[] = [];
/** Lengths of the words that `UNLESS_BEFORE` asks for, so that the others need not be cut out. */
const UNLESS_WORDS = new Set(
  Object.values(UNLESS_BEFORE).flatMap((words) => words.map((word) => word.length)),
);

function isExcepted(word: string, before: string, lower: string, end: number): boolean {
  if (UNLESS_BEFORE[word]?.includes(before) === true) return true;
  return UNLESS_AFTER[word]?.some((after) => follows(lower, end, [after])) === true;
}

function follows(lower: string, from: number, rest: readonly string[]): boolean {
  let at = from;
  for (const expected of rest) {
    const start = skipTo(lower, at, true);
    const end = skipTo(lower, start, false);
    const open = expected.endsWith('*');
    const stem = open ? expected.slice(0, -1) : expected;
    if (!lower.startsWith(stem, start) || (!open && end - start !== stem.length)) return false;
    at = end;
  }
  return true;
}

/** The next position, from `at` on, that is (or is not) inside a word. */
function skipTo(text: string, at: number, inWord: boolean): number {
  let index = at;
  while (index < text.length && isWord(text.charCodeAt(index)) !== inWord) index += 1;
  return index;
}

function isWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
}

function pairOf(first: number, second: number): number {
  return indexOf(first) * 36 + indexOf(second);
}

function indexOf(code: number): number {
  return code >= 97 ? code - 97 : code - 48 + 26;
}

const BEYOND_ASCII = /[\u0080-\uffff]/;

function fold(text: string): string {
  return BEYOND_ASCII.test(text) ? text.normalize('NFKD').replace(/\p{M}/gu, '') : text;
}

function put<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
