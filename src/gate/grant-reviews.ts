/** Looking at grants as those do who keep them: which belong together, who works here, who used what when. */
import { notFound } from '../base/errors.ts';
import type { AccountId, GrantId } from '../base/ids.ts';
import { appendLine, lastSeen, type Watched } from '../ledger/index.ts';
import { type GrantLine, grantsLine, isStanding, listGrants } from './grant-rows.ts';
import { administers, keepsFamilies, mayEnd } from './grant-rules.ts';
import type { Grants, GrantsParts } from './grants.ts';
import { isAtHome, isFamilyRole } from './roles.ts';
import type { Visit } from './scope.ts';

export class GrantReviews {
  readonly #parts: Pick<GrantsParts, 'clock'>;
  readonly #grants: Grants;

  constructor(parts: Pick<GrantsParts, 'clock'>, grants: Grants) {
    this.#parts = parts;
    this.#grants = grants;
  }

  /**
   * The grant with those that were given with it: the same holder, chart, role and giver. What parents hold
   * is several, since each part of it ends at its own age. Throws not-found where it does not stand or is not
   * the visit's to end.
   */
  async tieOf(visit: Visit, grantId: GrantId): Promise<GrantLine[]> {
    return this.#grants.within(visit, async (tx, { scope }) => {
      const all = await listGrants(tx, scope, null, null);
      const now = this.#parts.clock.now();
      const one = all.find((grant) => grant.grantId === grantId);
      if (one === undefined || !isStanding(one, now) || !mayEnd(scope, one)) throw notFound();
      return all.filter((grant) => isStanding(grant, now) && tieKey(grant) === tieKey(one));
    });
  }

  /** Whether an account holds a role of the staff now. Authority: keeping families, or `administer`. */
  async worksHere(visit: Visit, accountId: AccountId): Promise<boolean> {
    return this.#grants.within(visit, async (tx, { scope }) => {
      if (!keepsFamilies(scope) && !administers(scope)) throw notFound();
      const held = await listGrants(tx, scope, accountId, null);
      const now = this.#parts.clock.now();
      return held.some((grant) => isStanding(grant, now) && !isAtHome(grant.role));
    });
  }

  /** When each last did something, in their order. Authority: seeing lines; to others it is always null. */
  async lastUsed(visit: Visit, watched: readonly Watched[]): Promise<(Date | null)[]> {
    return this.#grants.within(visit, (tx, { scope }) => lastSeen(tx as never, scope.practiceId, watched));
  }

  /** Notes that names behind grants are shown: the line stands before they are. */
  async noteShown(visit: Visit, shown: readonly GrantLine[]): Promise<void> {
    await this.#grants.within(visit, (tx, current) =>
      appendLine(tx as never, grantsLine(current, 'list-grants', shown)),
    );
  }
}

/** What grants that are one to people have in common; what the practice registers, whoever did it. */
export function tieKey({ accountId, chartId, role, grantedBy }: GrantLine): string {
  return [accountId, chartId, role, isFamilyRole(role) ? '' : grantedBy].join('/');
}
