/** A file as the lists of an archive tell of it. */
import type { ArchiveFile } from './file-list.ts';

export interface ListedFile extends ArchiveFile {
  /** Whether it is in the archive: one that could not be opened is not. */
  readonly isThere: boolean;
}
