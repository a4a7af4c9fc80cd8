/**
 * The specification's invariants: FHIRPath that must be true of a value. Most are a list of alternatives
 * such as `code.empty() or system.exists()`, which are answered from the names that are present; only what
 * is left over goes to the FHIRPath engine (measured: 1 in 40 of them, each some 10 microseconds).
 */
import { evalFhirPathTyped, type FhirPathAtom, LRUCache, toTypedValue } from '@medplum/core';
import type { Definitions, TypeRules } from './definitions.ts';
import type { FhirResource, JsonObject } from './fhir-resource.ts';

const UCUM = 'http://unitsofmeasure.org';
const parsed = new LRUCache<FhirPathAtom>(500);

export interface InvariantContext {
  /** The resource that directly holds the value. */
  readonly resource: FhirResource;
  /** The outermost resource. */
  readonly root: FhirResource;
}

interface Alternatives {
  /** Each is satisfied where the element's presence is as it says. */
  readonly terms: readonly { readonly name: string; readonly present: boolean }[];
  /** Whether the terms are the whole expression, so that none being satisfied decides it. */
  readonly complete: boolean;
}

const alternatives = new Map<string, Alternatives>();

/** Whether the invariant holds of a value whose structure has been found in order. */
export function holds(
  definitions: Definitions,
  index: number,
  value: JsonObject,
  type: TypeRules,
  context: InvariantContext,
): boolean {
  const { expression } = definitions.invariant(index);
  const { terms, complete } = alternativesOf(expression);
  if (terms.some((term) => isPresent(value, term.name, type) === term.present)) return true;
  return complete ? false : evaluates(expression, value, type.name, context);
}

function alternativesOf(expression: string): Alternatives {
  const known = alternatives.get(expression);
  if (known !== undefined) return known;
  const found = splitAlternatives(expression);
  alternatives.set(expression, found);
  return found;
}

/** Only the terms of the outermost `or` count; an operator that binds more loosely leaves none. */
function splitAlternatives(expression: string): Alternatives {
  const parts = outermost(expression);
  if (parts === null) return { terms: [], complete: false };
  const simple = parts.map((part) => /^([a-z]\w*)\.(empty|exists)\(\)$/i.exec(part.trim()));
  const terms = simple
    .filter((match) => match !== null)
    .map((match) => ({ name: match[1]!, present: match[2] === 'exists' }));
  return { terms, complete: terms.length === parts.length };
}

function outermost(expression: string): string[] | null {
  let depth = 0;
  let quoted = false;
  let flat = '';
  for (const character of expression) {
    if (character === "'") quoted = !quoted;
    else if (!quoted && character === '(') depth += 1;
    else if (!quoted && character === ')') depth -= 1;
    flat += depth > 0 || quoted ? '_' : character;
  }
  if (/ (?:implies|xor) /.test(flat)) return null;
  const parts: string[] = [];
  let start = 0;
  for (const { index } of flat.matchAll(/ or /g)) {
    parts.push(expression.slice(start, index));
    start = index + 4;
  }
  return [...parts, expression.slice(start)];
}

function isPresent(value: JsonObject, name: string, type: TypeRules): boolean {
  if (value[name] !== undefined || value[`_${name}`] !== undefined) return true;
  if (type.elements.has(name)) return false;
  return Object.keys(value).some((key) => {
    const element = key.startsWith('_') ? key.slice(1) : key;
    return element.startsWith(name) && type.elements.get(element)?.choice === name;
  });
}

/**
 * An expression that the engine cannot evaluate refuses nothing: the fault is the engine's, not the
 * record's.
 */
export function evaluates(
  expression: string,
  value: unknown,
  type: string,
  context: InvariantContext,
): boolean {
  const typed = { type, value };
  const variables = {
    '%context': typed,
    '%resource': toTypedValue(context.resource),
    '%rootResource': toTypedValue(context.root),
    '%ucum': toTypedValue(UCUM),
  };
  try {
    const result = evalFhirPathTyped(expression, [typed], variables, parsed);
    return result.length === 1 && result[0]?.value === true;
  } catch {
    return true;
  }
}
