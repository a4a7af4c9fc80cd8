/** Who is booked when: hands out times of a working day, so that nobody sees two people at once. */
import type { Calendar } from './calendar.ts';

const OPENS = 8 * 60;
const LUNCH = [12 * 60, 13 * 60] as const;
const CLOSES = 17 * 60;

export interface Slot {
  day: number;
  /** Minutes after midnight, local time. */
  start: number;
  minutes: number;
}

export class Agenda {
  readonly #calendar: Calendar;
  readonly #taken = new Map<string, Slot[]>();

  constructor(calendar: Calendar) {
    this.#calendar = calendar;
  }

  /** The first free time from `earliest` (minutes after midnight) on that day or a later working day. */
  book(practitioner: string, wantedDay: number, minutes: number, earliest = OPENS): Slot {
    const length = Math.ceil(minutes / 10) * 10;
    for (let day = this.#calendar.workday(wantedDay); ; day = this.#calendar.workday(day + 1)) {
      const taken = this.#taken.get(`${practitioner}/${day}`) ?? [];
      for (let start = Math.max(OPENS, earliest); start + length <= CLOSES; start += 10) {
        const end = start + length;
        if (start < LUNCH[1] && end > LUNCH[0]) continue;
        if (taken.some((slot) => start < slot.start + slot.minutes && end > slot.start)) continue;
        const slot = { day, start, minutes: length };
        this.#taken.set(`${practitioner}/${day}`, [...taken, slot]);
        return slot;
      }
    }
  }

  startOf({ day, start }: Slot): string {
    return this.#calendar.instant(day, 0, start);
  }

  endOf({ day, start, minutes }: Slot): string {
    return this.#calendar.instant(day, 0, start + minutes);
  }
}
