/** What became of an import, for people and for programs. It holds places and reasons, never content. */
import type { Place } from './read-entries.ts';

export type Outcome = 'created' | 'updated' | 'unchanged' | 'failed' | 'repeated';
export type TypeCounts = Record<Outcome, number>;

export interface Remark extends Place {
  readonly reason: string;
}

/** Remarks beyond this many are counted and not kept. */
const MOST_REMARKS = 1000;

export class ImportReport {
  /** By resource type; what could not be told is under `unknown`. */
  readonly types: Record<string, TypeCounts> = {};
  readonly failures: Remark[] = [];
  readonly warnings: Remark[] = [];
  /** Files in the folders named that are of no kind that is read. */
  ignored: readonly string[] = [];
  files = 0;
  failureCount = 0;
  warningCount = 0;
  /** Whether it was stopped before the end; what was done stays done. */
  interrupted = false;
  dryRun = false;

  count(type: string, outcome: Outcome): void {
    this.types[type] ??= { created: 0, updated: 0, unchanged: 0, failed: 0, repeated: 0 };
    this.types[type][outcome] += 1;
  }

  fail(place: Place, type: string, reason: string): void {
    this.count(type, 'failed');
    this.failureCount += 1;
    keep(this.failures, place, reason);
  }

  warn(place: Place, reason: string): void {
    this.warningCount += 1;
    keep(this.warnings, place, reason);
  }

  total(outcome: Outcome): number {
    return Object.values(this.types).reduce((sum, counts) => sum + counts[outcome], 0);
  }

  /** Resources that have been dealt with, however it ended. */
  done(): number {
    return Object.values(this.types).reduce(
      (sum, counts) => sum + Object.values(counts).reduce((all, count) => all + count, 0),
      0,
    );
  }
}

function keep(remarks: Remark[], place: Place, reason: string): void {
  if (remarks.length < MOST_REMARKS) remarks.push({ file: place.file, path: place.path, reason });
}
