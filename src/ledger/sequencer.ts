/**
 * The sequencer: puts the access lines of every practice under a signed checkpoint within a second. Several
 * processes may run one; an advisory lock per practice lets one of them work on a practice at a time, and
 * what another has done meanwhile is caught up with. It may be killed anywhere.
 */
import path from 'node:path';
import type { Pool } from 'pg';
import type { PracticeId } from '../base/ids.ts';
import { type LogKeys, PracticeLog } from './practice-log.ts';
import { type Witness, withSignatures } from './witness.ts';

export interface SequencerOptions {
  /** Connections of the server role; one is used at a time. */
  pool: Pool;
  /** The directory above those of the practices' logs: `POSTERN_DATA/log`. */
  directory: string;
  /** Asked once for each practice; `restartLog` asks again after a rotation. */
  keysOf(practiceId: PracticeId): Promise<LogKeys>;
  /** A ticket that lets it see and sequence the lines of the practice: see `ledgerTicket`. */
  ticketOf(practiceId: PracticeId): Promise<string>;
  witnesses?: readonly Witness[];
  /**
   * Told of what failed for a practice (`null`: for all of them). It is tried again at the next round, and
   * the same failure is not told again until it has worked once.
   */
  onError(practiceId: PracticeId | null, error: unknown): void;
  /** Between looks for lines that nobody announced (500). */
  intervalMilliseconds?: number;
  /** Lines to a checkpoint at most (2048). */
  linesPerCheckpoint?: number;
}

/** The directory of one practice's log: checkpoints, tiles and entry bundles. */
export function logDirectory(directory: string, practiceId: PracticeId): string {
  return path.join(directory, practiceId);
}

export class Sequencer {
  readonly #options: SequencerOptions;
  readonly #logs = new Map<PracticeId, Promise<PracticeLog>>();
  readonly #witnessing = new Map<PracticeId, Promise<void>>();
  /** What was told last, by what failed. */
  readonly #told = new Map<string, string>();
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> | null = null;
  #poked = false;
  #running = false;

  constructor(options: SequencerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.#schedule(0);
  }

  /** Ends after the round that is under way. Lines that are pending then wait for the next start. */
  async stop(): Promise<void> {
    this.#running = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#round;
    await Promise.all(this.#witnessing.values());
  }

  /** Says that lines were written. Cheap, and worth saying often: pokes between two rounds are one. */
  poke(): void {
    if (this.#poked || !this.#running) return;
    this.#poked = true;
    if (this.#round === null) this.#schedule(this.#interval);
  }

  /** Sequences all that is pending now, in all practices. */
  async sequenceAll(): Promise<void> {
    const { rows } = await this.#options.pool.query(
      'select b as practice_id from postern.ledger_backlog() b',
    );
    for (const { practice_id } of rows as { practice_id: PracticeId }[]) {
      try {
        if (await this.sequence(practice_id)) this.#told.delete(practice_id);
      } catch (error) {
        this.#tell(practice_id, practice_id, error);
      }
    }
  }

  /**
   * Sequences what is pending in one practice; `false` where another process is at it. Throws `damaged` where
   * the database does not continue what was signed before.
   */
  async sequence(practiceId: PracticeId): Promise<boolean> {
    const client = await this.#options.pool.connect();
    const lock = [`postern.ledger.${practiceId}`];
    let broken: Error | undefined;
    try {
      const { rows } = await client.query(
        'select pg_try_advisory_lock(hashtextextended($1, 0)) as got',
        lock,
      );
      if (!(rows[0] as { got: boolean }).got) return false;
      try {
        const log = await this.#log(practiceId);
        const before = log.head?.size ?? 0;
        const ticket = await this.#options.ticketOf(practiceId);
        await log.advance(client, this.#options.linesPerCheckpoint ?? 2048, ticket);
        if ((log.head?.size ?? 0) > before) this.#witness(log);
        return true;
      } catch (error) {
        // What it had in memory may be ahead of what was committed: begin again from the files.
        this.#logs.delete(practiceId);
        throw error;
      } finally {
        await client
          .query('select pg_advisory_unlock(hashtextextended($1, 0))', lock)
          .catch((error: Error) => {
            broken = error;
          });
      }
    } finally {
      // A connection that may still hold the lock is closed, not reused.
      client.release(broken);
    }
  }

  /** Forgets a practice's keys, so that the next round asks for them. */
  restartLog(practiceId: PracticeId): void {
    this.#logs.delete(practiceId);
  }

  #tell(source: string, practiceId: PracticeId | null, error: unknown): void {
    const what = String(error);
    if (this.#told.get(source) === what) return;
    this.#told.set(source, what);
    this.#options.onError(practiceId, error);
  }

  get #interval(): number {
    return this.#options.intervalMilliseconds ?? 500;
  }

  #schedule(milliseconds: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#poked = false;
      this.#round = this.sequenceAll()
        .then(() => void this.#told.delete('round'))
        .catch((error: unknown) => this.#tell('round', null, error))
        .finally(() => {
          this.#round = null;
          if (this.#running) this.#schedule(this.#interval);
        });
    }, milliseconds);
  }

  #log(practiceId: PracticeId): Promise<PracticeLog> {
    let log = this.#logs.get(practiceId);
    if (log === undefined) {
      const { keysOf, directory } = this.#options;
      log = keysOf(practiceId).then(
        (keys) => new PracticeLog(practiceId, logDirectory(directory, practiceId), keys),
      );
      this.#logs.set(practiceId, log);
    }
    return log;
  }

  /** Asks the witnesses, one round at a time; a checkpoint that comes meanwhile goes with the next. */
  #witness(log: PracticeLog): void {
    const witnesses = this.#options.witnesses ?? [];
    if (witnesses.length === 0 || this.#witnessing.has(log.practiceId)) return;
    const asked = this.#askWitnesses(log, witnesses)
      .catch((error: unknown) => this.#tell('witnesses', log.practiceId, error))
      .finally(() => this.#witnessing.delete(log.practiceId));
    this.#witnessing.set(log.practiceId, asked);
  }

  async #askWitnesses(log: PracticeLog, witnesses: readonly Witness[]): Promise<void> {
    const { head } = log;
    if (head === null) return;
    const answers = await Promise.allSettled(
      witnesses.map((witness) => witness.cosign(head, (older) => log.prove(older, head.size))),
    );
    const lines: string[] = [];
    for (const [i, answer] of answers.entries()) {
      const source = `${log.practiceId} ${witnesses[i]!.name}`;
      if (answer.status === 'rejected') {
        this.#tell(source, log.practiceId, answer.reason);
        continue;
      }
      this.#told.delete(source);
      lines.push(answer.value);
    }
    if (lines.length > 0) await log.keepCosigned(head, withSignatures(head.note, lines));
  }
}
