/** What a verdict means for whoever sent the file. Pure. */
import { PosternError } from '../../base/errors.ts';
import type { Verdict } from './scanner.ts';

/** What a scanner found in a file, in its own words. */
export class MaliciousFile extends PosternError {
  readonly finding: string;

  constructor(finding: string) {
    super('not-processable', 'The scanner found something malicious in this file, so nobody can open it.');
    this.finding = finding;
  }
}

/**
 * Throws where the file must not be given to anybody: `not-processable` where something was found, and
 * `unavailable` or `too-large` where nothing is known. A practice that scans takes nothing unscanned: the
 * file stays where it is, sealed, until it has been.
 */
export function assertClean(verdict: Verdict): void {
  if (verdict.state === 'clean') return;
  if (verdict.state === 'infected') throw new MaliciousFile(verdict.name);
  if (verdict.why === 'too-large') {
    throw new PosternError('too-large', 'The file is larger than what can be scanned, so it is not taken.');
  }
  throw new PosternError(
    'unavailable',
    'Files cannot be scanned at the moment, so none is taken. Try again in a few minutes.',
  );
}
