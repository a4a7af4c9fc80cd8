/**
 * Background jobs as those who ask for them see them: a job is put, looked at and ended by the account and
 * the client that asked for it, and by nobody else. What it was asked is sealed together with who asked, so a
 * row that was made or changed by hand is no job.
 */
import type pg from 'pg';
import { PosternError } from '../base/errors.ts';
import {
  type AccountId,
  type JobId,
  newId,
  type PracticeId,
  parseId,
  type SessionHash,
} from '../base/ids.ts';
import { askInSession, type Opening } from '../db/index.ts';
import type { Gate, Visit } from '../gate/index.ts';
import { type JobKey, newJobKey, openJobKey, type PracticeKeys, type WrappedJobKey } from '../seal/index.ts';
import { JobFiles, type OpenFile } from './job-files.ts';

export interface JobsParts {
  /** Connections of the server role. */
  readonly pool: pg.Pool;
  readonly gate: Pick<Gate, 'renew' | 'admit' | 'openSession' | 'endSession' | 'visitOfJob'>;
  keysOf(practiceId: PracticeId): Promise<PracticeKeys>;
  /** Where the files of jobs lie. */
  readonly folder: string;
  /** Bytes of the disk that jobs leave free; 256 MiB unless told otherwise. */
  readonly reserveBytes?: number;
}

export interface NewJob {
  readonly kind: string;
  /** What is asked, in JSON; sealed. */
  readonly payload: object;
  /** Kept so long where it does not end sooner. */
  readonly ttlSeconds: number;
  /** How many of the kind an asker, and a practice, may have at a time, finished ones included. */
  readonly mostOwn: number;
  readonly most: number;
  /** Whether it goes on when the session that asked has ended, as long as the grants stand. */
  readonly apart: boolean;
}

export type JobState = 'waiting' | 'running' | 'done' | 'failed';

/** A job of one's own. */
export interface OwnJob {
  readonly id: JobId;
  readonly practiceId: PracticeId;
  readonly kind: string;
  readonly state: JobState;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  readonly progress: number;
  /** Of a job that failed, the code of the error; its payload and checkpoint are gone. */
  readonly failure: string | null;
  readonly payload: unknown;
  readonly checkpoint: unknown;
  /** Null for a job that failed. */
  readonly key: JobKey | null;
}

/** A row that what was asked is sealed with. */
export interface AskedBy {
  readonly kind: string;
  readonly accountId: AccountId;
  readonly client: string | null;
  readonly sessionHash: SessionHash;
}

/** A row as it stands. */
export interface SealedJob extends AskedBy, WrappedJobKey {
  readonly practiceId: PracticeId;
  readonly jobId: JobId;
  readonly payload: Buffer;
  readonly checkpoint: Buffer | null;
}

/** The purpose of a session that was opened for a job alone. */
export const APART = 'job';
/** Longer than any job. */
const APART_SECONDS = 12 * 3600;

const NAMING: Opening = {
  name: 'job-begin',
  text: "select set_config('postern.session', $1, true), postern.reach_assert()",
  values: [],
  read: () => undefined,
};

interface OwnRow {
  kind: string;
  session_hash: Buffer;
  state: JobState;
  asked_at: Date;
  expires_at: Date;
  key_version: number;
  wrapped: Buffer | null;
  payload: Buffer;
  checkpoint: Buffer | null;
  progress: string;
  failure: string | null;
}

export class Jobs {
  readonly parts: JobsParts;
  readonly files: JobFiles;
  #poked: () => void = () => undefined;

  constructor(parts: JobsParts) {
    this.parts = parts;
    this.files = new JobFiles(parts.folder, parts.reserveBytes);
  }

  /** Told of each job that is put here, so that a worker in this process need not wait for its next look. */
  onPut(poked: () => void): void {
    this.#poked = poked;
  }

