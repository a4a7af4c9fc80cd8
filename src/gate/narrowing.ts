/**
 * What the scopes of an app leave of what its person reaches. Several for one type add up; a record is within
 * them where one scope alone has it all: level, type, interaction, parameters. Pure: the keys for row
 * policies, and the answers that the key ring and the store ask for, are worked out here from the same list.
 *
 * `patient/` is about the chart in context, and lets what the practice owns (its people, places, medicines)
 * be read beside it, never written. `user/` and `system/` are about all that the session reaches.
 */
import type { ChartId, PracticeId } from '../base/ids.ts';
import type { Action } from '../base/section.ts';
import { type AppScope, type Interaction, readGranted } from './app-scope.ts';
import type { Narrowing } from './session-terms.ts';

/** Whatever needs a record to be looked at: to change one it must be found, and tested before and after. */
export const SEEING: readonly Interaction[] = ['r', 's', 'u', 'd'];
export const WRITING: readonly Interaction[] = ['c', 'u', 'd'];

/** Granted by name, the app sees the sensitive section too; as a proxy, it does not without. */
export const SENSITIVE_SCOPE = '__sensitive';

export class AppReach {
  /** The chart in context; null where there is none, and `patient/` scopes give nothing. */
  readonly patient: ChartId | null;
  readonly scopes: readonly AppScope[];
  readonly sensitive: boolean;

  constructor({ scope, patient }: Narrowing) {
    const { records, others } = readGranted(scope);
    this.patient = patient;
    this.scopes = Object.freeze([...records]);
    // What a backend has by its grants, the operator gave it by name.
    const isBackend = records.length > 0 && records.every(({ level }) => level === 'system');
    this.sensitive = isBackend || others.includes(SENSITIVE_SCOPE);
    Object.freeze(this);
  }

  /**
   * The scopes by any of which the app may do one of these to records of a type there; `chartId` is null for
   * what the practice owns.
   */
  covering(interactions: readonly Interaction[], type: string, chartId: ChartId | null): readonly AppScope[] {
    return this.scopes.filter(
      (scope) =>
        (scope.type === '*' || scope.type === type) &&
        interactions.some((one) => scope.interactions.has(one) && this.#isThere(scope, one, chartId)),
    );
  }

  /** Whether any scope lets the app do that to records of the type there, whatever they hold. */
  covers(interaction: Interaction, type: string, chartId: ChartId | null): boolean {
    return this.covering([interaction], type, chartId).length > 0;
  }

  /** Whether the app may read or find any record of the type there. */
  sees(type: string, chartId: ChartId | null): boolean {
    return this.covering(['r', 's'], type, chartId).length > 0;
  }

  /** As the key ring asks: `read` and `open` of what may be looked at, `write` of what may be sealed. */
  allows(action: Action, type: string, chartId: ChartId | null): boolean {
    if (action === 'share' || action === 'administer') return false;
    return this.covering(action === 'write' ? WRITING : SEEING, type, chartId).length > 0;
  }

  /** Whether what the app may do to records of the type depends on what they hold. */
  testsContent(type: string): boolean {
    return this.scopes.some((scope) => scope.parameters.length > 0 && ['*', type].includes(scope.type));
  }

  #isThere({ level }: AppScope, interaction: Interaction, chartId: ChartId | null): boolean {
    if (level !== 'patient') return true;
    if (this.patient === null) return false;
    return chartId === null ? READING.has(interaction) : chartId === this.patient;
  }
}

const READING: ReadonlySet<Interaction> = new Set(['r', 's']);

/**
 * The types of a reach, in the forms that 0022-narrowing.sql names: KIND/OWNER/TYPE, where the owner is a
 * chart, the practice, or `*` for all in reach. Sorted, so that it is always the same.
 */
export function typeKeys(practiceId: PracticeId, app: AppReach): string[] {
  const keys = new Set<string>();
  for (const { level, type, interactions } of app.scopes) {
    for (const [kind, letters] of KINDS) {
      const has = (among: readonly Interaction[]) => among.some((letter) => interactions.has(letter));
      if (!has(letters)) continue;
      if (level !== 'patient') keys.add(`${kind}/*/${type}`);
      else if (app.patient !== null) {
        keys.add(`${kind}/${app.patient}/${type}`);
        if (kind === 'v' && has([...READING])) keys.add(`${kind}/${practiceId}/${type}`);
      }
    }
  }
  return [...keys].sort();
}

/** see, create, update, delete, edit (either of those two), and index (any that writes). */
const KINDS: readonly (readonly [string, readonly Interaction[]])[] = [
  ['v', SEEING],
  ['c', ['c']],
  ['u', ['u']],
  ['d', ['d']],
  ['e', ['u', 'd']],
  ['i', WRITING],
];
