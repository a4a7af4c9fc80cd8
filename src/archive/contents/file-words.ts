/** Words about files: what kind one is, and how large. */
import { type KindName, kindNamed, STRICT_POLICY } from '../../documents/index.ts';
import type { ArchiveWords } from '../words/archive-words.ts';

export function kindWord(kind: KindName, { kinds, otherKind }: ArchiveWords): string {
  const { extension } = kindNamed(kind, STRICT_POLICY);
  return kinds[kind] ?? (extension === 'bin' ? otherKind : extension.toUpperCase());
}

/** In units that programs for files use. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let at = 0;
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000;
    at += 1;
  }
  return `${at === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[at]}`;
}
