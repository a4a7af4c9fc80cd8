/**
 * What the blind index holds of a resource: the normalised values that the store turns into keyed tokens, the
 * date ranges, and the clinical instant of its row. Pure; nothing here is keyed or stored.
 *
 * Promise, held by a property test: whatever a criterion of `search-plan.ts` matches exactly, its look-up
 * terms are among these.
 */
import type { FhirResource } from '../fhir-resource.ts';
import { parseReference } from '../reference.ts';
import type { ResourceType } from '../resource-type.ts';
import { typeOf } from '../type-registry.ts';
import { contactOf, lastDigits } from './contact-point.ts';
import { precisionOf, rangeOf } from './date-range.ts';
import { compilePath, type Extract } from './fhir-path.ts';
import { type Parameter, parametersOf } from './parameters.ts';
import { fold, prefixesOf, stringsOf } from './text-fold.ts';
import { eachToken } from './token-value.ts';

export interface TokenTerm {
  /** The search parameter; part of what the token is derived from. */
  readonly param: string;
  /** Normalised; holds patient data until it is keyed. */
  readonly value: string;
  /**
   * Whether it is looked up across the practice. The store keeps terms of the sensitive, psychotherapy and
   * canary sections under the chart's section key whatever this says.
   */
  readonly wide: boolean;
}

export interface Span {
  readonly low: Date;
  readonly high: Date;
}

export interface DateTerm extends Span {
  readonly param: string;
}

export interface IndexTerms {
  /** Without duplicates. */
  readonly tokens: readonly TokenTerm[];
  readonly dates: readonly DateTerm[];
  readonly at: Span | null;
}

interface TypeExtractors {
  readonly tokens: readonly Parameter[];
  readonly dates: readonly Parameter[];
  readonly instant: readonly Extract[];
}

const extractors = new Map<string, TypeExtractors>();

/** Throws `not-found` for a type that is not registered. */
export function indexTerms(resource: FhirResource): IndexTerms {
  const type = typeOf(resource.resourceType);
  const { tokens, dates } = extractorsOf(type);
  return {
    tokens: tokens.length === 0 ? [] : tokenTerms(resource, tokens),
    dates: dates.length === 0 ? [] : dateTerms(resource, dates),
    at: clinicalInstant(resource),
  };
}

/** The range of the instant that a resource is filed under; null where it names none. */
export function clinicalInstant(resource: FhirResource): Span | null {
  for (const extract of extractorsOf(typeOf(resource.resourceType)).instant) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    extract(resource, (value) => {
      const range = rangeOf(value);
      if (range === null) return;
      low = Math.min(low, range.low);
      high = Math.max(high, range.high);
    });
    if (low <= high) return { low: new Date(low), high: new Date(high) };
  }
  return null;
}

function extractorsOf(type: ResourceType): TypeExtractors {
  const known = extractors.get(type.name);
  if (known !== undefined) return known;
  const parameters = [...parametersOf(type.name).values()];
  const made = {
    tokens: parameters.filter(({ code, served, through }) => served === 'token' && through.includes(code)),
    dates: parameters.filter(({ served }) => served === 'date'),
    instant: (type.at?.elements ?? []).flatMap((element) => compilePath(element, type.name) ?? []),
  };
  extractors.set(type.name, made);
  return made;
}

function tokenTerms(resource: FhirResource, parameters: readonly Parameter[]): TokenTerm[] {
  const terms: TokenTerm[] = [];
  for (const parameter of parameters) {
    const seen = new Set<string>();
    parameter.extract(resource, (value) => {
      eachTerm(parameter, value, (term) => {
        if (term === '' || seen.has(term)) return;
        seen.add(term);
        terms.push({ param: parameter.code, value: term, wide: parameter.wide });
      });
    });
  }
  return terms;
}

function dateTerms(resource: FhirResource, parameters: readonly Parameter[]): DateTerm[] {
  const terms: DateTerm[] = [];
  for (const { code, extract } of parameters) {
    extract(resource, (value) => {
      const range = rangeOf(value);
      if (range === null) return;
      terms.push({ param: code, low: new Date(range.low), high: new Date(range.high) });
    });
  }
  return terms;
}

function eachTerm({ kind }: Parameter, value: unknown, add: (term: string) => void): void {
  switch (kind) {
    case 'token':
      eachToken(value, (code) => add(code));
      return;
    case 'name':
    case 'string':
      for (const text of stringsOf(value)) for (const prefix of prefixesOf(fold(text))) add(prefix);
      return;
    case 'contact': {
      const contact = contactOf(value);
      if (contact !== null) add(contact.system === 'phone' ? lastDigits(contact.value) : contact.value);
      return;
    }
    case 'birthdate':
      for (const part of birthdateParts(value)) add(part);
      return;
    case 'reference':
      add(referenceId(value));
      return;
    case 'uri':
      if (typeof value === 'string') add(value);
      return;
    default:
      return;
  }
}

/** `1980-05-17` is found by its day, its month and its year. */
export function birthdateParts(value: unknown): string[] {
  if (typeof value !== 'string' || precisionOf(value) === null) return [];
  return [4, 7, 10].filter((length) => value.length >= length).map((length) => value.slice(0, length));
}

/** The id that a literal reference ends in, wherever it points; empty where there is none. */
export function referenceId(value: unknown): string {
  const text = typeof value === 'object' ? (value as { reference?: unknown }).reference : value;
  if (typeof text !== 'string') return '';
  const reference = parseReference(text);
  return reference.kind === 'local' || reference.kind === 'foreign' ? reference.id : '';
}
