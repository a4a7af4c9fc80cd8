/**
 * What the owner of the database does who rewrites all he can: lines, leaves, tiles, and the checkpoints that
 * no longer fit taken away. He has no key, and somebody has kept one checkpoint.
 */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestLog } from '../../test/support/access-log.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.ts';
import {
  dropLeaf,
  openVictim as openTamperable,
  rewriteConsistently,
  swapLeaves,
  type Victim,
} from '../../test/support/tampered-log.ts';
import { verifyLog } from './verify-log.ts';

let database: FreshDatabase;
const logs: TestLog[] = [];
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(async () => {
  await Promise.all(logs.map((log) => log.remove()));
  await database.close();
});

async function openVictim(): Promise<Victim> {
  const victim = await openTamperable(database);
  logs.push(victim.log);
  return victim;
}

describe('given one earlier checkpoint, verification finds what an owner did who rewrote all he can:', () => {
  const deeds: [string, (victim: Victim) => Promise<void>][] = [
    [
      'an edit',
      (victim) =>
        victim.sql(
          "update postern.access_line set action = 'x' where practice_id = $1 and id = $2",
          victim.id(5),
        ),
    ],
    [
      'a deletion',
      async (victim) => {
        await victim.sql('delete from postern.access_line where practice_id = $1 and id = $2', victim.id(5));
        await dropLeaf(victim, 5);
      },
    ],
    [
      'an insertion',
      async (victim) => {
        const forged = '99999999-9999-4999-8999-999999999999';
        await victim.sql(
          `insert into postern.access_line (practice_id, id, xid, purpose, action, outcome)
        values ($1, $2, '3', 'TREAT', 'read', 'ok')`,
          forged,
        );
        await victim.sql(
          'update postern.access_leaf set seq = seq + 1000 where practice_id = $1 and seq >= 5',
        );
        await victim.sql(
          'update postern.access_leaf set seq = seq - 999 where practice_id = $1 and seq > 1000',
        );
        await victim.sql("insert into postern.access_leaf values ($1, 5, $2, sha256('x'))", forged);
      },
    ],
    ['a reordering', (victim) => swapLeaves(victim, 2, 6)],
    [
      'a truncation',
      async (victim) => {
        await victim.sql(`delete from postern.access_line where practice_id = $1 and id in (
        select line_id from postern.access_leaf where practice_id = $1 and seq >= 9)`);
        await victim.sql('delete from postern.access_leaf where practice_id = $1 and seq >= 9');
      },
    ],
  ];

  for (const [name, deed] of deeds) {
    for (const keepCheckpointsUpTo of [0, 4]) {
      it(`${name}, with ${keepCheckpointsUpTo === 0 ? 'no' : 'one'} checkpoint left beside it`, async () => {
        const victim = await openVictim();
        await deed(victim);
        await rewriteConsistently(database, victim, keepCheckpointsUpTo);
        const report = await victim.log.verify({ earlier: [victim.kept] });
        expect(report.sound).toBe(false);
        const rewritten = report.findings.find(({ kind }) => kind === 'fork' || kind === 'truncation');
        // Which line it was cannot be known any more; between which checkpoints can.
        const untouched = name === 'a reordering' ? 0 : keepCheckpointsUpTo;
        expect(rewritten).toMatchObject({ seq: untouched });
        expect(report.checkpoint?.size).toBe(12);
      });
    }
  }

  it('and says so to one who may see lines, through the server role, like to the owner', async () => {
    const victim = await openVictim();
    const session = await victim.log.admit({ seesLines: true });
    const asOfficer = () =>
      verifyLog({
        pool: database.server,
        session,
        practiceId: victim.log.practiceId,
        publicKeys: [victim.log.signer.publicKey],
        directory: victim.log.directory,
      });
    expect(await asOfficer()).toEqual(await victim.log.verify());
    await victim.sql(
      "update postern.access_line set action = 'x' where practice_id = $1 and id = $2",
      victim.id(5),
    );
    const report = await asOfficer();
    expect(report.sound).toBe(false);
    expect(report).toEqual(await victim.log.verify());
  });

  it('and everything being gone', async () => {
    const victim = await openVictim();
    for (const table of ['access_line', 'access_leaf', 'access_line_chart', 'checkpoint']) {
      await victim.sql(`delete from postern.${table} where practice_id = $1`);
    }
    await rm(victim.log.directory, { recursive: true });
    expect(await victim.log.verify()).toMatchObject({ sound: true, lines: 0 });
    expect(await victim.kinds({ earlier: [victim.kept] })).toEqual([
      'truncation',
      'rollback',
      'damaged-file',
    ]);
  });
});
