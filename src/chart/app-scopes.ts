/**
 * The parameters of an app's scopes, tested on records: `patient/Observation.rs?category=laboratory` is about
 * the records that a search by that parameter finds, and means the same for a read, a write and an include.
 */
import type { AppScope } from '../gate/index.ts';
import type { FhirResource } from './fhir-resource.ts';
import { isLink } from './search/link.ts';
import type { TokenLookUp } from './search/plan-shape.ts';
import { parseSearch, type SearchPlan } from './search/search-plan.ts';
import { TYPES } from './type-registry.ts';

/** A scope lives as long as its session's, and so does what its parameters were turned into. */
const compiled = new WeakMap<AppScope, Map<string, SearchPlan | null>>();

/** Whether a record is one that the scope is about. One that cannot be served is about none. */
export function meetsScope(scope: AppScope, resource: FhirResource, ownBases: readonly string[]): boolean {
  if (scope.parameters.length === 0) return true;
  return planFor(scope, resource.resourceType, ownBases)?.matches(resource) ?? false;
}

/**
 * What the index holds of every record of the type that any of the scopes is about, so that a search comes
 * upon few others; null where the index cannot tell.
 */
export function lookUpOfScopes(
  scopes: readonly AppScope[],
  type: string,
  ownBases: readonly string[],
): TokenLookUp | null {
  const each = scopes.map((scope) =>
    scope.parameters.length === 0 ? undefined : planFor(scope, type, ownBases)?.tokens[0],
  );
  const [first] = each;
  if (first === undefined || each.some((one) => one?.wide !== first.wide)) return null;
  return { param: first.param, anyOf: each.flatMap((one) => one!.anyOf), wide: first.wide };
}

function planFor(scope: AppScope, type: string, ownBases: readonly string[]): SearchPlan | null {
  const plans = compiled.get(scope) ?? new Map<string, SearchPlan | null>();
  compiled.set(scope, plans);
  const known = plans.get(type);
  if (known !== undefined) return known;
  const plan = parametersPlan(scope, type, ownBases);
  plans.set(type, plan);
  return plan;
}

/**
 * Whether this server can keep an app to that scope: the type is kept here, and each parameter is one that a
 * record alone answers, for every type where the scope is for all. What is not is refused when the app asks
 * for it, since a scope that is cut short would give more than was agreed to.
 */
export function isServable(scope: AppScope): boolean {
  if (scope.type !== '*' && !TYPES.has(scope.type)) return false;
  const types = scope.type === '*' ? [...TYPES.keys()] : [scope.type];
  return scope.parameters.length === 0 || types.every((type) => parametersPlan(scope, type, []) !== null);
}

/** What shapes a page, and what depends on the moment (`ap` is near to now), says nothing of a record. */
const NOT_OF_A_RECORD =
  /^_(?:count|cursor|elements|format|has|include|pretty|revinclude|sort|summary|total|type)/;
const NEAR_NOW = /(?:^|,)ap/;

/** Null where the parameters cannot be tested on a record of that type. */
function parametersPlan(
  { parameters }: AppScope,
  type: string,
  ownBases: readonly string[],
): SearchPlan | null {
  for (const [name, value] of parameters) {
    if (isLink(name) || NOT_OF_A_RECORD.test(name) || NEAR_NOW.test(value)) return null;
  }
  try {
    const query = new URLSearchParams(parameters.map(([name, value]) => [name, value]));
    const plan = parseSearch(type, query, { ownBases });
    return plan.ignored.length === 0 && plan.links.length === 0 ? plan : null;
  } catch {
    return null;
  }
}
