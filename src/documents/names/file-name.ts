/**
 * Names of files: what somebody's machine called it, made into a name that is safe to show, to write into a
 * header and to save under on any system. The name decides nothing; its extension follows the kind.
 */
import type { FileKind } from '../kinds/file-kind.ts';

/** Of the name before its extension, in code points and in UTF-8: file systems end at 255 bytes. */
const MOST_LETTERS = 120;
const MOST_BYTES = 200;
const NAMELESS = 'file';

/** Devices of Windows, whatever extension follows (Win32, "Naming Files, Paths, and Namespaces"). */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(?=\.|\s|$)/i;

/**
 * Controls, what turns the direction of writing, what has no width, tags, and what Unicode has set aside:
 * all that makes a name look like another one.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f/gu;
const SEPARATORS = /[/\\]/;
const RESERVED = /[<>:"|?*]/g;

/**
 * A safe name for a file of this kind: one that has no path, shows all of itself, and ends with an extension
 * of its kind. The same name comes out of it again. Never empty.
 */
export function safeName(given: string, kind: Pick<FileKind, 'extension' | 'extensions'>): string {
  const last = given.slice(0, 4096).toWellFormed().normalize('NFC').split(SEPARATORS).at(-1) ?? '';
  const seen = last.replace(UNSEEN, '').replace(RESERVED, '_').replace(/\s+/g, ' ');
  const dot = seen.lastIndexOf('.');
  const ending = seen
    .slice(dot + 1)
    .trim()
    .toLowerCase();
  const fits = dot !== -1 && kind.extensions.includes(ending);
  const stem = trimmed(fits ? seen.slice(0, dot) : seen);
  const cut = trimmed(shortened(DEVICE.test(stem) ? `_${stem}` : stem));
  return `${cut === '' ? NAMELESS : cut}.${fits ? ending : kind.extension}`;
}

/** What a file is called without where it lay; all of it where it ends like a folder. Not a safe name yet. */
export function withoutPath(given: string): string {
  return given.split(SEPARATORS).at(-1)?.trim() || given;
}

/** Without dots and spaces at either end: they hide a file on one system and vanish on another. */
function trimmed(text: string): string {
  return text.replace(/^[.\s]+/, '').replace(/[.\s]+$/, '');
}

function shortened(text: string): string {
  let kept = '';
  let letters = 0;
  let bytes = 0;
  for (const letter of text) {
    letters += 1;
    bytes += Buffer.byteLength(letter);
    if (letters > MOST_LETTERS || bytes > MOST_BYTES) break;
    kept += letter;
  }
  return kept;
}
