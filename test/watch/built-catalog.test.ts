/**
 * What prove expects of the walls in the database is what the migrations build: `UPDATE=1` prints
 * src/watch/prove/catalog.txt anew, and a change of it is seen in review.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogLines, EXPECTED_CATALOG } from '../../src/watch/index.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

test('the expected catalog is what the migrations build', async () => {
  const lines = await catalogLines(database.owner, database.serverRole);
  expect(lines.length).toBeGreaterThan(150);
  const printed = `${lines.join('\n')}\n`;
  if (process.env.UPDATE === '1') await writeFile(EXPECTED_CATALOG, printed);
  expect(await readFile(EXPECTED_CATALOG, 'utf8')).toBe(printed);
});
