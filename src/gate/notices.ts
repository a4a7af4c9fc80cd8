/**
 * Hears what other processes change, and goes on hearing: a connection that is lost is opened again. What was
 * said meanwhile nobody repeats, so whoever listens is told that something may have been missed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Connection, connectionSettings } from '../db/index.ts';

export interface NoticesParts {
  readonly connection: Connection;
  readonly channels: readonly string[];
  heard(channel: string, payload: string): void;
  /** Called once it listens again after a loss. */
  missed(): void;
}

/** Held by every server that listens to what others change. */
export const SERVING_LOCK = 'postern.serving';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 10_000;
/** What stands between drops a connection on which nothing is said, unless it is probed now and then. */
const KEEP_ALIVE_MS = 30_000;

export class Notices {
  readonly #parts: NoticesParts;
  readonly #stopping = new AbortController();
  #client: pg.Client | null = null;
  #again: Promise<void> = Promise.resolve();

  constructor(parts: NoticesParts) {
    this.#parts = parts;
  }

  /** Resolves once it listens. Throws where it cannot connect; later it tries again by itself. */
  async start(): Promise<void> {
    const { connection, channels, heard } = this.#parts;
    const settings = connectionSettings(connection, 0);
    const client = new pg.Client({
      ...settings,
      connectionTimeoutMillis: LONGEST_WAIT_MS,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    });
    // The loss is heard of by 'end'.
    client.on('error', () => undefined);
    client.on('notification', ({ channel, payload }) => {
      if (payload !== undefined) heard(channel, payload);
    });
    try {
      await client.connect();
      for (const channel of channels) await client.query(`listen ${channel}`);
      // As long as it listens, it serves; what must not be done meanwhile asks for this lock alone.
      await client.query('select pg_advisory_lock_shared(hashtextextended($1, 0))', [SERVING_LOCK]);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    if (this.#stopping.signal.aborted) {
      await client.end();
      return;
    }
    this.#client = client;
    client.on('end', () => {
      this.#client = null;
      if (!this.#stopping.signal.aborted) this.#again = this.#startAgain();
    });
  }

  /** Asks for a sign of life on the connection that listens; `null` where there is none just now. */
  probe(): Promise<unknown> | null {
    return this.#client?.query('select 1') ?? null;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#client?.end();
    await this.#again;
  }

  async #startAgain(): Promise<void> {
    const { signal } = this.#stopping;
    for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const listens = await this.start().then(
        () => true,
        () => false,
      );
      if (!listens) continue;
      this.#parts.missed();
      return;
    }
  }
}
