/** `postern serve` and other commands as an operator runs them, each in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  /** Its address on this machine. */
  readonly said: () => string;
  stop(): Promise<Ran>;
}

type Environment = Readonly<Record<string, string>>;

interface Start {
  readonly folder: string;
  readonly environment: Environment;
  readonly args: readonly string[];
  readonly execArgv?: readonly string[];
  /** What goes to its standard input. */
  readonly input?: string;
}

/** Runs a command until it ends. */
export async function runPostern(start: Start): Promise<Ran> {
  const child = launch(start);
  return child.ended;
}

/** Starts a server and waits until it serves; throws with what it said where it ends instead. */
export async function serveUntilStopped(
  start: Omit<Start, 'args'>,
  args: readonly string[] = [],
): Promise<Running> {
  const { child, ended, text } = launch({ ...start, args: ['serve', ...args] });
  await Promise.race([
    new Promise<void>((resolve) => {
      child.stderr!.on('data', () => text.err.includes('Ctrl-C stops it') && resolve());
    }),
    ended.then(({ err }) => Promise.reject(new Error(`It ended: ${err}`))),
  ]);
  return {
    said: () => text.err,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Starts a command; `text` grows as it speaks. */
export function launch({ folder, environment, args, execArgv = [], input }: Start) {
  const child: ChildProcess = spawn(process.execPath, [...execArgv, MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin!.end(input ?? '');
  const text = { out: '', err: '' };
  child.stdout!.on('data', (chunk: Buffer) => {
    text.out += chunk.toString();
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    text.err += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]): Ran => ({ code: code as number | null, ...text }));
  return { child, ended, text };
}
