/**
 * Pools of connections, all made here, so that each carries the same settings: a search path of our schema
 * alone, and timers that end what hangs.
 */
import pg from 'pg';

export type Connection = pg.ClientConfig;

export interface PoolOptions {
  readonly max: number;
  /** Longest a statement may run; 30 000 when not given, 0 for no limit. */
  readonly statementTimeoutMs?: number;
}

/** A pool that survives the loss of its connections: what was lost is dropped, what waits gets the error. */
export function makePool(connection: Connection, options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...connectionSettings(connection, options.statementTimeoutMs ?? 30_000),
    max: options.max,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
  });
  // Without a listener the loss of one connection would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}

/** The connection with what every connection of Postern carries; also for a `pg.Client` that listens. */
export function connectionSettings(connection: Connection, statementTimeoutMs: number): Connection {
  return {
    application_name: 'postern',
    ...connection,
    // Statements are written so that one plan serves all values; planning one costs more than running it.
    options: '-c search_path=postern,pg_temp -c plan_cache_mode=force_generic_plan',
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    // Statements that need not wait for each other's answers go out together.
    pipeline: true,
  };
}
