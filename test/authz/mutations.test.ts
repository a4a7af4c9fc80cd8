/**
 * Every row policy is held by a probe: loosened on a database of its own, each part of each of them turns at
 * least one red. mutations.txt prints which, so that a policy that is added without a probe fails here and is
 * seen in review. `UPDATE=1` prints it anew.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { layGrounds } from '../support/policy-grounds.ts';
import { type Mutation, mutationsOf } from '../support/policy-mutations.ts';
import { type Probe, policyProbes } from '../support/policy-probes.ts';

const FILE = new URL('mutations.txt', import.meta.url);

const HEAD = `What each part of each wall in the database is held by: the wall as it is loosened, and the
first probe that turns red.

Printed by test/authz/mutations.test.ts (UPDATE=1 prints it anew), which loosens each on a database of its
own. The probes stand in test/support/policy-probes.ts. Tables on which the server role has no privilege are
not there for it, whatever a policy says: server-role.txt.

`;

const IDLE = 'nothing: the server role may write no row there, see server-role.txt';

let database: FreshDatabase;
let probes: readonly Probe[];
let mutations: readonly Mutation[];
beforeAll(async () => {
  database = await freshDatabase();
  probes = policyProbes(await layGrounds(database));
  mutations = await mutationsOf(database);
});
afterAll(() => database.close());

async function redOf(candidates: readonly Probe[]): Promise<Probe[]> {
  const red: Probe[] = [];
  for (const probe of candidates) if (!(await probe.holds())) red.push(probe);
  return red;
}

const named = ({ about, sentence }: Probe) => `${about} ${sentence}`;

test('every probe is green where nothing is loosened', async () => {
  expect((await redOf(probes)).map(named)).toEqual([]);
  expect(new Set(probes.map(named)).size).toBe(probes.length);
  expect(probes.length).toBeGreaterThan(100);
});

describe('every wall', () => {
  test('turns a probe red where it is loosened, as mutations.txt says', async () => {
    const lines: string[] = [];
    const held = new Set<string>();
    for (const { about, what, loosen, restore, idle } of mutations) {
      await database.owner.query(loosen);
      const [red] = await redOf(probes.filter((probe) => probe.about === about)).finally(() =>
        database.owner.query(restore),
      );
      if (red !== undefined) held.add(named(red));
      const holder = red === undefined ? (idle ? IDLE : 'NO PROBE IS RED') : named(red);
      lines.push(`${what}\n    ${holder}\n`);
    }
    expect((await redOf(probes)).map(named), 'every wall stands again').toEqual([]);
    const printed = HEAD + lines.join('');
    expect(lines.filter((line) => line.includes('NO PROBE'))).toEqual([]);
    if (process.env.UPDATE === '1') await writeFile(FILE, printed);
    expect(await readFile(FILE, 'utf8')).toBe(printed);
    expect(held.size).toBeGreaterThan(40);
  });

  test('is in the list: no policy of a table that the server role reaches is left out', async () => {
    const { rows } = await database.owner.query<{ name: string }>(
      `select p.tablename || '.' || p.policyname as name
       from pg_policies p
       where p.schemaname = 'postern'
         and has_table_privilege(
           $1, to_regclass('postern.' || p.tablename)::oid, 'select, insert, update, delete')
       order by 1`,
      [database.serverRole],
    );
    expect(rows.length).toBeGreaterThan(40);
    const text = await readFile(FILE, 'utf8');
    for (const { name } of rows) expect(text).toContain(`${name} `);
  });
});
