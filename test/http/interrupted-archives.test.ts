/** Zips of charts that something happens to: killed, stopped, revoked, cancelled, forged, out of room. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { archiveKind } from '../../src/archive/index.ts';
import type { JobId } from '../../src/base/ids.ts';
import { JobWorker } from '../../src/jobs/index.ts';
import { type ArchiveDesk, openArchiveDesk } from '../support/archive-desk.ts';
import type { ArchiveTask } from '../support/archive-process.ts';
import { blobsOf, sendFile } from '../support/file-requests.ts';
import type { Person, ServedPractices } from '../support/served-practices.ts';

const SCRIPT = join(import.meta.dirname, '../support/archive-process.ts');

let desk: ArchiveDesk;
let served: ServedPractices;
let proxy: Person;
/** Blobs of the chart's own files. */
let standing: number;
beforeAll(async () => {
  desk = await openArchiveDesk();
  ({ served } = desk);
  await served.gate.listen(served.database.serverConnection);
  // More than a few stretches, which random bytes keep from shrinking.
  for (const title of ['one', 'two', 'three']) await desk.document(title, randomBytes(150_000));
  standing = (await blobsOf(served)).length;
});
afterAll(() => served.close());
beforeEach(async () => {
  proxy = await served.person(desk.practice, { role: 'proxy', chartId: desk.chart });
});

const idOf = (location: string) => location.split('/').at(-1) as JobId;

/** A worker that does something once, when it has told of that many files. */
function workerThat(hook: (worker: JobWorker) => Promise<unknown>, files = 1): JobWorker {
  const kind = archiveKind(served.archives);
  let hooked = false;
  const worker: JobWorker = new JobWorker({
    jobs: served.jobs,
    onError: () => undefined,
    kinds: [
      {
        ...kind,
        run: (job) =>
          kind.run({
            ...job,
            visit: async () => {
              const rows = await served.database.owner.query<{ blobs: number }>(
                'select cardinality(blobs) as blobs from postern.archive where job_id = $1',
                [job.id],
              );
              if (!hooked && (rows.rows[0]?.blobs ?? 0) >= files) {
                hooked = true;
                await hook(worker);
              }
              return job.visit();
            },
          }),
      },
    ],
  });
  return worker;
}

async function stateOf(location: string): Promise<string | undefined> {
  const { rows } = await served.database.owner.query<{ state: string }>(
    'select state from postern.job where job_id = $1',
    [idOf(location)],
  );
  return rows[0]?.state;
}

async function leaseRunsOut(): Promise<void> {
  await served.database.owner.query(
    "update postern.job set lease_until = clock_timestamp() - interval '1 second'",
  );
}

/** All that is in the store is the chart's own files, and nobody counts more. */
async function expectNothingLeft(): Promise<void> {
  await leaseRunsOut();
  await served.jobs.sweep();
  await archiveKind(served.archives).sweep!();
  expect((await blobsOf(served)).length).toBe(standing);
  const { rows } = await served.database.owner.query('select from postern.archive');
  expect(rows).toEqual([]);
}

const endGrants = async () =>
  served.gate.asJob(desk.practice, 'system-setup', 'test', async (visit) => {
    for (const { grantId } of await served.gate.grantsOf(visit, proxy.accountId)) {
      await served.gate.endGrant(visit, grantId);
    }
  });

