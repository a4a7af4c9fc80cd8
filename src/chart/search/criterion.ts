/**
 * One search criterion, compiled: an exact test of a resource and, where the index serves it, what to look
 * up.
 */
import { PosternError } from '../../base/errors.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { isObject } from '../fhir-resource.ts';
import type { Compartment } from './compartment.ts';
import { type Contact, contactOf, lastDigits, phoneOf, samePhone } from './contact-point.ts';
import { boundsOf, type DateBounds, meetsDate, parseDateCriterion } from './date-criterion.ts';
import { precisionOf, rangeOf } from './date-range.ts';
import type { Parameter } from './parameters.ts';
import { wantedNumber, wantedQuantity } from './quantity-criterion.ts';
import { parseWantedReference, wantsReference } from './reference-criterion.ts';
import { alternativesOf, compositeParts, partsOf, unescaped } from './search-value.ts';
import { wantedString } from './string-criterion.ts';
import { parseToken, wantedToken, wantedUri } from './token-criterion.ts';
import { meetsToken } from './token-value.ts';
import { type LookUp, lookUpsOf, refuseModifier, testedOnly, type Wanted } from './wanted.ts';

export interface SearchOptions {
  /** What `ap` measures nearness against. */
  readonly now: Date;
  /** Base URLs of this server, without a trailing slash. */
  readonly ownBases: readonly string[];
  /** The compartment in which is searched; everywhere where there is none. */
  readonly compartment?: Compartment | null;
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
      return wantedToken(parameter, modifier, value);
    case 'name':
    case 'string':
      return wantedString(parameter, modifier, unescaped(value));
    case 'reference':
      return referenceValue(parameter, modifier, value, options);
    case 'uri':
      return wantedUri(parameter, modifier, unescaped(value));
    default:
      refuseModifier(parameter, modifier);
      return plainValue(parameter, value, options);
  }
}

/** Of the kinds that take no modifier. */
function plainValue(parameter: Parameter, value: string, options: SearchOptions): Wanted {
  switch (parameter.kind) {
    case 'contact':
      return contactValue(parameter, partsOf(value).at(-1)!);
    case 'birthdate':
      return birthdateValue(parameter, value, options);
    case 'date':
      return dateValue(parameter, value, options);
    case 'quantity':
      return wantedQuantity(parameter, value);
    case 'composite':
      return compositeValue(parameter, value, options);
    default:
      return wantedNumber(parameter, value);
  }
}

/** `code$value`: both of one and the same element. What its first part is found by finds the whole. */
function compositeValue(parameter: Parameter, text: string, options: SearchOptions): Wanted {
  const texts = compositeParts(text);
  const { code, parts } = parameter;
  if (texts.length !== parts.length) {
    throw new PosternError('invalid', `${code} takes ${parts.length} values with a dollar sign between.`);
  }
  const wanted = parts.map((part, at) => compileValue(part, null, texts[at]!, options));
  const test = (holder: unknown) =>
    parts.every(({ extract }, at) => {
      let met = false;
      extract(holder, (value) => {
        met ||= wanted[at]!.test(value);
      });
      return met;
    });
  return { test, tokens: wanted[0]?.tokens ?? null, bounds: null };
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
  return { test, tokens: lookUpsOf(parameter, terms), bounds: null };
}

function birthdateValue(parameter: Parameter, text: string, options: SearchOptions): Wanted {
  const criterion = parseDateCriterion(parameter.code, text, options.now);
  const date = text.replace(/^eq/, '');
  const whole = criterion.prefix === 'eq' && precisionOf(date) !== 'time';
  return {
    test: (value) => meetsRange(value, criterion),
    tokens: whole ? lookUpsOf(parameter, [date]) : null,
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

/** `:identifier` asks for the identifier that stands beside a reference, or in its place. */
function referenceValue(
  parameter: Parameter,
  modifier: string | null,
  value: string,
  options: SearchOptions,
): Wanted {
  if (modifier === 'identifier') {
    const identifier = parseToken(parameter, value);
    return testedOnly((found) => isObject(found) && meetsToken(identifier, found.identifier));
  }
  const wanted = parseWantedReference(parameter.code, modifier, unescaped(value), options.ownBases);
  // The owner is a patient of this server; a text that names none of them is met by no resource.
  const nobody = parameter.served === 'owner' && !wanted.local;
  return {
    test: (found) => !nobody && wantsReference(wanted, found, options.ownBases),
    tokens: wanted.id === null ? null : lookUpsOf(parameter, [wanted.id]),
    bounds: null,
  };
}
