/** What an archive says itself, in each language that its people read. */
import type { PartName } from '../summary/parts.ts';

export interface ArchiveWords {
  /** "Health record of Rosa Okafor". */
  title(name: string): string;
  readonly summary: string;
  madeOn(date: string, practice: string | null): string;
  readonly born: string;
  readonly gender: Readonly<Record<'male' | 'female' | 'other' | 'unknown', string>>;
  readonly address: string;
  readonly contact: string;
  readonly number: string;
  readonly part: Readonly<Record<PartName, string>>;
  readonly nothing: string;
  /** Where a part holds more than the summary shows. */
  newest(shown: number, all: number): string;
  readonly column: Readonly<
    Record<'what' | 'when' | 'until' | 'status' | 'value' | 'range' | 'site' | 'reaction' | 'dose', string>
  >;
  /** Codes of FHIR's for how things stand; others are shown as they are. */
  readonly status: Readonly<Record<string, string>>;
  readonly out: Readonly<Record<'high' | 'low' | 'other', string>>;
  readonly inHere: string;
  readonly item: Readonly<Record<'summary' | 'ccda' | 'bundle' | 'files' | 'list', string>>;
  readonly files: string;
  readonly file: Readonly<Record<'name' | 'title' | 'date' | 'kind' | 'bytes' | 'about', string>>;
  /** Of files that are not in it. */
  readonly notOpened: string;
  readonly maskedCard: string;
  readonly kinds: Readonly<Record<string, string>>;
  /** What is kept as bytes, for whatever program may know it. */
  readonly otherKind: string;
  /** Whatever the asker may read, and nothing else. */
  readonly whatIsIn: string;
  readonly incomplete: string;
  readonly careful: string;
  readonly page: (at: number, of: number) => string;
  readonly noRecords: string;
}
