/**
 * The worker: takes jobs under a lease, runs them step by step and lays them down. A worker that is killed
 * stops keeping its lease, and another takes the job over from its last checkpoint. While a job runs, its
 * lease is kept every second, which is also when it hears that it was cancelled; its session is asked for
 * before each step.
 */
import { randomUUID } from 'node:crypto';
import { PosternError } from '../base/errors.ts';
import type { AccountId, JobId, PracticeId, SessionHash } from '../base/ids.ts';
import type { Visit } from '../gate/index.ts';
import type { JobFile } from './job-files.ts';
import { APART, CHECKPOINT, type Jobs, sessionOver } from './jobs.ts';

/** A kind of job and what is done for it. */
export interface JobKind {
  readonly name: string;
  /** Works from the checkpoint to the end; throws what it fails with. Kept so long once it is done. */
  run(job: JobRun): Promise<{ readonly ttlSeconds: number }>;
  /** Told that it failed for good, or that its session has ended; `visit` is null where that is over. */
  gaveUp(
    job: Pick<JobRun, 'id' | 'practiceId' | 'payload'>,
    visit: Visit | null,
    code: string,
  ): Promise<void>;
  /** Removes what its ended jobs left elsewhere than in their own files; asked now and then. */
  sweep?(): Promise<void>;
}

/** A job under way. */
export interface JobRun {
  readonly id: JobId;
  readonly practiceId: PracticeId;
  readonly payload: unknown;
  /** What the last `save` said; null at the beginning. */
  readonly checkpoint: unknown;
  /** The session of whoever asked, as it is now. Throws `unauthenticated` where it is over. */
  visit(): Promise<Visit>;
  /** Makes what was done durable. Throws `JobTaken` where the job is not this worker's any more. */
  save(checkpoint: object, progress: number): Promise<void>;
  /** Begins a file. Throws `no-room`. */
  newFile(): Promise<JobFile>;
  /** Removes files that no checkpoint remembers. */
  keepOnly(names: ReadonlySet<string>): Promise<void>;
}

/** Thrown out of a job that was cancelled, taken over, or stopped with the server: nobody is to be told. */
export class JobTaken extends Error {
  constructor() {
    super("The job is not this worker's any more");
  }
}

export interface JobWorkerParts {
  readonly jobs: Jobs;
  readonly kinds: readonly JobKind[];
  onError(what: string, error: unknown): void;
  readonly leaseSeconds?: number;
}

interface TakenRow {
  practice_id: PracticeId;
  job_id: JobId;
  kind: string;
  account_id: AccountId;
  client: string | null;
  session_hash: Buffer;
  key_version: number;
  wrapped: Buffer;
  payload: Buffer;
  checkpoint: Buffer | null;
  progress: string;
  tries: number;
}

const LEASE_SECONDS = 15;
const KEEP_MS = 700;
const LOOK_MS = 1000;
const SWEEP_MS = 60_000;
/** Tries without getting on, after which it is given up. */
const MOST_TRIES = 5;

export class JobWorker {
  readonly #parts: JobWorkerParts;
  readonly #id = randomUUID();
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #wake: () => void = () => undefined;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(parts: JobWorkerParts) {
    this.#parts = parts;
    parts.jobs.onPut(() => this.#wake());
  }

  start(): void {
    this.#running ??= this.#work();
  }

  /** Stops at the next step; the job at hand goes back and is gone on with at the next start. Repeatable. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#running;
  }

  /** Does one job, if there is any; whether there was. For a worker that was not started. */
  async once(): Promise<boolean> {
    const job = await this.#take();
    if (job === null) return false;
    await this.#carry(job);
    return true;
  }

