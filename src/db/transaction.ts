/**
 * Transactions that name their session.
 *
 * A transaction begins by setting `postern.session`, which the row policies read, and the setting ends with
 * it. It goes as a parameter, never as text: the text of a statement stands in `pg_stat_activity` for every
 * session of the same role to read (ADR 0005). The beginning goes out together with the first statement of
 * the work, in one round trip. The work gets a `Transaction` that stops working when the transaction ends, so
 * no statement can slip out into the next user's. A connection goes back to its pool only after PostgreSQL
 * has said that the transaction is over; in any doubt it is destroyed.
 */
import type pg from 'pg';
import { invariant } from '../base/errors.ts';

/** What the work may do with its transaction: ask. Answers come in the order of the asking. */
export interface Transaction {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    query: string | pg.QueryConfig,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

/** `practice uuid / hex of the session hash`, and of newer sessions `/ hex of the reach's epoch`. */
const SESSION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[0-9a-f]{64}(\/[0-9a-f]{16}(\/n)?)?$/;

/** A statement that names the session and asks something of it, in place of merely naming it. */
export interface Opening {
  readonly name: string;
  /** Takes the session as `$1`. */
  readonly text: string;
  /** From `$2` on. */
  readonly values: readonly unknown[];
  /** Told the one row of the answer before the work hears of its own statements. */
  readonly read: (row: Readonly<Record<string, unknown>>) => void;
}

/**
 * Runs the work in a transaction of that session; commits when it resolves, rolls back when it throws.
 * Throws what the beginning or the opening throws, else what the work throws, and an error where PostgreSQL
 * did not commit although the work resolved (it had swallowed a failed statement).
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

/**
 * Runs one statement in a transaction of that session: beginning, statement and commit in one round trip.
 * Throws as `inSession`.
 */
export async function askInSession<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  session: string,
  query: string | pg.QueryConfig,
  values?: readonly unknown[],
  opening?: Opening,
): Promise<pg.QueryResult<Row>> {
  invariant(SESSION.test(session), 'a session setting has its one form');
  const client = await pool.connect();
  let sound = false;
  try {
    const begun = begin(client, session, opening);
    const asked = client.query<Row>(query as string, values as unknown[]);
    // A commit of what has failed rolls back, and so ends the transaction either way.
    const ended = client.query('commit');
    const [began, answer, end] = await Promise.allSettled([begun, asked, ended]);
    sound = end.status === 'fulfilled';
    for (const outcome of [began, answer, end]) if (outcome.status === 'rejected') throw outcome.reason;
    return (answer as PromiseFulfilledResult<pg.QueryResult<Row>>).value;
  } finally {
    client.release(!sound);
  }
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
  let failed: unknown;
  const transaction: Transaction = {
    query: (query, values) => {
      if (!open) return Promise.reject(new Error('Broken invariant: the transaction is over'));
      gather(client);
      const asked = client.query(query as string, values as unknown[]);
      asked.catch((error) => {
        failed ??= error;
      });
      return asked;
    },
  };
  let sound = false;
  try {
    const begun = begin(client, session, opening);
    try {
      // Not awaited: the first statement of the work follows at once.
      const [began, worked] = await Promise.allSettled([begun, work(transaction)]);
      open = false;
      if (began.status === 'rejected') throw began.reason;
      if (worked.status === 'rejected')
        throw isAftermath(worked.reason) ? (failed ?? worked.reason) : worked.reason;
      const end = await client.query('commit');
      sound = true;
      invariant(end.command === 'COMMIT', 'a resolved transaction commits');
      return worked.value;
    } catch (error) {
      if (!sound) sound = await rollBack(client);
      throw error;
    }
  } finally {
    client.release(!sound);
  }
}

/** What every statement is told that comes after one that failed; the first failure explains it. */
function isAftermath(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '25P02';
}

/**
 * What is asked in one turn goes out in one write: each write wakes PostgreSQL, which costs both sides more
 * than a small statement does.
 */
function gather({ connection: { stream } }: pg.PoolClient): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
}

async function begin(client: pg.PoolClient, session: string, opening: Opening = NAMING): Promise<void> {
  gather(client);
  const { name, text, values, read } = opening;
  await Promise.all([
    client.query('begin'),
    client
      .query<Record<string, unknown>>({ name, text, values: [session, ...values] })
      .then(({ rows }) => read(rows[0]!)),
  ]);
}

const NAMING: Opening = {
  name: 'session',
  text: "select set_config('postern.session', $1, true)",
  values: [],
  read: () => undefined,
};

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
