/** What the parts of an export call themselves, and where it is found. */

/** The kind of its jobs. */
export const EXPORT = 'export';

/** Exports are kept for a day after they were made. */
export const KEPT_SECONDS = 24 * 3600;

/** `base` is the address of the API; exports lie beside it. */
export function bulkAddress(base: string, job: string, file?: string): string {
  const address = `${base.replace(/\/fhir$/, '')}/bulk/${job}`;
  return file === undefined ? address : `${address}/${file}`;
}

/** A file as the checkpoint of an export remembers it. */
export interface ExportFile {
  readonly name: string;
  readonly bytes: number;
  /** `deleted` holds Bundles, `error` holds OperationOutcomes. */
  readonly list: 'output' | 'deleted' | 'error';
  readonly type: string;
  /** Resources in it. */
  readonly count: number;
}

export interface ExportProgress {
  readonly files: readonly ExportFile[];
  /** Where to go on; null at the beginning, and when all is read. */
  readonly cursor: string | null;
  /** Resources so far. */
  readonly count: number;
  readonly incomplete: boolean;
  readonly finished: boolean;
}

export const NOTHING_YET: ExportProgress = {
  files: [],
  cursor: null,
  count: 0,
  incomplete: false,
  finished: false,
};
