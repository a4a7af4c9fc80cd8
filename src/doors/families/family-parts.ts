/** What families and staff are kept with. */
import type { Clock } from '../../base/clock.ts';
import type { ChartId } from '../../base/ids.ts';
import type { Gate, Visit } from '../../gate/index.ts';
import type { Post } from '../../post/index.ts';
import type { Tickets } from '../signing-in/tickets.ts';

/** Looks up when patients were born. Each look is a line in the access log. */
export interface BirthDates {
  /**
   * As their records say it, null where they do not; of those whose record was changed since then, where a
   * time is given. Charts that are not there, or not open to the visit, are left out.
   */
  of(
    visit: Visit,
    charts: readonly ChartId[],
    changedSince: Date | null,
  ): Promise<ReadonlyMap<ChartId, string | null>>;
}

export interface FamilyParts {
  readonly gate: Gate;
  readonly clock: Clock;
  readonly birthDates: BirthDates;
}

/** What sharing a record needs besides. */
export interface SharingParts extends FamilyParts {
  readonly post: Pick<Post, 'enqueue'>;
  readonly tickets: Tickets;
  /** The address people use, without a slash at its end. */
  readonly publicUrl: string;
}
