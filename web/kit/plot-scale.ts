/** Where things lie on a plot, and where its axes are marked; pure. */

export interface Scale {
  readonly from: number;
  readonly to: number;
  /** The place of a value, in pixels. */
  at(value: number): number;
}

/** Values from `from` to `to` laid out from pixel `start` to `end`; one value alone lies in the middle. */
export function linear(from: number, to: number, start: number, end: number): Scale {
  const span = to - from;
  return {
    from,
    to,
    at: (value) => (span === 0 ? (start + end) / 2 : start + ((value - from) / span) * (end - start)),
  };
}

/** Round values from at or below the lowest to at or above the highest, about `count` of them. */
export function valueMarks(lowest: number, highest: number, count: number): number[] {
  const spread = highest - lowest || Math.abs(highest) || 1;
  const step = roundStep(spread / Math.max(1, count - 1));
  const first = Math.floor(lowest / step + 1e-9);
  const last = Math.ceil(highest / step - 1e-9);
  const marks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  // 3 * 0.1 is not 0.3.
  return marks.map((mark) => Number(mark.toPrecision(12)));
}

/** The smallest of 1, 2, 5, 10, ... times a power of ten that is no smaller. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5].find((each) => each * power >= least * (1 - 1e-9)) ?? 10;
  return step * power;
}

export interface TimeMark {
  readonly at: number;
  /** As precise as a FHIR date: a year, a month, or a day. */
  readonly date: string;
}

/** In months; days are taken where even a month is too long. */
const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120, 240];

/** Beginnings of years, months or days between two instants (milliseconds since 1970), at most `most`. */
export function timeMarks(from: number, to: number, most: number): TimeMark[] {
  for (const step of MONTHS) {
    const marks = monthMarks(from, to, step);
    if (marks.length === 0) break;
    if (marks.length <= most) return marks.length > 1 ? marks : endMarks(from, to);
  }
  return endMarks(from, to);
}

function monthMarks(from: number, to: number, step: number): TimeMark[] {
  const start = new Date(from);
  const marks: TimeMark[] = [];
  const first = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / step) * step;
  for (let month = first; ; month += step) {
    const at = Date.UTC(Math.floor(month / 12), month % 12);
    if (at > to) return marks;
    const year = String(Math.floor(month / 12));
    const date = step >= 12 ? year : `${year}-${String((month % 12) + 1).padStart(2, '0')}`;
    if (at >= from) marks.push({ at, date });
  }
}

/** Where no round date lies between, the first and last day themselves. */
function endMarks(from: number, to: number): TimeMark[] {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  return day(from) === day(to)
    ? [{ at: from, date: day(from) }]
    : [
        { at: from, date: day(from) },
        { at: to, date: day(to) },
      ];
}
