/**
 * A new key over a practice's chart keys. It is stored first and known everywhere before it matters: a server
 * that meets a row under a version it does not know fetches that version and asks again. Chart keys are
 * wrapped anew a batch at a time, envelopes are not touched, and the earlier version is retired once nothing
 * hangs from it. Killed at any point it is finished, not begun anew, by running it again.
 */
import type { PoolClient } from 'pg';
import type { PracticeId } from '../../base/ids.ts';
import { appendLine } from '../../ledger/index.ts';
import type { PracticeKeys } from '../../seal/index.ts';
import { ownerOfKey } from '../store/wrapped-keys.ts';
import {
  addKey,
  announce,
  asOwner,
  type KeyWork,
  keyLine,
  retireEarlier,
  storedKeys,
  whileAlone,
} from './key-work.ts';

export interface KeyRotation {
  readonly version: number;
  /** Whether a rotation that was interrupted before was finished, instead of one being begun. */
  readonly resumed: boolean;
  /** Chart keys wrapped anew, or resources indexed anew. */
  readonly changed: number;
}

const BATCH = 500;

export async function rotatePracticeKey(work: KeyWork, practiceId: PracticeId): Promise<KeyRotation> {
  const { owner, keychain } = work;
  return whileAlone(owner, async () => {
    const { version, resumed } = await newestKey(work, practiceId, 'chart');
    const keys = await keychain.of(practiceId);
    let changed = 0;
    for (let settled = false; !settled; ) {
      for (let count = BATCH; count === BATCH; changed += count) {
        count = await asOwner(owner, (client) => rewrapBatch(client, keys, version));
      }
      // A server that has not heard of the new key may store one more under the old; once that is retired,
      // the trigger chart_key_live refuses it, and the server fetches the new one.
      settled = await asOwner(owner, async (client) => {
        await client.query('lock table postern.chart_key in share row exclusive mode');
        const { rows } = await client.query<{ left: boolean }>(
          `select exists (
             select from postern.chart_key k
             where k.practice_id = $1 and k.practice_key_version < $2) as left`,
          [practiceId, version],
        );
        if (rows[0]!.left) return false;
        await retireEarlier(client, practiceId, 'chart', version);
        await appendLine(client, keyLine(practiceId, 'rotate-practice-key'));
        await announce(client, practiceId);
        return true;
      });
    }
    return { version, resumed, changed };
  });
}

/**
 * The version to rotate to: a new one, durable and loaded here, or the newest of a rotation that was
 * interrupted. No transaction that writes or searches the index overlaps the moment a version of it appears.
 */
export async function newestKey(
  { owner, vault, keychain }: KeyWork,
  practiceId: PracticeId,
  purpose: 'chart' | 'index',
): Promise<{ version: number; resumed: boolean }> {
  await keychain.refresh(practiceId);
  const live = (await storedKeys(owner, practiceId)).filter((key) => key.purpose === purpose);
  const resumed = live.length > 1;
  const stored = resumed ? null : await (await keychain.of(practiceId)).addVersion(vault, purpose);
  await asOwner(owner, async (client) => {
    if (purpose === 'index') await lockIndex(client, practiceId);
    if (stored !== null) await addKey(client, stored);
    await announce(client, practiceId);
  });
  await keychain.refresh(practiceId);
  return { version: stored?.version ?? live.at(-1)!.version, resumed };
}

/** Waits for every transaction that writes or searches the practice's index, and holds off those to come. */
export async function lockIndex(client: PoolClient, practiceId: PracticeId): Promise<void> {
  await client.query('select pg_advisory_xact_lock(postern.index_lock($1))', [practiceId]);
}

interface ChartKeyRow {
  chart_id: string;
  section: number;
  author: string;
  version: number;
  practice_key_version: number;
  wrapped: Buffer;
}

async function rewrapBatch(client: PoolClient, keys: PracticeKeys, version: number): Promise<number> {
  const { practiceId } = keys;
  const { rows } = await client.query<ChartKeyRow>(
    `select k.chart_id, k.section, k.author, k.version, k.practice_key_version, k.wrapped
     from postern.chart_key k
     where k.practice_id = $1
       and k.practice_key_version < $2
     limit $3
     for update`,
    [practiceId, version, BATCH],
  );
  const wrapped = rows.map((row) => {
    const place = ownerOfKey(practiceId, row);
    return keys.rewrapChartKey(place, { wrapped: row.wrapped, practiceKeyVersion: row.practice_key_version });
  });
  await client.query(
    `update postern.chart_key k
     set practice_key_version = n.practice_key_version, wrapped = n.wrapped
     from unnest($2::uuid[], $3::smallint[], $4::uuid[], $5::integer[], $6::integer[], $7::bytea[])
       n (chart_id, section, author, version, practice_key_version, wrapped)
     where k.practice_id = $1
       and k.chart_id = n.chart_id
       and k.section = n.section
       and k.author = n.author
       and k.version = n.version`,
    [
      practiceId,
      rows.map((row) => row.chart_id),
      rows.map((row) => row.section),
      rows.map((row) => row.author),
      rows.map((row) => row.version),
      wrapped.map((key) => key.practiceKeyVersion),
      wrapped.map((key) => key.wrapped),
    ],
  );
  return rows.length;
}
