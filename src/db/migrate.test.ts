import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/support/database.ts';
import { migrate } from './migrate.ts';

let database: FreshDatabase;
let folder: string;
beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), 'postern-migrations-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await database.close();
});
beforeEach(async () => {
  for (const file of await readdir(folder)) await rm(join(folder, file));
  await database.owner.query('delete from postern.migration');
  await database.owner.query('drop table if exists postern.one, postern.two');
});

const write = (name: string, text: string) => writeFile(join(folder, name), text);
const run = () => migrate(database.owner, { serverRole: database.serverRole, folder });
const recorded = async () => {
  const found = await database.owner.query('select number, name from postern.migration order by number');
  return found.rows.map(({ number, name }) => `${number} ${name}`);
};

describe('migrate', () => {
  test('applies what is new in order, each file in a transaction of its own, and nothing twice', async () => {
    await write('0001-one.sql', 'create table postern.one (id integer)');
    expect(await run()).toEqual(['0001-one']);
    await write('0002-two.sql', 'create table postern.two (id integer)');
    expect(await run()).toEqual(['0002-two']);
    expect(await run()).toEqual([]);
    expect(await recorded()).toEqual(['1 0001-one', '2 0002-two']);
  });

  test('puts the role of the server where a file says :server_role', async () => {
    await write(
      '0001-one.sql',
      'create table postern.one (id integer); grant select on postern.one to :server_role',
    );
    await run();
    expect((await database.server.query('select id from one')).rows).toEqual([]);
  });

  test('of several at once, one migrates and the others find nothing to do', async () => {
    await write('0001-one.sql', 'create table postern.one (id integer); select pg_sleep(0.1)');
    const turns = await Promise.all([run(), run()]);
    expect(turns.map(({ length }) => length).sort()).toEqual([0, 1]);
  });

  test('a file that fails leaves nothing of itself, and says where it failed', async () => {
    await write('0001-one.sql', 'create table postern.one (id integer)');
    await write('0002-two.sql', 'create table postern.two (id integer);\n\nselect nothing from nowhere');
    await expect(run()).rejects.toThrow(/^Migration 0002-two failed at line 3: relation "nowhere"/);
    expect(await recorded()).toEqual(['1 0001-one']);
    await write('0002-two.sql', 'create table postern.two (id integer)');
    expect(await run()).toEqual(['0002-two']);
  });

  test('refuses a database that a newer Postern migrated', async () => {
    await write('0001-one.sql', 'create table postern.one (id integer)');
    await write('0002-two.sql', 'create table postern.two (id integer)');
    await run();
    await rm(join(folder, '0002-two.sql'));
    await expect(run()).rejects.toMatchObject({
      code: 'not-configured',
      message: expect.stringContaining('by a newer Postern (0002-two)'),
    });
  });

  test('refuses a database that was made with other words under the same number', async () => {
    await write('0001-one.sql', 'create table postern.one (id integer)');
    await run();
    await write('0001-one.sql', 'create table postern.one (id bigint)');
    await expect(run()).rejects.toMatchObject({
      code: 'not-configured',
      message: expect.stringContaining('0001-one is not the one'),
    });
  });

  test('accepts only files that are called by number and name, and no number twice', async () => {
    await write('1-one.sql', 'select 1');
    await expect(run()).rejects.toThrow('0001-name.sql');
    await rm(join(folder, '1-one.sql'));
    await write('0001-one.sql', 'select 1');
    await write('0001-two.sql', 'select 1');
    await expect(run()).rejects.toThrow('same number');
  });

  test('keeps its record from the server', async () => {
    await expect(database.server.query('select number from postern.migration')).rejects.toMatchObject({
      code: '42501',
    });
  });
});
