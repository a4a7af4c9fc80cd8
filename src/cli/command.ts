/**
 * What a command is, and how its arguments are read and its help printed. A command writes data to standard
 * output and progress to standard error; it fails by throwing, and `main.ts` makes one sentence of that.
 */
import { parseArgs } from 'node:util';
import type { Configuration } from '../base/configuration.ts';
import { PosternError } from '../base/errors.ts';
import { lostDatabase } from '../base/lost-database.ts';

export interface CommandOption {
  readonly type: 'string' | 'boolean';
  /** What it does, in one line of the help. */
  readonly help: string;
  /** How the help names its value, as in `SLUG`; for `string` options. */
  readonly value?: string;
  /** Whether it may be given more than once; its values then come as a list. */
  readonly multiple?: boolean;
  readonly short?: string;
}

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Positional arguments as the help shows them, as in `PATH...`; empty where there are none. */
  readonly positionals: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Whether it ends in an order of its own when it is told to stop, as a server does. */
  readonly endsItself?: boolean;
  /** What the help says beyond its options. */
  readonly notes?: string;
  run(invocation: Invocation): Promise<void>;
}

export interface Invocation {
  readonly positionals: readonly string[];
  /** The value of a `string` option, or `undefined` where it was not given. */
  text(option: string): string | undefined;
  texts(option: string): readonly string[];
  /** Whether a `boolean` option was given. */
  has(option: string): boolean;
  readonly configuration: Configuration;
  /** Writes a line of data. */
  print(line: string): void;
  /** Writes a line of progress. */
  say(line: string): void;
}

/** A command line that cannot be understood; ends with status 2 and a pointer to the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** Reads the arguments by the command's options; throws `UsageError`. */
export function readArguments(
  command: Command,
  args: readonly string[],
): { values: Values; positionals: string[] } {
  const options = { ...command.options, help: { type: 'boolean', short: 'h' } } as const;
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    if (parsed.values.help !== true && command.positionals === '' && parsed.positionals.length > 0) {
      throw new UsageError(`Unexpected argument '${parsed.positionals[0]}'`);
    }
    return parsed;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (!(error instanceof TypeError)) throw error;
    // Node's sentence goes on with advice of its own after the first full stop.
    throw new UsageError(error.message.split('. ')[0] ?? error.message);
  }
}

export function makeInvocation(
  { values, positionals }: { values: Values; positionals: readonly string[] },
  configuration: Configuration,
): Invocation {
  const list = (option: string) => {
    const value = values[option];
    return (Array.isArray(value) ? value : value === undefined ? [] : [value]).filter(
      (each) => typeof each === 'string',
    );
  };
  return {
    positionals,
    text: (option) => list(option).at(-1),
    texts: list,
    has: (option) => values[option] === true,
    configuration,
    print: (line) => void process.stdout.write(`${harmless(line)}\n`),
    say: (line) => void process.stderr.write(`${harmless(line)}\n`),
  };
}

/** The value of an option without which the command means nothing. */
export function required(invocation: Invocation, option: string): string {
  const value = invocation.text(option);
  if (value === undefined || value === '') throw new UsageError(`--${option} is needed`);
  return value;
}

/** A whole number of at least one, or `undefined` where the option was not given. */
export function count(invocation: Invocation, option: string): number | undefined {
  const text = invocation.text(option);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--${option} must be a whole number above zero`);
  return Number(text);
}

/** A moment, or `undefined` where the option was not given; a day alone is its first moment in UTC. */
export function instant(invocation: Invocation, option: string): Date | undefined {
  const text = invocation.text(option);
  if (text === undefined) return undefined;
  const moment = new Date(/^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:\d\d))?$/.test(text) ? text : Number.NaN);
  // JavaScript takes the 31st of February for the 3rd of March.
  const day = text.slice(0, 10);
  if (!Number.isNaN(moment.getTime()) && new Date(day).toISOString().startsWith(day)) return moment;
  throw new UsageError(`--${option} must be a time, as in 2026-12-31 or 2026-12-31T18:00Z`);
}

export function helpOf(name: string, command: Command): string {
  const usage = [
    'postern',
    name,
    Object.keys(command.options).length > 0 ? '[options]' : '',
    command.positionals,
  ];
  const rows = Object.entries(command.options).map(([option, { type, value, short, help }]) => {
    const named = `--${option}${type === 'string' ? ` ${value ?? option.toUpperCase()}` : ''}`;
    return [short === undefined ? named : `-${short}, ${named}`, help] as const;
  });
  const lines = [
    `${command.summary}.`,
    '',
    `Usage: ${usage.filter((part) => part !== '').join(' ')}`,
    '',
    ...columns([...rows, ['-h, --help', 'this help']]),
  ];
  return [...lines, ...(command.notes === undefined ? [] : ['', command.notes])].join('\n');
}

/** Rows of two columns, aligned. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** One sentence for whatever a command threw, with the exit status that goes with it. */
export function explainFailure(thrown: unknown): { sentence: string; status: number } {
  const error = lostDatabase(thrown) ?? thrown;
  if (error instanceof UsageError) return { sentence: `${error.message}; --help explains.`, status: 2 };
  if (error instanceof PosternError) return { sentence: error.message, status: 1 };
  if (!(error instanceof Error)) return { sentence: 'An unexpected error stopped it.', status: 1 };
  const code = (error as NodeJS.ErrnoException).code;
  const system = (error as NodeJS.ErrnoException).syscall !== undefined;
  // What a parser or the database says may quote what it was given; our own words and the system's do not.
  const safe =
    system || error.message.startsWith('Broken invariant: ') || error.message.startsWith('Migration ');
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  const what = safe ? error.message : `${error.name}${code === undefined ? '' : ` ${code}`}`;
  return {
    sentence: [`An unexpected error stopped it: ${what}`, ...frames.slice(0, 6)].join('\n'),
    status: 1,
  };
}

/**
 * Characters that steer a terminal or turn the order of text, in the names of files for one, are shown and
 * not obeyed: as JSON writes them, so that JSON stays what it is.
 */
export function harmless(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, escaped);
}

/** The same for what stands within a line. */
export function onOneLine(text: string): string {
  return text.replace(/\p{Cc}|\p{Bidi_Control}/gu, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
