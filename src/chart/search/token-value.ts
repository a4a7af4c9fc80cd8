/**
 * Codes, identifiers and references as search compares them. R4 matches tokens literally but without case;
 * the system is compared exactly. The index holds the code alone: the system is checked on the hit.
 */
import { isObject } from '../fhir-resource.ts';
import { parseReference, type Reference } from '../reference.ts';

/**
 * What a token criterion asks for: `system|code`, `code`, `|code` (no system), `system|` (any code of it).
 */
export interface WantedToken {
  /** Null where any system will do, empty where there must be none. */
  readonly system: string | null;
  /** In lower case; null where any code will do. */
  readonly code: string | null;
}

/** Calls `visit` with every system and code of a Coding, CodeableConcept, Identifier or primitive. */
export function eachToken(value: unknown, visit: (code: string, system: string | undefined) => void): void {
  if (typeof value === 'string') visit(value.toLowerCase(), undefined);
  else if (typeof value === 'boolean') visit(String(value), undefined);
  else if (isObject(value)) {
    if (Array.isArray(value.coding)) for (const coding of value.coding) eachToken(coding, visit);
    const code = typeof value.code === 'string' ? value.code : value.value;
    if (typeof code !== 'string') return;
    visit(code.trim().toLowerCase(), typeof value.system === 'string' ? value.system : undefined);
  }
}

export function meetsToken(wanted: WantedToken, value: unknown): boolean {
  let met = false;
  const primitive = typeof value !== 'object';
  eachToken(value, (code, system) => {
    if (wanted.code !== null && wanted.code !== code) return;
    // A bare code has the system that its element is bound to; a criterion that names one is taken at its
    // word.
    if (wanted.system === null || primitive || wanted.system === (system ?? '')) met = true;
  });
  return met;
}

/** The literal reference in a Reference or a canonical; null for a logical one. */
export function referenceOf(
  value: unknown,
  ownBases: readonly string[],
): { text: string; parsed: Reference } | null {
  const text = isObject(value) ? value.reference : value;
  return typeof text === 'string' ? { text, parsed: parseReference(text, ownBases) } : null;
}
