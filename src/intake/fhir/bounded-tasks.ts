/**
 * Runs tasks beside one another, at most so many at a time: while the database works on one batch the next is
 * being prepared. The first error is thrown by the next call, when nothing is running any more.
 */
export class BoundedTasks {
  readonly #most: number;
  readonly #running = new Set<Promise<void>>();
  #error: { readonly cause: unknown } | null = null;

  constructor(most: number) {
    this.#most = most;
  }

  /** Waits for room, then starts the task and returns while it runs. */
  async start(task: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#most) await Promise.race(this.#running);
    if (this.#error !== null) await this.drain();
    const running: Promise<void> = task()
      .catch((cause: unknown) => {
        this.#error ??= { cause };
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Waits until everything is done. */
  async drain(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#error !== null) throw this.#error.cause;
  }
}
