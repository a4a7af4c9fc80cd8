/**
 * What the practice gives to parents, guardians and carers, worked out from when the patient was born. Pure.
 *
 * What parents hold of a child is two grants from the first day: one of what is sensitive, which ends at the
 * age that the practice sets, and one of everything else, which ends when the child is of age. So nothing has
 * to happen on a birthday for access to end, and no work that is late leaves it open.
 */
import { PosternError } from '../../base/errors.ts';
import type { AccountId, ChartId } from '../../base/ids.ts';
import { maskOf, type SectionMask } from '../../base/section.ts';
import type { FamilyRole, GrantTerms, PracticeSettings } from '../../gate/index.ts';
import { birthdayOf } from './ages.ts';

export type Ages = Pick<PracticeSettings, 'sensitiveAge' | 'majorityAge' | 'timeZone'>;

export interface FamilyAsked {
  readonly role: FamilyRole;
  readonly accountId: AccountId;
  readonly chartId: ChartId;
  /** Null for what the role gives where nothing is said. */
  readonly sections: SectionMask | null;
  readonly until: Date | null;
}

/** When what is held of a child is narrowed, and when it ends. */
export interface GrowingUp {
  readonly sensitiveEnds: Date;
  readonly ends: Date;
}

const SENSITIVE = maskOf('sensitive');
const OPEN = maskOf('administrative', 'clinical', 'financial', 'practice');

/** Null where it is not known when somebody was born. */
export function growingUp(birthDate: string | null, ages: Ages): GrowingUp | null {
  if (birthDate === null) return null;
  const sensitiveEnds = birthdayOf(birthDate, ages.sensitiveAge, ages.timeZone);
  const ends = birthdayOf(birthDate, ages.majorityAge, ages.timeZone);
  return sensitiveEnds === null || ends === null ? null : { sensitiveEnds, ends };
}

/**
 * The grants of what is asked. Throws `not-processable` where the patient is of age, or when they were born
 * is not known, and a parent is to be registered; and where there must be an end and none is named.
 */
export function familyTerms(
  asked: FamilyAsked,
  birthDate: string | null,
  ages: Ages,
  now: Date,
): GrantTerms[] {
  const grown = growingUp(birthDate, ages);
  const isChild = grown !== null && now < grown.ends;
  if (asked.role === 'parent' && !isChild) {
    const why =
      grown === null ? 'The record does not say when the patient was born' : 'The patient is of age';
    throw new PosternError('not-processable', `${why}, so nobody is registered as a parent.`);
  }
  const { role, until } = asked;
  if (until !== null && until <= now) throw new PosternError('invalid', 'The end is over already.');
  if (!isChild && until === null) {
    throw new PosternError('not-processable', 'Name the day on which it ends.');
  }
  const wanted = sectionsOf(asked);
  const narrowing = isChild && role !== 'carer' ? grown : null;
  const terms = (sections: SectionMask, endsAt: Date | null): GrantTerms[] => {
    const { accountId, chartId } = asked;
    if ((sections & ~maskOf('practice')) === 0 || (endsAt !== null && endsAt <= now)) return [];
    return [{ accountId, role, chartId, sections, startsAt: now, endsAt }];
  };
  const ends = earliest(until, isChild ? grown.ends : null);
  return [
    ...terms(wanted & ~SENSITIVE, ends),
    ...terms(wanted & SENSITIVE, earliest(ends, narrowing?.sensitiveEnds ?? null)),
  ];
}

function sectionsOf({ role, sections }: FamilyAsked): SectionMask {
  const most = role === 'carer' ? OPEN : OPEN | SENSITIVE;
  if (sections !== null) return (sections | maskOf('practice')) & most;
  return role === 'parent' ? most : OPEN;
}

/** Of ends, null being none. */
export function earliest(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}
