/**
 * Backups of wrapped keys, apart from the data. A backup of either opens nothing without the other and the
 * root key; and when the last backup of a shredded chart's keys is gone, nothing opens that chart any more.
 * So the folder is swept at every backup, and every backup carries the list of what was shredded until then.
 *
 * The file is JSON lines: a head, then practice keys, chart keys and shredded charts; bytes are base64.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import type { Clock } from '../../base/clock.ts';
import { PosternError } from '../../base/errors.ts';
import type { PracticeId } from '../../base/ids.ts';
import { INSTALLATION } from '../../gate/index.ts';
import { appendLine } from '../../ledger/index.ts';
import {
  type KeyVault,
  loadPracticeKeys,
  rewrapPracticeKeys,
  type WrappedPracticeKey,
} from '../../seal/index.ts';
import { ownerOfKey } from '../store/wrapped-keys.ts';
import { addKey, announce, asOwner, keyLine, storedKeys, whileAlone } from './key-work.ts';
import { replayShredding, type Shredding, shreddings } from './shred-chart.ts';

interface ChartKeyLine {
  readonly practice_id: PracticeId;
  readonly chart_id: string;
  readonly section: number;
  readonly author: string;
  readonly version: number;
  readonly practice_key_version: number;
  readonly wrapped: Buffer;
}

interface KeyBackup {
  readonly practiceKeys: WrappedPracticeKey[];
  readonly chartKeys: ChartKeyLine[];
  readonly shredded: Shredding[];
}

const FORMAT = 'postern-keys/v1';
const NAME = /^postern-keys-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z)\.jsonl$/;
const DAY_MS = 86_400_000;

/**
 * Writes a backup into the folder, for its owner's eyes alone, and throws away those that are older than they
 * may be kept; the line in the installation's log comes first. The folder exists. Answers the file's name and
 * how many were thrown away.
 */
export async function backUpKeys(
  owner: Pool,
  { folder, keepDays, clock }: { folder: string; keepDays: number; clock: Clock },
): Promise<{ file: string; chartKeys: number; expired: number }> {
  const backup = await asOwner(owner, async (client) => {
    await client.query('set transaction isolation level repeatable read');
    const practiceKeys = await storedKeys(client, null);
    await appendLine(client, keyLine(INSTALLATION, 'back-up-keys'));
    return { practiceKeys, chartKeys: await chartKeys(client), shredded: await shreddings(client) };
  });
  const now = clock.now();
  const file = join(folder, `postern-keys-${now.toISOString().replace(/[:.]/g, '-')}.jsonl`);
  const text = format(backup, now);
  await writeFile(file, text, { mode: 0o600, flag: 'wx', flush: true });
  let expired = 0;
  for (const name of await backupNames(folder)) {
    if (now.getTime() - timeOf(name) <= keepDays * DAY_MS) continue;
    await rm(join(folder, name));
    expired += 1;
  }
  return { file, chartKeys: backup.chartKeys.length, expired };
}

/**
 * Puts back the keys of the newest backup in the folder that are missing, after shredding again what any
 * backup there, or the database, says was shredded. Keys that stand are left as they are. Before the server
 * starts. Throws `not-found` where there is no backup, `not-configured` where its root key is gone: before
 * anything is changed or noted.
 */
export async function restoreKeys(
  { owner, vault }: { owner: Pool; vault: KeyVault },
  folder: string,
): Promise<{ file: string; restored: number; refused: number }> {
  const names = await backupNames(folder);
  const newest = names.at(-1);
  if (newest === undefined) throw new PosternError('not-found', 'There is no backup of keys in that folder.');
  const backups = await Promise.all(
    names.map(async (name) => parse(await readFile(join(folder, name), 'utf8'), name)),
  );
  const backup = backups.at(-1)!;
  return whileAlone(owner, async () => {
    await assertOpens(owner, vault, backup, newest);
    await appendLine(owner, keyLine(INSTALLATION, 'restore-keys'));
    await restorePracticeKeys(owner, vault, backup);
    const again = [...backups.flatMap(({ shredded }) => shredded), ...(await shreddings(owner))];
    for (const shredding of again) await replayShredding(owner, shredding);
    const closed = new Set(again.map(({ practiceId, chartId }) => `${practiceId}/${chartId}`));
    const open = backup.chartKeys.filter((key) => !closed.has(`${key.practice_id}/${key.chart_id}`));
    let restored = 0;
    for (const [practiceId, keys] of Map.groupBy(open, (key) => key.practice_id)) {
      restored += await restoreChartKeys({ owner, vault }, practiceId, backup, keys);
    }
    return { file: newest, restored, refused: backup.chartKeys.length - open.length };
  });
}

async function restorePracticeKeys(owner: Pool, vault: KeyVault, backup: KeyBackup): Promise<void> {
  const standing = await owner.query<{ practice_id: string; purpose: string; version: number }>(
    'select k.practice_id, k.purpose, k.version from postern.practice_key k',
  );
  const known = new Set(standing.rows.map((row) => `${row.practice_id}/${row.purpose}/${row.version}`));
  const missing = backup.practiceKeys.filter(
    (key) => !known.has(`${key.practiceId}/${key.purpose}/${key.version}`),
  );
  const rewrapped = await rewrapPracticeKeys(vault, missing);
  const nameOf = (key: WrappedPracticeKey) => `${key.practiceId}/${key.purpose}/${key.version}`;
  const changed = new Map(rewrapped.map((key) => [nameOf(key), key]));
  await asOwner(owner, async (client) => {
    for (const key of missing) await addKey(client, changed.get(nameOf(key)) ?? key);
  });
}

