/**
 * Migrations: numbered files that only go forward, each in a transaction of its own, each recorded with its
 * digest. Several processes may start at once: one migrates, the others wait and find nothing to do.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { invariant, PosternError } from '../base/errors.ts';
import { quoteName } from './roles.ts';

export interface MigrateOptions {
  /** The role the server runs as; takes the place of `:server_role` in the files. */
  readonly serverRole: string;
  /** Where the files lie; the project's own when not given. */
  readonly folder?: string;
}

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  readonly text: string;
}

const MIGRATIONS_FOLDER = join(import.meta.dirname, 'migrations');
const FILE_NAME = /^(\d{4})-([a-z0-9]+(?:-[a-z0-9]+)*)\.sql$/;
/** Any number, as long as nothing else in the database waits for the same one. */
const LOCK = 7_067_837_014;

/**
 * Brings the database up to date as its owner; returns the names of the files that were applied. Throws
 * `not-configured` where the database is of a newer Postern, or a file that was applied has changed since.
 */
export async function migrate(owner: pg.Pool, options: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(options.folder ?? MIGRATIONS_FOLDER);
  const client = await owner.connect();
  let sound = false;
  try {
    await client.query(`select pg_advisory_lock(${LOCK})`);
    await prepare(client);
    const applied = await readApplied(client);
    checkApplied(migrations, applied);
    const pending = migrations.filter(({ number }) => !applied.has(number));
    for (const migration of pending) await apply(client, migration, options.serverRole);
    await client.query(`select pg_advisory_unlock(${LOCK})`);
    sound = true;
    return pending.map(({ name }) => name);
  } finally {
    // A connection that failed on the way still holds the lock: it ends with the connection.
    client.release(!sound);
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  const migrations = await Promise.all(files.map((file) => readMigration(folder, file)));
  const numbers = new Set(migrations.map(({ number }) => number));
  invariant(numbers.size === migrations.length, 'no two migrations have the same number');
  return migrations;
}

async function readMigration(folder: string, file: string): Promise<Migration> {
  const parts = FILE_NAME.exec(file);
  invariant(parts !== null, `a migration is called 0001-name.sql: ${file}`);
  const text = await readFile(join(folder, file), 'utf8');
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { number: Number(parts[1]), name: file.slice(0, -'.sql'.length), sha256, text };
}

/** The record of what was applied is closed to everybody but the owner, like every table of his alone. */
async function prepare(client: pg.PoolClient): Promise<void> {
  const found = await client.query("select to_regclass('postern.migration') is not null as found");
  if (found.rows[0].found === true) return;
  await client.query(`
    create schema if not exists postern;
    create table postern.migration (
      number integer not null primary key,
      name text not null,
      sha256 text not null,
      applied_at timestamptz not null default now()
    );
    alter table postern.migration enable row level security;
    alter table postern.migration force row level security;
    create policy owner_only on postern.migration to current_user using (true) with check (true)`);
}

async function readApplied(client: pg.PoolClient): Promise<Map<number, { name: string; sha256: string }>> {
  const found = await client.query<{ number: number; name: string; sha256: string }>(`
    select number, name, sha256
    from postern.migration
    order by number`);
  return new Map(found.rows.map((row) => [row.number, row]));
}

function checkApplied(
  migrations: readonly Migration[],
  applied: ReadonlyMap<number, { name: string; sha256: string }>,
): void {
  for (const [number, { name, sha256 }] of applied) {
    const known = migrations.find((migration) => migration.number === number);
    if (known === undefined) {
      throw new PosternError(
        'not-configured',
        `The database was migrated by a newer Postern (${name}); use that version or a later one.`,
      );
    }
    if (known.sha256 !== sha256) {
      throw new PosternError(
        'not-configured',
        `The migration ${known.name} is not the one that this database was made with (${name}); ` +
          'use the Postern that made it, or start with a new data folder.',
      );
    }
  }
}

async function apply(client: pg.PoolClient, migration: Migration, serverRole: string): Promise<void> {
  const { number, name, sha256 } = migration;
  const text = migration.text.replaceAll(':server_role', quoteName(serverRole));
  await client.query('begin');
  try {
    await client.query(text);
    await client.query('insert into postern.migration (number, name, sha256) values ($1, $2, $3)', [
      number,
      name,
      sha256,
    ]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => undefined);
    const detail = cause as { message?: string; position?: string };
    const line = text.slice(0, Number(detail.position ?? 0)).split('\n').length;
    throw new Error(`Migration ${name} failed at line ${line}: ${detail.message}`, { cause });
  }
}
