import type {
  Bundle,
  CodeSystem,
  CodeSystemConcept,
  Resource,
  ValueSet,
  ValueSetComposeInclude,
} from '@medplum/fhirtypes';

/** A code and its system; a system that is not known is empty. */
export type SystemCode = readonly [system: string, code: string];

/**
 * Lists the codes of value sets that can be listed from the published files alone. The answer for a value set
 * is `null` where its codes come from a filter or from a code system that is not in the files (languages,
 * media types, currencies, units): those are not checked.
 */
export function enumerableCodes(bundles: readonly Bundle[]): (url: string) => readonly SystemCode[] | null {
  const resources = bundles.flatMap((bundle) => (bundle.entry ?? []).map((entry) => entry.resource));
  const systems = byUrl<CodeSystem>(resources, 'CodeSystem');
  const valueSets = byUrl<ValueSet>(resources, 'ValueSet');

  function codesOf(url: string): readonly SystemCode[] | null {
    const compose = valueSets.get(url)?.compose;
    if (compose === undefined || compose.exclude !== undefined) return null;
    const parts = compose.include.map(included);
    return parts.includes(null) ? null : parts.flatMap((part) => part ?? []);
  }

  function included(include: ValueSetComposeInclude): readonly SystemCode[] | null {
    if (include.filter !== undefined) return null;
    if (include.valueSet !== undefined) {
      return include.valueSet.length === 1 && include.system === undefined
        ? codesOf(include.valueSet[0] ?? '')
        : null;
    }
    const name = include.system ?? '';
    if (include.concept !== undefined) return include.concept.map(({ code }) => [name, code] as const);
    const system = systems.get(name);
    if (system?.content !== 'complete') return null;
    return flattened(system.concept ?? []).map((code) => [name, code] as const);
  }

  return codesOf;
}

function byUrl<T extends Resource & { url?: string }>(
  resources: readonly (Resource | undefined)[],
  type: T['resourceType'],
): Map<string, T> {
  const found = resources.filter((resource): resource is T => resource?.resourceType === type);
  return new Map(found.map((resource) => [resource.url ?? '', resource]));
}

function flattened(concepts: readonly CodeSystemConcept[]): string[] {
  return concepts.flatMap((concept) => [concept.code ?? '', ...flattened(concept.concept ?? [])]);
}
