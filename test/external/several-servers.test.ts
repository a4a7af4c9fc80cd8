/** Several servers over one database that is not theirs, each with a new data folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ExternalDatabase, externalDatabase } from '../support/external-database.ts';
import { runPostern, serveUntilStopped } from '../support/serving.ts';

let folder: string;
let database: ExternalDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-shared-'));
  database = await externalDatabase(join(folder, 'cluster'));
}, 60_000);
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const start = (data: string) => ({
  folder,
  environment: {
    POSTERN_DATA: join(folder, data),
    POSTERN_KEY_VAULT: `file:${join(folder, 'root.key')}`,
    POSTERN_DATABASE_URL: database.url,
    POSTERN_PORT: '0',
  },
});

test('two servers agree on the demo and its day, whichever of them loaded it', async () => {
  const first = await serveUntilStopped(start('one'), ['--demo']);
  const loaded = 'select d.day::text as day, d.loaded_at from postern.demo d';
  const [standing] = await database.administer<{ day: string; loaded_at: Date | null }>(loaded);
  expect(standing).toEqual({ day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), loaded_at: expect.any(Date) });
  // Had the second one a day of its own, what was made for the first's would not be found by it.
  await database.administer('update postern.demo set day = day - 1');
  const second = await serveUntilStopped(start('two'), ['--demo']);
  const people = [];
  for (const data of ['one', 'two', 'three']) {
    const { code, out } = await runPostern({ ...start(data), args: ['demo', '--json'] });
    expect(code).toBe(0);
    people.push(JSON.parse(out));
  }
  expect(people[0].length).toBeGreaterThan(10);
  expect(people[1]).toEqual(people[0]);
  expect(people[2]).toEqual(people[0]);
  expect(await database.administer(loaded)).toEqual([
    { ...standing, day: expect.not.stringMatching(standing!.day) },
  ]);
  expect(await database.administer('select slug from postern.practice')).toHaveLength(2);
  for (const server of [first, second]) expect((await server.stop()).code).toBe(0);
}, 180_000);
