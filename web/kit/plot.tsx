/**
 * Values over time, drawn as they are: what is unusual has another shape, not only another colour, and the
 * usual range lies behind as a band. The drawing is one picture with one sentence for a screen reader; a
 * table beside it holds every value.
 */
import { useLayoutEffect, useRef, useState } from 'react';
import { useFormat } from './format.ts';
import styles from './plot.module.css';
import { linear, type Scale, timeMarks, valueMarks } from './plot-scale.ts';

export interface PlotPoint {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
  /** The value as it is written. */
  readonly text: string;
  readonly unusual: boolean;
}

export interface PlotLine {
  /** Empty where there is one line alone. */
  readonly name: string;
  /** Oldest first. */
  readonly points: readonly PlotPoint[];
  /** What is usual; an end that is open is null. */
  readonly range: { readonly low: number | null; readonly high: number | null } | null;
}

export interface PlotProps {
  /** What the picture shows, in a sentence. */
  readonly label: string;
  readonly lines: readonly PlotLine[];
  /** What the band is called. */
  readonly usual: string;
}

const HEIGHT = 300;
const TOP = 14;
const BOTTOM = 34;
const PIXELS_A_MARK = { across: 105, up: 55 };
const LETTER = 9;

export function Plot({ label, lines, usual }: PlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  return (
    <div ref={frame} className={styles.frame}>
      {width > 0 && <Drawing label={label} lines={lines} usual={usual} width={width} />}
    </div>
  );
}

/** Drawn at the size it has, so that letters are as large on a phone as anywhere. */
function useWidth(frame: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    setWidth(Math.floor(element.clientWidth));
    const watch = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    watch.observe(element);
    return () => watch.disconnect();
  }, [frame]);
  return width;
}

function Drawing({ label, lines, usual, width }: PlotProps & { readonly width: number }) {
  const format = useFormat();
  const marks = valueMarks(...extentOf(lines), HEIGHT / PIXELS_A_MARK.up);
  const names = marks.map((mark) => format.number(mark));
  const left = Math.max(...names.map((name) => name.length)) * LETTER + 14;
  const times = lines.flatMap(({ points }) => points.map(({ at }) => at));
  const across = linear(Math.min(...times), Math.max(...times), left + 12, width - 18);
  const up = linear(marks[0]!, marks.at(-1)!, HEIGHT - BOTTOM, TOP);
  const dates = timeMarks(
    across.from,
    across.to,
    Math.max(2, Math.floor((width - left) / PIXELS_A_MARK.across)),
  );
  return (
    <svg className={styles.plot} role="img" aria-label={label} width={width} height={HEIGHT}>
      <Bands lines={lines} up={up} left={left} width={width} usual={usual} />
      {marks.map((mark, at) => (
        <g key={mark}>
          <line className={styles.grid} x1={left} x2={width} y1={up.at(mark)} y2={up.at(mark)} />
          <text className={styles.mark} x={left - 8} y={up.at(mark) + 5} textAnchor="end">
            {names[at]}
          </text>
        </g>
      ))}
      {dates.map(({ at, date }, index) => (
        <text
          key={date}
          className={styles.mark}
          x={Math.min(across.at(at), width - 2)}
          y={HEIGHT - 8}
          textAnchor={anchorOf(across.at(at), index, left, width)}
        >
          {format.date(date, { month: 'short', day: 'numeric' }, { month: 'short', year: 'numeric' })}
        </text>
      ))}
      {lines.map((line, at) => (
        <Line key={line.name} line={line} order={at} across={across} up={up} />
      ))}
    </svg>
  );
}

/** So that no date hangs over the edge. */
function anchorOf(x: number, index: number, left: number, width: number): 'start' | 'middle' | 'end' {
  if (index === 0 && x < left + 50) return 'start';
  return x > width - 50 ? 'end' : 'middle';
}

function extentOf(lines: readonly PlotLine[]): [lowest: number, highest: number] {
  const values = lines.flatMap(({ points, range }) => [
    ...points.map(({ value }) => value),
    ...[range?.low, range?.high].filter((each) => typeof each === 'number'),
  ]);
  return [Math.min(...values), Math.max(...values)];
}

interface BandsProps extends Pick<PlotProps, 'lines' | 'usual'> {
  readonly up: Scale;
  readonly left: number;
  readonly width: number;
}

function Bands({ lines, usual, up, left, width }: BandsProps) {
  return lines.map(({ name, range }) => {
    if (range === null) return null;
    const top = up.at(range.high ?? up.to);
    const bottom = up.at(range.low ?? up.from);
    return (
      <g key={name}>
        <rect className={styles.band} x={left} width={width - left} y={top} height={bottom - top} />
        {range.high !== null && <line className={styles.edge} x1={left} x2={width} y1={top} y2={top} />}
        {range.low !== null && <line className={styles.edge} x1={left} x2={width} y1={bottom} y2={bottom} />}
        {bottom - top > 26 && (
          <text className={styles.bandName} x={left + 8} y={top + 19}>
            {usual}
          </text>
        )}
      </g>
    );
  });
}

interface LineProps {
  readonly line: PlotLine;
  readonly order: number;
  readonly across: Scale;
  readonly up: Scale;
}

function Line({ line: { name, points }, order, across, up }: LineProps) {
  const places = points.map((point) => ({ ...point, x: across.at(point.at), y: up.at(point.value) }));
  const last = places.at(-1);
  return (
    <g data-line={order} className={styles.line}>
      <polyline className={styles.path} points={places.map(({ x, y }) => `${x},${y}`).join(' ')} />
      {places.map(({ id, x, y, text, unusual }) =>
        unusual ? (
          <path key={id} className={styles.unusual} d={`M${x} ${y - 8}l8 8-8 8-8-8Z`}>
            <title>{text}</title>
          </path>
        ) : (
          <circle key={id} className={styles.point} cx={x} cy={y} r={5}>
            <title>{text}</title>
          </circle>
        ),
      )}
      {name !== '' && last !== undefined && (
        <text
          className={styles.lineName}
          x={last.x + 6}
          y={last.y + (order === 0 ? -15 : 27)}
          textAnchor="end"
        >
          {name}
        </text>
      )}
    </g>
  );
}
