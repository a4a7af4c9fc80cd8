/** A database that goes away under a server and a command, and comes back. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { readConfiguration } from '../../src/base/configuration.ts';
import { openPostern } from '../../src/cli/index.ts';
import { type ExternalDatabase, externalDatabase } from '../support/external-database.ts';
import { freePort } from '../support/free-port.ts';
import { runPostern, serveUntilStopped } from '../support/serving.ts';

let folder: string;
let database: ExternalDatabase;
let token: string;
let environment: Record<string, string>;
let origin: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-lost-'));
  database = await externalDatabase(join(folder, 'cluster'));
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  environment = {
    POSTERN_DATA: join(folder, 'data'),
    POSTERN_KEY_VAULT: `file:${join(folder, 'root.key')}`,
    POSTERN_DATABASE_URL: database.url,
    POSTERN_PORT: String(port),
  };
  const postern = await openPostern(
    readConfiguration(environment, '', { workingFolder: folder, homeFolder: folder }),
  );
  const { gate, keychain } = postern;
  const owner = postern.database.owner;
  const practiceId = await keychain.createPractice(owner, { slug: 'hillside', name: 'Hillside' });
  const accountId = await gate.accounts.createAccount({ email: 'ines@hillside.example', name: 'Ines' });
  await gate.asJob(practiceId, 'system-setup', 'test', (visit) =>
    gate.grant(visit, {
      accountId,
      role: 'doctor',
      chartId: null,
      sections: null,
      startsAt: systemClock.now(),
      endsAt: null,
      reason: null,
    }),
  );
  const session = { practiceId, accountId, purpose: 'script', client: null, ttlSeconds: 3600 };
  token = await gate.openSession(session);
  await postern.close();
}, 60_000);
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const ask = (path: string) => fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } });

test('a server answers 503 meanwhile, is not healthy, and recovers by itself', async () => {
  const server = await serveUntilStopped({ folder, environment });
  expect([(await ask('/healthz')).status, (await ask('/fhir/Patient')).status]).toEqual([200, 200]);
  await database.cut();
  for (let round = 0; round < 3; round += 1) {
    const away = await ask('/fhir/Patient');
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await away.json()).toMatchObject({ issue: [{ code: 'transient' }] });
  }
  await expect.poll(async () => (await ask('/healthz')).status, { timeout: 10_000 }).toBe(503);
  const health = await ask('/healthz');
  expect([await health.json(), health.headers.get('retry-after')]).toEqual([{ status: 'unavailable' }, '5']);
  await database.mend();
  await expect.poll(async () => (await ask('/fhir/Patient')).status, { timeout: 10_000 }).toBe(200);
  await expect.poll(async () => (await ask('/healthz')).status, { timeout: 10_000 }).toBe(200);
  // The administrator ends every connection, as a database that is being stopped does.
  await database.administer(
    "select pg_terminate_backend(a.pid) from pg_stat_activity a where a.usename like 'clinic%'",
  );
  await expect.poll(async () => (await ask('/fhir/Patient')).status, { timeout: 10_000 }).toBe(200);
  expect((await server.stop()).code).toBe(0);
}, 90_000);

test('an import that loses it says so in one sentence, and the same import finishes it', async () => {
  const patients = Array.from({ length: 4_000 }, (_, at) =>
    JSON.stringify({ resourceType: 'Patient', id: `p${at}`, name: [{ family: `Quill${at}` }] }),
  );
  const path = join(folder, 'patients.ndjson');
  await writeFile(path, patients.join('\n'));
  const again = { folder, environment, args: ['import', '--practice', 'hillside', path] };
  const running = runPostern(again);
  await expect.poll(stored, { timeout: 60_000, interval: 50 }).toBeGreaterThan(0);
  await database.cut();
  const { code, err } = await running;
  const before = await stored();
  expect(before).toBeLessThan(patients.length);
  expect(code).toBe(1);
  expect(err).toContain('postern: The database was stopped, or the connection to it was lost.');
  expect(err).not.toMatch(/unexpected|\n {4}at /);
  await database.mend();
  const finished = await runPostern(again);
  expect([finished.code, finished.out]).toEqual([0, expect.stringContaining(`${before} unchanged`)]);
  expect(await stored()).toBe(patients.length);
}, 240_000);

async function stored(): Promise<number> {
  const [row] = await database.administer<{ count: number }>(
    'select count(*)::integer as count from postern.resource',
  );
  return row!.count;
}
