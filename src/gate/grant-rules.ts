/** Who may give, end and review which grants. Pure: what a scope allows goes in, an answer comes out. */
import { PosternError } from '../base/errors.ts';
import type { AccountId, ChartId, GrantId } from '../base/ids.ts';
import { ACTIONS, maskOf, type SectionMask } from '../base/section.ts';
import {
  allowedSections,
  isAtHome,
  isFamilyRole,
  isRole,
  type Role,
  type RoleName,
  roleOf,
} from './roles.ts';
import type { Scope } from './scope.ts';

/** What a grant says of who, what and when. */
export interface GrantTerms {
  readonly accountId: AccountId;
  readonly role: RoleName;
  /** The chart of a role that spans one; null for staff. */
  readonly chartId: ChartId | null;
  /** Narrows the role's sections; null: what the role gives by default. */
  readonly sections: SectionMask | null;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
}

/** As much of a grant that stands as the rules want to know. */
export interface StandingGrant {
  readonly grantId: GrantId;
  readonly role: string;
  readonly chartId: ChartId | null;
  readonly sections: SectionMask;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  /** The giver's own grants that let him give it, where he needed any. */
  readonly givenUnder: readonly GrantId[];
  readonly endedAt: Date | null;
}

const PRACTICE = maskOf('practice');

/**
 * The sections a grant gives: those of its role, narrowed. Throws `invalid` for a grant that makes no
 * sense.
 */
export function checkTerms({ role, chartId, sections, startsAt, endsAt }: GrantTerms): SectionMask {
  const definition = isRole(role) ? roleOf(role) : null;
  if (definition === null) throw new PosternError('invalid', 'There is no such role.');
  if (definition.spans === 'chart' && chartId === null) {
    throw new PosternError('invalid', `The role ${role} needs a chart.`);
  }
  if (definition.spans === 'practice' && chartId !== null) {
    throw new PosternError('invalid', `The role ${role} has no single chart.`);
  }
  if (endsAt !== null && endsAt <= startsAt) {
    throw new PosternError('invalid', 'The grant would end before it starts.');
  }
  const own = ACTIONS.reduce((mask, action) => mask | allowedSections(definition, action), 0);
  const byDefault = definition.byDefault === undefined ? own : maskOf(...definition.byDefault);
  const given = own & (sections ?? byDefault);
  if (definition.spans === 'chart' && (given & ~PRACTICE) === 0) {
    throw new PosternError('invalid', 'The grant would open no section of the chart.');
  }
  return given;
}

/**
 * Any role to who administers; parents, guardians and carers to who keeps families; a proxy or client on
 * one's own chart to who may share all of what is given.
 */
export function mayGive(scope: Scope, { role, chartId }: GrantTerms, sections: SectionMask): boolean {
  if (role === 'break-glass') return false;
  return registers(scope, role) || (isDelegated(role) && sharesOwn(scope, chartId, sections));
}

/**
 * The giver's own grants under which this one is given: they let him share it and last as long as it does.
 * None for who administers; null where his would not last. Without this, a proxy for a week could make
 * himself another for ever.
 */
export function givenUnder(
  scope: Scope,
  own: readonly StandingGrant[],
  grant: GrantTerms,
  sections: SectionMask,
): GrantId[] | null {
  if (registers(scope, grant.role)) return [];
  const lasting = own.filter(
    ({ chartId, startsAt, endsAt, endedAt }) =>
      chartId === grant.chartId &&
      endedAt === null &&
      startsAt <= grant.startsAt &&
      (endsAt === null || (grant.endsAt !== null && endsAt >= grant.endsAt)),
  );
  const given = sections & ~PRACTICE;
  const shares = lasting.map(({ grantId, role, sections }) => {
    const shared = isRole(role) ? sections & allowedSections(roleOf(role), 'share') : 0;
    return { grantId, shared: shared & given };
  });
  // One that lets him share all of it, where there is one: the fewer it rests on, the fewer end it.
  const whole = shares.find(({ shared }) => shared === given);
  const under: GrantId[] = [];
  let left = given;
  for (const { grantId, shared } of whole === undefined ? shares : [whole]) {
    if ((shared & left) === 0) continue;
    under.push(grantId);
    left &= ~shared;
  }
  return left === 0 ? under : null;
}

