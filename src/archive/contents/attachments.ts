/** Files that a resource speaks of: where each is, and what the resource says of it. */
import { type FhirResource, isObject, type JsonObject } from '../../chart/index.ts';

export interface Attachment {
  readonly title: string | null;
  /** As FHIR writes dates; its first ten letters are a day where it knows one. */
  readonly date: string | null;
  /** The id of the Binary that holds it; null where it stands in the resource itself. */
  readonly binary: string | null;
  /** Base64; null where it is a Binary. */
  readonly data: string | null;
}

const BINARY = /(?:^|\/)Binary\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/|$)/;

/** Every Attachment in it (https://hl7.org/fhir/R4/datatypes.html#Attachment), in their order. */
export function attachmentsOf(resource: FhirResource): Attachment[] {
  const found: Attachment[] = [];
  const { title, date } = wordsOf(resource);
  walk(resource, (attachment) => {
    const { url, data } = attachment;
    const binary = typeof url === 'string' ? (BINARY.exec(url)?.[1] ?? null) : null;
    const held = typeof data === 'string' && typeof attachment.contentType === 'string' ? data : null;
    if (binary === null && held === null) return;
    found.push({
      title: textOf(attachment.title) ?? title,
      date: textOf(attachment.creation) ?? date,
      binary,
      data: binary === null ? held : null,
    });
  });
  return found;
}

function walk(value: unknown, seen: (object: JsonObject) => void): void {
  if (Array.isArray(value)) for (const one of value) walk(one, seen);
  if (!isObject(value)) return;
  if (value.resourceType !== 'Binary') seen(value);
  for (const one of Object.values(value)) walk(one, seen);
}

/** What the resource is called and of when it is, whatever its type. */
function wordsOf(resource: FhirResource): { title: string | null; date: string | null } {
  const one = resource as FhirResource & JsonObject;
  const of = (value: unknown) => (isObject(value) ? textOf(value.start) : null);
  return {
    title:
      textOf(one.description) ??
      textOf(one.title) ??
      conceptText(one.type) ??
      conceptText(one.code) ??
      conceptText(one.category) ??
      one.resourceType,
    date:
      textOf(one.date) ??
      textOf(one.effectiveDateTime) ??
      of(one.effectivePeriod) ??
      textOf(one.createdDateTime) ??
      textOf(one.dateTime) ??
      textOf(one.issued) ??
      textOf(one.sent) ??
      textOf(one.created),
  };
}

/** Of a CodeableConcept, or the first of several. */
export function conceptText(value: unknown): string | null {
  const concept = Array.isArray(value) ? value[0] : value;
  if (!isObject(concept)) return null;
  const codings = Array.isArray(concept.coding) ? concept.coding : [];
  const displays = codings.map((coding) => (isObject(coding) ? textOf(coding.display) : null));
  return textOf(concept.text) ?? displays.find((display) => display !== null) ?? null;
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}
