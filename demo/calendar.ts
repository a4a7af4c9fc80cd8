/**
 * The calendar of the demo: every date is counted from one given day, so that the practices always look lived
 * in, and every instant carries the practice's own (US Central) offset, as a front desk would write it.
 */
const DAY_MS = 86_400_000;

/** The n-th Sunday of a month, as its day of the month. */
function nthSunday(year: number, month: number, nth: number): number {
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  return 1 + ((7 - first) % 7) + 7 * (nth - 1);
}

/** US rule since 2007: from the second Sunday of March to the first Sunday of November. */
function isSummerTime(year: number, month: number, day: number): boolean {
  if (month > 3 && month < 11) return true;
  if (month === 3) return day >= nthSunday(year, 3, 2);
  return month === 11 && day < nthSunday(year, 11, 1);
}

export class Calendar {
  readonly #today: number;

  constructor(today: Date) {
    this.#today = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate());
  }

  /** The FHIR `date` that lies `days` after today (before it where negative). */
  date(days: number): string {
    return new Date(this.#today + days * DAY_MS).toISOString().slice(0, 10);
  }

  /** As `date`, moved on from a weekend to the Monday after it. */
  workday(days: number): number {
    const weekday = new Date(this.#today + days * DAY_MS).getUTCDay();
    return weekday === 6 ? days + 2 : weekday === 0 ? days + 1 : days;
  }

  /** The FHIR `instant` at a local time of that day; minutes may exceed 59. */
  instant(days: number, hour: number, minute = 0): string {
    const date = this.date(days);
    const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
    const total = hour * 60 + minute;
    const clock = [Math.floor(total / 60), total % 60].map((part) => String(part).padStart(2, '0')).join(':');
    return `${date}T${clock}:00${isSummerTime(year, month, day) ? '-05:00' : '-06:00'}`;
  }

  /** The date of birth of someone who turned `age` so many days ago (0 to 364). */
  birthDate(age: number, daysAgo: number): string {
    const [year = 0, month = 0, day = 0] = this.date(-daysAgo).split('-').map(Number);
    const text = [year - age, month, day === 29 && month === 2 ? 28 : day];
    return text.map((part, index) => String(part).padStart(index === 0 ? 4 : 2, '0')).join('-');
  }

  /** How many days ago a date lies. */
  daysSince(date: string): number {
    return Math.round((this.#today - Date.parse(`${date}T00:00:00Z`)) / DAY_MS);
  }

  /** A day for reading, such as "March 4, 2025". */
  inWords(days: number): string {
    const at = new Date(this.#today + days * DAY_MS);
    return at.toLocaleDateString('en-US', { dateStyle: 'long', timeZone: 'UTC' });
  }
}
