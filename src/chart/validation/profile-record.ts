/**
 * A profile in the form that validation walks: the tree of its elements, holding only what is narrower than
 * the type that it constrains (https://hl7.org/fhir/R4/profiling.html).
 */
export interface ProfileRecord {
  /** As people know it, such as `us-core-patient`. */
  readonly name: string;
  /** `meta.profile` may name a version; only this one is meant. */
  readonly version: string;
  /** The resource type that it constrains, or `Extension`. */
  readonly type: string;
  readonly root: ProfileElement;
}

export interface ProfileElement {
  /** In JSON, with `[x]` where it is a choice. */
  readonly name: string;
  readonly min?: number;
  readonly max?: number;
  /** The types of a choice, where they are fewer. */
  readonly types?: readonly string[];
  /** Resource types that a reference may point to. */
  readonly targets?: readonly string[];
  /** The value that it must equal, or hold. */
  readonly fixed?: unknown;
  readonly pattern?: unknown;
  /** The codes of a required binding; those of concepts as `system|code`. */
  readonly codes?: readonly string[];
  readonly invariants?: readonly ProfileInvariant[];
  /** The definition that an extension here follows. */
  readonly profile?: string;
  readonly slicing?: Slicing;
  readonly elements?: readonly ProfileElement[];
}

export interface ProfileInvariant {
  readonly key: string;
  readonly expression: string;
  /** Type of the value that it is about; of a choice, the value says. */
  readonly type: string;
  /** It is about values of this type only. */
  readonly only?: string;
}

/** https://hl7.org/fhir/R4/profiling.html#slicing */
export interface Slicing {
  readonly discriminators: readonly Discriminator[];
  /** Whether every value must be of a slice. */
  readonly closed: boolean;
  readonly slices: readonly ProfileElement[];
}

export interface Discriminator {
  readonly type: 'value' | 'pattern' | 'type' | 'exists';
  /** Element names, or empty for the value itself. */
  readonly path: readonly string[];
}
