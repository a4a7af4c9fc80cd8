/** Reviews: who can reach what, since when, and when they last did. No chart is opened for it. */
import { notFound } from '../../base/errors.ts';
import { maskOf, sectionsIn } from '../../base/section.ts';
import { administers, type GrantLine, isFamilyRole, isStanding, type Visit } from '../../gate/index.ts';
import { assertInPerson } from './family.ts';
import type { FamilyParts } from './family-parts.ts';

/** Which grants: of whom. */
export const REVIEWED = {
  staff: ({ chartId }: GrantLine) => chartId === null,
  family: ({ role }: GrantLine) => role === 'proxy' || isFamilyRole(role),
  patients: ({ role }: GrantLine) => role === 'patient',
  apps: ({ role }: GrantLine) => role === 'client',
  glass: ({ role }: GrantLine) => role === 'break-glass',
} as const satisfies Readonly<Record<string, (grant: GrantLine) => boolean>>;

export type Reviewed = keyof typeof REVIEWED;

const PAGE = 100;

/**
 * Grants that stand, the oldest first, by pages. Authority: seeing lines, or `administer`, who is not told
 * when anything was last used: that is in the lines. Throws not-found.
 */
export async function reviewGrants(
  { gate, clock }: FamilyParts,
  visit: Visit,
  of: Reviewed,
  after: string | null,
): Promise<object> {
  assertInPerson(visit);
  if (!visit.scope.seesLines && !administers(visit.scope)) throw notFound();
  const now = clock.now();
  const all = await gate.grants.ofPractice(visit);
  const standing = all.filter((grant) => isStanding(grant, now));
  const wanted = standing.filter(REVIEWED[of]);
  const start = after === null ? 0 : wanted.findIndex(({ grantId }) => grantId === after) + 1;
  const page = wanted.slice(start, start + PAGE);
  await gate.reviews.noteShown(visit, page);
  const lastUsed = await gate.reviews.lastUsed(visit, page);
  const names = new Map<string, string | null>();
  const nameOf = async (accountId: GrantLine['accountId']) => {
    if (!names.has(accountId)) {
      names.set(accountId, (await gate.accounts.describeAccount(accountId))?.name ?? null);
    }
    return names.get(accountId)!;
  };
  const grants = [];
  for (const [at, grant] of page.entries()) {
    const { grantId, accountId, role, chartId, sections, startsAt, endsAt, grantedBy } = grant;
    grants.push({
      id: grantId,
      account: accountId,
      name: await nameOf(accountId),
      role,
      chart: chartId,
      sections: sectionsIn(chartId === null ? sections : sections & ~maskOf('practice')),
      since: startsAt,
      until: endsAt,
      givenBy: await nameOf(grantedBy),
      lastUsed: lastUsed[at] ?? null,
    });
  }
  const counts = Object.entries(REVIEWED).map(([name, is]) => [name, standing.filter(is).length]);
  const next = start + PAGE < wanted.length ? page.at(-1)!.grantId : null;
  return { counts: Object.fromEntries(counts), grants, next, tellsLastUse: visit.scope.seesLines };
}
