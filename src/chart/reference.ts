/**
 * Literal references, https://hl7.org/fhir/R4/references.html. Postern follows one form only: `Type/id`, with
 * or without `/_history/version`, or the same under one of its own base URLs. Everything else is told apart
 * here so that callers can refuse it with the right words instead of overlooking it.
 */
export type Reference =
  /** `Patient/1`, `Patient/1/_history/2`, or absolute under an own base. */
  | { readonly kind: 'local'; readonly type: string; readonly id: string; readonly version: string | null }
  /** Absolute and of FHIR's shape, on a server that is not this one. */
  | { readonly kind: 'foreign'; readonly type: string; readonly id: string }
  /** `urn:uuid:` or `urn:oid:`: means something inside one bundle only. */
  | { readonly kind: 'urn' }
  /** `Patient?identifier=...`: a search that only an import resolves. */
  | { readonly kind: 'conditional'; readonly type: string }
  /** `#id` of a contained resource, or `#` for the container. */
  | { readonly kind: 'contained'; readonly id: string }
  /** Nothing that FHIR defines; a type in the wrong case lands here. */
  | { readonly kind: 'unknown' };

export type LocalReference = Extract<Reference, { kind: 'local' }>;

const ID = String.raw`[A-Za-z0-9\-.]{1,64}`;
const LITERAL = new RegExp(`^(?:(https?://[^?#]*)/)?([A-Z][A-Za-z]+)/(${ID})(?:/_history/(${ID}))?$`);
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?./;

/** `ownBases` are base URLs of this server without a trailing slash, such as `https://host/fhir`. */
export function parseReference(text: string, ownBases: readonly string[] = []): Reference {
  if (text.startsWith('#')) return { kind: 'contained', id: text.slice(1) };
  if (text.startsWith('urn:')) return { kind: 'urn' };
  const literal = LITERAL.exec(text);
  if (literal !== null) {
    const [, base, type, id, version] = literal;
    if (base !== undefined && !ownBases.includes(base)) return { kind: 'foreign', type: type!, id: id! };
    return { kind: 'local', type: type!, id: id!, version: version ?? null };
  }
  const conditional = CONDITIONAL.exec(text);
  if (conditional !== null) return { kind: 'conditional', type: conditional[1]! };
  return { kind: 'unknown' };
}

/** Whether the text could be read as naming a patient by anyone, however it is written. */
export function mayNamePatient(text: string): boolean {
  return PATIENT.test(text);
}

const PATIENT = /(?:^|\/)patient(?:\/|\?|$)/i;
