/**
 * Reference criteria, https://hl7.org/fhir/R4/search.html#reference: `id`, `Type/id`, an absolute URL of this
 * server or of another, or a canonical. Versions are ignored on both sides.
 */
import { PosternError } from '../../base/errors.ts';
import { isObject } from '../fhir-resource.ts';
import { parseReference } from '../reference.ts';

export interface WantedReference {
  /** Null where any type will do. */
  readonly type: string | null;
  /** Null where the value names no resource by id: it is then compared as it stands. */
  readonly id: string | null;
  /** Whether it is on this server; a foreign one is compared as it stands. */
  readonly local: boolean;
  readonly text: string;
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const TYPE = /^[A-Z][A-Za-z]+$/;

/** Throws `invalid` for a modifier that is no resource type. */
export function parseWantedReference(
  param: string,
  modifier: string | null,
  text: string,
  ownBases: readonly string[],
): WantedReference {
  if (modifier !== null && !TYPE.test(modifier)) {
    throw new PosternError('invalid', `${param} takes a resource type as its modifier, and no other.`);
  }
  if (ID.test(text)) return { type: modifier, id: text, local: true, text };
  const reference = parseReference(text, ownBases);
  if (reference.kind === 'local' && (modifier === null || modifier === reference.type)) {
    return { type: reference.type, id: reference.id, local: true, text };
  }
  if (reference.kind === 'foreign') return { type: reference.type, id: reference.id, local: false, text };
  return { type: modifier, id: null, local: false, text };
}

export function wantsReference(
  wanted: WantedReference,
  value: unknown,
  ownBases: readonly string[],
): boolean {
  const text = isObject(value) ? value.reference : value;
  if (typeof text !== 'string') return false;
  const found = parseReference(text, ownBases);
  if (!wanted.local || wanted.id === null) {
    // A canonical may carry a version behind a bar, which a search without one leaves open.
    return text === wanted.text || text.split('|')[0] === wanted.text;
  }
  if (found.kind !== 'local' || found.id !== wanted.id) return false;
  return wanted.type === null || wanted.type === found.type;
}
