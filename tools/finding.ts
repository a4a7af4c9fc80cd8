/** What a check found: where, and what to change. */
export interface Finding {
  /** Path from the root of the project. */
  readonly path: string;
  /** Counted from one, where the finding has a line. */
  readonly line?: number;
  readonly message: string;
}

export function printFinding({ path, line, message }: Finding): string {
  return `${line === undefined ? path : `${path}:${line}`}  ${message}`;
}
