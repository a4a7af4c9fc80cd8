/** Exports that something happens to: killed, stopped, revoked, cancelled, forged, out of room. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { exportKind } from '../../src/fhir/index.ts';
import { JobWorker } from '../../src/jobs/index.ts';
import {
  type ExportDesk,
  idsOf,
  locationOf,
  ofType,
  openExportDesk,
  outputOf,
  pathOf,
} from '../support/export-desk.ts';
import type { ExportTask } from '../support/export-process.ts';
import type { Person, ServedPractices } from '../support/served-practices.ts';

const SCRIPT = join(import.meta.dirname, '../support/export-process.ts');
const BASE = 'https://care.example/fhir';
/** Fewer than a page holds, so that every page of 16 charts is a stretch of its own. */
const EVERY = 1;

let desk: ExportDesk;
let served: ServedPractices;
let practice: PracticeId;
let doctor: Person;
beforeAll(async () => {
  desk = await openExportDesk();
  ({ served, practice } = desk);
  await served.gate.listen(served.database.serverConnection);
  for (let at = 0; at < 50; at += 1) await desk.chart(`Family${at}`);
});
afterAll(() => served.close());
beforeEach(async () => {
  doctor = await served.person(practice, { role: 'doctor' });
});

const folder = (location: string) => join(served.jobs.parts.folder, practice, location.split('/').at(-1)!);

/** A worker that does something once, after its first checkpoint. */
function workerThat(hook: (worker: JobWorker) => Promise<unknown>): JobWorker {
  const kind = exportKind({ store: served.store, base: BASE, checkpointEvery: EVERY });
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
            save: async (checkpoint, progress) => {
              await job.save(checkpoint, progress);
              if (!hooked) await hook(worker);
              hooked = true;
            },
          }),
      },
    ],
  });
  return worker;
}

async function stateOf(
  location: string,
): Promise<{ state: string; keyed: boolean; progress: number } | undefined> {
  const { rows } = await served.database.owner.query<{ state: string; keyed: boolean; progress: number }>(
    'select state, wrapped is not null as keyed, progress::integer from postern.job where job_id = $1',
    [location.split('/').at(-1)],
  );
  return rows[0];
}

/** Whole: every resource of the practice's charts once, in the files that lie there and no others. */
async function expectWhole(location: string): Promise<void> {
  const done = await served.ask(doctor.token, 'GET', location);
  expect(done.status, done.text).toBe(200);
  const resources = await desk.resourcesOf(doctor.token, done);
  for (const type of ['Patient', 'Observation', 'Condition']) {
    expect(idsOf(ofType(type, resources))).toEqual(await desk.standing(type));
  }
  const names = outputOf(done).map(({ url }) => url.split('/').at(-1)!);
  expect((await readdir(folder(location))).sort()).toEqual(names.sort());
}

async function leaseRunsOut(): Promise<void> {
  await served.database.owner.query(
    "update postern.job set lease_until = clock_timestamp() - interval '1 second'",
  );
}

