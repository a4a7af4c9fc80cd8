/**
 * What prove expects of the walls in the database is what the migrations build: `UPDATE=1` prints
 * src/watch/prove/catalog.txt anew, and a change of it is seen in review.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogLines, EXPECTED_CATALOG } from '../../src/watch/index.ts';
import { catalogHeading } from '../support/catalog-heading.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { mutationsOf } from '../support/policy-mutations.ts';

const MIGRATIONS = 'src/db/migrations';

async function migrations(): Promise<[string, string][]> {
  const folder = join(import.meta.dirname, '..', '..', MIGRATIONS);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql'));
  return Promise.all(
    names.map(async (name) => [`${MIGRATIONS}/${name}`, await readFile(join(folder, name), 'utf8')]),
  );
}

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

test('the expected catalog is what the migrations build', async () => {
  const lines = await catalogLines(database.owner, database.serverRole);
  expect(lines.length).toBeGreaterThan(150);
  const printed = `${[catalogHeading(await migrations()), ...lines].join('\n')}\n`;
  if (process.env.UPDATE === '1') await writeFile(EXPECTED_CATALOG, printed);
  expect(await readFile(EXPECTED_CATALOG, 'utf8')).toBe(printed);
});

test('whatever is loosened in it is found, and nothing once it is mended', async () => {
  const { owner, serverRole } = database;
  const expected = await catalogLines(owner, serverRole);
  const mutations = await mutationsOf(database);
  expect(mutations.length).toBeGreaterThan(60);
  for (const { what, loosen, restore } of mutations) {
    await owner.query(loosen);
    const found = new Set(await catalogLines(owner, serverRole));
    expect([what, expected.filter((line) => !found.has(line)).length]).toEqual([what, 1]);
    await owner.query(restore);
    expect([what, await catalogLines(owner, serverRole)]).toEqual([what, expected]);
  }
});

test.each([
  [
    'a privilege',
    'grant select on postern.practice_key to SERVER',
    'revoke select on postern.practice_key from SERVER',
  ],
  [
    'one on a column',
    'grant update (sealed) on postern.account to SERVER',
    'revoke update (sealed) on postern.account from SERVER',
  ],
  [
    'one for everybody',
    'grant execute on function postern.incident_line() to public',
    'revoke execute on function postern.incident_line() from public',
  ],
  [
    'a schema that is open',
    'grant create on schema postern to SERVER',
    'revoke create on schema postern from SERVER',
  ],
  [
    'a trigger that is off',
    'alter table postern.chart_key disable trigger chart_key_live',
    'alter table postern.chart_key enable trigger chart_key_live',
  ],
  [
    'a rule',
    'create rule quiet as on delete to postern.incident do instead nothing',
    'drop rule quiet on postern.incident',
  ],
  [
    'a policy more',
    'create policy peek on postern.account for select to SERVER using (true)',
    'drop policy peek on postern.account',
  ],
  [
    'a function of another schema',
    `create schema aside;
     grant usage on schema aside to SERVER;
     create function aside.peek() returns bigint language sql security definer
       as 'select count(*) from postern.resource';
     grant execute on function aside.peek() to SERVER`,
    'drop schema aside cascade',
  ],
])('%s is found', async (what, loosen, restore) => {
  const { owner, serverRole } = database;
  const expected = await catalogLines(owner, serverRole);
  await owner.query(loosen.replaceAll('SERVER', `"${serverRole}"`));
  const found = await catalogLines(owner, serverRole);
  expect([what, found.join('\n') === expected.join('\n')]).toEqual([what, false]);
  await owner.query(restore.replaceAll('SERVER', `"${serverRole}"`));
  expect(await catalogLines(owner, serverRole)).toEqual(expected);
});