/** What stands no more is taken out of the backup, for which the vault must have the root key of then. */
async function assertOpens(owner: Pool, vault: KeyVault, backup: KeyBackup, name: string): Promise<void> {
  const nameOf = (key: WrappedPracticeKey) => `${key.practiceId}/${key.purpose}/${key.version}`;
  const live = new Set((await storedKeys(owner, null)).map(nameOf));
  try {
    await rewrapPracticeKeys(
      vault,
      backup.practiceKeys.filter((key) => !live.has(nameOf(key))),
    );
  } catch (cause) {
    if (!(cause instanceof PosternError && cause.code === 'not-configured')) throw cause;
    throw new PosternError(
      'not-configured',
      `The backup ${name} is older than the keys in use: the key vault has not the root key of ` +
        'that time. Restore a newer backup, or bring that root key back. Nothing was changed.',
      { cause },
    );
  }
}

/** Under the practice's newest key, whichever wrapped them when they were backed up. */
async function restoreChartKeys(
  { owner, vault }: { owner: Pool; vault: KeyVault },
  practiceId: PracticeId,
  backup: KeyBackup,
  chartKeys: readonly ChartKeyLine[],
): Promise<number> {
  const live = await storedKeys(owner, practiceId);
  const old = backup.practiceKeys.filter(
    (key) =>
      key.practiceId === practiceId &&
      !live.some(({ purpose, version }) => purpose === key.purpose && version === key.version),
  );
  const keys = await loadPracticeKeys(vault, practiceId, [...live, ...old]);
  return asOwner(owner, async (client) => {
    let restored = 0;
    for (const row of chartKeys) {
      const place = ownerOfKey(practiceId, row);
      const key = keys.rewrapChartKey(place, {
        wrapped: row.wrapped,
        practiceKeyVersion: row.practice_key_version,
      });
      const { rowCount } = await client.query(
        `insert into postern.chart_key (
           practice_id, chart_id, section, author, version, practice_key_version, wrapped)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict do nothing`,
        [practiceId, row.chart_id, row.section, row.author, row.version, key.practiceKeyVersion, key.wrapped],
      );
      restored += rowCount ?? 0;
    }
    await announce(client, practiceId);
    return restored;
  });
}

async function chartKeys(client: PoolClient): Promise<ChartKeyLine[]> {
  const { rows } = await client.query<ChartKeyLine>(
    `select k.practice_id, k.chart_id, k.section, k.author, k.version, k.practice_key_version, k.wrapped
     from postern.chart_key k
     order by k.practice_id, k.chart_id, k.section, k.author, k.version`,
  );
  return rows;
}

/** Names of the backups in the folder, oldest first. */
async function backupNames(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => NAME.test(name)).sort();
}

function timeOf(name: string): number {
  const [date = '', time = ''] = NAME.exec(name)![1]!.split('T');
  const [hours, minutes, seconds, milliseconds] = time.replace('Z', '').split('-');
  return Date.parse(`${date}T${hours}:${minutes}:${seconds}.${milliseconds}Z`);
}

function format({ practiceKeys, chartKeys, shredded }: KeyBackup, at: Date): string {
  const text = (kind: string, value: object) =>
    JSON.stringify({ kind, ...value }, (_, item) =>
      item?.type === 'Buffer' ? Buffer.from(item.data).toString('base64') : item,
    );
  return [
    JSON.stringify({ kind: FORMAT, at: at.toISOString() }),
    ...practiceKeys.map((key) => text('practice-key', key)),
    ...chartKeys.map((key) => text('chart-key', key)),
    ...shredded.map((one) => text('shredded', one)),
    JSON.stringify({ kind: 'end' }),
    '',
  ].join('\n');
}

/** Throws `damaged` for a file of another form, or one that was cut off. */
function parse(text: string, name: string): KeyBackup {
  const backup: KeyBackup = { practiceKeys: [], chartKeys: [], shredded: [] };
  try {
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    if (lines.shift()?.kind !== FORMAT || lines.pop()?.kind !== 'end') throw new Error('cut off');
    for (const { kind, ...line } of lines) {
      const bytes = (value: string) => Buffer.from(value, 'base64');
      if (kind === 'practice-key') backup.practiceKeys.push({ ...line, wrapped: bytes(line.wrapped) });
      if (kind === 'chart-key') backup.chartKeys.push({ ...line, wrapped: bytes(line.wrapped) });
      if (kind !== 'shredded') continue;
      const at = new Date(line.at);
      backup.shredded.push({
        ...line,
        at,
        completeAt: new Date(line.completeAt),
        reason: bytes(line.reason),
      });
    }
  } catch (cause) {
    throw new PosternError('damaged', `The backup ${name} is damaged. Take an earlier one.`, { cause });
  }
  return backup;
}
