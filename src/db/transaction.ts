/**
 * Transactions that name their session.
 *
 * A transaction begins in one round trip with `set local postern.session`, a literal that the row policies
 * read, and the setting ends with it. The work gets a `Transaction` that stops working when the transaction
 * ends, so no statement can slip out into the next user's. A connection goes back to its pool only after
 * PostgreSQL has said that the transaction is over; in any doubt it is destroyed.
 */
import type pg from 'pg';
import { invariant } from '../base/errors.ts';

/** What the work may do with its transaction: ask. */
export interface Transaction {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    query: string | pg.QueryConfig,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

/** `practice uuid / hex of the session hash`, and of newer sessions `/ hex of the reach's epoch`. */
const SESSION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[0-9a-f]{64}(\/[0-9a-f]{16})?$/;

/** A statement that goes out together with the beginning of a transaction, in the same round trip. */
export interface Opening {
  /** Without parameters: what stands in it is fixed text and numbers. */
  readonly text: string;
  /** Told the rows before the work begins. */
  readonly read: (rows: readonly Readonly<Record<string, unknown>>[]) => void;
}

/**
 * Runs the work in a transaction of that session; commits when it resolves, rolls back when it throws.
 * Throws what the work throws, and an error where PostgreSQL did not commit although the work resolved (it
 * had swallowed a failed statement).
 */
export async function inSession<T>(
  pool: pg.Pool,
  session: string,
  work: (transaction: Transaction) => Promise<T>,
  opening?: Opening,
): Promise<T> {
  invariant(SESSION.test(session), 'a session setting has its one form');
  return transact(pool, session, work, opening);
}

/** The same with no session: the row policies show nothing. For definer functions that need none. */
export async function withoutSession<T>(
  pool: pg.Pool,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return transact(pool, '', work);
}

async function transact<T>(
  pool: pg.Pool,
  session: string,
  work: (transaction: Transaction) => Promise<T>,
  opening?: Opening,
): Promise<T> {
  const client = await pool.connect();
  let open = true;
  const transaction: Transaction = {
    query: (query, values) => {
      if (!open) return Promise.reject(new Error('Broken invariant: the transaction is over'));
      return client.query(query as string, values as unknown[]);
    },
  };
  let sound = false;
  try {
    const begin = `begin; set local postern.session = '${session}'`;
    try {
      if (opening === undefined) await client.query(begin);
      else opening.read(lastOf(await client.query(`${begin}; ${opening.text}`)));
      const result = await work(transaction);
      open = false;
      const end = await client.query('commit');
      sound = true;
      invariant(end.command === 'COMMIT', 'a resolved transaction commits');
      return result;
    } catch (error) {
      open = false;
      if (!sound) sound = await rollBack(client);
      throw error;
    }
  } finally {
    client.release(!sound);
  }
}

/** Rows of the last of several statements, for each of which there is a result. */
function lastOf(results: unknown): Readonly<Record<string, unknown>>[] {
  return (results as pg.QueryResult[]).at(-1)!.rows;
}

const ROLLBACK_TIMEOUT_MS = 5000;

/** Whether PostgreSQL confirmed it in time; where not, a statement may still be running. */
async function rollBack(client: pg.PoolClient): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ROLLBACK_TIMEOUT_MS);
  });
  const rolledBack = client.query('rollback').then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([rolledBack, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
