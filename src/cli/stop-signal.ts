/**
 * Waits to be told to stop: Ctrl-C, a polite kill, a closed terminal, or the end of the process that started
 * this one. A signal that arrives again, since a terminal and npm both pass it on, changes nothing: what is
 * being shut down is shut down in order.
 */
export function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    // Listening for signals alone does not keep a process running.
    const staying = setInterval(() => undefined, 60_000);
    const stop = (why: string) => {
      clearInterval(staying);
      resolve(why);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
    if (process.channel === undefined || process.channel === null) return;
    process.on('disconnect', () => stop('disconnect'));
    process.channel.unref();
  });
}
