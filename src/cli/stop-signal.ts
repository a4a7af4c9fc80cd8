/** Being told to stop: Ctrl-C, a polite kill, a closed terminal, or the end of whoever started it. */
import { PosternError } from '../base/errors.ts';

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Waits to be told to stop. A signal that arrives again, since a terminal and npm both pass it on, changes
 * nothing: what is being shut down is shut down in order.
 */
export function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    // Listening for signals alone does not keep a process running.
    const staying = setInterval(() => undefined, 60_000);
    const stop = (why: string) => {
      clearInterval(staying);
      resolve(why);
    };
    for (const signal of Object.keys(SIGNALS)) process.on(signal, () => stop(signal));
    if (process.channel === undefined || process.channel === null) return;
    process.on('disconnect', () => stop('disconnect'));
    process.channel.unref();
  });
}

/**
 * For a command that has no order of its own to end in: on a signal it runs `end`, which leaves nothing
 * running behind, and exits as the signal would have made it.
 */
export function endOnSignal(end: () => Promise<void>): void {
  let ending = false;
  for (const [signal, number] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      process.stderr.write('postern: Stopped.\n');
      void end().finally(() => process.exit(128 + number));
    });
  }
}

/** The step's answer; throws `unavailable` as soon as it is told to stop, and leaves the step to itself. */
export async function unlessStopped<T>(stopped: Promise<unknown>, step: Promise<T>): Promise<T> {
  step.catch(() => undefined);
  const told = stopped.then((): never => {
    throw new PosternError('unavailable', 'Stopped before it served.');
  });
  return Promise.race([step, told]);
}
