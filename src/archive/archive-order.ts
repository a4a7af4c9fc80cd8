/** What an archive was asked to hold, how far it has come and what it has become, as its job keeps it. */
import type { AccountId, ChartId } from '../base/ids.ts';
import type { Section } from '../base/section.ts';
import type { ReachThen } from '../fhir/index.ts';
import type { Language } from './words/words.ts';

/** The kind of its jobs. */
export const ARCHIVE = 'archive';

/** Archives are kept for a day after they were made. */
export const KEPT_SECONDS = 24 * 3600;

export interface ArchiveOrder {
  readonly chart: ChartId;
  /** When it was asked; ISO 8601. */
  readonly at: string;
  /** Of what people read in it; resources are as they were written. */
  readonly language: Language;
  /** What whoever asked could read then. */
  readonly reach: ReachThen;
}

/** How far it has come; what there is in all is null until it is known. */
export interface ArchiveCounts {
  readonly resources: number;
  readonly files: number;
  /** Bytes of files that are in it. */
  readonly bytes: number;
  readonly filesInAll: number | null;
  readonly bytesInAll: number | null;
}

export const NOTHING_YET: ArchiveCounts = {
  resources: 0,
  files: 0,
  bytes: 0,
  filesInAll: null,
  bytesInAll: null,
};

export interface ArchiveProgress {
  readonly counts: ArchiveCounts;
  /** How often it was begun: what fails each time is given up. */
  readonly begun: number;
  /** Whether a file did not open when it was made before: each is read through before it is put in. */
  readonly careful: boolean;
  /** Null until it is made. */
  readonly made: SealedArchive | null;
}

/** A section of the chart that the archive holds something of, and the version of its key. */
export interface Layer {
  readonly section: Section;
  readonly author: AccountId | null;
  readonly keyVersion: number;
}

/** What opens an archive: sealed under the key of each of its sections, one within the other. */
export interface SealedArchive {
  /** The innermost first. */
  readonly layers: readonly Layer[];
  /** Base64. */
  readonly sealed: string;
  /** Of the zip. */
  readonly bytes: number;
}
