/**
 * The line writer: makes the access lines of concurrent answers durable together. One insert and one commit
 * carry the lines that have gathered while the one before was under way, so that thousands of answers a
 * second share a few hundred disk flushes. A promise resolves only after the commit that holds its line: what
 * awaits it may be released, and nothing else.
 */
import { PosternError } from '../base/errors.ts';
import type { PracticeId } from '../base/ids.ts';
import { lostDatabase } from '../base/lost-database.ts';
import type { AccessLine, Queryable } from './line.ts';

export interface LineWriterOptions {
  /** Connections of the server role. Each statement is a transaction of its own. */
  pool: Queryable;
  /** Lines to one insert at most (256). */
  linesPerBatch?: number;
  /** Lines of one practice that may wait; more are refused as `unavailable` (4096). */
  maxWaiting?: number;
  /** Called after lines were committed: the sequencer's `poke`. */
  onWritten?: () => void;
}

interface Waiting {
  line: AccessLine;
  resolve(): void;
  reject(error: unknown): void;
}

interface Queue {
  readonly waiting: Waiting[];
  /** Settles when all that waits, and comes meanwhile, is written. */
  drained: Promise<void>;
}

const APPEND = 'select t as id from postern.ledger_append_lines($1, $2) t';

/** SQLSTATE classes that blame the data, not the connection or the server. */
const DATA_FAULT = /^(22|23)/;

/**
 * Appends a line in a transaction without a session, so that it is durable with what it tells of. The
 * database looks whose session the line names. Throws `invalid` where it is not its account's in its
 * practice.
 */
export async function appendLineOf(tx: Queryable, line: AccessLine): Promise<void> {
  const { rows } = await tx.query(APPEND, [line.practiceId, encode([{ line }])]);
  if (rows.length === 1) return;
  throw new PosternError('invalid', 'The access log refused a line: its session is not its own.');
}

export class LineWriter {
  readonly #options: LineWriterOptions;
  readonly #queues = new Map<PracticeId, Queue>();
  #closed = false;

  constructor(options: LineWriterOptions) {
    this.#options = options;
  }

  /**
   * Writes a line and resolves when it is durable. Throws `unavailable` where it cannot be written now or too
   * many wait, and `invalid` where the line itself is refused: its session is not its account's in its
   * practice, or it holds what the table does not take. Nothing may be released then.
   */
  write(line: AccessLine): Promise<void> {
    if (this.#closed) return Promise.reject(new PosternError('unavailable', 'The server is stopping.'));
    const queue = this.#queues.get(line.practiceId) ?? this.#open(line.practiceId);
    if (queue.waiting.length >= (this.#options.maxWaiting ?? 4096)) {
      return Promise.reject(new PosternError('unavailable', 'Too many answers wait for the access log.'));
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    queue.waiting.push({ line, resolve, reject });
    return promise;
  }

  /** Takes no more lines and resolves when those that wait are written or refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#queues.values()].map(({ drained }) => drained));
  }

  #open(practiceId: PracticeId): Queue {
    const queue: Queue = { waiting: [], drained: Promise.resolve() };
    this.#queues.set(practiceId, queue);
    queue.drained = this.#drain(practiceId, queue);
    return queue;
  }

  async #drain(practiceId: PracticeId, queue: Queue): Promise<void> {
    // Lines of the same turn of the event loop go together.
    await new Promise<void>((turn) => setImmediate(turn));
    while (queue.waiting.length > 0) {
      const batch = queue.waiting.splice(0, this.#options.linesPerBatch ?? 256);
      await this.#writeBatch(practiceId, batch);
      this.#options.onWritten?.();
    }
    this.#queues.delete(practiceId);
  }

  async #writeBatch(practiceId: PracticeId, batch: readonly Waiting[]): Promise<void> {
    try {
      const { rows } = await this.#options.pool.query(APPEND, [practiceId, encode(batch)]);
      const written = new Set((rows as { id: string }[]).map(({ id }) => id));
      for (const { line, resolve, reject } of batch) {
        if (written.has(line.id)) resolve();
        else
          reject(new PosternError('invalid', 'The access log refused a line: its session is not its own.'));
      }
    } catch (error) {
      await this.#blame(practiceId, batch, error);
    }
  }

  /** One line that the table does not take must not fail those it happened to travel with. */
  async #blame(practiceId: PracticeId, batch: readonly Waiting[], cause: unknown): Promise<void> {
    const isDataFault = DATA_FAULT.test((cause as { code?: string }).code ?? '');
    if (isDataFault && batch.length > 1) {
      for (const one of batch) await this.#writeBatch(practiceId, [one]);
      return;
    }
    const error = isDataFault
      ? new PosternError('invalid', 'The access log refused a line.', { cause })
      : (lostDatabase(cause) ??
        new PosternError('unavailable', 'The access log cannot be written.', { cause }));
    for (const { reject } of batch) reject(error);
  }
}

function encode(batch: readonly Pick<Waiting, 'line'>[]): string {
  return JSON.stringify(
    batch.map(({ line }) => ({
      id: line.id,
      session_hash: line.sessionHash,
      account_id: line.accountId,
      behalf_of: line.behalfOf,
      purpose: line.purpose,
      action: line.action,
      outcome: line.outcome,
      client: line.client,
      address: line.address,
      entries: line.entries,
      detail: line.detail?.toString('hex'),
      bytes: line.bytes,
      closes: line.closes,
    })),
  );
}
