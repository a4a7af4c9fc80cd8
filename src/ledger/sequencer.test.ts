import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestLog, type TestLog } from '../../test/support/access-log.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.ts';
import { testTicket } from '../../test/support/test-ticket.ts';
import { startWitness } from '../../test/support/witness.ts';
import { openCheckpoint } from './checkpoint.ts';
import { CheckpointFile } from './checkpoint-file.ts';
import { ed25519NoteKey, parseNote } from './note.ts';
import { TileStore } from './tile-store.ts';
import { httpWitness } from './witness.ts';

let database: FreshDatabase;
const logs: TestLog[] = [];
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(async () => {
  await Promise.all(logs.map((log) => log.remove()));
  await database.close();
});

async function openLog(...options: Parameters<typeof openTestLog> extends [unknown, ...infer O] ? O : never) {
  const log = await openTestLog(database, ...options);
  logs.push(log);
  return log;
}

const query = async (text: string, values: unknown[]) => (await database.owner.query(text, values)).rows;

describe('the sequencer', () => {
  it('puts lines under a checkpoint that the table, the file and the tiles agree on', async () => {
    const log = await openLog();
    const lines = await log.write(5);
    await log.sequence();
    const key = ed25519NoteKey(log.signer.name, log.signer.publicKey);
    const checkpoint = openCheckpoint(await log.newestNote(), log.signer.name, [key]);
    expect(checkpoint.size).toBe(5);
    expect(await readFile(path.join(log.directory, 'checkpoint'), 'utf8')).toBe(checkpoint.note);
    expect((await new TileStore(log.directory).range(5)).root()).toEqual(checkpoint.root);
    const found = await query(
      'select chart_id, line_id from postern.access_line_chart where practice_id = $1 order by line_id',
      [log.practiceId],
    );
    const expected = lines.map((line) => ({ chart_id: line.entries[0]![0], line_id: line.id }));
    expect(found).toEqual(expected.sort((a, b) => (a.line_id < b.line_id ? -1 : 1)));
    expect(await log.verify()).toMatchObject({ sound: true, lines: 5, pending: 0, checkpoints: 1 });
  });

  it('does nothing when nothing has come, and goes on where it was after a restart', async () => {
    const log = await openLog();
    await log.write(300);
    await log.sequence();
    await log.sequencer.sequence(log.practiceId);
    await log.write(2);
    await log.otherSequencer().sequence(log.practiceId);
    await log.sequence();
    const report = await log.verify();
    expect(report).toMatchObject({ sound: true, lines: 302, pending: 0 });
    expect((await new CheckpointFile(log.directory).notes()).length).toBe(report.checkpoints);
  });

  it('leaves a line alone while a transaction that began before it is open', async () => {
    const log = await openLog();
    const open = await database.owner.connect();
    try {
      await open.query('begin');
      await open.query('select pg_current_xact_id()');
      const [late] = await log.write(1);
      await log.sequencer.sequence(log.practiceId);
      expect(await log.verify()).toMatchObject({ sound: true, lines: 1, pending: 1, checkpoint: null });
      const early = log.line();
      await open.query(
        `insert into postern.access_line (practice_id, id, purpose, action, outcome)
         values ($1, $2, 'TREAT', 'read', 'ok')`,
        [early.practiceId, early.id],
      );
      await open.query('commit');
      await log.sequence();
      const leaves = await query(
        'select line_id from postern.access_leaf where practice_id = $1 order by seq',
        [log.practiceId],
      );
      expect(leaves.map((leaf) => leaf.line_id)).toEqual([early.id, late!.id]);
    } finally {
      open.release();
    }
    expect(await log.verify()).toMatchObject({ sound: true, pending: 0 });
  });

  it('never sequences a line twice when several processes are at it', async () => {
    const log = await openLog({ linesPerCheckpoint: 7 });
    const others = [log.sequencer, log.otherSequencer(), log.otherSequencer(), log.otherSequencer()];
    for (let round = 0; round < 5; round += 1) {
      await log.write(20);
      const ran = await Promise.all(others.map((sequencer) => sequencer.sequence(log.practiceId)));
      expect(ran).toContain(true);
    }
    await log.sequence();
    expect(await log.verify()).toMatchObject({ sound: true, lines: 100, pending: 0 });
    expect(log.errors).toEqual([]);
  });

  it('makes tiles again that were lost, and catches up in an empty directory', async () => {
    const log = await openLog({ linesPerCheckpoint: 50 });
    await log.write(120);
    await log.sequence();
    await rm(path.join(log.directory, 'tile'), { recursive: true });
    expect((await log.verify()).findings.map(({ kind }) => kind)).toContain('damaged-file');
    await log.otherSequencer().sequence(log.practiceId);
    expect(await log.verify()).toMatchObject({ sound: true });
    await rm(log.directory, { recursive: true });
    await log.write(1);
    await log.otherSequencer().sequence(log.practiceId);
    await log.sequence();
    expect(await log.verify()).toMatchObject({ sound: true, lines: 121, pending: 0 });
  });

  it('signs nothing more where the database was set back behind what was signed', async () => {
    const log = await openLog();
    await log.write(3);
    await log.sequence();
    const kept = await log.newestNote();
    await log.write(2);
    await log.sequence();
    await query('delete from postern.access_leaf where practice_id = $1 and seq >= 3', [log.practiceId]);
    await query('delete from postern.checkpoint where practice_id = $1 and size > 3', [log.practiceId]);
    for (const sequencer of [log.sequencer, log.otherSequencer()]) {
      await expect(sequencer.sequence(log.practiceId)).rejects.toMatchObject({ code: 'damaged' });
    }
    expect(await log.newestNote()).toBe(kept);
  });

  it('signs nothing more where lines or leaves are not those that were signed', async () => {
    for (const tampering of [
      `delete from postern.access_line where practice_id = $1 and id = (
        select line_id from postern.access_leaf where practice_id = $1 order by seq desc limit 1)`,
      "insert into postern.access_leaf values ($1, 3, gen_random_uuid(), sha256('x'))",
      'delete from postern.checkpoint where practice_id = $1',
    ]) {
      const log = await openLog();
      await log.write(3);
      await log.sequence();
      await query(tampering, [log.practiceId]);
      await log.write(1);
      await expect(log.sequencer.sequence(log.practiceId), tampering).rejects.toMatchObject({
        code: 'damaged',
      });
    }
    const log = await openLog();
    await log.write(3);
    await log.sequence();
    await query("update postern.access_line set action = 'edited' where practice_id = $1", [log.practiceId]);
    await rm(log.directory, { recursive: true });
    await expect(log.otherSequencer().sequence(log.practiceId)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('sequences what was announced, in all practices, and goes on when one of them fails', async () => {
    const failed: (string | null)[] = [];
    const good = await openLog();
    const bad = await openLog();
    await bad.write(1);
    await bad.sequence();
    await query('delete from postern.checkpoint where practice_id = $1', [bad.practiceId]);
    await bad.write(1);
    const both = good.otherSequencer({
      directory: bad.above,
      intervalMilliseconds: 20,
      onError: (practiceId) => failed.push(practiceId),
      keysOf: async (id) => ({ signer: id === bad.practiceId ? bad.signer : good.signer, retired: [] }),
    });
    both.start();
    await good.write(2);
    both.poke();
    await expect
      .poll(() => good.verify({ noFiles: true }), { timeout: 20_000 })
      .toMatchObject({ pending: 0 });
    await expect.poll(() => failed, { timeout: 20_000 }).toContain(bad.practiceId);
    for (let round = 0; round < 3; round += 1) await both.sequenceAll();
    await both.stop();
    expect(failed.filter((id) => id === bad.practiceId)).toHaveLength(1);
    expect(await good.verify({ noFiles: true })).toMatchObject({ sound: true, lines: 2 });
  });

  it('has witnesses cosign, and keeps what they signed in the files', async () => {
    const log = await openLog();
    const key = ed25519NoteKey(log.signer.name, log.signer.publicKey);
    const witness = await startWitness('witness.example/w', [key]);
    const sequencer = log.otherSequencer({
      witnesses: [
        httpWitness({
          name: witness.name,
          url: witness.url,
          publicKey: witness.publicKey,
        }),
      ],
    });
    for (const size of [3, 7]) {
      await log.write(size - witness.cosigned.length * 3);
      await expect
        .poll(
          async () => {
            await sequencer.sequence(log.practiceId);
            await sequencer.stop();
            return witness.cosigned.at(-1)?.size;
          },
          { timeout: 20_000 },
        )
        .toBe(size);
    }
    const newest = await readFile(path.join(log.directory, 'checkpoint'), 'utf8');
    expect(parseNote(newest)?.signatures.map(({ name }) => name)).toEqual([log.signer.name, witness.name]);
    expect(await log.verify()).toMatchObject({ sound: true, lines: 7 });
    await witness.close();
  });

  it('goes on after a restore into a cluster whose transaction numbers began anew', async () => {
    const log = await openLog();
    await log.write(4);
    await log.sequence();
    await log.write(2);
    // As a restore leaves it: numbers that this cluster has not reached, then the rebase.
    await query("update postern.access_line set xid = '9000000000' where practice_id = $1", [log.practiceId]);
    await query('select postern.ledger_rebase()', []);
    await log.write(3);
    await log.sequence();
    expect(await log.verify()).toMatchObject({ sound: true, lines: 9, pending: 0 });
  });
});

describe('the ledger functions', () => {
  it('take only the next lines in order, and refuse a second writer', async () => {
    const log = await openLog();
    const lines = await log.write(3);
    await log.sequence();
    const more = await log.write(2);
    const append = (from: number, ids: string[]) =>
      database.server.query('select postern.ledger_append($1, $2, $3, $4, $5, $6, $7)', [
        log.practiceId,
        from,
        ids,
        ids.map(() => Buffer.alloc(32)),
        Buffer.alloc(32),
        'note',
        testTicket(log.practiceId),
      ]);
    const ids = more.map((line) => line.id as string);
    await expect(append(0, ids)).rejects.toMatchObject({ code: 'PT002' });
    for (const wrong of [
      [ids[1]!],
      [ids[1]!, ids[0]!],
      [lines[0]!.id, ids[0]!],
      ['00000000-0000-4000-8000-000000000000'],
    ]) {
      await expect(append(3, wrong)).rejects.toMatchObject({ code: 'PT003' });
    }
  });

  it('show and take lines for a ticket alone, of that practice and of this hour', async () => {
    const log = await openLog();
    await log.write(2);
    await log.sequence();
    await log.write(1);
    const pending = 'select from postern.ledger_pending($1, 10, $2)';
    const leaves = 'select from postern.ledger_leaves($1, 0, 10, $2)';
    const append = `select postern.ledger_append($1, 2, '{}', '{}', '', '', $2)`;
    const ours = [log.practiceId, testTicket(log.practiceId)];
    // A transaction of another test in the same cluster may hold it back for a while.
    await expect.poll(async () => (await database.server.query(pending, ours)).rowCount).toBe(1);
    expect((await database.server.query(leaves, ours)).rowCount).toBe(2);
    const [ends, mac] = ours[1]!.split('/') as [string, string];
    for (const ticket of [
      testTicket((await openLog()).practiceId),
      testTicket(log.practiceId, new Date(Date.now() - 3_601_000)),
      `${Number(ends) + 1}/${mac}`,
      `${ends}/`,
      '',
      null,
    ]) {
      for (const text of [pending, leaves, append]) {
        const refused = database.server.query(text, [log.practiceId, ticket]);
        await expect(refused, `${text} ${ticket}`).rejects.toMatchObject({ code: '42501' });
      }
    }
  });

  it('leave the server role no other way to leaves and checkpoints, and none to change a line', async () => {
    for (const statement of [
      'delete from postern.access_line',
      "update postern.access_line set action = 'x'",
      'truncate postern.access_line',
      "insert into postern.access_leaf values (gen_random_uuid(), 0, gen_random_uuid(), sha256(''))",
      "insert into postern.checkpoint values (gen_random_uuid(), 1, '', '')",
      'delete from postern.checkpoint',
      'delete from postern.access_line_chart',
      'select postern.ledger_rebase()',
      "select postern.ledger_next('00000000-0000-0000-0000-000000000000', 1)",
    ]) {
      await expect(database.server.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    }
  });
});
