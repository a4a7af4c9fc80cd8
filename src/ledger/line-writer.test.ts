import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestLog, type TestLog } from '../../test/support/access-log.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.ts';
import { type AccountId, type ChartId, newId, type PracticeId, type SessionHash } from '../base/ids.ts';
import { type AccessLine, closingLine, type Queryable } from './line.ts';
import { LineWriter } from './line-writer.ts';

let database: FreshDatabase;
let log: TestLog;
beforeAll(async () => {
  database = await freshDatabase();
  log = await openTestLog(database);
});
afterAll(async () => {
  await log.remove();
  await database.close();
});

const stored = async (id: string) =>
  (await database.owner.query('select * from postern.access_line where id = $1', [id])).rows[0];

/** The server's pool, with every statement counted. */
function counted(): Queryable & { statements: number } {
  return {
    statements: 0,
    query(text, values) {
      this.statements += 1;
      return database.server.query(text, values);
    },
  };
}

describe('the line writer', () => {
  it('stores a line as it was given, in the practice and session that it names', async () => {
    const writer = new LineWriter({ pool: database.server });
    const line: AccessLine = {
      ...log.line(newId<ChartId>(), newId<ChartId>()),
      behalfOf: newId<ChartId>(),
      client: 'a client',
      detail: randomBytes(40),
      bytes: 2 ** 40,
    };
    await writer.write(line);
    const row = await stored(line.id);
    expect(row).toMatchObject({
      practice_id: log.practiceId,
      account_id: log.accountId,
      behalf_of: line.behalfOf,
      purpose: 'TREAT',
      action: 'read',
      outcome: 'ok',
      client: 'a client',
      address: '192.0.2.7',
      entries: line.entries,
      detail: line.detail,
      bytes: String(2 ** 40),
      closes: null,
    });
    expect(row.session_hash.toString('hex')).toBe(log.sessionHash);
  });

  it('resolves only when another connection can see the line', async () => {
    const writer = new LineWriter({ pool: database.server, linesPerBatch: 5 });
    await Promise.all(
      Array.from({ length: 40 }, async () => {
        const line = log.line();
        await writer.write(line);
        expect(await stored(line.id)).toBeDefined();
      }),
    );
  });

  it('carries the lines of concurrent answers in few statements', async () => {
    const pool = counted();
    const writer = new LineWriter({ pool });
    const lines = Array.from({ length: 500 }, () => log.line());
    await Promise.all(lines.map((line) => writer.write(line)));
    expect(pool.statements).toBeLessThanOrEqual(3);
  });

  it('refuses a line whose session is of another account or practice, or unknown, and no other', async () => {
    const writer = new LineWriter({ pool: database.server });
    const wrong: AccessLine[] = [
      { ...log.line(), accountId: newId<AccountId>() },
      { ...log.line(), accountId: null },
      { ...log.line(), sessionHash: null },
      { ...log.line(), sessionHash: randomBytes(32).toString('hex') as SessionHash },
      { ...log.line(), practiceId: newId<PracticeId>() },
    ];
    const nobody: AccessLine = { ...log.line(), sessionHash: null, accountId: null, outcome: 'refused' };
    const lines = [log.line(), ...wrong, nobody, log.line()];
    const answers = await Promise.allSettled(lines.map((line) => writer.write(line)));
    for (const [i, line] of lines.entries()) {
      const refused = wrong.includes(line);
      expect(answers[i]!.status, `line ${i}`).toBe(refused ? 'rejected' : 'fulfilled');
      expect((await stored(line.id)) === undefined, `line ${i}`).toBe(refused);
    }
  });

  it('fails a line that the table does not take, and not those it travels with', async () => {
    const writer = new LineWriter({ pool: database.server });
    const good = [log.line(), log.line()];
    const twice = good[0]!;
    const bad: AccessLine = { ...log.line(), purpose: 'a\u0000b' };
    const answers = await Promise.allSettled(
      [good[0]!, bad, good[1]!, twice].map((line) => writer.write(line)),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect((answers[1] as PromiseRejectedResult).reason).toMatchObject({ code: 'invalid' });
  });

  it('fails the lines of a batch that the database refused, and writes those that come after', async () => {
    let broken = true;
    const pool: Queryable = {
      query: (text, values) =>
        broken ? Promise.reject(new Error('connection lost')) : database.server.query(text, values),
    };
    const writer = new LineWriter({ pool });
    const answers = await Promise.allSettled([writer.write(log.line()), writer.write(log.line())]);
    expect(answers.map((answer) => (answer as PromiseRejectedResult).reason.code)).toEqual([
      'unavailable',
      'unavailable',
    ]);
    broken = false;
    await writer.write(log.line());
  });

  it('refuses lines beyond its bound at once, and all of them when it is closing', async () => {
    const writer = new LineWriter({ pool: database.server, maxWaiting: 3 });
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => writer.write(log.line())));
    expect(answers.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    const last = writer.write(log.line());
    await writer.close();
    await last;
    await expect(writer.write(log.line())).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('closes the line of a stream with the bytes that went out', async () => {
    const writer = new LineWriter({ pool: database.server });
    const opened = log.line(newId<ChartId>());
    await writer.write(opened);
    const closing = closingLine(opened, 123_456);
    await writer.write(closing);
    expect(await stored(closing.id)).toMatchObject({
      closes: opened.id,
      bytes: '123456',
      outcome: 'closed',
      entries: opened.entries,
    });
  });

  it('tells the sequencer when lines were written', async () => {
    let told = 0;
    const writer = new LineWriter({ pool: database.server, onWritten: () => (told += 1) });
    await writer.write(log.line());
    await writer.close();
    expect(told).toBe(1);
  });
});
