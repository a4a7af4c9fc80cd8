/**
 * Rules of single types that the specification states in words, or in FHIRPath that costs too much: each
 * looks at one value whose structure is in order.
 */
import { isObject, type JsonObject } from '../fhir-resource.ts';
import { inOrder, isWellFormedUrn } from '../primitive-format.ts';
import { bundleRules } from './bundle-rules.ts';
import type { Report } from './issue.ts';

export type TypeRule = (value: JsonObject, report: Report) => void;

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:\S/;
/** `Type/id`, with or without a version, a search that a transaction resolves, or `#id`. */
const RELATIVE =
  /^(?:[A-Z][A-Za-z]+(?:\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?|\?\S+)|#\S*)$/;

/** https://hl7.org/fhir/R4/extensibility.html#Extension, ext-1. */
const extension: TypeRule = (value, report) => {
  const holdsValue = Object.keys(value).some((key) => key.startsWith('value') || key.startsWith('_value'));
  if (holdsValue === (value.extension !== undefined)) {
    report('invariant', 'must have either a value or extensions (ext-1)');
  }
};

/** https://hl7.org/fhir/R4/datatypes.html#Period, per-1. */
const period: TypeRule = ({ start, end }, report) => {
  if (typeof start === 'string' && typeof end === 'string' && !inOrder(start, end)) {
    report('invariant', 'must not end before it starts (per-1)');
  }
};

/** https://hl7.org/fhir/R4/datatypes.html#Attachment: the size is that of the content before base64. */
const attachment: TypeRule = ({ data, size }, report) => {
  if (typeof data !== 'string' || typeof size !== 'number') return;
  const dense = /\s/.test(data) ? data.replace(/\s+/g, '') : data;
  const padding = dense.endsWith('==') ? 2 : dense.endsWith('=') ? 1 : 0;
  if (dense.length % 4 === 0 && size !== (dense.length / 4) * 3 - padding) {
    report('structure', 'must state the size that its data has, or none');
  }
};

/** https://hl7.org/fhir/R4/datatypes.html#Coding: a system is a code system, named absolutely. */
const coding: TypeRule = ({ system }, report) => {
  if (typeof system !== 'string') return;
  if (!ABSOLUTE.test(system)) report('value', 'must be an absolute URI', 'system');
  else if (system.startsWith('http://hl7.org/fhir/ValueSet/')) {
    report('value', 'must name a code system, not a value set', 'system');
  }
};

/** https://hl7.org/fhir/R4/references.html#literal */
const reference: TypeRule = (value, report) => {
  const text = value.reference;
  if (typeof text === 'string' && !ABSOLUTE.test(text) && !RELATIVE.test(text)) {
    report('value', 'must be an absolute URL, a type and an id, or a fragment', 'reference');
  }
};

/** https://hl7.org/fhir/R4/valueset.html: contained code systems too are named by their own URL. */
const valueSetInclude: TypeRule = ({ system }, report) => {
  if (typeof system === 'string' && !ABSOLUTE.test(system)) {
    report('value', 'must be an absolute URI', 'system');
  }
};

/** https://hl7.org/fhir/R4/resource.html#canonical: whatever is found by its URL has an absolute one. */
export function canonicalRule({ url }: JsonObject, report: Report): void {
  if (typeof url !== 'string') return;
  if (!ABSOLUTE.test(url)) report('value', 'must be an absolute URI', 'url');
  else if (!isWellFormedUrn(url)) report('value', 'is not a well-formed URN', 'url');
}

export const TYPE_RULES: ReadonlyMap<string, TypeRule> = new Map<string, TypeRule>([
  ['Extension', extension],
  ['Period', period],
  ['Attachment', attachment],
  ['Coding', coding],
  ['Reference', reference],
  ['Bundle', bundleRules],
  ['ValueSet.compose.include', valueSetInclude],
  ['ValueSet.compose.exclude', valueSetInclude],
]);

/**
 * dom-3 (https://hl7.org/fhir/R4/references.html#contained): what is contained is referred to from the rest
 * of the resource, or refers to it. The published expression overlooks canonicals and uris; the words count.
 */
export function unreferenced(resource: JsonObject): number[] {
  const { contained, ...rest } = resource;
  if (!Array.isArray(contained)) return [];
  const named = new Set<string>();
  collectFragments(rest, named);
  for (const one of contained) collectFragments(one, named);
  return contained.flatMap((one, index) => {
    if (!isObject(one) || typeof one.id !== 'string') return [index];
    const refersBack = new Set<string>();
    collectFragments(one, refersBack);
    return named.has(one.id) || refersBack.has('') ? [] : [index];
  });
}

function collectFragments(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') {
    if (value.startsWith('#')) into.add(value.slice(1));
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) collectFragments(member, into);
}
