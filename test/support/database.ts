/** A migrated database of its own for each test file that asks, in the cluster of the run. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { inject } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import {
  createFleetingDatabase,
  dropFleetingDatabase,
  type FleetingDatabase,
  type FleetingPlace,
} from '../../src/db/index.ts';

export interface FreshDatabase extends FleetingDatabase {
  /** Drops the database; fails where a connection was taken from a pool and never given back. */
  close(): Promise<void>;
}

/**
 * Clones the migrated template (about 50 ms). Call it in `beforeAll` and `close` in `afterAll`:
 *
 *     const database = await freshDatabase();
 *     afterAll(() => database.close());
 */
export async function freshDatabase(options: { poolSize?: number } = {}): Promise<FreshDatabase> {
  const place = await cluster();
  const name = `test_${newId().replaceAll('-', '')}`;
  const database = await createFleetingDatabase(place, name, options.poolSize ?? 8);
  const close = async () => {
    const leaks = [leakOf('owner', database.owner), leakOf('server', database.server)].filter(
      (leak) => leak !== null,
    );
    // A pool with a leaked connection never ends; dropping the database ends it by force.
    const ended = Promise.allSettled([database.owner.end(), database.server.end()]);
    if (leaks.length === 0) await ended;
    await dropFleetingDatabase(place, name);
    if (leaks.length > 0) throw new Error(leaks.join('; '));
  };
  return { ...database, close };
}

function leakOf(name: string, pool: pg.Pool): string | null {
  const taken = pool.totalCount - pool.idleCount;
  if (taken === 0 && pool.waitingCount === 0) return null;
  return `${taken} connections of the ${name} pool were not given back, ${pool.waitingCount} are waited for`;
}

let known: Promise<FleetingPlace> | undefined;

/** Where the cluster of this run is reached; waits until it runs. */
export function cluster(): Promise<FleetingPlace> {
  known ??= findCluster(inject('clusterPath'));
  return known;
}

async function findCluster(path: string): Promise<FleetingPlace> {
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null) {
      await delay(20);
      continue;
    }
    const found = JSON.parse(text) as FleetingPlace | { failure: string };
    if ('failure' in found) throw new Error(`The test cluster did not start: ${found.failure}`);
    return found;
  }
}
