/**
 * Shredding a chart: its wrapped keys are deleted, so that what is sealed under them can never be opened
 * again. The sealed rows stay, each read as absent from now on; index rows, digests of what was imported and
 * grants on the chart go. It is complete when the last backup of its wrapped keys has been thrown away.
 */
import type { Pool, PoolClient } from 'pg';
import type { Clock } from '../../base/clock.ts';
import { PosternError } from '../../base/errors.ts';
import { type AccountId, type ChartId, NIL_UUID, type PracticeId } from '../../base/ids.ts';
import { appendLine } from '../../ledger/index.ts';
import { labelledContext, type PracticeKeys, sealBytes } from '../../seal/index.ts';
import { SHREDDED_KEY_VERSION } from '../store/stored.ts';
import { announce, asOwner, keyLine, whileAlone } from './key-work.ts';
import { lockIndex } from './rotate-practice-key.ts';

export interface Shredding {
  readonly practiceId: PracticeId;
  readonly chartId: ChartId;
  readonly at: Date;
  /** When the last copy of the wrapped keys in a backup expires. */
  readonly completeAt: Date;
  readonly byAccount: AccountId;
  /** Sealed under the practice's log key. */
  readonly reason: Buffer;
}

const DAY_MS = 86_400_000;

/**
 * Throws `not-found` where the practice has no such chart, `conflict` where any of it is held; a chart that
 * is shredded already keeps its first date.
 */
export async function shredChart(
  { owner, keys, clock }: { owner: Pool; keys: PracticeKeys; clock: Clock },
  { chartId, reason, backupDays }: { chartId: ChartId; reason: string; backupDays: number },
): Promise<Shredding> {
  const { practiceId } = keys;
  const at = clock.now();
  const context = labelledContext('postern/shred-reason/v1', practiceId, chartId);
  const shredding: Shredding = {
    practiceId,
    chartId,
    at,
    completeAt: new Date(at.getTime() + backupDays * DAY_MS),
    byAccount: NIL_UUID as AccountId,
    reason: sealBytes(keys.logSealingKey(), context, Buffer.from(reason)),
  };
  await assertChart(owner, practiceId, chartId);
  const done = await whileAlone(owner, () => replayShredding(owner, shredding, { heedsHolds: true }));
  await expunge(owner);
  return done;
}

/** Shreds as was decided before, for a restore; repeatable. Answers what the first one of that chart said. */
export async function replayShredding(
  owner: Pool,
  shredding: Shredding,
  { heedsHolds = false } = {},
): Promise<Shredding> {
  const { practiceId, chartId } = shredding;
  return asOwner(owner, async (client) => {
    // Whoever writes or searches just now ends first; whoever comes later hears of it (visit_assert).
    await lockIndex(client, practiceId);
    if (heedsHolds) await assertNotHeld(client, practiceId, chartId);
    const { rowCount } = await client.query(
      `insert into postern.shred (practice_id, chart_id, at, complete_at, by_account, reason)
       values ($1, $2, $3, $4, $5, $6)
       on conflict do nothing`,
      [practiceId, chartId, shredding.at, shredding.completeAt, shredding.byAccount, shredding.reason],
    );
    for (const statement of EXPUNGE) await client.query(statement, [practiceId, chartId]);
    await endGrants(client, practiceId, chartId);
    if (rowCount === 1) {
      const entries = [[chartId, 'Patient', chartId, null]] as const;
      await appendLine(client, keyLine(practiceId, 'shred', entries, shredding.reason));
    }
    await announce(client, practiceId);
    const [stands] = await shreddings(client, { practiceId, chartId });
    return stands!;
  });
}

/** Shredded charts: of the installation, or one of them. */
export async function shreddings(
  client: Pick<PoolClient, 'query'>,
  only: { practiceId: PracticeId; chartId: ChartId } | null = null,
): Promise<Shredding[]> {
  const { rows } = await client.query<{
    practice_id: PracticeId;
    chart_id: ChartId;
    at: Date;
    complete_at: Date;
    by_account: AccountId;
    reason: Buffer;
  }>(
    `select s.practice_id, s.chart_id, s.at, s.complete_at, s.by_account, s.reason
     from postern.shred s
     where $1::uuid is null or s.practice_id = $1 and s.chart_id = $2
     order by s.at, s.chart_id`,
    [only?.practiceId ?? null, only?.chartId ?? null],
  );
  return rows.map((row) => ({
    practiceId: row.practice_id,
    chartId: row.chart_id,
    at: row.at,
    completeAt: row.complete_at,
    byAccount: row.by_account,
    reason: row.reason,
  }));
}

const EXPUNGE = [
  'delete from postern.chart_key k where k.practice_id = $1 and k.chart_id = $2',
  'delete from postern.chart_token t where t.practice_id = $1 and t.chart_id = $2',
  'delete from postern.practice_token t where t.practice_id = $1 and t.chart_id = $2',
  'delete from postern.date_range d where d.practice_id = $1 and d.chart_id = $2',
  'delete from postern.card c where c.practice_id = $1 and c.chart_id = $2',
  'delete from postern.link_file f where f.practice_id = $1 and f.chart_id = $2',
  'delete from postern.link l where l.practice_id = $1 and l.chart_id = $2',
  `delete from postern.import_entry e
   using postern.resource r
   where e.practice_id = $1
     and r.practice_id = e.practice_id
     and r.id = e.id
     and r.chart_id = $2`,
  // A server that has the wrapped key at hand asks the database for one of this version, and there is none.
  `update postern.resource r
   set key_version = ${SHREDDED_KEY_VERSION}
   where r.practice_id = $1 and r.chart_id = $2`,
  `update postern.resource_version r
   set key_version = ${SHREDDED_KEY_VERSION}
   where r.practice_id = $1 and r.chart_id = $2`,
];

async function endGrants(client: PoolClient, practiceId: PracticeId, chartId: ChartId): Promise<void> {
  await client.query(
    `select postern.grants_end($1, array(
       select g.grant_id
       from postern.access_grant g
       where g.practice_id = $1
         and g.chart_id = $2
         and g.ended_at is null), $3)`,
    [practiceId, chartId, NIL_UUID],
  );
}

/**
 * Rewrites the table of keys, so that the deleted ones do not linger in its free space until something else
 * is written there. What the write-ahead log keeps of them is gone once its segments are used again.
 */
async function expunge(owner: Pool): Promise<void> {
  await owner.query('vacuum (full) postern.chart_key');
}

/** Whoever holds anything of it at this moment comes before, or finds it shredded. */
async function assertNotHeld(client: PoolClient, practiceId: PracticeId, chartId: ChartId): Promise<void> {
  await client.query('select postern.holds_lock($1)', [practiceId]);
  const { rowCount } = await client.query(
    `select from postern.hold h
     where h.practice_id = $1 and h.chart_id = $2 and h.ended_at is null`,
    [practiceId, chartId],
  );
  if (!rowCount) return;
  throw new PosternError(
    'conflict',
    'This record is on hold, or a document of it is. Whoever holds it ends that on the page Files first.',
  );
}

async function assertChart(owner: Pool, practiceId: PracticeId, chartId: ChartId): Promise<void> {
  const { rowCount } = await owner.query(
    `select from postern.resource r
     where r.practice_id = $1 and r.chart_id = $2
     limit 1`,
    [practiceId, chartId],
  );
  if (rowCount === 0) throw new PosternError('not-found', 'The practice has no such chart.');
}
