/** The parent's side of the load generator. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

export interface Job {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Asked in turn, by whichever connection is free. */
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  }[];
}

export interface JobResult {
  readonly perSecond: number;
  /** From the request to the end of its answer, one for each. */
  readonly milliseconds: number[];
  readonly statuses: Readonly<Record<string, number>>;
}

export class Load {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, 'load-process.ts'));

  /** Throws where any answer was not a success: what is refused quickly must not count as fast. */
  async run(job: Job): Promise<JobResult> {
    const { promise, resolve } = Promise.withResolvers<{ result?: JobResult; failure?: string }>();
    this.#child.once('message', resolve);
    this.#child.send(job);
    const { result, failure } = await promise;
    if (result === undefined) throw new Error(failure);
    const bad = Object.keys(result.statuses).filter((status) => !status.startsWith('2'));
    if (bad.length > 0)
      throw new Error(`${job.requests[0]!.path}: answers ${JSON.stringify(result.statuses)}`);
    return result;
  }

  close(): void {
    this.#child.disconnect();
  }
}
