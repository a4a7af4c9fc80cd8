/**
 * Where the values of a large JSON text begin and end, found without parsing them: a bundle of gigabytes
 * is read entry by entry, and a bad entry leaves its neighbours unharmed. The spans are right for text
 * that is JSON; what is not JSON is refused here or by whoever parses the span.
 */
import { PosternError } from '../../base/errors.ts';

/** Bytes from `start` up to but not including `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OBJECT = 0x7b;
const LIST = 0x5b;

/** The members of the object that the text is, by name; the last of a name that stands twice. */
export function membersOf(bytes: Uint8Array): Map<string, Span> {
  const members = new Map<string, Span>();
  let at = enter(bytes, afterMark(bytes), OBJECT);
  while (bytes[at] === QUOTE) {
    const nameEnd = skipValue(bytes, at, bytes.length);
    const name = Buffer.from(bytes.subarray(at + 1, nameEnd - 1)).toString('latin1');
    const colon = skipSpace(bytes, nameEnd);
    if (bytes[colon] !== COLON) throw notJson();
    const start = skipSpace(bytes, colon + 1);
    const end = skipValue(bytes, start, bytes.length);
    members.set(name, { start, end });
    at = skipSpace(bytes, end);
    if (bytes[at] !== COMMA) break;
    at = skipSpace(bytes, at + 1);
  }
  if (bytes[at] !== OBJECT + 2 || skipSpace(bytes, at + 1) !== bytes.length) throw notJson();
  return members;
}

/** The items of the list that stands at the span, in order. */
export function* itemsOf(bytes: Uint8Array, list: Span): Generator<Span> {
  let start = enter(bytes, list.start, LIST);
  while (start < list.end - 1) {
    const end = skipValue(bytes, start, list.end);
    yield { start, end };
    const next = skipSpace(bytes, end);
    if (bytes[next] !== COMMA) break;
    start = skipSpace(bytes, next + 1);
  }
}

/** The text of a string member; `null` where the member is absent or no string. */
export function stringAt(bytes: Uint8Array, span: Span | undefined): string | null {
  if (span === undefined || bytes[span.start] !== QUOTE || span.end - span.start > 1000) return null;
  try {
    return JSON.parse(Buffer.from(bytes.subarray(span.start, span.end)).toString()) as string;
  } catch {
    return null;
  }
}

/** Past a byte order mark, which some systems write before their JSON. */
function afterMark(bytes: Uint8Array): number {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return skipSpace(bytes, marked ? 3 : 0);
}

function enter(bytes: Uint8Array, at: number, bracket: number): number {
  if (bytes[at] !== bracket) throw notJson();
  return skipSpace(bytes, at + 1);
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at]! <= 0x20) at += 1;
  return at;
}

/** The end of the value that starts at `from`. */
function skipValue(bytes: Uint8Array, from: number, limit: number): number {
  let open = 0;
  for (let at = from; at < limit; at += 1) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at += 1;
      while (at < limit && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
      if (open === 0) return inside(at + 1, limit);
    } else if (byte === OBJECT || byte === LIST) {
      open += 1;
    } else if (byte === OBJECT + 2 || byte === LIST + 2) {
      // A number or a word ends where its holder does.
      if (open === 0) return at;
      open -= 1;
      if (open === 0) return at + 1;
    } else if (open === 0 && (byte === COMMA || byte <= 0x20)) {
      return at;
    }
  }
  return inside(open === 0 ? limit : limit + 1, limit);
}

function inside(end: number, limit: number): number {
  if (end > limit) throw notJson();
  return end;
}

function notJson(): PosternError {
  return new PosternError('invalid', 'The content is not JSON, or it was cut off.');
}
