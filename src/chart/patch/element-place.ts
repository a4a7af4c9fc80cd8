/**
 * Where the elements are that a FHIRPath of a patch names: in which object or list, under which name, and of
 * which type. The path is of the simple kind that patches are for: names, `[n]`, `first()`, `last()`,
 * `where(...)`, `extension(...)` and `ofType(...)` (https://hl7.org/fhir/R4/fhirpatch.html).
 */
import { evalFhirPathTyped } from '@medplum/core';
import { PosternError } from '../../base/errors.ts';
import type { ElementRule } from '../definition-rules.ts';
import type { Definitions } from '../definitions.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { isObject } from '../fhir-resource.ts';

export interface ElementPlace {
  /** The object or list that holds it; null for the resource itself. */
  readonly holder: object | null;
  readonly name: string | number;
  /** Its FHIR type, such as `HumanName` or `Patient.contact`. */
  readonly type: string;
  readonly value: unknown;
  /** The object whose element it is, also where it is one of a list. */
  readonly owner: object | null;
  readonly ownerType: string;
  readonly element: string;
}

const LONGEST = 1000;
const STEP = /\.?(?:([A-Za-z_]\w*)(\()?|\[(\d{1,6})\])/y;

/** The places of a path, in the order of the document. Throws `invalid` for a path of another kind. */
export function placesOf(resource: FhirResource, path: string, definitions: Definitions): ElementPlace[] {
  if (path.length > LONGEST) throw unreadable();
  const type = resource.resourceType;
  let places: ElementPlace[] = [
    { holder: null, name: '', type, value: resource, owner: null, ownerType: '', element: '' },
  ];
  let at = 0;
  while (at < path.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (match === null) throw unreadable();
    const [text, name, opens, index] = match;
    const first = at === 0;
    at += text.length;
    if (index !== undefined) {
      places = places.slice(Number(index), Number(index) + 1);
    } else if (opens === undefined) {
      if (first && name === type) continue;
      places = places.flatMap((place) => elementsOf(place, name!, definitions));
    } else {
      const end = closingOf(path, at);
      places = filtered(places, name!, path.slice(at, end).trim(), definitions);
      at = end + 1;
    }
  }
  return places;
}

/** The rule of an element, a choice under its bare name included where it is there as one of its types. */
export function ruleOf(definitions: Definitions, type: string, element: string): ElementRule | undefined {
  return definitions.type(type)?.elements.get(element);
}

/** Names under which a choice such as `value` stands in JSON. */
export function choicesOf(definitions: Definitions, type: string, element: string): string[] {
  const rules = definitions.type(type)?.elements ?? new Map<string, ElementRule>();
  return [...rules].filter(([, rule]) => rule.choice === element).map(([name]) => name);
}

function elementsOf(place: ElementPlace, name: string, definitions: Definitions): ElementPlace[] {
  const { value: owner } = place;
  if (!isObject(owner)) return [];
  // A resource within another has its own type.
  const type = typeof owner.resourceType === 'string' ? owner.resourceType : place.type;
  const key = ruleOf(definitions, type, name)
    ? name
    : choicesOf(definitions, type, name).find((choice) => Object.hasOwn(owner, choice));
  if (key === undefined || !Object.hasOwn(owner, key)) return [];
  const rule = ruleOf(definitions, type, key)!;
  const value = owner[key];
  const found = { type: rule.type, owner, ownerType: type, element: key };
  if (!Array.isArray(value)) return [{ ...found, holder: owner, name: key, value }];
  return value.map((item: unknown, at) => ({ ...found, holder: value, name: at, value: item }));
}

function filtered(
  places: readonly ElementPlace[],
  name: string,
  inner: string,
  definitions: Definitions,
): ElementPlace[] {
  switch (name) {
    case 'first':
      return places.slice(0, 1);
    case 'last':
      return places.slice(-1);
    case 'ofType':
    case 'as':
      return places.filter(({ type }) => type === inner.replace(/^FHIR\./, ''));
    case 'extension': {
      const url = /^'([^'\\]*)'$/.exec(inner)?.[1];
      const all = places.flatMap((place) => elementsOf(place, 'extension', definitions));
      return all.filter(({ value }) => isObject(value) && value.url === url);
    }
    case 'where':
      expectHarmless(inner);
      return places.filter((place) => holdsOf(place, inner));
    default:
      throw unreadable();
  }
}

/** Functions that a condition may have: none that is given a pattern or walks on by itself. */
const HARMLESS = new Set(
  `all allTrue anyTrue as contains count empty endsWith exists extension first hasValue indexOf is last
   length lower not ofType single startsWith substring toString trim upper where`.split(/\s+/),
);

function expectHarmless(expression: string): void {
  const code = expression.replace(/'(?:[^'\\]|\\.)*'/g, "''");
  for (const [, name] of code.matchAll(/([A-Za-z_]\w*)\s*\(/g)) {
    if (!HARMLESS.has(name!) && !OPERATORS.has(name!)) throw unreadable();
  }
}

const OPERATORS = new Set(['and', 'or', 'xor', 'implies', 'in', 'div', 'mod']);

function holdsOf({ type, value }: ElementPlace, condition: string): boolean {
  try {
    const result = evalFhirPathTyped(condition, [{ type, value }]);
    return result.length === 1 && result[0]!.value === true;
  } catch {
    throw unreadable();
  }
}

/** The bracket that ends what begins at `from`. */
function closingOf(path: string, from: number): number {
  let depth = 1;
  let quoted = false;
  for (let at = from; at < path.length; at += 1) {
    const character = path[at];
    if (character === '\\' && quoted) at += 1;
    else if (character === "'") quoted = !quoted;
    else if (!quoted && character === '(') depth += 1;
    else if (!quoted && character === ')') depth -= 1;
    if (depth === 0) return at;
  }
  throw unreadable();
}

function unreadable(): PosternError {
  const text = 'A path of the patch is none that this server follows: names, [n], first(), last(), where().';
  return new PosternError('invalid', text, { expression: ['Parameters.parameter.part'] });
}
