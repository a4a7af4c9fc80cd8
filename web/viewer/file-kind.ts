/**
 * What a file is, by its bytes: its name and what it was said to be decide nothing, since whoever filed it
 * wrote them. Pure.
 */

export type FileKind =
  | 'pdf'
  | 'image'
  /** A picture that browsers do not show: the server draws it smaller. */
  | 'still'
  | 'dicom'
  | 'video'
  | 'ccda'
  | 'text'
  /** HTML, SVG and the like, which a browser would run: never shown, only handed out. */
  | 'markup'
  /** Anything else. */
  | 'other';

/** Formats of pictures that every browser shows. */
const PICTURES: readonly (readonly [type: string, at: number, bytes: string])[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['image/bmp', 0, 'BM'],
];

/** As much as looking needs. */
const LOOKED_AT = 4096;
/** Brands of ISO base media files that are pictures and no videos. */
const STILL = /^(heic|heix|hevc|heim|heis|mif1|msf1|avif)/;

export function kindOfFile(head: Uint8Array): FileKind {
  const start = latin(head.subarray(0, LOOKED_AT));
  if (start.slice(128, 132) === 'DICM') return 'dicom';
  if (pictureType(head) !== null) return 'image';
  // Readers of PDF look for its mark within the first kilobyte (ISO 32000-1, annex H.3.4.1).
  if (start.slice(0, 1024).includes('%PDF-')) return 'pdf';
  if (start.slice(4, 8) === 'ftyp') return STILL.test(start.slice(8)) ? 'still' : 'video';
  if (start.startsWith('II*\0') || start.startsWith('MM\0*')) return 'still';
  if (!isText(head.subarray(0, LOOKED_AT))) return 'other';
  return kindOfText(head);
}

/** The media type of a picture that browsers show; null for anything else. */
export function pictureType(head: Uint8Array): string | null {
  const start = latin(head.subarray(0, 16));
  const found = PICTURES.find(([, at, bytes]) => start.startsWith(bytes, at));
  if (found?.[0] === 'image/webp' && !start.startsWith('RIFF')) return null;
  return found?.[0] ?? null;
}

function kindOfText(head: Uint8Array): FileKind {
  const start = asText(head.subarray(0, LOOKED_AT)).trimStart().toLowerCase();
  const root = start
    .replace(/^(<\?xml[^>]*\?>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!doctype[^>]*>|\s)+/, '')
    .slice(0, 64);
  if (/^<([\w-]+:)?clinicaldocument[\s>]/.test(root)) return 'ccda';
  if (/^<!doctype\s+(html|svg)/.test(start)) return 'markup';
  return /^<([a-z][\w-]*:)?(html|svg|script|head|body|iframe|img|xsl|stylesheet|math)\b/.test(root)
    ? 'markup'
    : 'text';
}

/** No byte that text does not have; what is written in UTF-16 says so by its first two. */
function isText(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return !bytes.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));
}

/** Enough to see what begins: UTF-16 by its mark, else bytes for letters. */
function asText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return latin(bytes).replace(/^\xef\xbb\xbf/, '');
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
