/** The value of a FHIRPath Patch operation: `value[x]`, or parts that are elements of what has no type. */
import type { Definitions } from '../definitions.ts';
import { isObject, type JsonObject, valuesAt } from '../fhir-resource.ts';
import { keepNumberText, numberText, settleExactness } from '../resource-json.ts';
import { choicesOf, ruleOf } from './element-place.ts';

export interface PatchValue {
  /** The name in JSON, with its type where it is a choice. */
  readonly element: string;
  readonly list: boolean;
  readonly value: unknown;
  /** How a number was written; null where JavaScript writes it alike. */
  readonly text: string | null;
}

const DEEPEST = 16;

/** The parameter as a value of that element of a type; null where it cannot be one. */
export function elementValue(
  definitions: Definitions,
  type: string,
  name: string,
  parameter: JsonObject,
  depth = 0,
): PatchValue | null {
  if (depth > DEEPEST) return null;
  const given = Object.keys(parameter).find((key) => /^value[A-Z]/.test(key));
  const element = elementOf(definitions, type, name, given);
  const rule = element === null ? undefined : ruleOf(definitions, type, element);
  if (element === null || rule === undefined) return null;
  const found = { element, list: rule.list };
  if (given !== undefined) return { ...found, value: parameter[given], text: numberText(parameter, given) };
  const parts = valuesAt(parameter, 'part').filter(isObject);
  if (parts.length === 0) return null;
  const value: Record<string, unknown> = {};
  for (const part of parts) {
    if (typeof part.name !== 'string') return null;
    const inner = elementValue(definitions, rule.type, part.name, part, depth + 1);
    if (inner === null) return null;
    const standing = value[inner.element];
    if (inner.list) value[inner.element] = [...(Array.isArray(standing) ? standing : []), inner.value];
    else if (standing !== undefined) return null;
    else value[inner.element] = inner.value;
    if (!inner.list) keepNumberText(value, inner.element, inner.text);
  }
  settleExactness(value);
  return { ...found, value, text: null };
}

/** `value` given as valueQuantity is the element valueQuantity; any other element goes by its own name. */
function elementOf(
  definitions: Definitions,
  type: string,
  name: string,
  given: string | undefined,
): string | null {
  if (!/^[a-z]\w*$/i.test(name)) return null;
  if (ruleOf(definitions, type, name) !== undefined) return name;
  if (given === undefined) return null;
  const wanted = `${name}${given.slice('value'.length)}`;
  return choicesOf(definitions, type, name).find((choice) => choice === wanted) ?? null;
}
