/** What key maintenance works with. It is the operator's: run by the command line as the database's owner. */
import type { Pool, PoolClient } from 'pg';
import { PosternError } from '../../base/errors.ts';
import type { PracticeId } from '../../base/ids.ts';
import type { Keychain } from '../../gate/index.ts';
import { type AccessLine, type LineEntry, operatorLine } from '../../ledger/index.ts';
import type { KeyPurpose, KeyVault, WrappedPracticeKey } from '../../seal/index.ts';

export interface KeyWork {
  /** Connections of the owner. */
  readonly owner: Pool;
  readonly vault: KeyVault;
  readonly keychain: Keychain;
}

/** On this channel servers hear of the practice whose keys have changed. */
export const KEYS_CHANNEL = 'postern_keys';

/** A transaction of the owner; what it announces reaches the servers when it commits. */
export async function asOwner<T>(owner: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await owner.connect();
  let sound = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    sound = true;
    return result;
  } finally {
    if (!sound)
      sound = await client
        .query('rollback')
        .then(() => true)
        .catch(() => false);
    client.release(!sound);
  }
}

/** The access line of what the operator did to keys; written in the transaction that does it. */
export function keyLine(
  practiceId: PracticeId,
  action: string,
  entries: readonly LineEntry[] = [],
  detail: Buffer | null = null,
): AccessLine {
  return operatorLine({ practiceId, client: 'postern keys', action, entries, detail });
}

/** Tells every server that the keys of a practice have changed. */
export async function announce(client: Pick<PoolClient, 'query'>, practiceId: PracticeId): Promise<void> {
  await client.query('select pg_notify($1, $2)', [KEYS_CHANNEL, practiceId]);
}

const ROTATION_LOCK = 'postern.rotation';

/** Runs a rotation or a shredding while no other runs on this database; throws `conflict` where one does. */
export async function whileAlone<T>(owner: Pool, work: () => Promise<T>): Promise<T> {
  const client = await owner.connect();
  let sound = false;
  try {
    const { rows } = await client.query<{ alone: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as alone',
      [ROTATION_LOCK],
    );
    if (rows[0]?.alone !== true) {
      sound = true;
      throw new PosternError(
        'conflict',
        'Keys are being rotated or shredded already. Wait until that is done.',
      );
    }
    try {
      return await work();
    } finally {
      await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [ROTATION_LOCK]);
      sound = true;
    }
  } finally {
    // A lock that could not be given back ends with its connection.
    client.release(!sound);
  }
}

/** The live keys of a practice as they are stored, oldest first; of every practice where none is named. */
export async function storedKeys(
  client: Pick<PoolClient, 'query'>,
  practiceId: PracticeId | null,
): Promise<WrappedPracticeKey[]> {
  const { rows } = await client.query<{
    practice_id: PracticeId;
    purpose: KeyPurpose;
    version: number;
    root_version: number;
    wrapped: Buffer;
  }>(
    `select k.practice_id, k.purpose, k.version, k.root_version, k.wrapped
     from postern.practice_key k
     where k.retired_at is null
       and ($1::uuid is null or k.practice_id = $1)
     order by k.practice_id, k.purpose, k.version`,
    [practiceId],
  );
  return rows.map((row) => ({
    practiceId: row.practice_id,
    purpose: row.purpose,
    version: row.version,
    rootVersion: row.root_version,
    wrapped: row.wrapped,
  }));
}

export async function addKey(client: Pick<PoolClient, 'query'>, key: WrappedPracticeKey): Promise<void> {
  await client.query(
    `insert into postern.practice_key (practice_id, purpose, version, root_version, wrapped)
     values ($1, $2, $3, $4, $5)`,
    [key.practiceId, key.purpose, key.version, key.rootVersion, key.wrapped],
  );
}

/** Retires every version before the newest: what they wrapped or keyed is under the newest by now. */
export async function retireEarlier(
  client: Pick<PoolClient, 'query'>,
  practiceId: PracticeId,
  purpose: 'chart' | 'index',
  newest: number,
): Promise<number> {
  const { rowCount } = await client.query(
    `update postern.practice_key
     set retired_at = now(), wrapped = ''
     where practice_id = $1
       and purpose = $2
       and version < $3
       and retired_at is null`,
    [practiceId, purpose, newest],
  );
  return rowCount ?? 0;
}
