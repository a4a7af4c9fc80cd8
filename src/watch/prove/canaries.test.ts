import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ServedPractices, servePractices } from '../../../test/support/served-practices.ts';
import type { PracticeId } from '../../base/ids.ts';
import { type CanaryParts, makeAccount, makePractice, removeCanaries } from './canaries.ts';

let served: ServedPractices;
let parts: CanaryParts;
let real: PracticeId;
beforeAll(async () => {
  served = await servePractices();
  await served.gate.listen(served.database.serverConnection);
  const { database, keychain, gate } = served;
  const logFolder = await mkdtemp(join(tmpdir(), 'postern-canaries-'));
  parts = { owner: database.owner, keychain, gate, sequencer: { sequence: async () => true }, logFolder };
  real = await served.makePractice();
  await served.chart(real);
});
afterAll(async () => {
  await served.close();
  await rm(parts.logFolder, { recursive: true, force: true });
});

async function counts(): Promise<unknown> {
  const { rows } = await parts.owner.query(
    `select
       (select count(*)::integer from postern.canary) as canaries,
       (select count(*)::integer from postern.practice) as practices,
       (select count(*)::integer from postern.practice_key k where k.practice_id <> $1) as keys,
       (select count(*)::integer from postern.account) as accounts,
       (select count(*)::integer from postern.resource) as resources`,
    ['00000000-0000-0000-0000-000000000000'],
  );
  return rows[0];
}

test('what a killed run left is removed by the next, whatever stands in it, and nothing else', async () => {
  const before = await counts();
  const practice = await makePractice(parts);
  await served.chart(practice, { name: [{ family: 'cnry-1' }] });
  const accountId = await makeAccount(parts);
  await served.gate.asJob(practice, 'system-setup', 'test', (visit) =>
    served.gate.grants.give(visit, {
      accountId,
      role: 'partner',
      chartId: null,
      sections: null,
      startsAt: new Date(),
      endsAt: null,
      reason: null,
    }),
  );
  const session = { practiceId: practice, accountId, purpose: 'test', client: null, ttlSeconds: 60 };
  const token = await served.gate.openSession(session);
  const left = await served.ask(token, 'POST', '/fhir/$deposit', { body: { resourceType: 'Basic' } });
  expect(left.status).toBe(202);
  expect(await removeCanaries(parts)).toBe(2);
  expect(await counts()).toEqual(before);
  expect(await readdir(parts.logFolder)).toEqual([]);
  await vi.waitFor(async () => expect((await served.ask(token, 'GET', '/session')).status).toBe(401));
});

test('a practice that somebody wrote down as a canary by hand stays', async () => {
  const before = await counts();
  await parts.owner.query("insert into postern.canary (kind, id, mac) values ('practice', $1, '\\x00')", [
    real,
  ]);
  expect(await removeCanaries(parts)).toBe(0);
  await parts.owner.query('delete from postern.canary');
  expect(await counts()).toEqual(before);
});
