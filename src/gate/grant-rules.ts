/** Who may give, end and review which grants. Pure: what a scope allows goes in, an answer comes out. */
import { PosternError } from '../base/errors.ts';
import type { AccountId, ChartId } from '../base/ids.ts';
import { ACTIONS, maskOf, type SectionMask } from '../base/section.ts';
import { allowedSections, isRole, type RoleName, roleOf } from './roles.ts';
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
  readonly role: string;
  readonly chartId: ChartId | null;
  readonly sections: SectionMask;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
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
 * Any role to who administers; a proxy or client on one's own chart to who may share all of what is given.
 */
export function mayGive(scope: Scope, { role, chartId }: GrantTerms, sections: SectionMask): boolean {
  if (role === 'break-glass') return false;
  return administers(scope) || (isDelegated(role) && sharesOwn(scope, chartId, sections));
}

/**
 * Whether what is given ends no later than the giver's own grants that let him share it; one who administers
 * is bound by none. Without this, a proxy for a week could make himself another for ever.
 */
export function endsWithOwn(
  scope: Scope,
  own: readonly StandingGrant[],
  grant: GrantTerms,
  sections: SectionMask,
): boolean {
  if (administers(scope)) return true;
  const lasting = own.filter(
    ({ chartId, startsAt, endsAt, endedAt }) =>
      chartId === grant.chartId &&
      endedAt === null &&
      startsAt <= grant.startsAt &&
      (endsAt === null || (grant.endsAt !== null && endsAt >= grant.endsAt)),
  );
  const shared = lasting.reduce((mask, { role, sections }) => {
    return isRole(role) ? mask | (sections & allowedSections(roleOf(role), 'share')) : mask;
  }, 0);
  return (sections & ~PRACTICE & ~shared) === 0;
}

/** One's own grants may be given up; otherwise as for giving. */
export function mayEnd(
  scope: Scope,
  grant: { accountId: AccountId; role: string; chartId: ChartId | null; sections: SectionMask },
): boolean {
  if (administers(scope) || grant.accountId === scope.accountId) return true;
  return isDelegated(grant.role) && sharesOwn(scope, grant.chartId, grant.sections);
}

export function mayReviewAccount(scope: Scope, accountId: AccountId): boolean {
  return accountId === scope.accountId || administers(scope) || scope.seesLines;
}

/** Who reaches a chart is for whoever shares it, administers, or sees lines. */
export function mayReviewChart(scope: Scope, chartId: ChartId): boolean {
  return scope.reachable('share').pairs.has(chartId) || administers(scope) || scope.seesLines;
}

/** A clinician who cares for the patient already, and to whom a section is closed. */
export function mayBreakGlass(scope: Scope, chartId: ChartId): boolean {
  const clinician = scope.roles.some((role) => roleOf(role).clinician === true);
  return clinician && scope.allows('read', 'clinical', chartId, null);
}

export function administers(scope: Scope): boolean {
  return scope.allows('administer', 'practice', null, null);
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
