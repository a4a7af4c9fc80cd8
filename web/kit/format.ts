/** Dates, numbers and ages as people of a language write them. */
import { useMemo } from 'react';
import type { Language } from './chosen.ts';
import { useLanguage } from './language.tsx';

/** A FHIR date or dateTime: a year, a month, a day, or an instant with its offset. */
const WHEN = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(T.+)?)?)?$/;

type Style = Intl.DateTimeFormatOptions;
const DAY: Style = { year: 'numeric', month: 'long', day: 'numeric' };
const MONTH: Style = { year: 'numeric', month: 'long' };
const SHORT_DAY: Style = { year: 'numeric', month: 'short', day: 'numeric' };

export class Format {
  readonly language: Language;

  constructor(language: Language) {
    this.language = language;
  }

  /**
   * A date as precisely as it is known, and no more: a year stays a year. A date without a time is the same
   * day everywhere. An instant that was written with an offset is told as the clock showed it there, which is
   * at the practice, wherever one looks from; one in UTC in the time of whoever looks. What is no date is
   * given back as it is.
   */
  date(when: string, style: Style = DAY, monthStyle: Style = MONTH): string {
    const [, year, month, day, time] = WHEN.exec(when) ?? [];
    if (year === undefined) return when;
    if (time !== undefined) {
      const there = /^(.+)[+-]\d\d:\d\d$/.exec(when)?.[1];
      if (there === undefined) return this.#of(new Date(when), style);
      return this.#of(new Date(`${there}Z`), { ...style, timeZone: 'UTC' });
    }
    const date = new Date(Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1)));
    if (month === undefined) return year;
    if (day === undefined) return this.#of(date, { ...monthStyle, timeZone: 'UTC' });
    return this.#of(date, { ...style, timeZone: 'UTC' });
  }

  shortDate(when: string): string {
    return this.date(when, SHORT_DAY);
  }

  /** With the day of the week, as one tells an appointment; with the year where it is not that of today. */
  dayAndTime(when: string, today: Date = new Date()): string {
    const otherYear: Style = when.startsWith(String(today.getFullYear())) ? {} : { year: 'numeric' };
    return this.date(when, {
      ...otherYear,
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      hour: 'numeric',
      minute: '2-digit',
    });
  }

  /** From one time to another, as briefly as the language can: one time where both are of the same minute. */
  times(from: string, to: string): string {
    const [first, last] = [new Date(from), new Date(to)];
    if (Number.isNaN(first.getTime()) || Number.isNaN(last.getTime())) return '';
    const style: Style = { hour: 'numeric', minute: '2-digit' };
    return new Intl.DateTimeFormat(this.language, style).formatRange(first, last);
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.language).format(value);
  }

  /** A number with exactly the digits it was written with, under the decimal sign of the language. */
  digits(text: string): string {
    if (!/^-?\d+(\.\d+)?$/.test(text)) return text;
    const places = text.split('.')[1]?.length ?? 0;
    const style = { minimumFractionDigits: places, maximumFractionDigits: places };
    return new Intl.NumberFormat(this.language, style).format(Number(text));
  }

  /** An amount in a currency of ISO 4217. */
  money(value: number, currency: string): string {
    return new Intl.NumberFormat(this.language, { style: 'currency', currency }).format(value);
  }

  list(items: readonly string[]): string {
    return new Intl.ListFormat(this.language, { type: 'conjunction' }).format(items);
  }

  #of(date: Date, style: Style): string {
    return Number.isNaN(date.getTime()) ? '' : new Intl.DateTimeFormat(this.language, style).format(date);
  }
}

/** Whole years from a date of birth (YYYY-MM-DD) to a day; null where the birth date is not whole. */
export function ageOn(birthDate: string, day: Date): number | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(birthDate) ?? [];
  if (year === undefined) return null;
  const years = day.getFullYear() - Number(year);
  const before = [day.getMonth() + 1 - Number(month), day.getDate() - Number(date)];
  return before[0]! < 0 || (before[0] === 0 && before[1]! < 0) ? years - 1 : years;
}

export function useFormat(): Format {
  const { language } = useLanguage();
  return useMemo(() => new Format(language), [language]);
}
