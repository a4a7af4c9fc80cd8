/**
 * Photo IDs and insurance cards: which documents are such, whose photo is masked until somebody asks to see
 * it, and when somebody has to look at one again. What was checked of a card is an extension of its document,
 * and so is when its photo was destroyed; what its issuer says of it is an identifier of the document, with
 * the last four places of the number at most.
 */

import { PosternError } from '../base/errors.ts';
import type { ResourceId } from '../base/ids.ts';
import { type FhirResource, isObject, type JsonObject, valuesAt } from './fhir-resource.ts';
import { namedFiles } from './named-files.ts';

/** Of LOINC: driver license, health insurance card, insurance forms with the card, identity documents. */
export const CARD_CODES: ReadonlySet<string> = new Set(['53245-7', '64290-0', '64291-8', '47047-6']);

/** The extension of a document that says what became of a card: `at`, `by`, `until`, `destroyed` within. */
export const CARD_CHECK = 'urn:postern:card-check';

export interface CardFacts {
  /** Binaries that it names. */
  readonly files: readonly ResourceId[];
  /** FHIR dates, by which the desk and the patient are reminded, and the photo is to be destroyed. */
  readonly remindOn: string | null;
  readonly dueOn: string | null;
}

export interface CardCheck {
  /** FHIR instant of the look, and who looked, in words; null where nobody has. */
  readonly at: string | null;
  readonly by: string | null;
  /** The last day on which the photo is kept, as FHIR date. */
  readonly until: string | null;
  /** FHIR instant at which it was destroyed. */
  readonly destroyed: string | null;
}

const DAY_MS = 86_400_000;
/** So long before its end, somebody is told that a card ends. */
const REMIND_DAYS = 30;

export function isCard(resource: FhirResource): boolean {
  if (resource.resourceType !== 'DocumentReference') return false;
  const codings = [...valuesAt(resource, 'type.coding'), ...valuesAt(resource, 'category.coding')];
  return codings.some(
    (coding) =>
      isObject(coding) && coding.system === 'http://loinc.org' && CARD_CODES.has(String(coding.code)),
  );
}

/** Null for what is no card. */
export function cardOf(resource: FhirResource, ownBases: readonly string[]): CardFacts | null {
  if (!isCard(resource)) return null;
  const files = namedFiles(resource, ownBases);
  const check = checkOf(resource);
  const expires = expiryOf(resource);
  const isKept = files.length > 0 && check.destroyed === null;
  return {
    files,
    remindOn: expires === null || resource.status !== 'current' ? null : dayBefore(expires, REMIND_DAYS),
    dueOn: isKept ? (check.until ?? expires) : null,
  };
}

/** Throws `not-processable` for a card whose photo stands within the document: nothing could mask it. */
export function assertNoPhotoWithin(resource: FhirResource): void {
  if (!isCard(resource)) return;
  const within = valuesAt(resource, 'content.attachment.data').length > 0;
  if (!within && !valuesAt(resource, 'contained').some(isBinary)) return;
  throw new PosternError(
    'not-processable',
    'The photo of a card is kept as a file, so that it can be masked: send a Binary, and name it.',
    { expression: ['DocumentReference.content.attachment'] },
  );
}

const isBinary = (value: unknown) => isObject(value) && value.resourceType === 'Binary';

/** Until when the card is valid, as its document says: a FHIR date; null where it does not. */
export function expiryOf(resource: FhirResource): string | null {
  const [end] = valuesAt(resource, 'identifier.period.end');
  const day = typeof end === 'string' ? end.slice(0, 10) : '';
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) ? day : null;
}

export function checkOf(resource: FhirResource): CardCheck {
  const said = valuesAt(resource, 'extension').find((one) => isObject(one) && one.url === CARD_CHECK);
  const parts = valuesAt(said, 'extension').filter(isObject);
  const text = (url: string, element: string) => {
    const value = parts.find((part) => part.url === url)?.[element];
    return typeof value === 'string' ? value : null;
  };
  const until = text('until', 'valueDate');
  return {
    at: text('at', 'valueInstant'),
    by: text('by', 'valueString'),
    until: until !== null && /^\d{4}-\d{2}-\d{2}$/.test(until) ? until : null,
    destroyed: text('destroyed', 'valueInstant'),
  };
}

/** The document with that said of it, in place of what was. */
export function withCheck(resource: FhirResource, { at, by, until, destroyed }: CardCheck): FhirResource {
  const parts: JsonObject[] = [
    ...(at === null ? [] : [{ url: 'at', valueInstant: at }]),
    ...(by === null ? [] : [{ url: 'by', valueString: by }]),
    ...(until === null ? [] : [{ url: 'until', valueDate: until }]),
    ...(destroyed === null ? [] : [{ url: 'destroyed', valueInstant: destroyed }]),
  ];
  const others = valuesAt(resource, 'extension').filter((one) => !isObject(one) || one.url !== CARD_CHECK);
  const said = { url: CARD_CHECK, extension: parts };
  ours.add(said);
  return { ...resource, extension: [...others, said] } as FhirResource;
}

/** What the server itself says of a check, as it is about to be written. */
const ours = new WeakSet<object>();

/**
 * A document as somebody writes it, with what the server said of its check before: who looked, when, and
 * until when the photo is kept are not for clients to say or to take back.
 */
export function withStandingCheck(resource: FhirResource, before: FhirResource | null): FhirResource {
  if (resource.resourceType !== 'DocumentReference') return resource;
  const given = valuesAt(resource, 'extension');
  const said = given.filter(isCheck);
  if (said.some((one) => ours.has(one))) return resource;
  const standing = before === null ? [] : valuesAt(before, 'extension').filter(isCheck);
  if (said.length === 0 && standing.length === 0) return resource;
  const extension = [...given.filter((one) => !isCheck(one)), ...standing];
  const { extension: _, ...rest } = resource;
  return (extension.length === 0 ? rest : { ...rest, extension }) as FhirResource;
}

function isCheck(one: unknown): one is object {
  return isObject(one) && one.url === CARD_CHECK;
}

/** The last day on which the photo of a card is kept: so long after the look, and no longer than valid. */
export function keptUntil(checkedOn: string, expires: string | null, days: number): string {
  const until = dayBefore(checkedOn.slice(0, 10), -days);
  return expires !== null && expires < until ? expires : until;
}

/** The FHIR date so many days before another, or after it where they are negative. */
export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);
}