/** A grant with all that were given under it, and under those. */
export function endingWith(first: GrantId, all: readonly StandingGrant[]): GrantId[] {
  const ending = new Set([first]);
  // What is added while it is walked is walked too.
  for (const ended of ending) {
    for (const { grantId, givenUnder, endedAt } of all) {
      if (endedAt === null && givenUnder.includes(ended)) ending.add(grantId);
    }
  }
  return [...ending];
}

/** One's own grants may be given up, by oneself and not by an app; otherwise as for giving. */
export function mayEnd(
  scope: Scope,
  grant: { accountId: AccountId; role: string; chartId: ChartId | null; sections: SectionMask },
): boolean {
  if (scope.app !== null) return false;
  if (registers(scope, grant.role) || grant.accountId === scope.accountId) return true;
  return isDelegated(grant.role) && sharesOwn(scope, grant.chartId, grant.sections);
}

export function mayReviewAccount(scope: Scope, accountId: AccountId): boolean {
  const own = accountId === scope.accountId && scope.app === null;
  return own || administers(scope) || scope.seesLines;
}

/** Who reaches a chart is for whoever shares it, administers, keeps families, or sees lines. */
export function mayReviewChart(scope: Scope, chartId: ChartId): boolean {
  return (
    scope.reachable('share').pairs.has(chartId) ||
    administers(scope) ||
    keepsFamilies(scope) ||
    scope.seesLines
  );
}

/** Registers who acts for patients: at the desk, and not by an app. */
export function keepsFamilies(scope: Scope): boolean {
  return scope.client === null && scope.roles.some((role) => roleOf(role).keepsFamilies === true);
}

/** Whoever administers invites to any role; who registers patients, those and whoever acts for them. */
export function mayInvite(scope: Scope, role: RoleName): boolean {
  if (scope.client !== null || role === 'break-glass' || role === 'client') return false;
  return administers(scope) || (isAtHome(role) && keepsFamilies(scope));
}

/**
 * Of the inviter's own grants the one that lets him invite to that role, and lasts longest; none for a job.
 * An invitation that somebody comes by later is worth as much as that is then.
 */
export function invitesBy(scope: Scope, role: RoleName, own: readonly StandingGrant[]): GrantId[] {
  if (scope.system) return [];
  const lasts = ({ endsAt }: StandingGrant) => endsAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const fit = own
    .filter((grant) => isRole(grant.role) && letsInvite(roleOf(grant.role), role))
    .sort((one, other) => lasts(other) - lasts(one));
  return fit.slice(0, 1).map(({ grantId }) => grantId);
}

function letsInvite(held: Role, role: RoleName): boolean {
  return allowedSections(held, 'administer') !== 0 || (isAtHome(role) && held.keepsFamilies === true);
}

/** A clinician, not an app of theirs, who cares for the patient already, and to whom a section is closed. */
export function mayBreakGlass(scope: Scope, chartId: ChartId): boolean {
  const clinician = scope.roles.some((role) => roleOf(role).clinician === true);
  return clinician && scope.app === null && scope.allows('read', 'clinical', chartId, null);
}

export function administers(scope: Scope): boolean {
  return scope.allows('administer', 'practice', null, null);
}

/** Gives and ends grants of that role by office, and not because of a record of one's own. */
function registers(scope: Scope, role: string): boolean {
  return administers(scope) || (isFamilyRole(role) && keepsFamilies(scope));
}

function isDelegated(role: string): boolean {
  return role === 'proxy' || role === 'client';
}

/**
 * Whether the chart is one's own to share, in all those sections: by a grant on that chart. What a
 * clinician may share of every chart gives nobody a standing of their own.
 */
function sharesOwn(scope: Scope, chartId: ChartId | null, sections: SectionMask): boolean {
  if (chartId === null) return false;
  const shared = scope.reachable('share').pairs.get(chartId) ?? 0;
  const given = sections & ~PRACTICE;
  return given !== 0 && (given & ~shared) === 0;
}
