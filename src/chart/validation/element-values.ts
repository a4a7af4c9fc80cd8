/** The values of an element by its name in a profile, whatever its form in JSON. */
import type { JsonObject } from '../fhir-resource.ts';

/** One value of an element. */
export interface Placed {
  /** Absent where only extensions stand for it. */
  readonly value: unknown;
  /** Steps from the parent. */
  readonly steps: readonly (string | number)[];
  /** Of a choice, what its name says. */
  readonly type: string | null;
}

/** The values of an element, those that have extensions only among them. */
export function valuesOf(parent: JsonObject, name: string): Placed[] {
  if (name.endsWith('[x]')) return choiceOf(parent, name.slice(0, -3));
  const value = parent[name];
  const companion = parent[`_${name}`];
  if (!Array.isArray(value) && !Array.isArray(companion)) {
    return value === undefined && companion === undefined ? [] : [{ value, steps: [name], type: null }];
  }
  const items: readonly unknown[] = (value ?? companion) as readonly unknown[];
  return items.map((_, index) => ({
    value: Array.isArray(value) ? (value[index] ?? undefined) : undefined,
    steps: [name, index],
    type: null,
  }));
}

function choiceOf(parent: JsonObject, stem: string): Placed[] {
  for (const key of Object.keys(parent)) {
    const name = key.startsWith('_') ? key.slice(1) : key;
    if (parent[key] === undefined) continue;
    const suffix = name.slice(stem.length);
    if (!name.startsWith(stem) || !/^[A-Z]/.test(suffix)) continue;
    const lower = suffix.charAt(0).toLowerCase() + suffix.slice(1);
    const type = typeof parent[name] === 'object' ? suffix : lower;
    return [{ value: parent[name], steps: [name], type }];
  }
  return [];
}
