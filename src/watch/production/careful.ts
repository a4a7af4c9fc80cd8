/**
 * What is asked before production starts. Faults are gathered, not thrown, so that an operator mends all of
 * them in one go.
 */
import type { Clock } from '../../base/clock.ts';
import type { Configuration } from '../../base/configuration.ts';
import { PosternError } from '../../base/errors.ts';
import type { Database } from '../../db/index.ts';
import { Accounts, Keychain } from '../../gate/index.ts';
import { openKeyVault } from '../../seal/index.ts';
import { databaseFaults } from './database-faults.ts';
import { demoAccountFaults, demoPracticeFaults } from './demo-faults.ts';
import type { Fault } from './fault.ts';
import { placeFaults } from './place-faults.ts';
import { type ProcessStanding, processFaults } from './process-faults.ts';
import { settingFaults } from './setting-faults.ts';

export interface Circumstances {
  readonly configuration: Configuration;
  readonly process: ProcessStanding;
  readonly dotEnvPath: string;
  /** Slugs of the practices that the demo makes. */
  readonly demoSlugs: readonly string[];
  readonly clock: Clock;
}

/** What can be known before the database is asked; makes and changes nothing. */
export async function faultsBefore(circumstances: Circumstances): Promise<Fault[]> {
  const { configuration, process, dotEnvPath } = circumstances;
  return [
    ...settingFaults(configuration),
    ...processFaults(process),
    ...(await placeFaults(configuration, dotEnvPath)),
  ];
}

/** What the opened database tells; it may be new and empty, and is left as it is. */
export async function faultsWithin(database: Database, circumstances: Circumstances): Promise<Fault[]> {
  const { configuration, demoSlugs, clock } = circumstances;
  const { owner, server } = database;
  const faults = await databaseFaults(database, clock);
  const { rows } = await owner.query<{ found: boolean }>(
    "select to_regclass('postern.account') is not null as found",
  );
  if (rows[0]?.found !== true) return faults;
  faults.push(...(await demoPracticeFaults(owner, demoSlugs)));
  try {
    const vault = await openKeyVault(configuration.keyVault, { create: false });
    try {
      const accounts = new Accounts(server, new Keychain({ server, vault }), clock);
      faults.push(...(await demoAccountFaults(accounts, owner)));
    } finally {
      await vault.close();
    }
  } catch (error) {
    // Keys that cannot be had are told of where they are needed.
    if (!(error instanceof PosternError)) throw error;
  }
  return faults;
}

/** What a database is refused for while it is opened: its owner, the rights of the server's role. */
export function openingFault(error: unknown): Fault {
  if (!(error instanceof PosternError) || error.code !== 'not-configured') throw error;
  return { check: 'database-rights', sentence: error.message };
}
