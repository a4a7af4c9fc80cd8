/** Opens an installation for a server: in production only where nothing about it is careless. */
import { url } from 'node:inspector';
import { DEMO_SLUGS } from '../../demo/index.ts';
import { systemClock } from '../base/clock.ts';
import type { Configuration } from '../base/configuration.ts';
import { PosternError } from '../base/errors.ts';
import { type Database, openDatabase } from '../db/index.ts';
import type { BlobStore } from '../documents/index.ts';
import {
  type Circumstances,
  type Fault,
  faultsBefore,
  faultsWithin,
  isProduction,
  openingFault,
  refusalOf,
} from '../watch/index.ts';
import { dotEnvPath } from './load-configuration.ts';
import { type OpenPosternOptions, openPostern, type Postern, storesOf } from './open-postern.ts';

export interface ServingOptions extends OpenPosternOptions {
  /** Whether the demo would be loaded. */
  readonly demo: boolean;
}

/**
 * As `openPostern`, where nobody else gets at what files are kept in. In production it throws
 * `not-configured` with every fault there is, a line each.
 */
export async function openForServing(
  configuration: Configuration,
  options: ServingOptions,
): Promise<Postern> {
  if (!isProduction(configuration.publicUrl)) return openPrivately(configuration, options);
  const circumstances: Circumstances = {
    configuration,
    process: { execArgv: process.execArgv, environment: process.env, inspectorUrl: url() },
    dotEnvPath: dotEnvPath(),
    demoSlugs: DEMO_SLUGS,
    clock: systemClock,
  };
  const faults: Fault[] = [...(options.demo ? [DEMO_ASKED] : []), ...(await faultsBefore(circumstances))];
  const opened = await openDatabase(configuration, options).catch(openingFault);
  if (!isDatabase(opened)) throw refusalOf([...faults, opened]);
  let blobs: BlobStore;
  try {
    blobs = await storesOf(configuration);
    faults.push(...(await faultsWithin(opened, circumstances)), ...(await faultsOfStore(blobs)));
    if (faults.length > 0) throw refusalOf(faults);
  } catch (error) {
    await opened.close();
    throw error;
  }
  return openPostern(configuration, { ...options, database: opened, blobs });
}

async function openPrivately(configuration: Configuration, options: ServingOptions): Promise<Postern> {
  const postern = await openPostern(configuration, options);
  try {
    await postern.blobs.assertPrivate();
    return postern;
  } catch (error) {
    await postern.close();
    throw error;
  }
}

/** Not to know who gets at files is at fault as well. */
async function faultsOfStore(blobs: BlobStore): Promise<Fault[]> {
  try {
    await blobs.assertPrivate();
    return [];
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
    return [{ check: 'file-store', sentence: error.message }];
  }
}

const DEMO_ASKED: Fault = {
  check: 'demo',
  sentence: 'It was told to load the demo, whose people everybody knows; start it without --demo.',
};

function isDatabase(opened: Database | Fault): opened is Database {
  return 'server' in opened;
}
