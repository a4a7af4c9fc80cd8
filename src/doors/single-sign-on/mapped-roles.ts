/** Roles that a provider gives and takes: at each sign-in they become what it says; those given here stay. */
import { PosternError } from '../../base/errors.ts';
import type { AccountId, PracticeId } from '../../base/ids.ts';
import { isStanding, type RoleName } from '../../gate/index.ts';
import type { DoorParts } from '../parts.ts';
import type { Identities, Identity } from './identities.ts';

/** Attempts where others change the same at the same time. */
const ROUNDS = 4;

/**
 * Gives and ends roles as the provider says. What it is about to give is noted first, so that whatever
 * happens in between, what came from the provider ends with its word. Throws `unavailable` where others keep
 * changing it.
 */
export async function followProvider(
  { gate, clock }: DoorParts,
  identities: Identities,
  found: Identity,
  said: readonly RoleName[],
): Promise<void> {
  const { practiceId, accountId } = found;
  await gate.asJob(practiceId, 'system-setup', 'single-sign-on', async (visit) => {
    let identity: Identity | null = found;
    for (let round = 0; round < ROUNDS; round += 1) {
      identity ??= await identities.find(found);
      if (identity === null) return;
      const { mapped } = identity;
      const now = clock.now();
      const grants = await gate.grants.ofAccount(visit, accountId);
      const standing = grants.filter((each) => each.chartId === null && isStanding(each, now));
      // Whoever gave a role here by hand has not asked the provider, which does not take it either.
      const byJob = standing.filter(({ grantedBy }) => grantedBy === visit.scope.accountId);
      const ending = byJob.filter(({ role }) => isIn(mapped, role) && !isIn(said, role));
      const giving = said.filter((role) => !standing.some((grant) => grant.role === role));
      const kept = said.filter((role) => isIn(mapped, role) || giving.includes(role));
      if (giving.length === 0 && ending.length === 0 && sameRoles(kept, mapped)) return;
      const noted: Identity | null = await identities.noteMapped(identity, [
        ...new Set([...mapped, ...kept]),
      ]);
      identity = noted;
      if (noted === null) continue;
      await gate.grants.change(visit, {
        ending: ending.map(({ grantId }) => grantId),
        giving: giving.map((role) => ({
          accountId,
          role,
          chartId: null,
          sections: null,
          startsAt: now,
          endsAt: null,
          reason: 'single sign-on',
        })),
      });
      await identities.noteMapped(noted, kept);
      return;
    }
    throw new PosternError('unavailable', 'Your roles are being changed. Try again.');
  });
}

/** Ends the roles that a provider gave, in the name of which it gave them; those given here by hand stay. */
export async function endProviderRoles(
  { gate, clock }: DoorParts,
  practiceId: PracticeId,
  accountId: AccountId,
  mapped: readonly RoleName[],
): Promise<void> {
  if (mapped.length === 0) return;
  await gate.asJob(practiceId, 'system-setup', 'single-sign-on', async (visit) => {
    const now = clock.now();
    const grants = await gate.grants.ofAccount(visit, accountId);
    const ending = grants.filter(
      (each) =>
        each.chartId === null &&
        isStanding(each, now) &&
        each.grantedBy === visit.scope.accountId &&
        isIn(mapped, each.role),
    );
    if (ending.length === 0) return;
    await gate.grants.change(visit, { ending: ending.map(({ grantId }) => grantId), giving: [] });
  });
}

function isIn(roles: readonly RoleName[], role: string): boolean {
  return roles.some((each) => each === role);
}

function sameRoles(one: readonly RoleName[], other: readonly RoleName[]): boolean {
  return one.length === other.length && one.every((role) => other.includes(role));
}
