/** In what letters a text is written: by its mark, UTF-8 where it fits, else what it was said to be. Pure. */

/** As most files without a word about it are written. */
const OLD = 'windows-1252';

export function decodeText(bytes: Uint8Array, saidType = ''): string {
  const marked = charsetOfMark(bytes);
  if (marked !== null) return new TextDecoder(marked).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(charsetOfType(saidType) ?? OLD).decode(bytes);
  }
}

/** By the mark at its beginning (https://encoding.spec.whatwg.org/#bom-sniff). */
function charsetOfMark([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : null;
}

/** The charset of a media type or of an XML declaration, where there is such a one. */
export function charsetOfType(type: string): string | null {
  const name = /(?:charset|encoding)\s*=\s*["']?([\w.:-]+)/i.exec(type)?.[1];
  if (name === undefined) return null;
  try {
    const { encoding } = new TextDecoder(name);
    // It was no UTF-8, whatever was said of it.
    return encoding === 'utf-8' ? null : encoding;
  } catch {
    return null;
  }
}
