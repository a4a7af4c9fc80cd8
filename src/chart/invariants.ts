/**
 * The specification's invariants: FHIRPath that must be true of a value. Most compile to closures that take
 * less than a microsecond; what is left over goes to the FHIRPath engine (some 10 to 100 microseconds each).
 */
import { evalFhirPathTyped, type FhirPathAtom, LRUCache, toTypedValue } from '@medplum/core';
import type { Definitions } from './definitions.ts';
import { compileInvariant } from './validation/compile-invariant.ts';
import {
  type Compiled,
  type InvariantContext,
  NeedsEngine,
  UCUM,
} from './validation/invariant-collection.ts';

const parsed = new LRUCache<FhirPathAtom>(500);
const compiled = new WeakMap<Definitions, Map<string, Compiled | null>>();

/** Whether the expression is true of a value whose structure has been found in order. */
export function holds(
  definitions: Definitions,
  expression: string,
  value: unknown,
  type: string,
  context: InvariantContext,
): boolean {
  const check = compiledOf(definitions, expression);
  if (check === null) return engineHolds(expression, value, type, context);
  try {
    const result = check([value], context);
    return result.length === 1 && result[0] !== false;
  } catch (error) {
    if (error instanceof NeedsEngine) return engineHolds(expression, value, type, context);
    throw error;
  }
}

function compiledOf(definitions: Definitions, expression: string): Compiled | null {
  const known = compiled.get(definitions) ?? new Map<string, Compiled | null>();
  if (known.size === 0) compiled.set(definitions, known);
  const check = known.get(expression);
  if (check !== undefined) return check;
  const made = compileInvariant(expression, definitions.choices);
  known.set(expression, made);
  return made;
}

/**
 * An expression that the engine cannot evaluate refuses nothing: the fault is the engine's, not the
 * record's.
 */
export function engineHolds(
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
