/** Criteria of names and other strings, https://hl7.org/fhir/R4/search.html#string. */
import { PosternError } from '../../base/errors.ts';
import type { Parameter } from './parameters.ts';
import { fold, foldedWords, lookupPrefix, startsAtWord, stringsOf } from './text-fold.ts';
import { lookUpsOf, refuseModifier, testedOnly, type Wanted } from './wanted.ts';

/** Takes `:exact` and `:contains`; `text` is without its escapes. */
export function wantedString(parameter: Parameter, modifier: string | null, text: string): Wanted {
  const query = foldedQuery(parameter, text);
  const words = foldedWords(query);
  const longest = words.reduce((a, b) => (b.length > a.length ? b : a));
  // Whole or begun, every word of the query begins a word of what it matches, and those beginnings are
  // indexed.
  const tokens = lookUpsOf(parameter, [lookupPrefix(longest)]);
  if (modifier === 'exact') {
    return { test: (value) => stringsOf(value).includes(text), tokens, bounds: null };
  }
  if (modifier === 'contains') return testedOnly((value) => anyFolded(value, (one) => one.includes(query)));
  refuseModifier(parameter, modifier);
  const test =
    parameter.kind === 'name'
      ? (value: unknown) => everyWordBegins(words, value)
      : (value: unknown) => anyFolded(value, (folded) => startsAtWord(folded, query));
  return { test, tokens, bounds: null };
}

/** A test of texts by the rule of strings. Throws `invalid` for a query without a letter or digit. */
export function textTest(parameter: Parameter, text: string): (found: string) => boolean {
  const query = foldedQuery(parameter, text);
  return (found) => startsAtWord(fold(found), query);
}

function foldedQuery({ code }: Parameter, text: string): string {
  const query = fold(text);
  if (query !== '') return query;
  throw new PosternError('invalid', `${code} needs at least one letter or digit.`);
}

function anyFolded(value: unknown, test: (folded: string) => boolean): boolean {
  return stringsOf(value).some((text) => test(fold(text)));
}

/** A name is met when each word of the query begins one of its words, in whatever order they are asked. */
function everyWordBegins(words: readonly string[], value: unknown): boolean {
  const parts = stringsOf(value).flatMap((text) => foldedWords(fold(text)));
  return words.every((word) => parts.some((part) => part.startsWith(word)));
}
