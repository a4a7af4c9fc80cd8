/** What references and canonicals may point to (https://hl7.org/fhir/R4/references.html). */
import type { Definitions } from '../definitions.ts';
import { type FhirResource, isObject, type JsonObject } from '../fhir-resource.ts';
import { parseReference } from '../reference.ts';

export interface TargetFault {
  readonly code: 'value' | 'invariant';
  readonly message: string;
}

const WRONG_TYPE: TargetFault = {
  code: 'value',
  message: 'refers to a type of resource that may not stand here',
};
const NOTHING_CONTAINED: TargetFault = {
  code: 'invariant',
  message: 'refers to nothing that is contained (ref-1)',
};

export class ReferenceTargets {
  readonly #definitions: Definitions;
  /** Types of contained resources by id, gathered once for all that refer to them. */
  readonly #contained = new Map<FhirResource, ReadonlyMap<unknown, unknown>>();
  /** The outermost resource. */
  root: FhirResource | null = null;

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  /** `targets` are resource types; without them any may be referred to. Only what can be known is judged. */
  referenceFault(
    value: JsonObject,
    targets: readonly string[] | undefined,
    holder: FhirResource,
  ): TargetFault | null {
    const text = value.reference;
    if (typeof text !== 'string') return null;
    const reference = parseReference(text);
    if (reference.kind === 'contained') {
      if (reference.id === '') return null;
      const type = this.#typeOf(reference.id, holder);
      if (type === undefined) return NOTHING_CONTAINED;
      return targets === undefined || targets.includes(String(type)) ? null : WRONG_TYPE;
    }
    if (reference.kind !== 'local' && reference.kind !== 'conditional') return null;
    return targets === undefined || targets.includes(reference.type) ? null : WRONG_TYPE;
  }

  /** Only of HL7's own URLs is it known that the segment before the last names a type. */
  canonicalFault(text: string, targets: readonly string[] | undefined): TargetFault | null {
    const type = /^http:\/\/hl7\.org\/fhir\/([A-Z][A-Za-z]+)\//.exec(text)?.[1];
    if (targets === undefined || this.#definitions.resource(type) === undefined) return null;
    return targets.includes(type!) ? null : WRONG_TYPE;
  }

  #typeOf(id: string, holder: FhirResource): unknown {
    return this.#typesIn(this.root ?? holder).get(id) ?? this.#typesIn(holder).get(id);
  }

  #typesIn(holder: FhirResource): ReadonlyMap<unknown, unknown> {
    const known = this.#contained.get(holder);
    if (known !== undefined) return known;
    const contained = Array.isArray(holder.contained) ? holder.contained.filter(isObject) : [];
    const types = new Map(contained.map((one) => [one.id, one.resourceType]));
    this.#contained.set(holder, types);
    return types;
  }
}
