/** Which values belong to a slice (https://hl7.org/fhir/R4/profiling.html#discriminator). */
import { isObject } from '../fhir-resource.ts';
import { type Placed, valuesOf } from './element-values.ts';
import type { Discriminator, ProfileElement } from './profile-record.ts';

export function isOfSlice(
  one: Placed,
  slice: ProfileElement,
  discriminators: readonly Discriminator[],
): boolean {
  return discriminators.every(({ type, path }) => {
    if (type === 'type') return ofType(one, slice, path);
    if (type === 'exists') return present(one.value, path) === (elementAt(slice, path)?.max !== 0);
    return satisfies(one.value, slice, path);
  });
}

/** The fixed value, pattern or binding nearest to the root of the slice decides. */
function satisfies(value: unknown, rule: ProfileElement, path: readonly string[]): boolean {
  if (value === undefined) return false;
  if (rule.fixed !== undefined) return equals(value, rule.fixed);
  if (rule.pattern !== undefined) return holdsPattern(value, rule.pattern);
  if (rule.codes !== undefined && path.length === 0) return inBinding(value, rule.codes);
  const [name, ...rest] = path;
  const element = rule.elements?.find((one) => one.name === name);
  if (element === undefined || !isObject(value)) return path.length === 0;
  const rules = [element, ...(element.slicing?.slices ?? [])];
  return valuesOf(value, element.name).some((one) => rules.some((each) => satisfies(one.value, each, rest)));
}

function ofType({ value, type }: Placed, slice: ProfileElement, path: readonly string[]): boolean {
  if (path.length === 0) return type !== null && slice.types?.includes(type) === true;
  const types = elementAt(slice, path)?.types;
  const [name] = path;
  if (types === undefined || name === undefined || !isObject(value)) return false;
  return valuesOf(value, `${name.replace('[x]', '')}[x]`).some((one) => types.includes(one.type!));
}

function elementAt(rule: ProfileElement, path: readonly string[]): ProfileElement | undefined {
  let at: ProfileElement | undefined = rule;
  for (const name of path) at = at?.elements?.find((one) => one.name.replace('[x]', '') === name);
  return at;
}

function present(value: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return value !== undefined;
  return (
    isObject(value) && valuesOf(value, name).some((one) => rest.length === 0 || present(one.value, rest))
  );
}

/** Whether a value holds all that a pattern does (https://hl7.org/fhir/R4/elementdefinition.html#pattern). */
export function holdsPattern(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && pattern.every((part) => value.some((item) => holdsPattern(item, part)));
  }
  if (!isObject(pattern)) return value === pattern;
  return isObject(value) && Object.entries(pattern).every(([key, part]) => holdsPattern(value[key], part));
}

export function equals(value: unknown, fixed: unknown): boolean {
  if (Array.isArray(fixed)) {
    return (
      Array.isArray(value) &&
      value.length === fixed.length &&
      fixed.every((part, index) => equals(value[index], part))
    );
  }
  if (!isObject(fixed)) return value === fixed;
  if (!isObject(value)) return false;
  const keys = Object.keys(fixed);
  return keys.length === Object.keys(value).length && keys.every((key) => equals(value[key], fixed[key]));
}

/** A code by itself, or a concept, coding or quantity by system and code. */
export function inBinding(value: unknown, codes: readonly string[]): boolean {
  if (!isObject(value)) return codes.includes(String(value));
  if (Array.isArray(value.coding)) return value.coding.some((coding) => inBinding(coding, codes));
  return codes.includes(`${String(value.system)}|${String(value.code)}`);
}
