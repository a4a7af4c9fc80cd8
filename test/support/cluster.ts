/**
 * Vitest's global set-up: one PostgreSQL for the whole run. It starts while the first files load; a test that
 * asks for a database waits for it, and one that does not never knows.
 */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startFleeting } from '../../src/db/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The file that appears when the cluster runs, and says where, or why it does not. */
    clusterPath: string;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-test-'));
  const clusterPath = join(folder, 'cluster.json');
  // For what is made once in a run, by whichever process is first.
  process.env.POSTERN_TEST_RUN = folder;
  project.provide('clusterPath', clusterPath);
  const starting = startFleeting(join(folder, 'data'));
  starting.then(
    ({ place }) => announce(clusterPath, place),
    (error: unknown) => announce(clusterPath, { failure: String(error) }),
  );
  return async () => {
    await starting.then(
      ({ stop }) => stop(),
      () => undefined,
    );
    await rm(folder, { recursive: true, force: true });
  };
}

async function announce(path: string, what: object): Promise<void> {
  await writeFile(`${path}.draft`, JSON.stringify(what), { mode: 0o600 });
  await rename(`${path}.draft`, path);
}
