/** A file as the lists of an archive tell of it. */
import type { ArchiveWords } from '../words/archive-words.ts';
import type { ArchiveFile } from './file-list.ts';

export type FileState = 'there' | 'masked' | 'unopened';

export interface ListedFile extends ArchiveFile {
  /** Whether it is in the archive: photos of cards are not, nor what could not be opened. */
  readonly state: FileState;
}

/** Why it is not there, in words; null where it is. */
export function absenceOf({ state }: ListedFile, words: ArchiveWords): string | null {
  return { there: null, masked: words.maskedCard, unopened: words.notOpened }[state];
}
