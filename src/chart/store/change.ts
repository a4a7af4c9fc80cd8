/** What may be done to resources, one at a time or together, and what came of it. */
import { PosternError } from '../../base/errors.ts';
import type { Section } from '../../base/section.ts';
import type { FhirResource } from '../fhir-resource.ts';
import type { FileContent } from '../file-content.ts';
import type { FhirPatch } from '../patch/fhir-path-patch.ts';
import type { Stored } from './stored.ts';

/** Which resource is meant: by its id, or as the only one that a search within the visit's reach finds. */
export type Target = { readonly id: string } | { readonly where: URLSearchParams };

interface OfType {
  readonly type: string;
}

export interface Creation extends OfType {
  readonly kind: 'create';
  readonly resource: FhirResource;
  /** The section its author asks for; counts only where it is stricter. */
  readonly section?: Section;
  /** Of a Binary: its content, which is kept already. */
  readonly file?: FileContent;
  /** Nothing is made where this finds one already: that is given back. */
  readonly unless?: URLSearchParams;
  /** What the others of one transaction call it by: a `urn:uuid:` or an absolute address. */
  readonly fullUrl?: string;
}

export interface Update extends OfType {
  readonly kind: 'update';
  readonly target: Target;
  readonly resource: FhirResource;
  /** Of a Binary: its content, which is kept already; it carries on the one before where it brings none. */
  readonly file?: FileContent;
  /** The version that must stand. */
  readonly ifMatch?: number;
  readonly fullUrl?: string;
}

export interface Patching extends OfType {
  readonly kind: 'patch';
  readonly target: Target;
  /** Makes the next version of a copy of the standing one, which it may change. Throws what is wrong. */
  readonly patch: FhirPatch;
  /** Of a Binary: its content, which is kept already; it carries on the one before where it brings none. */
  readonly file?: FileContent;
  readonly ifMatch?: number;
}

export interface Removal extends OfType {
  readonly kind: 'delete';
  readonly target: Target;
  readonly ifMatch?: number;
}

/** What stands once everything else is done. */
export interface Reading extends OfType {
  readonly kind: 'read';
  readonly target: { readonly id: string };
}

export type Change = Creation | Update | Patching | Removal | Reading;

export interface Changed {
  readonly what: 'created' | 'updated' | 'revived' | 'deleted' | 'found' | 'read';
  readonly stored: Stored;
}

/** The condition of a change; null where it names its resource by id, or none. */
export function conditionOf(change: Change): URLSearchParams | null {
  if (change.kind === 'create') return change.unless ?? null;
  return 'where' in change.target ? change.target.where : null;
}

/** The index of a refusal that is about none of several in particular. */
export const ALL = -1;

/** A refusal with the change that it is about, so that whoever sent several is told which. */
export class ChangeRefused extends Error {
  override readonly cause: PosternError;
  readonly index: number;

  constructor(index: number, cause: PosternError) {
    super('A change was refused', { cause });
    this.cause = cause;
    this.index = index;
  }
}

/** Runs work on a change; what it is refused for is refused for that change. */
export async function onChange<T>(index: number, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // What is unavailable is asked again, and says nothing of the change.
    if (!(error instanceof PosternError) || error.code === 'unavailable') throw error;
    throw new ChangeRefused(index, error);
  }
}