  /**
   * Keeps a job and answers its id; null where the asker or the practice has as many as it may. It runs in
   * the session that asked and ends with it. A backend's token is too short-lived for that: its job runs
   * apart, in a session of the same account, client, grants and terms, which ends with the job.
   */
  async put(visit: Visit, job: NewJob): Promise<JobId | null> {
    const { practiceId, accountId, client } = visit.scope;
    const jobId = newId<JobId>();
    const keys = await this.parts.keysOf(practiceId);
    const { key, stored } = newJobKey(keys, jobId);
    const runs = job.apart ? await this.#sessionApart(visit) : visit;
    const { sessionHash } = runs.scope;
    const payload = key.seal(
      partsOf({ kind: job.kind, accountId, client, sessionHash }),
      Buffer.from(JSON.stringify(job.payload)),
    );
    const rows = await this.#ask<{ put: boolean }>(
      visit,
      `select postern.job_put(
         $1, $2, $3, clock_timestamp() + $4 * interval '1 second', $5, $6, $7, $8, $9) as put`,
      [
        jobId,
        job.kind,
        Buffer.from(sessionHash, 'hex'),
        job.ttlSeconds,
        stored.keyVersion,
        stored.wrapped,
        payload,
        job.mostOwn,
        job.most,
      ],
    );
    if (rows[0]?.put === true) {
      this.#poked();
      return jobId;
    }
    if (runs !== visit) await this.parts.gate.endSession(runs);
    return null;
  }

  /** Null for what is not the asker's, has ended, or never was. */
  async own(visit: Visit, id: string): Promise<OwnJob | null> {
    const jobId = parseId<JobId>(id);
    if (jobId === null) return null;
    const rows = await this.#ask<OwnRow>(visit, 'select * from postern.job_own($1)', [jobId]);
    const [row] = rows;
    if (row === undefined) return null;
    const { practiceId, accountId, client } = visit.scope;
    const { kind, state, asked_at: askedAt, expires_at: expiresAt, failure } = row;
    const progress = Number(row.progress);
    const told = { id: jobId, practiceId, kind, state, askedAt, expiresAt, progress, failure };
    if (row.wrapped === null) return { ...told, payload: null, checkpoint: null, key: null };
    const { key_version: keyVersion, wrapped, payload, checkpoint } = row;
    const sessionHash = row.session_hash.toString('hex') as SessionHash;
    const asked = { practiceId, jobId, kind, accountId, client, sessionHash };
    const opened = await this.open({ ...asked, keyVersion, wrapped, payload, checkpoint });
    return opened === null ? null : { ...told, ...opened };
  }

  /** Those of a kind that are the asker's own, the newest first. */
  async list(visit: Visit, kind: string): Promise<OwnJob[]> {
    const rows = await this.#ask<{ id: string }>(visit, 'select l.job_id as id from postern.job_list($1) l', [
      kind,
    ]);
    const found: OwnJob[] = [];
    for (const { id } of rows) {
      const job = await this.own(visit, id);
      if (job !== null) found.push(job);
    }
    return found;
  }

  /**
   * What was asked of a job, how far it has come, and its key. Null where the row is not what was put: the
   * practice is told.
   */
  async open(row: SealedJob): Promise<(Pick<OwnJob, 'payload' | 'checkpoint'> & { key: JobKey }) | null> {
    const { practiceId, jobId, accountId, sessionHash } = row;
    const keys = await this.parts.keysOf(practiceId);
    try {
      const key = openJobKey(keys, jobId, row);
      const payload = openJson(key, partsOf(row), row.payload);
      const checkpoint = row.checkpoint === null ? null : openJson(key, CHECKPOINT, row.checkpoint);
      return { payload, checkpoint, key };
    } catch (error) {
      if (!(error instanceof PosternError) || error.code !== 'damaged') throw error;
      const incident = [practiceId, 'key-ring', accountId, Buffer.from(sessionHash, 'hex')];
      await this.parts.pool.query('select postern.incident_open($1, $2, $3, $4, null)', incident);
      return null;
    }
  }

  /** A finished file of a job; null where there is none of that name. The caller closes it. */
  openFile(job: OwnJob, name: string): Promise<OpenFile | null> {
    return this.files.open({ practiceId: job.practiceId, jobId: job.id }, name);
  }

  /**
   * Ends a job of one's own at once: its key is destroyed before this returns, so its files are shredded; a
   * worker that has it stops within a second. False for what is not the asker's.
   */
  async cancel(visit: Visit, id: string): Promise<boolean> {
    const jobId = parseId<JobId>(id);
    if (jobId === null) return false;
    const rows = await this.#ask<{ gone: boolean }>(visit, 'select postern.job_cancel($1) as gone', [jobId]);
    if (rows[0]?.gone !== true) return false;
    await this.files.remove({ practiceId: visit.scope.practiceId, jobId });
    return true;
  }

  /** Ends what has expired, and removes what ended jobs and killed workers left behind. */
  async sweep(): Promise<void> {
    const { pool } = this.parts;
    const { rows } = await pool.query<{ practice_id: PracticeId; job_id: JobId }>(
      'select s.practice_id, s.job_id from postern.job_sweep() s',
    );
    for (const { practice_id: practiceId, job_id: jobId } of rows) {
      await this.files.remove({ practiceId, jobId });
      await pool.query('select postern.job_forget($1, $2)', [practiceId, jobId]);
    }
    const places = await this.files.places();
    if (places.length === 0) return;
    const known = await pool.query<{ id: string }>('select k as id from postern.job_known($1) k', [
      places.map(({ jobId }) => jobId),
    ]);
    const ids = new Set(known.rows.map(({ id }) => id));
    for (const place of places) if (!ids.has(place.jobId)) await this.files.remove(place);
  }

  async #sessionApart({ scope }: Visit): Promise<Visit> {
    const { gate } = this.parts;
    const { practiceId, accountId, client, terms } = scope;
    const session = {
      practiceId,
      accountId,
      purpose: APART,
      client,
      terms,
      ttlSeconds: APART_SECONDS,
    };
    const visit = await gate.admit(await gate.openSession(session), null);
    if (visit === null) throw sessionOver();
    return visit;
  }

  /** One statement in the visit's session; admitted anew where its grants have changed. */
  async #ask<Row extends pg.QueryResultRow>(visit: Visit, text: string, values: unknown[]): Promise<Row[]> {
    const { pool, gate } = this.parts;
    let { scope } = visit;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return (await askInSession<Row>(pool, scope.handle, text, values, NAMING)).rows;
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'PT001' || attempt === 2) throw error;
        const renewed = await gate.renew(scope);
        if (renewed === null) throw sessionOver();
        scope = renewed;
      }
    }
  }
}

export function sessionOver(): PosternError {
  return new PosternError('unauthenticated', 'The session has ended. Sign in again.');
}

/** What the payload of a job is sealed with. */
function partsOf({ kind, accountId, client, sessionHash }: AskedBy): string[] {
  return ['payload', kind, accountId, client === null ? '' : `client ${client}`, sessionHash];
}

export const CHECKPOINT = ['checkpoint'] as const;

function openJson(key: JobKey, parts: readonly string[], sealed: Buffer): unknown {
  return JSON.parse(key.open(parts, sealed).toString()) as unknown;
}
