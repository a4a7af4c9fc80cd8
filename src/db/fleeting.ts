/**
 * A cluster for the length of a test run, and databases in it that are cloned from a migrated template: the
 * same programs, roles and settings as the real one, except that nothing waits for the disk.
 */
import { rm } from 'node:fs/promises';
import type pg from 'pg';
import { asSuperuser, bootstrap, EMBEDDED_DATABASE, OWNER_ROLE } from './bootstrap.ts';
import { embeddedPasswords, type Passwords, prepareFolder } from './data-folder.ts';
import { startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { type Connection, makePool } from './pools.ts';
import { closeDatabase, quoteName, serverRoleOf } from './roles.ts';
import { FLEETING } from './settings.ts';

/** Where a fleeting cluster is reached; plain data, so that one process can tell another. */
export interface FleetingPlace {
  readonly host: string;
  readonly port: number;
  readonly passwords: Passwords;
}

export interface FleetingDatabase {
  readonly name: string;
  readonly owner: pg.Pool;
  readonly server: pg.Pool;
  readonly serverRole: string;
  readonly ownerConnection: Connection;
  readonly serverConnection: Connection;
}

const TEMPLATE = 'postern_template';

/** Starts a cluster in the folder, with the template in it. `stop` removes the folder. */
export async function startFleeting(
  folder: string,
  options: { readonly loopback?: boolean } = {},
): Promise<{ place: FleetingPlace; stop(): Promise<void> }> {
  await prepareFolder(folder);
  const passwords = await embeddedPasswords(folder);
  const cluster = await startEmbedded({
    ...options,
    dataFolder: folder,
    passwords,
    settings: FLEETING,
  });
  const { host, port } = cluster;
  const place = { host, port, passwords };
  const stop = async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await bootstrap(cluster, passwords);
    await makeTemplate(place);
  } catch (error) {
    await stop();
    throw error;
  }
  return { place, stop };
}

async function makeTemplate(place: FleetingPlace): Promise<void> {
  await create(place, TEMPLATE, EMBEDDED_DATABASE);
  const owner = makePool(connectionTo(place, TEMPLATE, OWNER_ROLE, place.passwords.owner), { max: 1 });
  try {
    await migrate(owner, { serverRole: serverRoleOf(EMBEDDED_DATABASE) });
  } finally {
    await owner.end();
  }
}

/** A migrated database of its own for whoever asks. */
export async function createFleetingDatabase(
  place: FleetingPlace,
  name: string,
  poolSize: number,
): Promise<FleetingDatabase> {
  await create(place, name, TEMPLATE);
  const serverRole = serverRoleOf(EMBEDDED_DATABASE);
  const ownerConnection = connectionTo(place, name, OWNER_ROLE, place.passwords.owner);
  const serverConnection = connectionTo(place, name, serverRole, place.passwords.server);
  return {
    name,
    serverRole,
    ownerConnection,
    serverConnection,
    owner: makePool(ownerConnection, { max: 2 }),
    server: makePool(serverConnection, { max: poolSize }),
  };
}

/** Drops it, whoever is still connected. */
export async function dropFleetingDatabase(place: FleetingPlace, name: string): Promise<void> {
  await asSuperuser(place, place.passwords, 'postgres', (client) =>
    client.query(`drop database if exists ${quoteName(name)} with (force)`),
  );
}

async function create(place: FleetingPlace, name: string, template: string): Promise<void> {
  await asSuperuser(place, place.passwords, 'postgres', (client) =>
    client.query(
      `create database ${quoteName(name)} template ${quoteName(template)} ` +
        `strategy file_copy owner ${quoteName(OWNER_ROLE)}`,
    ),
  );
  await asSuperuser(place, place.passwords, name, (client) =>
    closeDatabase(client, serverRoleOf(EMBEDDED_DATABASE)),
  );
}

function connectionTo({ host, port }: FleetingPlace, database: string, user: string, password: string) {
  return { host, port, database, user, password };
}
