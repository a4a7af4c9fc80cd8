/**
 * Text: bytes that one of a few encodings reads without a control character. What is told by a beginning
 * and an end is enough: text is never run, whatever stands between them.
 */
import type { FileKind } from './file-kind.ts';
import type { Sample } from './sample.ts';

export interface ReadText {
  readonly charset: NonNullable<FileKind['charset']>;
  /** The beginning, without a byte order mark. */
  readonly beginning: string;
}

/** Tab, line feed, form feed, carriage return. */
const ALLOWED_CONTROLS: ReadonlySet<number> = new Set([9, 10, 12, 13]);
/** Not assigned in windows-1252. */
const UNASSIGNED: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/** Null where it is not text. */
export function readText({ head, tail, bytes }: Sample): ReadText | null {
  const isWhole = head.length === bytes;
  const [first, second, third] = head;
  if (first === 0xff && second === 0xfe) return readUtf16('utf-16le', head, tail, bytes);
  if (first === 0xfe && second === 0xff) return readUtf16('utf-16be', head, tail, bytes);
  if (![head, tail].every(hasNoControls)) return null;
  const marked = first === 0xef && second === 0xbb && third === 0xbf;
  const beginning = decoded('utf-8', head, isWhole);
  if (beginning !== null && decoded('utf-8', fromCharacter(tail), true) !== null) {
    return { charset: 'utf-8', beginning };
  }
  if (marked || ![head, tail].every(isLatin)) return null;
  return { charset: 'windows-1252', beginning: decoded('windows-1252', head, isWhole) ?? '' };
}

function readUtf16(
  charset: 'utf-16le' | 'utf-16be',
  head: Uint8Array,
  tail: Uint8Array,
  bytes: number,
): ReadText | null {
  const beginning = decoded(charset, head, head.length === bytes);
  // The second half of a pair may stand first in what is cut out.
  const end = decoded(charset, tail.subarray((bytes - tail.length) % 2), true, false);
  if (bytes % 2 === 1 || beginning === null || end === null) return null;
  return [beginning, end].every(hasNoControlCharacters) ? { charset, beginning } : null;
}

function decoded(charset: string, bytes: Uint8Array, isWhole: boolean, fatal = true): string | null {
  try {
    return new TextDecoder(charset, { fatal }).decode(bytes, { stream: !isWhole });
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Without the rest of a character that began before it; whole characters are left as they are. */
function fromCharacter(bytes: Uint8Array): Uint8Array {
  let skipped = 0;
  while (skipped < 3 && (bytes[skipped] ?? 0) >> 6 === 0b10) skipped += 1;
  return bytes.subarray(skipped);
}

function hasNoControls(bytes: Uint8Array): boolean {
  return bytes.every((byte) => (byte >= 32 ? byte !== 127 : ALLOWED_CONTROLS.has(byte)));
}

function hasNoControlCharacters(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 32 ? !ALLOWED_CONTROLS.has(code) : code === 127 || code === 0xffff) return false;
  }
  return true;
}

/** Most of it plain letters: random bytes seldom are. */
function isLatin(bytes: Uint8Array): boolean {
  let plain = 0;
  for (const byte of bytes) {
    if (UNASSIGNED.has(byte)) return false;
    if (byte < 128) plain += 1;
  }
  return plain * 10 >= bytes.length * 6;
}
