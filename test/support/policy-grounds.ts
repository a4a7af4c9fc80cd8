/**
 * A database with rows to probe: one's own, another's, one of another practice and a note; and sessions that
 * hold exactly the keys a probe gives them, whose reach is written by the database's owner.
 */
import { randomBytes } from 'node:crypto';
import { newId } from '../../src/base/ids.ts';
import { inSession } from '../../src/db/index.ts';
import type { FreshDatabase } from './database.ts';
import { POLICY_TABLES, type PolicyTable, type Spot } from './policy-tables.ts';

export interface Grounds {
  readonly database: FreshDatabase;
  readonly own: Spot;
  /** Of the same practice, and of another. */
  readonly foreign: Spot;
  readonly away: Spot;
  /** A psychotherapy note in the own chart; the records alone stand, and not its place in other tables. */
  readonly note: Spot;
}

export interface Probe {
  /** The table, view or function that it is about. */
  readonly about: string;
  readonly sentence: string;
  holds(): Promise<boolean>;
}

export async function layGrounds(database: FreshDatabase): Promise<Grounds> {
  const spot = (practice: string, section: Spot['section']): Spot => ({
    practice,
    chart: newId(),
    id: newId(),
    of: newId(),
    section,
  });
  const [here, there] = [newId(), newId()];
  const grounds = {
    database,
    own: spot(here, 2),
    foreign: spot(here, 4),
    away: spot(there, 2),
    note: spot(here, 5),
  };
  for (const practice of [here, there]) {
    await database.owner.query(
      `insert into postern.practice_key (practice_id, purpose, version, root_version, wrapped)
       values ($1, 'chart', 1, 1, '')`,
      [practice],
    );
  }
  for (const table of POLICY_TABLES) {
    for (const at of [grounds.own, grounds.foreign, grounds.away]) {
      await database.owner.query(insertion(table, at));
    }
  }
  for (const table of POLICY_TABLES.filter(({ notes }) => notes === true)) {
    await database.owner.query(insertion(table, grounds.note));
  }
  return grounds;
}

/** The statement that puts the row of that spot into the table. */
export function insertion(
  { name, row }: PolicyTable,
  spot: Spot,
  other: Readonly<Record<string, string>> = {},
): string {
  const values = { ...row(spot), ...other };
  return `insert into postern.${name} (${Object.keys(values)}) values (${Object.values(values)})`;
}

/** A live session of that practice with those keys, an app's where there are types; what names it. */
export async function sessionWith(
  { database }: Grounds,
  practice: string,
  keys: readonly string[],
  account = newId(),
  expires = 'infinity',
  types: readonly string[] | null = null,
): Promise<string> {
  const { rows } = await database.owner.query<{ handle: string }>(
    `insert into postern.reach (practice_id, session_hash, epoch, account_id, expires_at, keys, types)
     values ($1, $2, 1, $3, $4, $5, $6)
     returning handle`,
    [practice, randomBytes(32), account, expires, keys, types],
  );
  return rows[0]!.handle;
}

/** How many rows the statement touches in that session, undone at once; null where it is refused. */
export async function touches(
  { database }: Grounds,
  session: string,
  statement: string,
): Promise<number | null> {
  const undo = new Error('undone');
  let touched: number | null = null;
  await inSession(database.server, session, async (tx) => {
    touched = await tx.query(statement).then(
      ({ rowCount }) => rowCount ?? 0,
      (error: { code?: string }) => {
        // 42501: refused by a policy. Anything else that fails has passed the policies.
        if (error.code === '42501') return null;
        return Number.NaN;
      },
    );
    throw undo;
  }).catch((error: unknown) => {
    if (error !== undo) throw error;
  });
  return touched;
}
