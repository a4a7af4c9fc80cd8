/** Results as sentences: values with their units, and what is usual. */
import {
  type Measurement,
  type Named,
  plainUnit,
  type Range,
  type Series,
  type Standing,
} from '../client/index.ts';
import type { Format, Tone } from '../kit/index.ts';
import type { PortalWords } from './words/en.ts';

/** What was measured: in our own plain words where we have them, else as the practice or laboratory says. */
export function measureName({ code, name }: Named, { measures }: PortalWords): string {
  return measures[code] ?? name;
}

/** "128 / 82 mmHg", "7.0 mmol/L", or what a result says that is no number. */
export function sayValue({ readings, words }: Measurement, unit: string, format: Format): string {
  if (readings.length === 0) return words;
  const values = readings.map(({ text }) => format.digits(text)).join(' / ');
  return [values, plainUnit(unit)].filter(Boolean).join(' ');
}

/** Of several readings the one that stands out decides. */
export function standingOf({ readings }: Measurement): Standing {
  const standings = readings.map(({ standing }) => standing);
  return (['high', 'low', 'within'] as const).find((each) => standings.includes(each)) ?? 'unknown';
}

export function toneOf(standing: Standing): Tone {
  if (standing === 'within') return 'good';
  return standing === 'unknown' ? 'plain' : 'attention';
}

export function rangeText({ low, high }: Range, w: PortalWords, format: Format): string {
  if (low === null) return w.upTo(format.number(high ?? 0));
  return high === null ? w.from(format.number(low)) : w.between(format.number(low), format.number(high));
}

/** What is usual, of every line of a series: "90 to 120 / 60 to 80 mmHg". Empty where nothing is known. */
export function usualOf({ ranges, unit }: Series, w: PortalWords, format: Format): string {
  const known = ranges.filter((range) => range !== null);
  if (known.length === 0 || known.length < ranges.length) return '';
  return `${known.map((range) => rangeText(range, w, format)).join(' / ')} ${plainUnit(unit)}`.trim();
}