describe('a worker that is killed', () => {
  const run = async (die: ExportTask['die'], checkpoint: number) => {
    const task: ExportTask = {
      connection: served.database.serverConnection as ExportTask['connection'],
      keyVault: `file:${join(dirname(served.jobs.parts.folder), 'root.key')}`,
      folder: served.jobs.parts.folder,
      base: BASE,
      checkpointEvery: EVERY,
      die,
      checkpoint,
    };
    const child = spawn(process.execPath, [SCRIPT, JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
  };

  test.each([
    ['before its first checkpoint', 'before', 1],
    ['after its second checkpoint', 'after', 2],
    ['before its third checkpoint', 'before', 3],
  ] as const)(
    '%s is followed by another that loses nothing and writes nothing twice',
    async (_, die, checkpoint) => {
      const location = locationOf(await desk.kickOff(doctor.token));
      await run(die, checkpoint);
      expect(await stateOf(location)).toMatchObject({ state: 'running' });
      expect((await readdir(folder(location))).length).toBeGreaterThan(0);
      expect(await served.work()).toBe(false);
      await leaseRunsOut();
      expect(await served.work()).toBe(true);
      await expectWhole(location);
    },
  );
});

test('a server that stops gives the job back, and the next start goes on with it', async () => {
  const location = locationOf(await desk.kickOff(doctor.token));
  await workerThat((worker) => worker.stop()).once();
  const { state, progress } = (await stateOf(location))!;
  expect([state, progress > 0]).toEqual(['waiting', true]);
  await leaseRunsOut();
  expect(await served.work()).toBe(true);
  await expectWhole(location);
});

test('a grant that is added in the middle stops nothing', async () => {
  const location = locationOf(await desk.kickOff(doctor.token));
  const give = () =>
    served.gate.asJob(practice, 'system-setup', 'test', (visit) =>
      served.gate.grants.give(visit, {
        accountId: doctor.accountId,
        role: 'billing',
        chartId: null,
        sections: null,
        startsAt: new Date(Date.now() - 1000),
        endsAt: null,
        reason: null,
      }),
    );
  await workerThat(give).once();
  await expectWhole(location);
});

describe('an export ends, with its key and files,', () => {
  const revoke = (accountId = doctor.accountId) =>
    served.gate.asJob(practice, 'system-setup', 'test', async (visit) => {
      for (const { grantId } of await served.gate.grantsOf(visit, accountId)) {
        await served.gate.endGrant(visit, grantId);
      }
    });
  const ends: Record<string, () => Promise<unknown>> = {
    'when the grants of whoever asked end': () => revoke(),
    'when whoever asked signs out': () => served.gate.endSession(doctor.token),
  };

  test.each(Object.entries(ends))('%s', async (_, end) => {
    const location = locationOf(await desk.kickOff(doctor.token));
    await workerThat(end).once();
    expect(await stateOf(location)).toMatchObject({ state: 'ended', keyed: false });
    expect(await readdir(folder(location)).catch(() => null)).toBeNull();
  });

  test('when it is removed while it runs', async () => {
    const location = locationOf(await desk.kickOff(doctor.token));
    const remove = async () => {
      expect((await served.ask(doctor.token, 'DELETE', location)).status).toBe(202);
    };
    await workerThat(remove).once();
    expect(await stateOf(location)).toMatchObject({ state: 'ended', keyed: false });
    expect((await served.ask(doctor.token, 'GET', location)).status).toBe(404);
    await leaseRunsOut();
    await served.jobs.sweep();
    expect(await readdir(folder(location)).catch(() => null)).toBeNull();
    expect(await stateOf(location)).toBeUndefined();
  });

  test('when a chart of the practice is shredded, finished or not', async () => {
    const finished = locationOf(await desk.kickOff(doctor.token));
    await served.work();
    const running = locationOf(await desk.kickOff(doctor.token));
    const shred = () =>
      served.database.owner.query(
        `insert into postern.shred (practice_id, chart_id, complete_at, by_account, reason)
         values ($1, $2, now(), $2, '')`,
        [practice, newId()],
      );
    await workerThat(shred).once();
    for (const location of [finished, running]) {
      expect((await served.ask(doctor.token, 'GET', location)).status).toBe(404);
    }
    await leaseRunsOut();
    await served.jobs.sweep();
    for (const location of [finished, running]) {
      expect(await readdir(folder(location)).catch(() => null)).toBeNull();
    }
  });

  test('for a proxy whose access to one of two charts ends, also where it was finished', async () => {
    const [one, two] = desk.charts as [ChartId, ChartId];
    const proxy = await served.person(
      practice,
      { role: 'proxy', chartId: one },
      { role: 'proxy', chartId: two },
    );
    const done = await desk.exported(proxy.token, '/fhir/Patient/$export?_type=Patient');
    const file = pathOf(outputOf(done)[0]!.url);
    const location = dirname(file);
    expect((await served.ask(proxy.token, 'GET', file)).status).toBe(200);
    await served.gate.asJob(practice, 'system-setup', 'test', async (visit) => {
      const grants = await served.gate.grantsOf(visit, proxy.accountId);
      await served.gate.endGrant(visit, grants.find(({ chartId }) => chartId === two)!.grantId);
    });
    expect((await served.ask(proxy.token, 'GET', `/fhir/Patient/${one}`)).status).toBe(200);
    for (const target of [location, file]) {
      expect((await served.ask(proxy.token, 'GET', target)).status).toBe(404);
    }
  });

  test('a download in the middle as well, within the next chunk', async () => {
    const done = await desk.exported(doctor.token, '/fhir/Patient/$export?_type=Observation');
    const path = pathOf(outputOf(done)[0]!.url);
    const { status, body } = await served.server.handle({
      method: 'GET',
      path,
      query: '',
      headers: { authorization: `Bearer ${doctor.token}` },
      address: '192.0.2.1',
      body: (async function* () {})(),
    });
    expect(status).toBe(200);
    const { scope } = (await served.gate.admit(doctor.token, null))!;
    const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    const first = (await chunks.next()).value as Uint8Array;
    await revoke();
    await vi.waitFor(() => expect(scope.ended).toBe(true));
    await expect(chunks.next()).rejects.toMatchObject({ code: 'unauthenticated' });
    const { rows } = await served.database.owner.query<{ bytes: string }>(
      "select bytes from postern.access_line where account_id = $1 and outcome = 'closed'",
      [doctor.accountId],
    );
    expect(rows.map(({ bytes }) => Number(bytes))).toEqual([first.length]);
  });
});

describe('a row that was written by hand', () => {
  const incidents = async () => {
    const { rows } = await served.database.owner.query<{ count: number }>(
      "select count(*)::integer as count from postern.incident where kind = 'key-ring'",
    );
    return rows[0]!.count;
  };

  test('gives another account nothing, and alarms', async () => {
    const done = await desk.exported(doctor.token, '/fhir/Patient/$export?_type=Patient');
    const file = pathOf(outputOf(done)[0]!.url);
    const thief = await served.person(practice, { role: 'doctor' });
    await served.database.owner.query('update postern.job set account_id = $2 where job_id = $1', [
      dirname(file).split('/').at(-1),
      thief.accountId,
    ]);
    const before = await incidents();
    expect((await served.ask(thief.token, 'GET', file)).status).toBe(404);
    expect(await incidents()).toBe(before + 1);
  });

  test('makes no worker act in the session of somebody else, and alarms', async () => {
    const location = locationOf(await desk.kickOff(doctor.token));
    const victim = await served.person(practice, { role: 'doctor' });
    await served.database.owner.query(
      `update postern.job set account_id = $2, session_hash = (
         select session_hash from postern.session where account_id = $2 and ended_at is null limit 1)
       where job_id = $1`,
      [location.split('/').at(-1), victim.accountId],
    );
    const before = await incidents();
    expect(await served.work()).toBe(true);
    expect(await stateOf(location)).toMatchObject({ state: 'failed', keyed: false });
    expect(await incidents()).toBe(before + 1);
    const { rows } = await served.database.owner.query(
      "select from postern.access_line where account_id = $1 and action = 'export'",
      [victim.accountId],
    );
    expect(rows).toEqual([]);
  });
});

test('without room on the disk an export fails with a clear error, and leaves nothing behind', async () => {
  const full = await openExportDesk({ reserveBytes: Number.MAX_SAFE_INTEGER });
  try {
    const begun = await full.kickOff(full.doctor.token);
    expect(await full.served.work()).toBe(true);
    const answer = await full.served.ask(full.doctor.token, 'GET', locationOf(begun));
    expect([answer.status, answer.json.issue![0]!.code]).toEqual([507, 'no-store']);
    expect(await full.served.jobs.files.places()).toEqual([]);
    expect((await full.served.ask(full.doctor.token, 'GET', `${locationOf(begun)}/${newId()}`)).status).toBe(
      404,
    );
  } finally {
    await full.served.close();
  }
});

test('on a disk that fills up while it is written, an export fails and nothing of it is served', async () => {
  const small = await openExportDesk({ reserveBytes: 0 });
  const place = small.served.jobs.parts.folder;
  await mkdir(place, { recursive: true });
  try {
    if (!mountSmallDisk(place)) {
      console.warn('SKIPPED: only root may mount the small disk that this test fills.');
      return;
    }
    const before = await small.kickOff(small.doctor.token);
    expect(await small.served.work()).toBe(true);
    expect((await small.served.ask(small.doctor.token, 'GET', locationOf(before))).status).toBe(200);
    const note = [{ text: 'long '.repeat(50_000) }];
    await small.served.deposit(small.practice, {
      resourceType: 'Condition',
      id: newId(),
      subject: { reference: `Patient/${small.charts[0]}` },
      note,
    });
    const begun = await small.kickOff(small.doctor.token);
    expect(await small.served.work()).toBe(true);
    const answer = await small.served.ask(small.doctor.token, 'GET', locationOf(begun));
    expect([answer.status, answer.json.issue![0]!.code]).toEqual([507, 'no-store']);
    const left = await small.served.jobs.files.places();
    expect(left.map(({ jobId }) => jobId)).toEqual([locationOf(before).split('/').at(-1)]);
  } finally {
    spawnSync('umount', [place]);
    await small.served.close();
  }
});

/** 128 KiB at that place; whether that may be done here. */
function mountSmallDisk(place: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', place]).status === 0;
}
