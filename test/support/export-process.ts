/**
 * A process that works on exports and dies around the checkpoint that it is told, with nothing of what a
 * dying process may still do. Its only argument is a JSON `ExportTask`.
 */
import { join } from 'node:path';
import pg from 'pg';
import { systemClock } from '../../src/base/clock.ts';
import { ChartStore, loadDefinitions, WrappedKeys } from '../../src/chart/index.ts';
import { Files, FolderStore } from '../../src/documents/index.ts';
import { exportKind } from '../../src/fhir/index.ts';
import { Gate, Keychain } from '../../src/gate/index.ts';
import { type JobKind, type JobRun, Jobs, JobWorker } from '../../src/jobs/index.ts';
import { LineWriter } from '../../src/ledger/index.ts';
import { openKeyVault } from '../../src/seal/index.ts';

export interface ExportTask {
  readonly connection: pg.PoolConfig;
  readonly keyVault: string;
  readonly folder: string;
  readonly base: string;
  readonly checkpointEvery: number;
  readonly die: 'before' | 'after';
  /** At the how many-th checkpoint. */
  readonly checkpoint: number;
}

const task: ExportTask = JSON.parse(process.argv[2]!);
const pool = new pg.Pool({ ...task.connection, max: 4 });
const vault = await openKeyVault(task.keyVault, { create: false });
const keychain = new Keychain({ server: pool, vault });
const gate = new Gate({ server: pool, keychain, clock: systemClock });
const store = new ChartStore({
  pool,
  renew: (scope) => gate.renew(scope),
  lines: new LineWriter({ pool }),
  definitions: await loadDefinitions(),
  wrappedKeys: new WrappedKeys(),
  files: new Files({ store: new FolderStore(join(task.folder, 'files'), 0) }),
  indexVersions: (practiceId) => keychain.indexVersions(practiceId),
  refreshKeys: (practiceId) => keychain.refresh(practiceId),
  clock: systemClock,
  ownBases: [task.base],
});
const jobs = new Jobs({ pool, gate, keysOf: (practiceId) => keychain.of(practiceId), folder: task.folder });
const kind = exportKind({ store, base: task.base, checkpointEvery: task.checkpointEvery });
const worker = new JobWorker({
  jobs,
  kinds: [deadly(kind)],
  onError: (what, error) => console.error(what, error),
});
await worker.once();
process.exit(3);

function deadly(kind: JobKind): JobKind {
  let checkpoints = 0;
  const die = (when: ExportTask['die']) => {
    if (when !== task.die || checkpoints !== task.checkpoint) return;
    process.kill(process.pid, 'SIGKILL');
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
  const run = (job: JobRun) =>
    kind.run({
      ...job,
      save: async (checkpoint, progress) => {
        checkpoints += 1;
        die('before');
        await job.save(checkpoint, progress);
        die('after');
      },
    });
  return { ...kind, run };
}
