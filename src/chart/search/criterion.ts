/**
 * One search criterion, compiled: an exact test of a resource and, where the index serves it, what to look
 * up.
 */
import { PosternError } from '../../base/errors.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { type Contact, contactOf, lastDigits, phoneOf, samePhone } from './contact-point.ts';
import { boundsOf, type DateBounds, meetsDate, parseDateCriterion } from './date-criterion.ts';
import { precisionOf, rangeOf } from './date-range.ts';
import type { Parameter } from './parameters.ts';
import { parseWantedReference, wantsReference } from './reference-criterion.ts';
import { alternativesOf, partsOf, unescaped } from './search-value.ts';
import { fold, foldedWords, lookupPrefix, startsAtWord, stringsOf } from './text-fold.ts';
import { meetsToken, type WantedToken } from './token-value.ts';

export interface SearchOptions {
  /** What `ap` measures nearness against. */
  readonly now: Date;
  /** Base URLs of this server, without a trailing slash. */
  readonly ownBases: readonly string[];
}

export interface LookUp {
  readonly param: string;
  readonly value: string;
}

export interface Criterion {
  readonly parameter: Parameter;
  readonly matches: (resource: FhirResource) => boolean;
  /** Any of these tokens finds it; null where tokens do not. */
  readonly tokens: readonly LookUp[] | null;
  /** Any of these bounds finds it, on the row's instant or the parameter's ranges; null where they do not. */
  readonly bounds: readonly DateBounds[] | null;
}

/**
 * A test of one extracted value and the terms by which it is found; null terms mean that only the test finds
 * it.
 */
interface Wanted {
  readonly test: (value: unknown) => boolean;
  readonly tokens: readonly LookUp[] | null;
  readonly bounds: DateBounds | null;
}

/**
 * Throws `invalid` for a modifier or value that the parameter does not take; messages name the parameter
 * alone.
 */
export function compileCriterion(
  parameter: Parameter,
  modifier: string | null,
  value: string,
  options: SearchOptions,
): Criterion {
  const param = parameter.code;
  if (modifier === 'missing') return missing(parameter, value);
  const negated = modifier === 'not' && parameter.kind === 'token';
  const wanted = alternativesOf(param, value).map((part) =>
    compileValue(parameter, negated ? null : modifier, part, options),
  );
  const found = (resource: FhirResource) => meetsAny(parameter, wanted, resource);
  if (negated) {
    return { parameter, matches: (resource) => !found(resource), tokens: null, bounds: null };
  }
  return {
    parameter,
    matches: found,
    tokens: parameter.served === 'token' ? allOrNone(wanted.map((one) => one.tokens)) : null,
    bounds: allOrNone(wanted.map((one) => (one.bounds === null ? null : [one.bounds]))),
  };
}

/** The look-ups of every alternative together; null as soon as one of them has none. */
function allOrNone<Item>(lists: readonly (readonly Item[] | null)[]): readonly Item[] | null {
  const all: Item[] = [];
  for (const list of lists) {
    if (list === null) return null;
    all.push(...list);
  }
  return all;
}

function meetsAny({ extract }: Parameter, wanted: readonly Wanted[], resource: FhirResource): boolean {
  let met = false;
  extract(resource, (value) => {
    if (!met) met = wanted.some((one) => one.test(value));
  });
  return met;
}

function missing(parameter: Parameter, value: string): Criterion {
  if (value !== 'true' && value !== 'false') {
    throw new PosternError('invalid', `${parameter.code}:missing takes true or false.`);
  }
  const matches = (resource: FhirResource) => {
    let present = false;
    parameter.extract(resource, () => {
      present = true;
    });
    return present === (value === 'false');
  };
  return { parameter, matches, tokens: null, bounds: null };
}

function compileValue(
  parameter: Parameter,
  modifier: string | null,
  value: string,
  options: SearchOptions,
): Wanted {
  switch (parameter.kind) {
    case 'token':
      return tokenValue(parameter, plain(parameter, modifier), value);
    case 'name':
    case 'string':
      return stringValue(parameter, modifier, unescaped(value));
    case 'contact':
      plain(parameter, modifier);
      return contactValue(parameter, partsOf(value).at(-1)!);
    case 'birthdate':
      plain(parameter, modifier);
      return birthdateValue(parameter, value, options);
    case 'date':
      plain(parameter, modifier);
      return dateValue(parameter, value, options);
    case 'reference':
      return referenceValue(parameter, modifier, unescaped(value), options);
    case 'uri': {
      plain(parameter, modifier);
      const uri = unescaped(value);
      return { test: (found) => found === uri, tokens: through(parameter, [uri]), bounds: null };
    }
  }
}

