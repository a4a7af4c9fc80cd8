/** Lines made to stop the log: by a session that may write in its own name, and by the database's owner. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestLog, type TestLog } from '../../test/support/access-log.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.ts';
import { newId } from '../base/ids.ts';
import { inSession } from '../db/index.ts';

let database: FreshDatabase;
let log: TestLog;
let bystander: TestLog;
beforeAll(async () => {
  database = await freshDatabase();
  log = await openTestLog(database);
  bystander = await openTestLog(database);
});
afterAll(async () => {
  await log.remove();
  await bystander.remove();
  await database.close();
});

const INSERT = `
insert into postern.access_line (practice_id, id, account_id, purpose, action, outcome, at)
values ($1, $2, $3, '', '', 'ok', coalesce($4::timestamptz, clock_timestamp()))`;

const insert = async (at: string | null) =>
  inSession(database.server, await log.admit({}), (tx) =>
    tx.query(INSERT, [log.practiceId, newId(), log.accountId, at]),
  );

it('a session writes lines of now, and of no other time', async () => {
  await insert(null);
  for (const at of ['294276-12-31', '4713-01-01 BC', '1999-12-31', '2200-01-02', 'infinity', '2020-01-01']) {
    await expect(insert(at), at).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|23514)$/) });
  }
});

it('nobody writes a line of a time that has no microseconds', async () => {
  for (const at of ['294276-12-31', '-infinity', '1999-12-31']) {
    const inserted = database.owner.query(INSERT, [log.practiceId, newId(), log.accountId, at]);
    await expect(inserted, at).rejects.toMatchObject({ code: '23514' });
  }
});

it('a line that cannot be read stops its own log, says so, and no other log', async () => {
  const sequence = async () => {
    await bystander.otherSequencer({ onError: (practice) => told.push(practice) }).sequenceAll();
  };
  const told: unknown[] = [];
  await database.owner.query('alter table postern.access_line drop constraint at_is_a_time');
  await database.owner.query(INSERT, [log.practiceId, newId(), log.accountId, '294276-12-31']);
  await bystander.write(3);
  // An open transaction of another test in the cluster may hold lines back for a moment.
  for (let sound = false; !sound; await delay(5)) {
    await sequence();
    sound = (await bystander.verify()).pending === 0 && told.length > 0;
  }
  expect(await bystander.verify()).toMatchObject({ sound: true, lines: 3, pending: 0 });
  expect(new Set(told)).toEqual(new Set([log.practiceId]));
});
