/** What a file is that does not hold a JSON object: a sentence for each mistake that people make. */
import { PosternError } from '../../base/errors.ts';
import { parseJson, RESOURCE_LIMITS } from '../../chart/index.ts';

const [SPACE, OBJECT, MARKUP] = [0x20, 0x7b, 0x3c];

/** Throws `invalid` where the bytes begin as no file of JSON in UTF-8 does. */
export function assertText(bytes: Uint8Array): void {
  if (isUtf16(bytes)) throw invalid('The file is in UTF-16. Save it as UTF-8.');
  if (bytes[firstSign(bytes)] === MARKUP)
    throw invalid('The file is XML or HTML. Postern reads FHIR as JSON.');
}

/** Throws `invalid` where the bytes are not a JSON object, as far as their beginning tells. */
export function assertObject(bytes: Uint8Array): void {
  assertText(bytes);
  const first = bytes[firstSign(bytes)];
  if (first === OBJECT) return;
  if (first === undefined) throw invalid('The file is empty.');
  if (isJson(bytes)) throw invalid('The file is JSON, and neither a resource nor a bundle.');
  throw invalid('The content is not JSON, or it was cut off.');
}

/** By its mark, or by the zero that stands beside every Latin letter. */
function isUtf16([first, second]: Uint8Array): boolean {
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return (first === 0) !== (second === 0) && first !== undefined && second !== undefined;
}

/** Past a byte order mark and blanks. */
function firstSign(bytes: Uint8Array): number {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && bytes[at]! <= SPACE) at += 1;
  return at;
}

function isJson(bytes: Uint8Array): boolean {
  // What is larger than any resource is not read for a better sentence.
  if (bytes.length > RESOURCE_LIMITS.bytes) return false;
  try {
    parseJson(bytes);
    return true;
  } catch {
    return false;
  }
}

function invalid(message: string): PosternError {
  return new PosternError('invalid', message);
}
