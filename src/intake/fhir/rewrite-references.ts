/**
 * References of an imported resource, made to point at the ids that its targets have here. Contained
 * resources and extensions are entered; `#` references, narrative and every other text stay as they are.
 */
import type { FhirResource } from '../../chart/index.ts';
import { identifierSearch, relativeAddress } from './source-key.ts';

/** The target of a reference as `Type/id` of this server; `null` where none is known, or more than one. */
export type Resolve = (reference: string) => string | null;

/** A Reference (https://hl7.org/fhir/R4/references.html#Reference) that has a literal reference. */
interface Holder {
  reference: string;
  identifier?: unknown;
  type?: unknown;
}

const REFERENCE_MEMBERS = new Set([
  'reference',
  'identifier',
  'type',
  'display',
  'id',
  'extension',
  '_reference',
  '_type',
  '_display',
]);

/** Literal references of the resource except those to what it contains. */
export function referencesOf(resource: FhirResource): Set<string> {
  const found = new Set<string>();
  walk(resource, [], (holder) => found.add(holder.reference), ignore);
  return found;
}

/**
 * Rewrites the resource in place and returns the FHIRPath expressions of the references that lead nowhere.
 *
 * Those lose nothing: a URN or an address on another server stays. What would be read as a reference on this
 * server (`Practitioner/7`), or as naming a patient, becomes a logical reference, whose identifier holds the
 * address or the identifier searched for.
 */
export function rewriteReferences(resource: FhirResource, base: string, resolve: Resolve): string[] {
  const unresolved: string[] = [];
  walk(
    resource,
    [resource.resourceType],
    (holder, path) => {
      const literal = resolve(holder.reference);
      if (literal !== null) {
        holder.reference = literal;
        return;
      }
      unresolved.push(expressionOf(path));
      keepAsLogical(holder, base);
    },
    (holder) => {
      // A document's content points to its Binary by address.
      holder.url = resolve(holder.url) ?? holder.url;
    },
  );
  return unresolved;
}

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;
const NAMES_PATIENT = /(?:^|\/)patient(?:\/|\?|$)/i;

function keepAsLogical(holder: Holder, base: string): void {
  const text = holder.reference;
  const absolute = ABSOLUTE.test(text);
  if (absolute && !(NAMES_PATIENT.test(text) && /^https?:/i.test(text))) return;
  const address = absolute ? text : `${base}/${encodeURI(text)}`;
  if (holder.identifier !== undefined) {
    holder.reference = `urn:postern:unresolved/${encodeURIComponent(text)}`;
    return;
  }
  const mark = text.indexOf('?');
  const type = mark === -1 ? relativeAddress(text)?.split('/')[0] : text.slice(0, mark);
  const search = mark === -1 ? null : identifierSearch(type ?? '', text.slice(mark + 1));
  holder.identifier =
    search === null
      ? { system: 'urn:ietf:rfc:3986', value: address }
      : { ...(search.system === '' ? {} : { system: search.system }), value: search.value };
  if (holder.type === undefined && type !== undefined && /^[A-Z][A-Za-z]+$/.test(type)) holder.type = type;
  delete (holder as Partial<Holder>).reference;
}

type Step = string | number;

function walk(
  value: object,
  path: Step[],
  onReference: (holder: Holder, path: readonly Step[]) => void,
  onUrl: (holder: { url: string }) => void,
): void {
  if (Array.isArray(value)) {
    value.forEach((item: unknown, index) => {
      if (typeof item === 'object' && item !== null) descend(item, index);
    });
    return;
  }
  const members = value as Record<string, unknown>;
  const { reference, url } = members;
  // Immunization.education.reference is a uri, and alone it looks like a Reference.
  if (typeof reference === 'string' && !reference.startsWith('#') && path.at(-2) !== 'education') {
    if (Object.keys(members).every((key) => REFERENCE_MEMBERS.has(key))) {
      onReference(members as unknown as Holder, path);
    }
  }
  if (typeof url === 'string') onUrl(members as { url: string });
  for (const key in members) {
    const member = members[key];
    if (typeof member === 'object' && member !== null) descend(member, key);
  }

  function descend(child: object, step: Step): void {
    path.push(step);
    walk(child, path, onReference, onUrl);
    path.pop();
  }
}

function ignore(): void {
  // Addresses of content name no resource that has to be found first.
}

function expressionOf(path: readonly Step[]): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}
