/** Staff: who works in a practice and as what; roles given, changed and ended; somebody leaving. */
import { notFound, PosternError } from '../../base/errors.ts';
import type { AccountId, GrantId } from '../../base/ids.ts';
import {
  administers,
  type GrantLine,
  isAtHome,
  isRole,
  isStanding,
  type RoleName,
  roleOf,
  type Visit,
} from '../../gate/index.ts';
import { assertInPerson } from './family.ts';
import type { FamilyParts } from './family-parts.ts';

export interface RoleAsked {
  readonly role: string;
  readonly until: Date | null;
  /** A grant of theirs that ends with this. */
  readonly instead: GrantId | null;
}

export class Staff {
  readonly #parts: FamilyParts;

  constructor(parts: FamilyParts) {
    this.#parts = parts;
  }

  /** Who holds a role throughout the practice. Authority: `administer`; not-found without. */
  async list(visit: Visit): Promise<object> {
    assertAdministers(visit);
    const { gate } = this.#parts;
    const standing = this.#standing(await gate.grants.ofPractice(visit));
    const roles = standing.filter(({ chartId }) => chartId === null);
    await gate.reviews.noteShown(visit, roles);
    const people = [];
    for (const accountId of new Set(roles.map((grant) => grant.accountId))) {
      const account = await gate.accounts.describeAccount(accountId);
      people.push({
        account: accountId,
        name: account?.name ?? null,
        email: account?.email ?? null,
        disabled: account?.disabled ?? false,
        you: accountId === visit.scope.accountId,
        roles: roles.filter((grant) => grant.accountId === accountId).map(roleTold),
        atHome: standing.some((grant) => grant.accountId === accountId && isAtHome(grant.role)),
      });
    }
    const byName = people.sort((one, other) => ((one.name ?? '') < (other.name ?? '') ? -1 : 1));
    return { people: byName };
  }

  /**
   * Gives somebody who is known here a role, in place of one that they hold where that is said. Authority:
   * `administer`, and a touch. Throws not-found for who was never here, `invalid` for no role of the staff,
   * `conflict` for one that they hold already, and where no owner would be left.
   */
  async give(visit: Visit, accountId: AccountId, { role, until, instead }: RoleAsked): Promise<GrantId> {
    assertAdministers(visit);
    const { gate, clock } = this.#parts;
    const held = await gate.grants.ofAccount(visit, accountId);
    if (held.length === 0) throw notFound();
    await gate.assertFresh(visit);
    const startsAt = clock.now();
    if (!isStaffRole(role)) throw new PosternError('invalid', 'There is no such role of the staff.');
    if (until !== null && until <= startsAt) throw new PosternError('invalid', 'The end is over already.');
    const standing = this.#standing(held);
    const replaced = standing.find(({ grantId, chartId }) => grantId === instead && chartId === null);
    if (instead !== null && replaced === undefined) throw notFound();
    if (standing.some((grant) => grant.role === role && grant !== replaced)) {
      throw new PosternError('conflict', 'They hold that role already.');
    }
    const terms = { accountId, role, chartId: null, sections: null, startsAt, endsAt: until, reason: null };
    const ending = replaced === undefined ? [] : [replaced.grantId];
    const [given] = await gate.grants.change(visit, { ending, giving: [terms] });
    return given!;
  }

  /** Ends a role. Authority: `administer`, and a touch. Throws not-found, `conflict` for the last owner. */
  async end(visit: Visit, accountId: AccountId, grantId: GrantId): Promise<void> {
    assertAdministers(visit);
    const { gate } = this.#parts;
    const held = this.#standing(await gate.grants.ofAccount(visit, accountId));
    if (!held.some((grant) => grant.grantId === grantId && grant.chartId === null)) throw notFound();
    await gate.assertFresh(visit);
    await gate.grants.change(visit, { ending: [grantId], giving: [] });
  }

  /** As `gate.leave`, with a touch. */
  async leave(visit: Visit, accountId: AccountId, keepOwnRecord: boolean): Promise<void> {
    assertAdministers(visit);
    const { gate } = this.#parts;
    const held = this.#standing(await gate.grants.ofAccount(visit, accountId));
    if (!held.some(({ chartId }) => chartId === null)) throw notFound();
    await gate.assertFresh(visit);
    await gate.leave(visit, accountId, keepOwnRecord);
  }

  #standing(grants: readonly GrantLine[]): GrantLine[] {
    const now = this.#parts.clock.now();
    return grants.filter((grant) => isStanding(grant, now));
  }
}

/** Roles throughout the practice that an owner gives. */
function isStaffRole(role: string): role is RoleName {
  return isRole(role) && roleOf(role).spans === 'practice';
}

function roleTold({ grantId, role, startsAt, endsAt }: GrantLine): object {
  return { id: grantId, role, since: startsAt, until: endsAt };
}

function assertAdministers(visit: Visit): void {
  assertInPerson(visit);
  if (!administers(visit.scope)) throw notFound();
}
