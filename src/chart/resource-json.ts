/**
 * JSON of resources, read from whoever sends it and written back equal to what was sent.
 *
 * - A decimal keeps its precision: FHIR holds 1.10 and 1.1 apart (https://hl7.org/fhir/R4/json.html#decimal),
 *   JavaScript does not. The few numbers that JavaScript would write differently are kept as text beside
 *   their value, under a symbol on the object that holds them, which survives spreading and is invisible to
 *   everything that walks the resource. `writeResource` puts the text back where the value is still the same.
 * - Input is refused, before anything walks it, where it is too large, too deep, not UTF-8, not JSON, names a
 *   member twice or names one that objects inherit.
 */
import { PosternError } from '../base/errors.ts';
import type { FhirResource } from './fhir-resource.ts';

export interface JsonLimits {
  /** Size of the whole text in bytes. */
  readonly bytes: number;
  /** Objects and lists within each other. */
  readonly depth: number;
}

export const RESOURCE_LIMITS: JsonLimits = { bytes: 16 * 1024 * 1024, depth: 64 };

/** Number texts by member name (or index) of the object (or list) that holds them. */
const EXACT = Symbol('number texts');
type Exact = { [EXACT]?: Record<string, string> };

const INHERITED = new Set(['__proto__', 'constructor', 'prototype']);
const NUMBER_TEXT_LIMIT = 64;

/**
 * A resource from the text of a stranger. Throws `invalid` or `too-large`; messages never repeat the text.
 * The result is an object with a `resourceType` and nothing more is said of it: `validation.ts` does that.
 */
export function parseResource(
  input: Uint8Array | string,
  limits: JsonLimits = RESOURCE_LIMITS,
): FhirResource {
  const value = parseJson(input, limits);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('is not a JSON object');
  const { resourceType } = value as { resourceType?: unknown };
  if (typeof resourceType !== 'string' || !/^[A-Z][A-Za-z]{0,63}$/.test(resourceType)) {
    throw invalid('has no resourceType');
  }
  return value as FhirResource;
}

/** Any JSON value under the same limits and with the same care for numbers. */
export function parseJson(input: Uint8Array | string, limits: JsonLimits = RESOURCE_LIMITS): unknown {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  if (bytes.length > limits.bytes) {
    throw new PosternError('too-large', 'The content is larger than a resource may be.');
  }
  const { depth, members, inexact } = outline(bytes);
  if (depth > limits.depth) throw invalid('nests too deeply');
  const value = inexact ? parseExactly(decoded(bytes)) : parsePlainly(decoded(bytes));
  if (countMembers(value) !== members) throw invalid('names a member twice');
  return value;
}

/** Text that Postern itself wrote with `writeResource`: the same result without the checks. */
export function readResource(text: string): FhirResource {
  return (INEXACT.test(text) ? parseExactly(text) : JSON.parse(text)) as FhirResource;
}

/** The same for whoever only looks: numbers are as JavaScript has them, in a fraction of the time. */
export function skimResource(text: string): FhirResource {
  return JSON.parse(text) as FhirResource;
}

/** The JSON text of a resource, each number as it was read. */
export function writeResource(resource: FhirResource): string {
  return isMarked(resource) ? writeMarked(resource) : JSON.stringify(resource);
}

/** A copy of an object or list that shares no part with it but its number texts, its own members only. */
export function copyExactness(from: object, to: object): void {
  const texts = (from as Exact)[EXACT];
  if (texts !== undefined) (to as Exact)[EXACT] = texts;
}

/** The text of the number under a name, where JavaScript would write it differently; null otherwise. */
export function numberText(holder: object, name: string | number): string | null {
  return (holder as Exact)[EXACT]?.[name] ?? null;
}

/** Keeps that text for the number under a name, or none. */
export function keepNumberText(holder: object, name: string | number, text: string | null): void {
  const { [String(name)]: _, ...others } = (holder as Exact)[EXACT] ?? {};
  if (text === null && (holder as Exact)[EXACT] === undefined) return;
  (holder as Exact)[EXACT] = text === null ? others : { ...others, [name]: text };
}

