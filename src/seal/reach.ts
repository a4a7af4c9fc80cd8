/** What the key ring asks before it unwraps anything; the gate's Scope is the one that answers. */
import type { AccountId, ChartId, PracticeId } from '../base/ids.ts';
import type { Action, Section } from '../base/section.ts';

export interface Reach {
  /** The one practice it lies in. */
  readonly practiceId: PracticeId;
  /**
   * Whether the action is allowed now. `chartId` is `null` for what belongs to the practice; `author` is
   * given for psychotherapy notes only, since it is authentic there alone; `type` is `null` for what a key
   * is for, of whatever type. Answers `false` or throws once the session has ended.
   */
  allows(
    action: Action,
    section: Section,
    chartId: ChartId | null,
    author: AccountId | null,
    type: string | null,
  ): boolean;
}
