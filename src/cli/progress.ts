/**
 * Progress on standard error: a bar on a terminal, a line now and then elsewhere. Standard output stays free
 * for data.
 */
import type { Clock } from '../base/clock.ts';

export interface ProgressOptions {
  /** What is being done, as in `Importing`. */
  readonly title: string;
  /** What is counted, as in `resources`. */
  readonly unit: string;
  /** How many there will be; `null` where nobody knows. */
  readonly total: number | null;
  readonly clock: Clock;
  /** Where it is written: standard error. */
  readonly stream: ProgressStream;
}

export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface Progress {
  /** Says how many are done by now. */
  reach(done: number): void;
  /** Ends the bar, with the last count standing. */
  end(): void;
}

const BAR_CELLS = 24;
const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 10_000;

export function showProgress(options: ProgressOptions): Progress {
  const { clock, stream } = options;
  const every = stream.isTTY === true ? BAR_EVERY_MS : LINE_EVERY_MS;
  const started = clock.now().getTime();
  let said = stream.isTTY === true ? 0 : started;
  let done = 0;
  const say = (now: number) => {
    said = now;
    const text = describe(options, done, (now - started) / 1000);
    // Carriage return and "erase to the end of the line" redraw the bar in its place.
    stream.write(
      stream.isTTY === true ? `\r\u001b[K${text.slice(0, (stream.columns ?? 80) - 1)}` : `${text}\n`,
    );
  };
  return {
    reach: (count) => {
      done = count;
      const now = clock.now().getTime();
      if (now - said >= every) say(now);
    },
    end: () => {
      say(clock.now().getTime());
      if (stream.isTTY === true) stream.write('\n');
    },
  };
}

function describe({ title, unit, total }: ProgressOptions, done: number, seconds: number): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const pace = `${Math.round(rate).toLocaleString('en')}/s`;
  if (total === null || total === 0) return `${title}  ${done.toLocaleString('en')} ${unit}  ${pace}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_CELLS);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}`;
  const count = `${done.toLocaleString('en')}/${total.toLocaleString('en')} ${unit}`;
  const left = done >= total || rate === 0 ? '' : `  ${describeSeconds((total - done) / rate)} left`;
  return `${title}  ${bar} ${Math.floor(share * 100)} %  ${count}  ${pace}${left}`;
}

function describeSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
