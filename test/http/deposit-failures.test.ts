/** Deposits when something breaks: a sender, the database, or a partner's sense of measure. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { type DepositDesk, idOf, openDepositDesk, report } from '../support/deposit-desk.ts';

let desk: DepositDesk;
beforeAll(async () => {
  desk = await openDepositDesk();
});
afterAll(() => desk.served.close());

const owner = (statement: string, values: unknown[] = []) =>
  desk.served.database.owner.query<{ count: number }>(statement, values);

async function standing(): Promise<number[]> {
  const counts: number[] = [];
  for (const from of ['deposit', 'deposit_content', 'chart_key where section = 7', 'resource']) {
    counts.push((await owner(`select count(*)::integer as count from postern.${from}`)).rows[0]!.count);
  }
  return counts;
}

/** While the server role may not do that to that table. */
async function without<T>(privilege: string, table: string, work: () => Promise<T>): Promise<T> {
  const { serverRole } = desk.served.database;
  await owner(`revoke ${privilege} on postern.${table} from ${serverRole}`);
  try {
    return await work();
  } finally {
    await owner(`grant ${privilege} on postern.${table} to ${serverRole}`);
  }
}

test('content that breaks off leaves nothing, and can be sent again', async () => {
  const before = await standing();
  const answer = await desk.served.server.handle({
    method: 'POST',
    path: '/fhir/$deposit',
    query: '',
    headers: { authorization: `Bearer ${desk.laboratory.token}`, 'content-type': 'text/plain' },
    address: '192.0.2.1',
    body: (async function* () {
      yield Buffer.from('half of it');
      throw new Error('reset');
    })(),
  });
  expect([answer.status, await standing()]).toEqual([400, before]);
});

test.each(['deposit', 'deposit_content', 'chart_key', 'access_line'])(
  'where %s cannot be written, nothing is left and nothing is acknowledged',
  async (table) => {
    const content = report();
    const before = await standing();
    const failed = await without('insert', table, () => desk.leave(content));
    expect([failed.status, await standing()]).toEqual([500, before]);
    const again = await desk.leave(content);
    expect([again.status, (await standing())[0]]).toEqual([202, before[0]! + 1]);
  },
);

test.each(['resource', 'access_line', 'chart_token'])(
  'where %s cannot be written, nothing is filed and the deposit waits on',
  async (table) => {
    const id = await desk.left(report());
    const before = await standing();
    const failed = await without('insert', table, () => desk.file(id));
    expect([failed.status, await standing()]).toEqual([500, before]);
    expect((await desk.file(id)).status).toBe(200);
  },
);

test('where no line can be written, nothing is opened', async () => {
  const id = await desk.left(report());
  const failed = await without('insert', 'access_line', () => desk.open(id));
  expect([failed.status, failed.text.includes('content')]).toEqual([500, false]);
});

test('a partner of whose too much waits is told to wait; others are not', async () => {
  const flood = await desk.served.person(desk.practice, { role: 'partner' });
  const first = report();
  const left = idOf(await desk.leave(first, undefined, flood));
  await owner(
    `insert into postern.deposit (practice_id, deposit_id, partner, media_type, bytes, digest)
     select $1, gen_random_uuid(), $2, 'text/plain', 1, sha256(convert_to(n::text, 'UTF8'))
     from generate_series(1, 9999) n`,
    [desk.practice, flood.accountId],
  );
  expect((await desk.leave(report(), undefined, flood)).status).toBe(429);
  // What has been taken in is still known, so that a repeat is not an error.
  expect(idOf(await desk.leave(first, undefined, flood))).toBe(left);
  expect((await desk.leave(report())).status).toBe(202);
  await owner('delete from postern.deposit where media_type = $1', ['text/plain']);
  expect((await desk.leave(report(), undefined, flood)).status).toBe(202);
  await owner('update postern.deposit set bytes = 1073741824 where deposit_id = $1', [left]);
  expect((await desk.leave(`"${newId()}"`, undefined, flood)).status).toBe(429);
});
