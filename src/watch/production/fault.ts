/** What production does not start with, and how it is said: all of it at once, a line each. */
import { PosternError } from '../../base/errors.ts';

/** One thing that is careless: a sentence that says what it is and what mends it, without any secret. */
export interface Fault {
  /** A stable word for what was checked. */
  readonly check: FaultCheck;
  readonly sentence: string;
}

export const FAULT_CHECKS = [
  'address',
  'proxy',
  'contact',
  'secret',
  'debugging',
  'key-file',
  'data-folder',
  'settings-file',
  'open-database',
  'database-rights',
  'clock',
  'demo',
  'file-store',
] as const;
export type FaultCheck = (typeof FAULT_CHECKS)[number];

/** The one refusal that names them all. */
export function refusalOf(faults: readonly Fault[]): PosternError {
  const lines = faults.map(({ sentence }) => `  - ${sentence}`);
  const what = faults.length === 1 ? 'one thing is careless' : `${faults.length} things are careless`;
  return new PosternError(
    'not-configured',
    [`It does not start in production, because ${what}:`, ...lines].join('\n'),
  );
}
