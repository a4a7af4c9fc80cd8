/**
 * FHIR dates as ranges of instants, https://hl7.org/fhir/R4/search.html#date. Every date covers the time that
 * its precision leaves open: `2020` is from the first to the last millisecond of that year. A date without a
 * time zone is taken in UTC, on both sides of a comparison.
 */
import { isObject } from '../fhir-resource.ts';

/** Both ends belong to the range; milliseconds since 1970. */
export interface DateRange {
  readonly low: number;
  readonly high: number;
}

/** Where a Period has no start or no end: before and after anything that a record can name. */
export const OPEN_LOW = Date.parse('0001-01-01T00:00:00.000Z');
export const OPEN_HIGH = Date.parse('9999-12-31T23:59:59.999Z');

const DATE_TIME =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;

/**
 * Milliseconds that a date of two to six parts leaves open; year and month are worked out from the calendar.
 */
const OPEN_TIME = { 3: 86_400_000, 5: 60_000, 6: 1000 } as const;

/** The range of a date, dateTime or instant; null where the text is none or names no day of the calendar. */
export function rangeOfDate(text: string): DateRange | null {
  const match = DATE_TIME.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  if (!isCalendarDay(Number(year), Number(month ?? 1), Number(day ?? 1))) return null;
  if (Number(hour ?? 0) > 24 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 60) return null;
  if (month === undefined) return between(utc(Number(year), 0), utc(Number(year) + 1, 0));
  if (day === undefined)
    return between(utc(Number(year), Number(month) - 1), utc(Number(year), Number(month)));
  const millisecond = Number((fraction ?? '').slice(0, 3).padEnd(3, '0'));
  const start =
    utc(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour ?? 0),
      Number(minute ?? 0),
      Number(second ?? 0),
    ) +
    millisecond -
    offsetOf(zone);
  const parts = hour === undefined ? 3 : second === undefined ? 5 : 6;
  const open = fraction === undefined ? OPEN_TIME[parts] : 10 ** Math.max(0, 3 - fraction.length);
  return between(start, start + open);
}

/** How precisely a date is written; birth dates are indexed by it. */
export function precisionOf(text: string): 'year' | 'month' | 'day' | 'time' | null {
  if (rangeOfDate(text) === null) return null;
  return ({ 4: 'year', 7: 'month', 10: 'day' } as const)[text.length] ?? 'time';
}

/** The range of a date, a Period or a Timing (whose outer limits count); null for anything else. */
export function rangeOf(value: unknown): DateRange | null {
  if (typeof value === 'string') return rangeOfDate(value);
  if (!isObject(value)) return null;
  if (value.start !== undefined || value.end !== undefined) return rangeOfPeriod(value.start, value.end);
  const repeat = isObject(value.repeat) ? value.repeat.boundsPeriod : undefined;
  const ranges = (Array.isArray(value.event) ? value.event : []).map(rangeOf);
  if (isObject(repeat)) ranges.push(rangeOfPeriod(repeat.start, repeat.end));
  return ranges.reduce(hull, null);
}

function rangeOfPeriod(start: unknown, end: unknown): DateRange | null {
  const low = typeof start === 'string' ? rangeOfDate(start) : null;
  const high = typeof end === 'string' ? rangeOfDate(end) : null;
  if (low === null && high === null) return null;
  return { low: low?.low ?? OPEN_LOW, high: high?.high ?? OPEN_HIGH };
}

function hull(a: DateRange | null, b: DateRange | null): DateRange | null {
  if (a === null || b === null) return a ?? b;
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

function between(start: number, next: number): DateRange {
  return { low: withinYears(start), high: withinYears(next - 1) };
}

/** The instant, or the first or last that a record can name: a time zone may lead beyond. */
export function withinYears(instant: number): number {
  return Math.min(Math.max(instant, OPEN_LOW), OPEN_HIGH);
}

/** `Date.UTC` takes years below 100 for the twentieth century; this does not. */
function utc(year: number, month: number, day = 1, hour = 0, minute = 0, second = 0): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime();
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
