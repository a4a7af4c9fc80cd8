import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.ts';
import { connectionSettings, makePool } from './pools.ts';
import { askInSession, inSession, type Opening, type Transaction, withoutSession } from './transaction.ts';

const session = (letter: string) => `00000000-0000-4000-8000-00000000000${letter}/${letter.repeat(64)}`;
const ASK = "select current_setting('postern.session', true) as session";

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase({ poolSize: 1 });
});
afterAll(() => database.close());

async function named(work: (ask: () => Promise<string>) => Promise<unknown>, of: string): Promise<unknown> {
  return inSession(database.server, of, (transaction) =>
    work(async () => (await transaction.query<{ session: string }>(ASK)).rows[0]!.session),
  );
}

/** What the next user of the one connection finds before he has said who he is. */
async function left(): Promise<string | null> {
  const found = await database.server.query<{ session: string | null }>(ASK);
  return found.rows[0]!.session;
}

describe('a transaction in a session', () => {
  test('is run as the server role and carries the session it names, and only while it lasts', async () => {
    const seen = await named((ask) => ask(), session('a'));
    expect(seen).toBe(session('a'));
    expect(await left()).toBeFalsy();
  });

  test('on a pool of one, alternating sessions never see one another', async () => {
    const turns = Array.from({ length: 40 }, (_, index) => session(index % 2 === 0 ? 'a' : 'b'));
    const seen = await Promise.all(turns.map((of) => named((ask) => ask(), of)));
    expect(seen).toEqual(turns);
    expect(await left()).toBeFalsy();
  });

  test('takes a setting with an epoch too, and refuses any other form before it asks', async () => {
    const long = `${session('a')}/0123456789abcdef`;
    expect(await named((ask) => ask(), long)).toBe(long);
    for (const forged of ['', 'x', "'; drop table t; --", `${session('a')}'`, session('a').toUpperCase()]) {
      await expect(inSession(database.server, forged, async () => 1)).rejects.toThrow('one form');
    }
  });

  test('that throws is rolled back, keeps the error, and leaves nothing behind', async () => {
    const failure = new Error('from the work');
    await expect(
      named(async (ask) => {
        await ask();
        throw failure;
      }, session('a')),
    ).rejects.toBe(failure);
    expect(await left()).toBeFalsy();
    expect(await named((ask) => ask(), session('b'))).toBe(session('b'));
  });

  test('whose work swallowed a failed statement is not reported as committed', async () => {
    const work = (transaction: Transaction) => transaction.query('select 1 / 0').catch(() => 'swallowed');
    await expect(inSession(database.server, session('a'), work)).rejects.toThrow('commits');
    expect(await left()).toBeFalsy();
  });

  test('cannot be used after it has ended', async () => {
    let kept: Transaction | undefined;
    await inSession(database.server, session('a'), async (transaction) => {
      kept = transaction;
    });
    await expect(kept!.query('select 1')).rejects.toThrow('over');
  });

  test('that runs into the statement timeout frees its connection for the next', async () => {
    const pool = makePool(database.serverConnection, { max: 1, statementTimeoutMs: 50 });
    await expect(
      inSession(pool, session('a'), (transaction) => transaction.query('select pg_sleep(5)')),
    ).rejects.toMatchObject({ code: '57014' });
    const found = await pool.query<{ session: string | null }>(ASK);
    expect(found.rows[0]!.session).toBeFalsy();
    await pool.end();
  });

  test('prepared statements survive the session that made them and answer for the next one', async () => {
    const ask = (of: string) =>
      inSession(database.server, of, async (transaction) => {
        const answer = await transaction.query<{ session: string }>({ name: 'who', text: ASK });
        return answer.rows[0]!.session;
      });
    const seen: string[] = [];
    for (const letter of ['a', 'b', 'a', 'b']) seen.push(await ask(session(letter)));
    expect(seen).toEqual([session('a'), session('b'), session('a'), session('b')]);
  });

  test('whose backend is killed fails, and the next one gets a new connection', async () => {
    const pidOf = async (transaction: Transaction) =>
      (await transaction.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
    let killed = 0;
    await expect(
      inSession(database.server, session('a'), async (transaction) => {
        killed = await pidOf(transaction);
        await transaction.query('select pg_terminate_backend(pg_backend_pid())');
      }),
    ).rejects.toMatchObject({ code: '57P01' });
    const next = await inSession(database.server, session('b'), pidOf);
    expect(next).not.toBe(killed);
    expect(await left()).toBeFalsy();
  });

  test('without a session names none, even on a connection where somebody set one for good', async () => {
    const pool = makePool(database.serverConnection, { max: 1 });
    await pool.query(`set postern.session = '${session('a')}'`);
    const seen = await withoutSession(pool, (transaction) => transaction.query<{ session: string }>(ASK));
    expect(seen.rows[0]!.session).toBe('');
    await pool.end();
  });

  test('opens with what is asked before the work, and tells it before the work hears of it', async () => {
    const heard: string[] = [];
    const opening: Opening = {
      name: 'opening',
      text: `select set_config('postern.session', $1, true) as session`,
      values: [],
      read: (row) => heard.push(`opening ${row.session}`),
    };
    await inSession(
      database.server,
      session('a'),
      async (transaction) => {
        await transaction.query('select 1');
        heard.push('work');
      },
      opening,
    );
    expect(heard).toEqual([`opening ${session('a')}`, 'work']);
  });

  test('whose opening fails tells that, not what came of it, and leaves nothing behind', async () => {
    const text = `select set_config('postern.session', $1, true), 1 / $2::integer`;
    const opening: Opening = { name: 'failing', text, values: [0], read: () => undefined };
    const work = (transaction: Transaction) => transaction.query('select 1');
    const failed = { code: '22012' };
    await expect(inSession(database.server, session('a'), work, opening)).rejects.toMatchObject(failed);
    await expect(askInSession(database.server, session('a'), 'select 1', [], opening)).rejects.toMatchObject(
      failed,
    );
    expect(await left()).toBeFalsy();
  });

  test('whose statements go out together tells the first failure, whichever is heard first', async () => {
    const heardLate = async (transaction: Transaction) => {
      const first = transaction.query('select 1 / 0').catch(async (error) => {
        await new Promise((later) => setImmediate(later));
        throw error;
      });
      await Promise.all([first, transaction.query('select 1')]);
    };
    await expect(inSession(database.server, session('a'), heardLate)).rejects.toMatchObject({
      code: '22012',
    });
  });

  test('shows its session to nobody who looks at what runs', async () => {
    const watcher = makePool(database.serverConnection, { max: 1 });
    const seen = await inSession(database.server, session('a'), async (transaction) => {
      await transaction.query(ASK);
      const { rows } = await watcher.query<{ query: string }>('select query from pg_stat_activity');
      return rows.map(({ query }) => query).join();
    });
    expect(seen).not.toContain('aaaaaaaa');
    await watcher.end();
  });

  test('every connection looks for names in the schema of Postern alone', async () => {
    const found = await database.server.query('show search_path');
    expect(found.rows[0]).toEqual({ search_path: 'postern,pg_temp' });
    expect(connectionSettings({}, 1000)).toMatchObject({ statement_timeout: 1000 });
  });
});

describe('one statement in a session', () => {
  const ask = (of: string) => askInSession<{ session: string }>(database.server, of, ASK);

  test('carries the session it names, and the next one never sees it', async () => {
    const turns = Array.from({ length: 40 }, (_, index) => session(index % 2 === 0 ? 'a' : 'b'));
    const seen = await Promise.all(turns.map(ask));
    expect(seen.map(({ rows }) => rows[0]!.session)).toEqual(turns);
    expect(await left()).toBeFalsy();
    await expect(ask("'; drop table t; --")).rejects.toThrow('one form');
  });

  test('that fails keeps its error and frees its connection for the next', async () => {
    const failing = askInSession(database.server, session('a'), 'select 1 / $1::integer', [0]);
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    expect((await ask(session('b'))).rows[0]!.session).toBe(session('b'));
    const killed = askInSession(
      database.server,
      session('a'),
      'select pg_terminate_backend(pg_backend_pid())',
    );
    await expect(killed).rejects.toMatchObject({ code: '57P01' });
    expect((await ask(session('b'))).rows[0]!.session).toBe(session('b'));
    expect(await left()).toBeFalsy();
  });
});
