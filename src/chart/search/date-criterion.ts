/**
 * Date criteria: prefix and date of a search value, the exact rule of R4 for it, and bounds that an index can
 * answer. The bounds never leave out what the rule takes in; they may take in more, since every hit is
 * checked.
 */
import { PosternError } from '../../base/errors.ts';
import { type DateRange, rangeOfDate, withinYears } from './date-range.ts';

export const PREFIXES = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const;
export type Prefix = (typeof PREFIXES)[number];

export interface DateCriterion {
  readonly prefix: Prefix;
  readonly range: DateRange;
}

/** Conditions on the two ends of an indexed range, both inclusive; an absent one asks nothing. */
export interface DateBounds {
  readonly lowFrom?: Date;
  readonly lowTo?: Date;
  readonly highFrom?: Date;
  readonly highTo?: Date;
}

const WITH_PREFIX = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(\d.*)$/;

/** `now` is what `ap` measures nearness against. Throws `invalid`; the message names the parameter alone. */
export function parseDateCriterion(param: string, text: string, now: Date): DateCriterion {
  const match = WITH_PREFIX.exec(text);
  const range = match === null ? null : rangeOfDate(match[2]!);
  if (match === null || range === null) {
    throw new PosternError(
      'invalid',
      `${param} takes a date such as 2024, 2024-05 or 2024-05-17T10:00:00Z, after ${PREFIXES.join(' ')}.`,
    );
  }
  const prefix = (match[1] ?? 'eq') as Prefix;
  return { prefix, range: prefix === 'ap' ? widened(range, now) : range };
}

/** R4 suggests a tenth of the distance between now and the date. */
function widened(range: DateRange, now: Date): DateRange {
  const slack = Math.abs(now.getTime() - range.low) / 10;
  return { low: range.low - slack, high: range.high + slack };
}

/**
 * Whether the range of a resource's value meets the criterion, as R4 says it for each prefix. `ge` and `le`
 * take in what overlaps the date itself: a visit that began that day and went on past midnight is `le` that
 * day.
 */
export function meetsDate({ prefix, range }: DateCriterion, value: DateRange): boolean {
  const contains = value.low >= range.low && value.high <= range.high;
  switch (prefix) {
    case 'eq':
      return contains;
    case 'ne':
      return !contains;
    case 'gt':
      return value.high > range.high;
    case 'lt':
      return value.low < range.low;
    case 'ge':
      return value.high >= range.low;
    case 'le':
      return value.low <= range.high;
    case 'sa':
      return value.low > range.high;
    case 'eb':
      return value.high < range.low;
    case 'ap':
      return value.high >= range.low && value.low <= range.high;
  }
}

/** Null for `ne`, which no index answers. */
export function boundsOf({ prefix, range }: DateCriterion): DateBounds | null {
  const { low, high } = range;
  switch (prefix) {
    case 'eq':
      return { lowFrom: bound(low), lowTo: bound(high), highTo: bound(high) };
    case 'ne':
      return null;
    case 'gt':
      return { highFrom: bound(high + 1) };
    case 'lt':
      return { lowTo: bound(low - 1) };
    case 'ge':
      return { highFrom: bound(low) };
    case 'le':
      return { lowTo: bound(high) };
    case 'sa':
      return { lowFrom: bound(high + 1) };
    case 'eb':
      return { highTo: bound(low - 1) };
    case 'ap':
      return { lowTo: bound(Math.ceil(high)), highFrom: bound(Math.floor(low)) };
  }
}

/** Beyond the years that a record can name, PostgreSQL and we write dates differently. */
function bound(instant: number): Date {
  return new Date(withinYears(instant));
}
