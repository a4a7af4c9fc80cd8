/** Where a value comes from, in the space of a word: its last values, and the usual range behind. */
import type { Series } from '../client/index.ts';
import { useDeskWords } from './desk-words.ts';
import styles from './results-panel.module.css';

const WIDTH = 96;
const HEIGHT = 28;
const EDGE = 3;
const SHOWN = 12;

export function Sparkline({ name, series }: { readonly name: string; readonly series: Series }) {
  const w = useDeskWords();
  const measurements = series.measurements.slice(0, SHOWN).filter(({ readings }) => readings.length > 0);
  if (measurements.length < 2) return null;
  const lines = measurements[0]!.readings.map((_, line) =>
    measurements
      .flatMap(({ at, readings }) => {
        const reading = readings[line];
        return reading === undefined ? [] : [{ at: Date.parse(at), value: reading.value }];
      })
      .reverse(),
  );
  const across = scaleOf(
    lines.flat().map(({ at }) => at),
    EDGE,
    WIDTH - EDGE,
  );
  const up = scaleOf(
    lines.flat().map(({ value }) => value),
    HEIGHT - EDGE,
    EDGE,
  );
  const [range] = series.ranges;
  return (
    <svg
      className={styles.sparkline}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={w.trendOf(name, measurements.length)}
    >
      {lines.length === 1 && range !== undefined && range !== null && <Usual range={range} up={up} />}
      {lines.map((line, at) => {
        const last = line.at(-1)!;
        const points = line.map((each) => `${across(each.at)},${up(each.value)}`).join(' ');
        return (
          <g key={series.lines[at]?.name ?? series.id}>
            <polyline className={styles.line} points={points} />
            <circle className={styles.last} cx={across(last.at)} cy={up(last.value)} r="2.5" />
          </g>
        );
      })}
    </svg>
  );
}

type Scale = (value: number) => number;

/** Maps the span of the values to that between two places; a value that never changes lies in the middle. */
function scaleOf(values: readonly number[], from: number, to: number): Scale {
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  const place = (value: number) =>
    span === 0 ? (from + to) / 2 : from + ((value - low) / span) * (to - from);
  return (value) => Math.round(place(value) * 10) / 10;
}

interface UsualProps {
  readonly range: { readonly low: number | null; readonly high: number | null };
  readonly up: Scale;
}

function Usual({ range: { low, high }, up }: UsualProps) {
  const within = (place: number) => Math.min(Math.max(place, 0), HEIGHT);
  const top = high === null ? 0 : within(up(high));
  const bottom = low === null ? HEIGHT : within(up(low));
  if (bottom <= top) return null;
  return <rect className={styles.usual} x="0" y={top} width={WIDTH} height={bottom - top} rx="2" />;
}
