/**
 * The formats of FHIR's primitives in JSON, https://hl7.org/fhir/R4/datatypes.html#primitive. Every
 * expression here takes time linear in the text, whoever wrote it.
 */
import { type BoundFormat, PRIMITIVES } from './definition-rules.ts';

/** Strings are at most a megabyte; base64 content is bounded by the size of the resource alone. */
const STRING_LIMIT = 1024 * 1024;

const DATE = '(?!0000)\\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\\d|3[01]))?)?';
const DAY = '(?!0000)\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])';
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d{1,9})?';
const ZONE = '(?:Z|[+-](?:(?:0\\d|1[0-3]):[0-5]\\d|14:00))';
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

const FORMATS: Readonly<Record<string, RegExp>> = {
  base64Binary: /^[A-Za-z0-9+/\s]+={0,2}\s*$/,
  canonical: /^\S+$/,
  code: /^[^\s]+(?: [^\s]+)*$/,
  date: new RegExp(`^${DATE}$`),
  dateTime: new RegExp(`^(?:${DATE}|${DAY}T${TIME}${ZONE})$`),
  id: /^[A-Za-z0-9\-.]{1,64}$/,
  instant: new RegExp(`^${DAY}T${TIME}${ZONE}$`),
  oid: /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/,
  time: new RegExp(`^${TIME}$`),
  uri: /^\S+$/,
  url: /^\S+$/,
  uuid: new RegExp(`^urn:uuid:${UUID}$`),
};

/** https://www.rfc-editor.org/rfc/rfc6838#section-4.2, with parameters as they come. */
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+*-]+(?:\s*;\s*[\w!#$&^.+-]+=(?:"[^"]*"|[^\s;"]+))*$/;
let currencies: ReadonlySet<string> | undefined;

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  integer: [-2_147_483_648, 2_147_483_647],
  positiveInt: [1, 2_147_483_647],
  unsignedInt: [0, 2_147_483_647],
};

/** Control characters below 32 other than tab, line feed and carriage return. */
const UNPRINTABLE = /[^\P{Cc}\t\n\r\u007f-\u009f]/u;

/** What is wrong with a primitive value, in words that do not repeat it; `null` where it is in order. */
export function primitiveFault(type: string, value: unknown): string | null {
  const expected = PRIMITIVES[type];
  if (typeof value !== expected) return `must be a JSON ${expected ?? 'value'}`;
  if (typeof value === 'string') return stringFault(type, value);
  if (typeof value === 'number') return numberFault(type, value);
  return null;
}

function stringFault(type: string, text: string): string | null {
  const format = FORMATS[type];
  if (format !== undefined) {
    if (!format.test(text)) return `is not in the format of ${type}`;
    if (text.length >= 10 && type !== 'time' && isDateType(type) && !isCalendarDay(text)) {
      return 'names a day that its month does not have';
    }
    if (type === 'base64Binary') return base64Fault(text);
  } else if (text.trim() === '') {
    return 'must not be empty';
  }
  if (type !== 'xhtml' && text.length > STRING_LIMIT) return 'is longer than a megabyte';
  return UNPRINTABLE.test(text) || !text.isWellFormed() ? 'holds characters that are not text' : null;
}

/** What is wrong with a code that belongs to a list kept elsewhere; `null` where it is in order. */
export function boundFault(format: BoundFormat, text: string): string | null {
  if (format === 'media-type') return MEDIA_TYPE.test(text) ? null : 'must be a media type';
  currencies ??= new Set(Intl.supportedValuesOf('currency'));
  return currencies.has(text) ? null : 'must be a currency of ISO 4217';
}

function isDateType(type: string): boolean {
  return type === 'date' || type === 'dateTime' || type === 'instant';
}

/** https://hl7.org/fhir/R4/datatypes.html#uri: UUIDs are in lower case. */
export function isWellFormedUrn(uri: string): boolean {
  const text = uri.replace(/[#|].*$/s, '');
  if (text.startsWith('urn:uuid:')) return FORMATS.uuid!.test(text);
  return !text.startsWith('urn:oid:') || FORMATS.oid!.test(text);
}

function base64Fault(text: string): string | null {
  const length = /\s/.test(text) ? text.replace(/\s+/g, '').length : text.length;
  return length % 4 === 0 ? null : 'is not complete base64';
}

function numberFault(type: string, value: number): string | null {
  if (!Number.isFinite(value)) return 'is out of range';
  const range = RANGES[type];
  if (range === undefined) return null;
  if (!Number.isInteger(value)) return 'must be a whole number';
  return value < range[0] || value > range[1] ? 'is out of range' : null;
}

/** The text is in the format of a date with a day. */
function isCalendarDay(text: string): boolean {
  const day = Number(text.slice(8, 10));
  if (day <= 28) return true;
  const lastDay = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day <= lastDay;
}

/** Whether a period's start lies before its end, as far as the precision of the two can tell. */
export function inOrder(start: string, end: string): boolean {
  if (start.includes('T') && end.includes('T')) return Date.parse(start) <= Date.parse(end);
  const length = Math.min(start.length, end.length, 10);
  return start.slice(0, length) <= end.slice(0, length);
}
