/** What prove looks at, and what it says of it. */

export const CHECKS = {
  server: 'The server is this installation, and this edition',
  routes: 'Every route is known',
  matrix: 'A record reaches the people it belongs to',
  noninterference: 'Hidden and absent are the same answer',
  revocation: 'Who has been revoked or signed out reads nothing more',
  locks: 'Each of the two locks holds alone',
  throttle: 'Who searches for what is not theirs is stopped',
  lines: 'Every answer has left its line',
  log: 'The access logs are as they were signed, and the records as the logs say',
  catalog: 'The walls in the database stand as they were built',
  sealed: 'Nothing is readable at rest',
  headers: 'Every answer carries its security headers',
  cookies: 'Session cookies are out of reach',
  transport: 'Nothing passes unprotected',
  finders: 'Who finds a weakness can say so',
} as const;

export type CheckName = keyof typeof CHECKS;
export const CHECK_NAMES = Object.keys(CHECKS) as readonly CheckName[];

export interface ProveFinding {
  readonly check: CheckName;
  /** A warning is told and fails nothing. */
  readonly severity: 'failure' | 'warning';
  /** Where: a route, a table, an address; never anything of a patient. */
  readonly where: string;
  /** What is wrong, in a sentence. */
  readonly sentence: string;
  /** What to do about it, in a sentence. */
  readonly mend: string;
  /** How often it was found. */
  times: number;
}

export interface CheckResult {
  readonly check: CheckName;
  readonly title: string;
  /** `skipped` where there is nothing to look at; the reason is in `note`. */
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** How many single things were looked at. */
  readonly looked: number;
  readonly findings: readonly ProveFinding[];
  readonly note: string | null;
}

/** One thing wrong in a hundred places is told once for each kind of place, and this often at most. */
const MOST_FINDINGS = 25;

/** Gathers what was looked at and what was found. */
export class Judge {
  readonly #looked = new Map<CheckName, number>();
  readonly #skipped = new Map<CheckName, string>();
  readonly #findings = new Map<string, ProveFinding>();

  looked(check: CheckName, times = 1): void {
    this.#looked.set(check, (this.#looked.get(check) ?? 0) + times);
  }

  skip(check: CheckName, why: string): void {
    this.#skipped.set(check, why);
  }

  fail(check: CheckName, where: string, sentence: string, mend: string): void {
    this.#note({ check, severity: 'failure', where, sentence, mend, times: 1 });
  }

  warn(check: CheckName, where: string, sentence: string, mend: string): void {
    this.#note({ check, severity: 'warning', where, sentence, mend, times: 1 });
  }

  /** Looks at one thing; where it does not hold, it is found. Answers whether it holds. */
  expect(check: CheckName, holds: boolean, where: string, sentence: string, mend: string): boolean {
    this.looked(check);
    if (!holds) this.fail(check, where, sentence, mend);
    return holds;
  }

  get results(): CheckResult[] {
    return CHECK_NAMES.map((check) => {
      const all = [...this.#findings.values()].filter((finding) => finding.check === check);
      const looked = this.#looked.get(check) ?? 0;
      const failed = all.some(({ severity }) => severity === 'failure');
      const note = this.#skipped.get(check) ?? null;
      // What was neither looked at nor left out on purpose was not proved.
      const empty = looked === 0 && note === null;
      const outcome = failed || empty ? 'failed' : looked === 0 ? 'skipped' : 'passed';
      const findings = all.slice(0, MOST_FINDINGS);
      const more = all.length - findings.length;
      const told =
        more > 0 ? `${more} findings more of this kind.` : empty && !failed ? 'Nothing was looked at.' : note;
      return { check, title: CHECKS[check], outcome, looked, findings, note: told };
    });
  }

  #note(finding: ProveFinding): void {
    const key = `${finding.check} ${finding.where} ${finding.sentence}`;
    const known = this.#findings.get(key);
    if (known === undefined) this.#findings.set(key, finding);
    else known.times += 1;
  }
}