/** Lets every object know of the number texts within it, after a part has come into it from elsewhere. */
export function settleExactness(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  let within = false;
  for (const key of Object.keys(value)) {
    within = settleExactness((value as Record<string, unknown>)[key]) || within;
  }
  if (within) (value as Exact)[EXACT] ??= {};
  return isMarked(value);
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('is not in UTF-8');
  }
}

function parsePlainly(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words quote the text, so they are not kept.
    throw invalid('is not JSON');
  }
}

interface Outline {
  readonly depth: number;
  readonly members: number;
  /** Whether JavaScript would write one of the numbers in another way. */
  readonly inexact: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * What the bytes say before they are parsed: nesting, members named (to be compared with those that are
 * left), and whether any number needs care. Of text that is not JSON it says anything; the parser will
 * refuse it.
 */
function outline(bytes: Uint8Array): Outline {
  const { length } = bytes;
  let open = 0;
  let depth = 0;
  let members = 0;
  let inexact = false;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at += 1;
      while (at < length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    } else if (byte === 0x7b || byte === 0x5b) {
      open += 1;
      if (open > depth) depth = open;
    } else if (byte === 0x7d || byte === 0x5d) {
      open -= 1;
    } else if (byte === 0x3a) {
      members += 1;
    } else if (inNumber(byte)) {
      const start = at;
      while (at + 1 < length && inNumber(bytes[at + 1]!)) at += 1;
      inexact ||= isInexact(bytes, start, at + 1);
    }
  }
  return { depth, members, inexact };
}

/** Digits, sign, point and the two letters of an exponent (an `e` of `true` or `false` does no harm). */
function inNumber(byte: number): boolean {
  return (byte >= 0x2d && byte <= 0x39 && byte !== 0x2f) || byte === 0x45 || byte === 0x65 || byte === 0x2b;
}

/** Whole numbers of up to 15 digits are always written alike. */
function isInexact(bytes: Uint8Array, start: number, end: number): boolean {
  let plain = true;
  for (let at = start; at < end && plain; at += 1) plain = bytes[at]! >= 0x30 && bytes[at]! <= 0x39;
  if (plain && end - start <= 15) return false;
  const text = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + NUMBER_TEXT_LIMIT + 1)));
  return text !== 'e' && String(Number(text)) !== text;
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item);
    return count;
  }
  for (const key in value) {
    if (INHERITED.has(key)) throw invalid('names a member that it may not');
    count += 1 + countMembers((value as Record<string, unknown>)[key]);
  }
  return count;
}

/**
 * Numbers that might not come out as they went in. Each begins after a colon, a bracket or a comma, which
 * keeps dates, ids and versions from matching; what still matches inside a string costs time only.
 */
const INEXACT = /[:[,]\s*(?:-0|-?(?:\d+\.\d*0(?!\d)|\d+(?:\.\d+)?[eE]|[\d.]{16}|0\.00000))/;

function parseExactly(text: string): unknown {
  try {
    return JSON.parse(text, function keep(this: Exact, key, value: unknown, context?: { source?: string }) {
      const source = context?.source;
      if (typeof value === 'number' && source !== undefined && source !== String(value)) {
        if (source.length > NUMBER_TEXT_LIMIT || !Number.isFinite(value))
          throw invalid('holds a number out of range');
        this[EXACT] ??= Object.create(null) as Record<string, string>;
        this[EXACT][key] = source;
      } else if (typeof value === 'object' && value !== null && isMarked(value)) {
        this[EXACT] ??= Object.create(null) as Record<string, string>;
      }
      return value;
    });
  } catch (error) {
    throw error instanceof PosternError ? error : invalid('is not JSON');
  }
}

function isMarked(value: object): boolean {
  return (value as Exact)[EXACT] !== undefined;
}

function writeMarked(value: unknown): string {
  if (typeof value !== 'object' || value === null || !isMarked(value)) return JSON.stringify(value) ?? 'null';
  const texts = (value as Exact)[EXACT]!;
  const write = (item: unknown, key: string): string => {
    const text = typeof item === 'number' ? texts[key] : undefined;
    return text !== undefined && Number(text) === item ? text : writeMarked(item);
  };
  if (Array.isArray(value)) return `[${value.map((item, index) => write(item, String(index))).join(',')}]`;
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${write(item, key)}`).join(',')}}`;
}

function invalid(what: string): PosternError {
  return new PosternError('invalid', `The content ${what}.`);
}
