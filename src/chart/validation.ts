/**
 * Validation of a resource against R4: structure, cardinality, JSON types, formats of primitives, required
 * codes, targets of references, invariants, and narrative (https://hl7.org/fhir/R4/validation.html). Findings
 * name the place by its FHIRPath and never repeat what stands there.
 */
import { PosternError } from '../base/errors.ts';
import type { Definitions } from './definitions.ts';
import type { FhirResource } from './fhir-resource.ts';
import type { Issue } from './validation/issue.ts';
import type { ProfileRecord } from './validation/profile-record.ts';
import { ResourceWalk } from './validation/resource-walk.ts';

export type { Issue } from './validation/issue.ts';

/** What is wrong with the resource, against a profile as well; an empty list where nothing is. */
export function validate(
  definitions: Definitions,
  resource: unknown,
  profile: ProfileRecord | null = null,
): Issue[] {
  return new ResourceWalk(definitions).run(resource, profile);
}

/** Throws `not-processable` with the expressions of what is wrong. */
export function assertValid(definitions: Definitions, resource: unknown): asserts resource is FhirResource {
  const issues = validate(definitions, resource);
  const [first] = issues;
  if (first === undefined) return;
  const more = issues.length === 1 ? '' : ` (and ${issues.length - 1} more)`;
  throw new PosternError('not-processable', `${first.expression} ${first.message}${more}.`, {
    expression: issues.map((issue) => issue.expression),
  });
}
