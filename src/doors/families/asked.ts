/** What requests about families and staff say. Each function throws `invalid` for what cannot be. */
import { notFound, PosternError } from '../../base/errors.ts';
import { type AccountId, type ChartId, type GrantId, parseId } from '../../base/ids.ts';
import { maskOf, type Section, type SectionMask } from '../../base/section.ts';
import type { Asked } from '../json-exchange.ts';

const GIVEN: readonly Section[] = ['administrative', 'clinical', 'financial', 'sensitive'];

/** An id in an address or a body; one that is none is one that is not there. */
export function idIn<Id extends AccountId | ChartId | GrantId>(value: unknown): Id {
  const id = typeof value === 'string' ? parseId<Id>(value) : null;
  if (id === null) throw notFound();
  return id;
}

/** Null where nothing is said of them. */
export function sectionsIn({ sections }: Asked): SectionMask | null {
  if (sections === undefined || sections === null) return null;
  const named = Array.isArray(sections) && sections.every((each) => GIVEN.includes(each as Section));
  if (!named || sections.length === 0) {
    throw new PosternError('invalid', `sections must be some of ${GIVEN.join(', ')}.`);
  }
  return maskOf(...(sections as Section[]), 'practice');
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** Null where there is to be no end. */
export function untilIn({ until }: Asked): Date | null {
  if (until === undefined || until === null) return null;
  const at = typeof until === 'string' && INSTANT.test(until) ? new Date(until) : null;
  if (at === null || Number.isNaN(at.getTime()) || at.getUTCFullYear() > 2200) {
    throw new PosternError('invalid', 'until must be a time as in 2030-12-31T00:00:00Z.');
  }
  return at;
}
