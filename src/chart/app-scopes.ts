/**
 * The parameters of an app's scopes, tested on records: `patient/Observation.rs?category=laboratory` is about
 * the records that a search by that parameter finds, and means the same for a read, a write and an include.
 */
import type { AppScope } from '../gate/index.ts';
import type { FhirResource } from './fhir-resource.ts';
import { isLink } from './search/link.ts';
import { parseSearch } from './search/search-plan.ts';
import { TYPES } from './type-registry.ts';

type Test = (resource: FhirResource) => boolean;

/** A scope lives as long as its session's, and so do its tests. */
const compiled = new WeakMap<AppScope, Map<string, Test>>();

/** Whether a record is one that the scope is about. One that cannot be served is about none. */
export function meetsScope(scope: AppScope, resource: FhirResource, ownBases: readonly string[]): boolean {
  if (scope.parameters.length === 0) return true;
  const tests = compiled.get(scope) ?? new Map<string, Test>();
  compiled.set(scope, tests);
  const { resourceType } = resource;
  const test = tests.get(resourceType) ?? testOf(scope, resourceType, ownBases) ?? NEVER;
  tests.set(resourceType, test);
  return test(resource);
}

const NEVER: Test = () => false;

/**
 * Whether this server can keep an app to that scope: the type is kept here, and each parameter is one that a
 * record alone answers, for every type where the scope is for all. What is not is refused when the app asks
 * for it, since a scope that is cut short would give more than was agreed to.
 */
export function isServable(scope: AppScope): boolean {
  if (scope.type !== '*' && !TYPES.has(scope.type)) return false;
  const types = scope.type === '*' ? [...TYPES.keys()] : [scope.type];
  return scope.parameters.length === 0 || types.every((type) => testOf(scope, type, []) !== null);
}

/** What shapes a page, and what depends on the moment (`ap` is near to now), says nothing of a record. */
const NOT_OF_A_RECORD =
  /^_(?:count|cursor|elements|format|has|include|pretty|revinclude|sort|summary|total|type)/;
const NEAR_NOW = /(?:^|,)ap/;

/** Null where the parameters cannot be tested on a record of that type. */
function testOf({ parameters }: AppScope, type: string, ownBases: readonly string[]): Test | null {
  for (const [name, value] of parameters) {
    if (isLink(name) || NOT_OF_A_RECORD.test(name) || NEAR_NOW.test(value)) return null;
  }
  try {
    const query = new URLSearchParams(parameters.map(([name, value]) => [name, value]));
    const { ignored, links, matches } = parseSearch(type, query, { ownBases });
    return ignored.length === 0 && links.length === 0 ? matches : null;
  } catch {
    return null;
  }
}