function plain(parameter: Parameter, modifier: string | null): null {
  if (modifier === null) return null;
  throw new PosternError('invalid', `${parameter.code} does not take this modifier.`);
}

function through({ through: params }: Parameter, values: readonly string[]): LookUp[] {
  return params.flatMap((param) => values.map((value) => ({ param, value })));
}

function tokenValue(parameter: Parameter, _modifier: null, text: string): Wanted {
  const parts = partsOf(text);
  if (parts.length > 2) throw new PosternError('invalid', `${parameter.code} takes a code or system|code.`);
  const [first = '', second] = parts;
  const code = (second ?? first).trim().toLowerCase();
  const wanted: WantedToken = {
    system: second === undefined ? null : first,
    code: code === '' ? null : code,
  };
  if (wanted.code === null && (wanted.system ?? '') === '') {
    throw new PosternError('invalid', `${parameter.code} needs a code, a system or both.`);
  }
  return {
    test: (value) => meetsToken(wanted, value),
    tokens: wanted.code === null ? null : through(parameter, [wanted.code]),
    bounds: null,
  };
}

function stringValue(parameter: Parameter, modifier: string | null, text: string): Wanted {
  const query = fold(text);
  if (query === '')
    throw new PosternError('invalid', `${parameter.code} needs at least one letter or digit.`);
  const words = foldedWords(query);
  const longest = words.reduce((a, b) => (b.length > a.length ? b : a));
  // Whole or begun, every word of the query begins a word of what it matches, and those beginnings are
  // indexed.
  const tokens = through(parameter, [lookupPrefix(longest)]);
  if (modifier === 'exact') {
    return { test: (value) => stringsOf(value).includes(text), tokens, bounds: null };
  }
  if (modifier === 'contains') {
    return {
      test: (value) => anyFolded(value, (folded) => folded.includes(query)),
      tokens: null,
      bounds: null,
    };
  }
  if (modifier !== null) plain(parameter, modifier);
  const test =
    parameter.kind === 'name'
      ? (value: unknown) => everyWordBegins(words, value)
      : (value: unknown) => anyFolded(value, (folded) => startsAtWord(folded, query));
  return { test, tokens, bounds: null };
}

function anyFolded(value: unknown, test: (folded: string) => boolean): boolean {
  return stringsOf(value).some((text) => test(fold(text)));
}

/** A name is met when each word of the query begins one of its words, in whatever order they are asked. */
function everyWordBegins(words: readonly string[], value: unknown): boolean {
  const parts = stringsOf(value).flatMap((text) => foldedWords(fold(text)));
  return words.every((word) => parts.some((part) => part.startsWith(word)));
}

function contactValue(parameter: Parameter, text: string): Wanted {
  const phone = text.includes('@') ? null : phoneOf(text);
  const email = text.trim().toLowerCase();
  const same = (found: Contact) =>
    found.system === 'email' ? found.value === email : phone !== null && samePhone(found.value, phone.value);
  const test = (value: unknown) => {
    const found = contactOf(value);
    return found !== null && same(found);
  };
  const terms = phone === null ? [email] : [email, lastDigits(phone.value)];
  return { test, tokens: through(parameter, terms), bounds: null };
}

function birthdateValue(parameter: Parameter, text: string, options: SearchOptions): Wanted {
  const criterion = parseDateCriterion(parameter.code, text, options.now);
  const date = text.replace(/^eq/, '');
  const whole = criterion.prefix === 'eq' && precisionOf(date) !== 'time';
  return {
    test: (value) => meetsRange(value, criterion),
    tokens: whole ? through(parameter, [date]) : null,
    bounds: null,
  };
}

function dateValue(parameter: Parameter, text: string, options: SearchOptions): Wanted {
  const criterion = parseDateCriterion(parameter.code, text, options.now);
  const indexed = parameter.served === 'instant' || parameter.served === 'date';
  return {
    test: (value) => meetsRange(value, criterion),
    tokens: null,
    bounds: indexed ? boundsOf(criterion) : null,
  };
}

function meetsRange(value: unknown, criterion: Parameters<typeof meetsDate>[0]): boolean {
  const range = rangeOf(value);
  return range !== null && meetsDate(criterion, range);
}

function referenceValue(
  parameter: Parameter,
  modifier: string | null,
  text: string,
  options: SearchOptions,
): Wanted {
  const wanted = parseWantedReference(parameter.code, modifier, text, options.ownBases);
  // The owner is a patient of this server; a text that names none of them is met by no resource.
  const nobody = parameter.served === 'owner' && !wanted.local;
  return {
    test: (value) => !nobody && wantsReference(wanted, value, options.ownBases),
    tokens: wanted.id === null ? null : through(parameter, [wanted.id]),
    bounds: null,
  };
}
