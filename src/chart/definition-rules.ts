/**
 * The R4 definitions in the form that validation walks: one rule per element, one entry per type, with
 * nothing kept that is meant for readers. Built once from the published definitions
 * (`build-definitions.ts`), cached as JSON, and held in memory for the life of the process.
 */

import type { ProfileRecord } from './validation/profile-record.ts';

/** What an element may hold. Shared between all the elements that are defined alike. */
export interface ElementRule {
  /** `string`, `HumanName`, `Patient.contact`; `Resource` where any resource may stand. */
  readonly type: string;
  /** Whether `type` is a FHIR primitive (a JSON string, number or boolean). */
  readonly primitive: boolean;
  /** Whether JSON holds a list, which is the case wherever the base type repeats. */
  readonly list: boolean;
  /** How many values at most; absent where there is no limit. */
  readonly max?: number;
  /** The choice that it belongs to (`value` of `valueQuantity`): one of them may be present. */
  readonly choice?: string;
  /** Resource types that a Reference or a canonical may point to; absent where any may. */
  readonly targets?: readonly string[];
  /** Index into `DefinitionFile.codes`: the only codes that are allowed (a required binding),
   *  those of concepts as `system|code`. */
  readonly codes?: number;
  /** What the codes of a required binding look like that no file can list. */
  readonly format?: BoundFormat;
  /** Indexes into `DefinitionFile.invariants`. */
  readonly invariants?: readonly number[];
}

/** Media types (BCP 13) and currencies (ISO 4217). */
export type BoundFormat = 'media-type' | 'currency';

/** A type as the cache file holds it. */
export interface TypeRecord {
  readonly resource: boolean;
  /** Element name in JSON to index into `DefinitionFile.rules`. */
  readonly elements: Readonly<Record<string, number>>;
  /** Elements that must be there, each as the names in JSON that satisfy it. */
  readonly required: readonly (readonly string[])[];
  readonly invariants: readonly number[];
}

export interface Invariant {
  /** Its key in the specification, such as `obs-6`. */
  readonly key: string;
  /** FHIRPath that must be true. */
  readonly expression: string;
}

export interface DefinitionFile {
  readonly rules: readonly ElementRule[];
  readonly types: Readonly<Record<string, TypeRecord>>;
  readonly invariants: readonly Invariant[];
  readonly codes: readonly (readonly string[])[];
  /** By canonical URL: R4's own, those of extensions, and US Core's. */
  readonly profiles: Readonly<Record<string, ProfileRecord>>;
}

/** The FHIR primitives by their JSON type (https://hl7.org/fhir/R4/datatypes.html#primitive). */
export const PRIMITIVES: Readonly<Record<string, 'string' | 'number' | 'boolean'>> = {
  base64Binary: 'string',
  boolean: 'boolean',
  canonical: 'string',
  code: 'string',
  date: 'string',
  dateTime: 'string',
  decimal: 'number',
  id: 'string',
  instant: 'string',
  integer: 'number',
  markdown: 'string',
  oid: 'string',
  positiveInt: 'number',
  string: 'string',
  time: 'string',
  unsignedInt: 'number',
  uri: 'string',
  url: 'string',
  uuid: 'string',
  xhtml: 'string',
};
