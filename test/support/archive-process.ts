/**
 * A process that makes zips of charts and dies when so many stretches of one are durable, with nothing of
 * what a dying process may still do. Its only argument is a JSON `ArchiveTask`.
 */
import { join } from 'node:path';
import pg from 'pg';
import { archiveKind } from '../../src/archive/index.ts';
import { systemClock } from '../../src/base/clock.ts';
import { ChartStore, loadDefinitions, type StoreContext, WrappedKeys } from '../../src/chart/index.ts';
import { Files, FolderStore } from '../../src/documents/index.ts';
import { Gate, Keychain } from '../../src/gate/index.ts';
import { Jobs, JobWorker } from '../../src/jobs/index.ts';
import { LineWriter } from '../../src/ledger/index.ts';
import { openKeyVault } from '../../src/seal/index.ts';

export interface ArchiveTask {
  readonly connection: pg.PoolConfig;
  readonly keyVault: string;
  readonly jobsFolder: string;
  readonly filesFolder: string;
  readonly base: string;
  readonly stretchBytes: number;
  /** When it dies: as the how many-th stretch is put into the store, or is there. */
  readonly stretch: number;
  readonly die: 'before' | 'after';
}

const task: ArchiveTask = JSON.parse(process.argv[2]!);
const pool = new pg.Pool({ ...task.connection, max: 4 });
const vault = await openKeyVault(task.keyVault, { create: false });
const keychain = new Keychain({ server: pool, vault });
const gate = new Gate({ server: pool, keychain, clock: systemClock });

class DeadlyStore extends FolderStore {
  #puts = 0;

  override async put(...asked: Parameters<FolderStore['put']>): Promise<number> {
    this.#puts += 1;
    const isLast = this.#puts === task.stretch;
    if (isLast && task.die === 'before') die();
    const bytes = await super.put(...asked);
    if (isLast) die();
    return bytes;
  }
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const files = new Files({ store: new DeadlyStore(join(task.filesFolder), 0) });
const context: StoreContext = {
  pool,
  renew: (scope) => gate.renew(scope),
  lines: new LineWriter({ pool }),
  definitions: await loadDefinitions(),
  wrappedKeys: new WrappedKeys(),
  files,
  indexVersions: (practiceId) => keychain.indexVersions(practiceId),
  refreshKeys: (practiceId) => keychain.refresh(practiceId),
  clock: systemClock,
  ownBases: [task.base],
};
const folder = task.jobsFolder;
const jobs = new Jobs({ pool, gate, keysOf: (practiceId) => keychain.of(practiceId), folder });
const { base, stretchBytes } = task;
const store = new ChartStore(context);
const kind = archiveKind({ context, store, files, gate, jobs, clock: systemClock, base, stretchBytes });
const worker = new JobWorker({
  jobs,
  kinds: [kind],
  onError: (what, error) => console.error(what, error),
});
await worker.once();
process.exit(3);
