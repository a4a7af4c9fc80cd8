/** The database that production would run on, asked as anybody could ask it, and as its owner. */
import pg from 'pg';
import type { Clock } from '../../base/clock.ts';
import { type Connection, connectionSettings, type Database } from '../../db/index.ts';
import { newSecretToken } from '../../seal/index.ts';
import type { Fault } from './fault.ts';

type Asked = Pick<Database, 'owner' | 'ownerConnection' | 'serverRole'>;

/** How far the two clocks may be apart: beyond it, sessions and signatures end at the wrong time. */
const CLOCK_SECONDS = 60;

export async function databaseFaults(database: Asked, clock: Clock): Promise<Fault[]> {
  return [...(await openLoginFaults(database)), ...(await clockFaults(database, clock))];
}

/**
 * Whether somebody gets in without knowing a password: with one that was made up this moment, as the owner,
 * as the server, and as the usual superuser. Only `trust` and its like let that in.
 */
async function openLoginFaults({ ownerConnection, serverRole, owner }: Asked): Promise<Fault[]> {
  const { rows } = await owner.query<{ name: string }>('select current_user as name');
  const faults: Fault[] = [];
  for (const role of new Set([rows[0]!.name, serverRole, 'postgres'])) {
    if (!(await letsIn(withGuess(ownerConnection, role)))) continue;
    faults.push({
      check: 'open-database',
      sentence:
        `The database lets ${role} in with any password or none; write scram-sha-256 in the place of trust ` +
        'in its pg_hba.conf, give its roles passwords, and reload it.',
    });
  }
  return faults;
}

function withGuess(connection: Connection, user: string): Connection {
  const password = newSecretToken();
  if (connection.connectionString === undefined) return { ...connection, user, password };
  const url = new URL(connection.connectionString);
  url.username = encodeURIComponent(user);
  url.password = password;
  return { connectionString: url.href };
}

async function letsIn(connection: Connection): Promise<boolean> {
  const client = new pg.Client({
    ...connectionSettings(connection, 10_000),
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    // "You may not enter this database" comes after "you are who you say you are".
    return (error as { code?: string }).code === '42501';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function clockFaults({ owner }: Asked, clock: Clock): Promise<Fault[]> {
  const before = clock.now().getTime();
  const { rows } = await owner.query<{ at: Date }>('select clock_timestamp() as at');
  const between = (before + clock.now().getTime()) / 2;
  const seconds = Math.round(Math.abs(rows[0]!.at.getTime() - between) / 1000);
  if (seconds <= CLOCK_SECONDS) return [];
  return [
    {
      check: 'clock',
      sentence:
        `The clock of this machine and that of the database are ${seconds} seconds apart; let both follow ` +
        'a time server (timedatectl set-ntp true).',
    },
  ];
}