describe('a server that is killed', () => {
  const run = async (die: ArchiveTask['die'], stretch: number) => {
    const folder = served.jobs.parts.folder;
    const task: ArchiveTask = {
      connection: served.database.serverConnection as ArchiveTask['connection'],
      keyVault: `file:${join(dirname(folder), 'root.key')}`,
      jobsFolder: folder,
      filesFolder: served.filesFolder,
      base: served.archives.base,
      stretchBytes: 100_000,
      die,
      stretch,
    };
    const stdio = ['ignore', 'ignore', 'inherit'] as const;
    const child = spawn(process.execPath, [SCRIPT, JSON.stringify(task)], { stdio: [...stdio] });
    const [, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
  };

  test.each([
    ['before its first stretch is in the store', 'before', 1],
    ['as its second stretch is there', 'after', 2],
    ['before its last one', 'before', 5],
  ] as const)('%s is followed by another that begins again, and nothing is left over', async (_, die, at) => {
    const location = await desk.begin(proxy);
    await run(die, at);
    expect(await stateOf(location)).toBe('running');
    await leaseRunsOut();
    expect(await served.work()).toBe(true);
    const entries = await desk.entries(proxy, location);
    expect([...entries.keys()].filter((name) => /^files\/.* (one|two|three)\./.test(name))).toHaveLength(3);
    expect((await served.ask(proxy.token, 'DELETE', location)).status).toBe(204);
    await expectNothingLeft();
  });
});

test('a server that stops gives it back, and the next start makes it', async () => {
  const location = await desk.begin(proxy);
  await workerThat((worker) => worker.stop()).once();
  expect(await stateOf(location)).toBe('waiting');
  await leaseRunsOut();
  expect(await served.work()).toBe(true);
  expect((await desk.entries(proxy, location)).size).toBeGreaterThan(8);
  await served.ask(proxy.token, 'DELETE', location);
  await expectNothingLeft();
});

test('a grant that is added in the middle stops nothing', async () => {
  const location = await desk.begin(proxy);
  const give = () =>
    served.gate.asJob(desk.practice, 'system-setup', 'test', (visit) =>
      served.gate.grants.give(visit, {
        accountId: proxy.accountId,
        role: 'billing',
        chartId: null,
        sections: null,
        startsAt: new Date(Date.now() - 1000),
        endsAt: null,
        reason: null,
      }),
    );
  await workerThat(give).once();
  expect((await served.ask(proxy.token, 'GET', location)).json.state).toBe('ready');
  await served.ask(proxy.token, 'DELETE', location);
  await expectNothingLeft();
});

describe('it ends, with its key and what lies in the store,', () => {
  const shred = () =>
    served.database.owner.query(
      `insert into postern.shred (practice_id, chart_id, complete_at, by_account, reason)
       values ($1, gen_random_uuid(), now(), $1, '')`,
      [desk.practice],
    );

  test('when the access of a proxy ends in the middle', async () => {
    const location = await desk.begin(proxy);
    await workerThat(endGrants).once();
    expect(await stateOf(location)).toBe('ended');
    await expectNothingLeft();
  });

  test('when whoever asked signs out in the middle', async () => {
    const location = await desk.begin(proxy);
    await workerThat(() => served.gate.endSession(proxy.token)).once();
    expect(await stateOf(location)).toBe('ended');
    await expectNothingLeft();
  });

  test('when it is removed in the middle', async () => {
    const location = await desk.begin(proxy);
    await workerThat(async () => {
      expect((await served.ask(proxy.token, 'DELETE', location)).status).toBe(204);
    }).once();
    expect((await served.ask(proxy.token, 'GET', location)).status).toBe(404);
    await expectNothingLeft();
  });

  test('when a chart of the practice is shredded, finished or not', async () => {
    const finished = await desk.made(proxy);
    const running = await desk.begin(desk.doctor);
    await workerThat(shred).once();
    for (const [who, location] of [
      [proxy, finished],
      [desk.doctor, running],
    ] as const) {
      expect((await served.ask(who.token, 'GET', `${location}/record.zip`)).status).toBe(404);
    }
    await expectNothingLeft();
  });

  test('after its day', async () => {
    const location = await desk.made(proxy);
    await served.database.owner.query('update postern.job set expires_at = now() where job_id = $1', [
      idOf(location),
    ]);
    expect((await served.ask(proxy.token, 'GET', `${location}/record.zip`)).status).toBe(404);
    await expectNothingLeft();
  });
});

describe('a finished one', () => {
  test('cannot be fetched any more when access to a section has ended', async () => {
    const location = await desk.made(proxy);
    expect((await served.ask(proxy.token, 'GET', location)).json.state).toBe('ready');
    await endGrants();
    const narrow = { role: 'proxy', chartId: desk.chart, sections: 2 } as const;
    await served.gate.asJob(desk.practice, 'system-setup', 'test', (visit) =>
      served.gate.grants.give(visit, {
        accountId: proxy.accountId,
        ...narrow,
        startsAt: new Date(Date.now() - 1000),
        endsAt: null,
        reason: null,
      }),
    );
    for (const target of [location, `${location}/record.zip`]) {
      expect((await served.ask(proxy.token, 'GET', target)).status).toBe(404);
    }
    expect((await served.ask(proxy.token, 'GET', '/archives')).json.archives).toEqual([]);
  });

  test('ends in the middle of a download, within the next chunk', async () => {
    const location = await desk.made(proxy);
    const { status, body } = await served.server.handle({
      method: 'GET',
      path: `${location}/record.zip`,
      query: '',
      headers: { authorization: `Bearer ${proxy.token}` },
      address: '192.0.2.1',
      body: (async function* () {})(),
    });
    expect(status).toBe(200);
    const { scope } = (await served.gate.admit(proxy.token, null))!;
    const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    expect(((await chunks.next()).value as Uint8Array).length).toBeGreaterThan(0);
    await endGrants();
    await vi.waitFor(() => expect(scope.ended).toBe(true));
    await expect(chunks.next()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('is gone with the session that asks, and there for the same person in another', async () => {
    const location = await desk.made(proxy);
    const again = await served.gate.openSession({
      practiceId: desk.practice,
      accountId: proxy.accountId,
      purpose: 'sign-in',
      client: null,
      ttlSeconds: 600,
    });
    await served.gate.endSession(proxy.token);
    expect((await served.ask(proxy.token, 'GET', `${location}/record.zip`)).status).toBe(401);
    expect((await served.ask(again, 'GET', `${location}/record.zip`)).status).toBe(200);
  });

  test('whose row somebody else put under their own name gives them nothing, and alarms', async () => {
    const location = await desk.made(desk.doctor);
    const thief = await served.person(desk.practice, { role: 'doctor' });
    await served.database.owner.query('update postern.job set account_id = $2 where job_id = $1', [
      idOf(location),
      thief.accountId,
    ]);
    expect((await served.ask(thief.token, 'GET', `${location}/record.zip`)).status).toBe(404);
    const { rows } = await served.database.owner.query(
      "select from postern.incident where kind = 'key-ring' and account_id = $1",
      [thief.accountId],
    );
    expect(rows).toHaveLength(1);
  });

  test('that was damaged in the store gives no byte that was not sealed so', async () => {
    const location = await desk.made(desk.patient);
    const { rows } = await served.database.owner.query<{ blobs: string[] }>(
      'select blobs from postern.archive where job_id = $1',
      [idOf(location)],
    );
    const path = (await blobsOf(served)).find((one) => one.endsWith(rows[0]!.blobs[0]!))!;
    const handle = await open(path, 'r+');
    await handle.write(Buffer.alloc(64), 0, 64, 40_000);
    await handle.close();
    const { bytes } = await sendFile(served, desk.patient, 'GET', `${location}/record.zip`);
    await expect(bytes()).rejects.toMatchObject({ code: 'damaged' });
  });
});

test('without room in the practice it fails and says so, and nothing of it is left', async () => {
  const limits = { bytesOfFile: 1e6, bytesOfPractice: 1e6, filesOfPractice: 100, openOfPerson: 5 };
  const small = await openArchiveDesk({ fileLimits: limits });
  try {
    await small.document('a scan', randomBytes(150_000));
    const before = (await blobsOf(small.served)).length;
    const location = await small.begin(small.patient);
    expect(await small.served.work()).toBe(true);
    const { json } = await small.served.ask(small.patient.token, 'GET', location);
    expect([json.state, json.failure]).toEqual(['failed', 'no-room']);
    await archiveKind(small.served.archives).sweep!();
    expect((await blobsOf(small.served)).length).toBe(before);
  } finally {
    await small.served.close();
  }
});