  async #work(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#sweep();
        if (await this.once()) continue;
      } catch (error) {
        this.#parts.onError('Background jobs could not be looked for; it is tried again.', error);
      }
      await this.#pause();
    }
  }

  async #sweep(): Promise<void> {
    if (performance.now() - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = performance.now();
    await this.#parts.jobs.sweep();
    for (const kind of this.#parts.kinds) await kind.sweep?.();
  }

  #pause(): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LOOK_MS);
    this.#wake = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }

  async #take(): Promise<TakenRow | null> {
    const { jobs, kinds } = this.#parts;
    const { rows } = await jobs.parts.pool.query<TakenRow>(
      "select * from postern.job_take($1, $2, $3 * interval '1 second')",
      [this.#id, kinds.map(({ name }) => name), this.#leaseSeconds],
    );
    return rows[0] ?? null;
  }

  get #leaseSeconds(): number {
    return this.#parts.leaseSeconds ?? LEASE_SECONDS;
  }

  async #carry(row: TakenRow): Promise<void> {
    const kind = this.#parts.kinds.find(({ name }) => name === row.kind)!;
    const taken = new AbortController();
    let job: JobRun | null = null;
    const keeper = setInterval(() => {
      this.#keep(row, null, null).then(
        (kept) => kept || taken.abort(),
        // The database is away: the work itself will find out.
        () => undefined,
      );
    }, KEEP_MS);
    try {
      job = await this.#open(row, taken.signal);
      const { ttlSeconds } = await kind.run(job);
      await this.#layDown(row, 'done', null, ttlSeconds);
    } catch (error) {
      await this.#giveUp(kind, row, job, error);
    } finally {
      clearInterval(keeper);
    }
  }

  async #open(row: TakenRow, taken: AbortSignal): Promise<JobRun> {
    const { jobs } = this.#parts;
    const { practice_id: practiceId, job_id: id, account_id: accountId, kind, client } = row;
    const sessionHash = row.session_hash.toString('hex') as SessionHash;
    const { key_version: keyVersion, wrapped } = row;
    const asked = { practiceId, jobId: id, kind, accountId, client, sessionHash, keyVersion, wrapped };
    const opened = await jobs.open({ ...asked, payload: row.payload, checkpoint: row.checkpoint });
    if (opened === null) throw new PosternError('damaged', 'A job is not what was asked.');
    const { key, payload, checkpoint } = opened;
    const assertMine = () => {
      if (taken.aborted || this.#stopping.signal.aborted) throw new JobTaken();
    };
    const place = { practiceId, jobId: id };
    return {
      id,
      practiceId,
      payload,
      checkpoint,
      visit: async () => {
        assertMine();
        const visit = await jobs.parts.gate.visitOfJob(practiceId, sessionHash);
        if (visit === null || visit.scope.accountId !== accountId) throw sessionOver();
        return visit;
      },
      save: async (checkpoint, progress) => {
        const sealed = key.seal(CHECKPOINT, Buffer.from(JSON.stringify(checkpoint)));
        if (!(await this.#keep(row, sealed, progress))) throw new JobTaken();
      },
      newFile: async () => {
        assertMine();
        await jobs.files.assertRoom();
        return jobs.files.create(place, key);
      },
      keepOnly: (names) => jobs.files.keepOnly(place, names),
    };
  }

  async #keep(row: TakenRow, checkpoint: Buffer | null, progress: number | null): Promise<boolean> {
    const { rows } = await this.#parts.jobs.parts.pool.query<{ kept: boolean }>(
      "select postern.job_keep($1, $2, $3, $4 * interval '1 second', $5, $6) as kept",
      [row.practice_id, row.job_id, this.#id, this.#leaseSeconds, checkpoint, progress],
    );
    return rows[0]?.kept === true;
  }

  async #layDown(
    row: TakenRow,
    state: string,
    failure: string | null,
    seconds: number | null,
  ): Promise<void> {
    const { jobs } = this.#parts;
    await jobs.parts.pool.query(
      `select postern.job_lay_down($1, $2, $3, $4, $5, $6 * interval '1 second',
         clock_timestamp() + $7 * interval '1 second')`,
      [
        row.practice_id,
        row.job_id,
        this.#id,
        state,
        failure,
        state === 'waiting' ? seconds : 0,
        state === 'waiting' ? null : seconds,
      ],
    );
    await this.#endSession(row, state);
    if (state === 'failed' || state === 'ended') {
      await jobs.files.remove({ practiceId: row.practice_id, jobId: row.job_id });
    }
  }

  /** Where the job ran in a session apart, that ends; see `Jobs.put`. */
  async #endSession(row: TakenRow, state: string): Promise<void> {
    if (state === 'waiting') return;
    const { gate } = this.#parts.jobs.parts;
    const visit = await gate.visitOfJob(row.practice_id, row.session_hash.toString('hex') as SessionHash);
    if (visit?.scope.purpose === APART) await gate.endSession(visit);
  }

  async #giveUp(kind: JobKind, row: TakenRow, job: JobRun | null, error: unknown): Promise<void> {
    const { jobs, onError } = this.#parts;
    try {
      if (error instanceof JobTaken) {
        if (this.#stopping.signal.aborted) await this.#layDown(row, 'waiting', null, 0);
        else await this.#endSession(row, 'ended');
        return;
      }
      const code = error instanceof PosternError ? error.code : 'damaged';
      const over = code === 'unauthenticated';
      if (!over) onError('A background job failed.', error);
      if (!over && code !== 'no-room' && code !== 'damaged' && row.tries < MOST_TRIES) {
        await this.#layDown(row, 'waiting', null, 2 ** row.tries);
        return;
      }
      const visit = over
        ? null
        : await jobs.parts.gate.visitOfJob(row.practice_id, row.session_hash.toString('hex') as SessionHash);
      if (job !== null) await kind.gaveUp(job, visit, code);
      await this.#layDown(row, over ? 'ended' : 'failed', over ? null : code, null);
    } catch (failure) {
      // Whoever takes it over when its lease has run out comes to the same.
      onError('A background job could not be laid down.', failure);
    }
  }
}
