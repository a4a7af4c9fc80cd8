/**
 * Every tampering that the design names, done as the owner of a real database, who may also change leaves and
 * files one by one. `rewritten-log.test.ts` has what he does who rewrites all of them to fit.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestLog } from '../../test/support/access-log.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.ts';
import { testSigner } from '../../test/support/note-signer.ts';
import {
  dropLeaf,
  openVictim as openTamperable,
  swapLeaves,
  type Victim,
} from '../../test/support/tampered-log.ts';
import { signCheckpoint } from './checkpoint.ts';
import { leafOf } from './leaf.ts';
import { type StoredRow, storedColumns, storedLine } from './line.ts';
import { CompactRange, leafHash } from './merkle.ts';
import { TileStore } from './tile-store.ts';

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

describe('verification finds, and names the line:', () => {
  it('an edit of any column of a line', async () => {
    for (const change of [
      "at = at + interval '1 microsecond'",
      'session_hash = null',
      'account_id = gen_random_uuid()',
      'behalf_of = gen_random_uuid()',
      "purpose = 'x'",
      "action = 'x'",
      "outcome = 'refused'",
      "client = ''",
      'address = null',
      "entries = '[]'",
      "detail = ''",
      'bytes = 0',
      'closes = gen_random_uuid()',
    ]) {
      const victim = await openVictim();
      await victim.sql(
        `update postern.access_line set ${change} where practice_id = $1 and id = $2`,
        victim.id(5),
      );
      const report = await victim.log.verify();
      expect(report.findings, change).toContainEqual(
        expect.objectContaining({ kind: 'edit', seq: 5, lineId: victim.id(5) }),
      );
      const others = report.findings.filter(({ kind }) => kind !== 'edit' && kind !== 'damaged-index');
      expect(others, change).toEqual([]);
    }
  });

  it('an edit whose leaf was changed to fit', async () => {
    const victim = await openVictim();
    await victim.sql(
      "update postern.access_line set action = 'x' where practice_id = $1 and id = $2",
      victim.id(5),
    );
    await victim.sql(
      'update postern.access_leaf set leaf_hash = $3 where practice_id = $1 and line_id = $2',
      victim.id(5),
      leafHash(Buffer.from('another')),
    );
    for (const noFiles of [false, true]) {
      const report = await victim.log.verify({ noFiles });
      expect(report.sound).toBe(false);
      const kind = noFiles ? 'fork' : 'edit';
      expect(report.findings).toContainEqual(expect.objectContaining({ kind, seq: noFiles ? 4 : 5 }));
    }
  });

  it('a deletion, with its leaf left, gone, or the gap closed', async () => {
    const left = await openVictim();
    await left.sql('delete from postern.access_line where practice_id = $1 and id = $2', left.id(5));
    expect((await left.log.verify({ noFiles: true })).findings[0]).toMatchObject({
      kind: 'deletion',
      seq: 5,
      lineId: left.id(5),
    });
    await left.sql('delete from postern.access_leaf where practice_id = $1 and seq = $2', 5);
    expect((await left.log.verify()).findings[0]).toMatchObject({
      kind: 'deletion',
      seq: 5,
      lineId: left.id(5),
    });
    const closed = await openVictim();
    await closed.sql('delete from postern.access_line where practice_id = $1 and id = $2', closed.id(5));
    await dropLeaf(closed, 5);
    const { findings } = await closed.log.verify();
    expect(findings.filter(({ kind }) => kind !== 'damaged-index')).toEqual([
      expect.objectContaining({ kind: 'deletion', seq: 5, lineId: closed.id(5) }),
    ]);
  });

  it('a leaf taken away whose line was left to look as if it were new', async () => {
    const victim = await openVictim();
    await dropLeaf(victim, 5);
    const { findings, pending } = await victim.log.verify();
    expect(findings[0]).toMatchObject({ kind: 'deletion', seq: 5, lineId: victim.id(5) });
    expect(pending).toBe(0);
  });

  it('an insertion behind the tree, in its middle, and after its end', async () => {
    const insert = `insert into postern.access_line (practice_id, id, xid, purpose, action, outcome)
      values ($1, $2, $3, 'TREAT', 'read', 'ok')`;
    const forged = '99999999-9999-4999-8999-999999999999';
    const behind = await openVictim();
    await behind.sql(insert, forged, '3');
    const expected = expect.objectContaining({ kind: 'insertion', lineId: forged });
    expect((await behind.log.verify({ noFiles: true })).findings).toEqual([expected]);
    const middle = await openVictim();
    await middle.sql(insert, forged, '3');
    await middle.sql('update postern.access_leaf set seq = seq + 1000 where practice_id = $1 and seq >= 5');
    await middle.sql('update postern.access_leaf set seq = seq - 999 where practice_id = $1 and seq > 1000');
    await middle.sql("insert into postern.access_leaf values ($1, 5, $2, sha256('x'))", forged);
    expect((await middle.log.verify()).findings).toContainEqual(
      expect.objectContaining({ kind: 'insertion', seq: 5, lineId: forged }),
    );
    const after = await openVictim();
    await after.sql(insert, forged, '3');
    await after.sql("insert into postern.access_leaf values ($1, 12, $2, sha256('x'))", forged);
    expect((await after.log.verify({ noFiles: true })).findings).toEqual([
      expect.objectContaining({ kind: 'insertion', seq: 12, lineId: forged }),
    ]);
  });

  it('a reordering', async () => {
    const victim = await openVictim();
    await swapLeaves(victim, 2, 3);
    const { findings } = await victim.log.verify();
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: 'reordering', seq: 2, upTo: 3, lineId: victim.id(2) }),
    );
  });

  it('a truncation of lines, and of lines and leaves', async () => {
    const victim = await openVictim();
    const gone = `delete from postern.access_line where practice_id = $1 and id in (
      select line_id from postern.access_leaf where practice_id = $1 and seq >= 9)`;
    await victim.sql(gone);
    const truncation = expect.objectContaining({
      kind: 'truncation',
      seq: 9,
      upTo: 11,
      lineId: victim.id(9),
    });
    expect((await victim.log.verify({ noFiles: true })).findings).toContainEqual(truncation);
    await victim.sql('delete from postern.access_leaf where practice_id = $1 and seq >= 9');
    expect((await victim.log.verify()).findings).toContainEqual(truncation);
    expect(await victim.kinds({ noFiles: true })).toContain('truncation');
  });

  it('a rollback of the database, by the files; and of both, by an earlier checkpoint', async () => {
    const victim = await openVictim();
    await victim.sql(`delete from postern.access_line where practice_id = $1 and id in (
      select line_id from postern.access_leaf where practice_id = $1 and seq >= 8)`);
    await victim.sql('delete from postern.access_leaf where practice_id = $1 and seq >= 8');
    await victim.sql(
      `delete from postern.access_line_chart c
       where practice_id = $1 and not exists (select from postern.access_line l where l.id = c.line_id)`,
    );
    await victim.sql('delete from postern.checkpoint where practice_id = $1 and size > 8');
    const rollback = expect.objectContaining({ kind: 'rollback', seq: 8, upTo: 11 });
    expect((await victim.log.verify()).findings).toContainEqual(rollback);
    const history = path.join(victim.log.directory, 'checkpoints');
    const notes = (await readFile(history, 'utf8')).split('\n\n');
    await writeFile(history, `${notes.slice(0, 4).join('\n\n')}\n\n`);
    await rm(path.join(victim.log.directory, 'tile'), { recursive: true });
    const { rows } = await database.owner.query(
      `select ${storedColumns('l')} from postern.access_leaf f join postern.stored_line l on l.id = f.line_id
       where f.practice_id = $1 order by f.seq`,
      [victim.log.practiceId],
    );
    await new TileStore(victim.log.directory).append(0, (rows as StoredRow[]).map(storedLine).map(leafOf));
    // Nothing here can know it any more: this is what one earlier checkpoint is kept for.
    expect(await victim.log.verify()).toMatchObject({ sound: true, lines: 8 });
    expect((await victim.log.verify({ earlier: [victim.kept] })).findings).toContainEqual(rollback);
  });

  it('a fork: two checkpoints of the log that tell different histories', async () => {
    const victim = await openVictim();
    const range = new CompactRange();
    for (let i = 0; i < 8; i += 1) range.append(leafHash(Buffer.from(`other ${i}`)));
    const twin = signCheckpoint({ size: 8, root: range.root() }, victim.log.signer);
    expect((await victim.log.verify({ earlier: [twin.note] })).findings).toEqual([
      expect.objectContaining({ kind: 'fork', seq: 7 }),
    ]);
    range.append(leafHash(Buffer.from('other 8')));
    const between = signCheckpoint({ size: 9, root: range.root() }, victim.log.signer);
    expect((await victim.log.verify({ earlier: [between.note] })).findings).toEqual([
      expect.objectContaining({ kind: 'fork', seq: 8 }),
    ]);
  });

  it('a checkpoint that the key of the log did not sign, or that is filed under another size', async () => {
    const victim = await openVictim();
    const impostor = { ...testSigner('x'), name: victim.log.signer.name };
    const forged = signCheckpoint({ size: 8, root: leafHash(Buffer.from('x')) }, impostor);
    await victim.sql(
      'update postern.checkpoint set note = $2, root = $3 where practice_id = $1 and size = 8',
      forged.note,
      forged.root,
    );
    expect((await victim.log.verify({ noFiles: true })).findings).toEqual([
      expect.objectContaining({ kind: 'bad-signature', seq: 7 }),
    ]);
    const moved = await openVictim();
    await moved.sql('update postern.checkpoint set size = 13 where practice_id = $1 and size = 8');
    expect((await moved.log.verify()).findings).toEqual([
      expect.objectContaining({ kind: 'bad-signature', seq: 7 }),
    ]);
    const twisted = victim.kept.replace('\n12\n', '\n13\n');
    await expect(victim.log.verify({ earlier: [twisted] })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('files that are not what was signed, and lists of charts that hide a line', async () => {
    const victim = await openVictim();
    const bundle = path.join(victim.log.directory, 'tile/entries/000.p/12');
    const bytes = await readFile(bundle);
    bytes[40]! ^= 1;
    await writeFile(bundle, bytes);
    await writeFile(path.join(victim.log.directory, 'tile/0/000.p/12'), Buffer.alloc(12 * 32));
    await victim.sql(
      'delete from postern.access_line_chart where practice_id = $1 and line_id = $2',
      victim.id(3),
    );
    await victim.sql(
      `update postern.access_line_chart set chart_id = gen_random_uuid()
       where practice_id = $1 and line_id = $2`,
      victim.id(4),
    );
    const { findings } = await victim.log.verify();
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'damaged-file', seq: 0 }));
    const hidden = findings.filter(({ kind }) => kind === 'damaged-index').map(({ lineId }) => lineId);
    expect(hidden.sort()).toEqual([victim.id(3), victim.id(4), victim.id(4)].sort());
  });
});
