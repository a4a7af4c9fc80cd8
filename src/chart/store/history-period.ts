/** Which part of a history is asked for (https://hl7.org/fhir/R4/http.html#history). */
import { PosternError } from '../../base/errors.ts';
import { rangeOfDate } from '../search/date-range.ts';

/** As they were sent; null where they were not. */
export interface HistoryPeriod {
  /** Versions made at or after it. */
  readonly since?: string | null;
  /** Versions that stood at some time in it. */
  readonly at?: string | null;
}

export interface PeriodBounds {
  /** First moment at which a version may have been made. */
  readonly since: Date | null;
  /** Last moment at which it may have been made, and the first at which its successor may have been. */
  readonly at: { readonly from: Date; readonly to: Date } | null;
}

/** Throws `invalid` for what is no date. */
export function boundsOfPeriod({ since = null, at = null }: HistoryPeriod): PeriodBounds {
  const period = at === null ? null : dated('_at', at);
  return {
    since: since === null ? null : dated('_since', since).from,
    at: period,
  };
}

function dated(name: string, text: string): { from: Date; to: Date } {
  // A plus sign that nobody escaped arrives as a space.
  const range = rangeOfDate(text.replace(' ', '+'));
  if (range === null) throw new PosternError('invalid', `${name} takes a date, as in 2026-01-31T08:00:00Z.`);
  return { from: new Date(range.low), to: new Date(range.high) };
}

/**
 * The condition that a version `r` of that table stood within `_at`: made before its end, and not followed
 * before its beginning. `from` and `to` are parameters of the statement.
 */
export function stoodWithin(table: 'resource' | 'resource_version', from: string, to: string): string {
  const made = `r.updated_at <= ${to}`;
  if (table === 'resource') return made;
  const followed = (next: string) => `not exists (
        select from postern.${next} n
        where n.practice_id = r.practice_id
          and n.id = r.id
          and n.version = r.version + 1
          and n.updated_at <= ${from})`;
  return `${made} and ${followed('resource')} and ${followed('resource_version')}`;
}
