/**
 * `postern keys`: rotating, shredding, backing up and restoring keys, beside a running server where there is
 * one.
 */
import { stat } from 'node:fs/promises';
import type { Pool } from 'pg';
import { rotateSigningKey } from '../apps/index.ts';
import { systemClock } from '../base/clock.ts';
import { PosternError } from '../base/errors.ts';
import { type ChartId, type PracticeId, parseId, type ResourceId } from '../base/ids.ts';
import {
  backUpKeys,
  isObject,
  type KeyRotation,
  readResource,
  restoreKeys,
  rotateIndexKey,
  rotatePracticeKey,
  rotateRoot,
  type Shredding,
  shredChart,
  shreddings,
  valuesAt,
} from '../chart/index.ts';
import { SERVING_LOCK } from '../gate/index.ts';
import { type Command, type Invocation, onOneLine, required, UsageError } from './command.ts';
import { confirmByTyping } from './confirm.ts';
import { type Postern, practiceBySlug, withPostern } from './open-postern.ts';
import { showProgress } from './progress.ts';

export const keys: Command = {
  summary: 'Rotates, shreds, backs up or restores keys',
  positionals: 'rotate|shred|backup|restore',
  options: {
    root: { type: 'boolean', help: 'rotate: a new root key; the earlier ones are destroyed' },
    index: { type: 'string', value: 'SLUG', help: "rotate: a new key for that practice's search index" },
    apps: { type: 'boolean', help: 'rotate: a new key that signs ID tokens; the one before stays readable' },
    practice: { type: 'string', value: 'SLUG', help: 'rotate: its key over chart keys; shred: whose chart' },
    chart: { type: 'string', value: 'ID', help: 'shred: the chart' },
    confirm: { type: 'string', value: 'ID', help: 'shred: the chart once more, instead of being asked' },
    reason: { type: 'string', value: 'TEXT', help: 'shred: why; kept sealed in the access log' },
    to: { type: 'string', value: 'DIR', help: 'backup: the folder; apart from the data and its backups' },
    from: { type: 'string', value: 'DIR', help: 'restore: the folder of backups, all of them' },
    json: { type: 'boolean', help: 'prints what was done as JSON' },
  },
  notes:
    'Servers keep running through a rotation; one that was interrupted is finished by the same command.\n' +
    'Shredding cannot be undone. A backup is useless without the root key and without the data; restore\n' +
    'it before the server starts, from a folder with the latest backup in it.',
  async run(invocation) {
    const [what, ...more] = invocation.positionals;
    const act = ACTS.get(what ?? '');
    if (act === undefined || more.length > 0) {
      throw new UsageError('keys takes rotate, shred, backup or restore');
    }
    await withPostern(invocation.configuration, (postern) => act(invocation, postern));
  },
};

const ACTS = new Map([
  ['rotate', rotate],
  ['shred', shred],
  ['backup', backup],
  ['restore', restore],
]);

function workOf({ database, vault, keychain }: Postern) {
  return { owner: database.owner, vault, keychain };
}

async function rotate(invocation: Invocation, postern: Postern): Promise<void> {
  const [practice, index] = [invocation.text('practice'), invocation.text('index')];
  const named = [invocation.has('root'), invocation.has('apps'), practice !== undefined, index !== undefined];
  if (named.filter(Boolean).length !== 1) {
    throw new UsageError('keys rotate takes one of --root, --apps, --practice and --index');
  }
  if (invocation.has('apps')) {
    const key = await rotateSigningKey(postern.database.owner, postern.keychain);
    tell(
      invocation,
      { key },
      `ID tokens are signed by the key ${key}; servers take it up within 30 seconds.`,
    );
    return;
  }
  if (practice !== undefined) {
    const { practiceId } = await practiceBySlug(postern, practice);
    const done = await rotatePracticeKey(workOf(postern), practiceId);
    tell(invocation, done, `${rotated(done)} ${done.changed} chart keys are wrapped by it.`);
    return;
  }
  if (index !== undefined) {
    const { practiceId } = await practiceBySlug(postern, index);
    const bar = showProgress({
      title: 'Indexing',
      unit: 'resources',
      total: null,
      clock: systemClock,
      stream: process.stderr,
    });
    const done = await rotateIndexKey(workOf(postern), practiceId, () =>
      postern.gate.asJob(practiceId, 'system-upkeep', 'key rotation', (visit) =>
        postern.store.reindex(visit, (count) => bar.reach(count)),
      ),
    ).finally(() => bar.end());
    tell(invocation, done, `${rotated(done)} ${done.changed} resources are indexed under it.`);
    return;
  }
  const done = await rotateRoot(workOf(postern));
  const text =
    `Root key ${done.version} is in use; ${done.rewrapped} practice keys are wrapped by it and ` +
    `${done.retired.length} earlier root keys destroyed.`;
  tell(invocation, done, text);
  invocation.say(
    'Copy the new root key, and take a new backup of keys: earlier ones can no longer be opened.',
  );
}

function rotated({ version, resumed }: KeyRotation): string {
  return resumed
    ? `Key ${version}, of a rotation that was interrupted, is in use.`
    : `Key ${version} is in use.`;
}

async function shred(invocation: Invocation, postern: Postern): Promise<void> {
  const { practiceId } = await practiceBySlug(postern, required(invocation, 'practice'));
  const chartId = parseId<ChartId>(required(invocation, 'chart'));
  if (chartId === null) throw new UsageError('--chart must be the id of a chart');
  const reason = required(invocation, 'reason');
  const backupDays = invocation.configuration.keyBackupDays;
  const [before] = await shreddings(postern.database.owner, { practiceId, chartId });
  if (before !== undefined) {
    tellShredded(invocation, before, `Shredded already, on ${dayOf(before.at)}. `);
    return;
  }
  await confirmShredding(invocation, postern, practiceId, chartId);
  const done = await shredChart(
    { owner: postern.database.owner, keys: await postern.keychain.of(practiceId), clock: systemClock },
    { chartId, reason, backupDays },
  );
  tellShredded(invocation, done, 'Shredded. ');
  invocation.say(
    'Take a new backup of keys now: it carries the list of shredded charts that a restore replays.',
  );
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function tellShredded(
  invocation: Invocation,
  { practiceId, chartId, at, completeAt }: Shredding,
  text: string,
) {
  tell(
    invocation,
    { practiceId, chartId, at: at.toISOString(), completeAt: completeAt.toISOString() },
    `${text}Complete on ${dayOf(completeAt)}, when the last backup of its keys expires.`,
  );
}

/** Whose chart it is and how much is in it, before a yes that nothing takes back. */
async function confirmShredding(
  invocation: Invocation,
  postern: Postern,
  practiceId: PracticeId,
  chartId: ChartId,
): Promise<void> {
  const given = invocation.text('confirm');
  if (given === chartId) return;
  if (given !== undefined) throw new UsageError('--confirm must be the same id as --chart');
  const { rows } = await postern.database.owner.query<{ records: number; documents: number }>(
    `select
       count(*)::integer as records,
       (count(*) filter (where r.type = 'DocumentReference'))::integer as documents
     from postern.resource r
     where r.practice_id = $1 and r.chart_id = $2 and not r.deleted`,
    [practiceId, chartId],
  );
  const { records, documents } = rows[0]!;
  if (records === 0) throw new PosternError('not-found', 'The practice has no such chart.');
  const whose = process.stdin.isTTY === true ? await nameOf(postern, practiceId, chartId) : '';
  const sure = await confirmByTyping(
    { input: process.stdin, output: process.stderr },
    {
      question:
        `The chart of ${whose}: ${records} records, of which ${documents} documents. ` +
        'Nobody can ever read them again. Type shred to go on: ',
      word: 'shred',
      instead: '--confirm with the id of the chart is needed where nobody can be asked',
    },
  );
  if (!sure) throw new PosternError('conflict', 'Nothing was shredded.');
}

async function nameOf({ gate, store }: Postern, practiceId: PracticeId, chartId: ChartId): Promise<string> {
  return gate.asJob(practiceId, 'system-upkeep', 'shredding', async (visit) => {
    const stored = await store.read(visit, 'Patient', chartId as string as ResourceId);
    if (stored?.content == null) return 'a patient whose name does not open';
    const [name] = valuesAt(readResource(stored.content.bytes().toString()), 'name').filter(isObject);
    const { text, given, family } = name ?? {};
    const parts = typeof text === 'string' ? [text] : [...(Array.isArray(given) ? given : []), family];
    return (
      onOneLine(parts.filter((part) => typeof part === 'string').join(' ')) || 'a patient without a name'
    );
  });
}

async function backup(invocation: Invocation, postern: Postern): Promise<void> {
  const folder = await folderOf(invocation, 'to');
  const keepDays = invocation.configuration.keyBackupDays;
  const done = await backUpKeys(postern.database.owner, { folder, keepDays, clock: systemClock });
  tell(
    invocation,
    done,
    `${done.file}: ${done.chartKeys} chart keys. ${done.expired} older than ${keepDays} days removed.`,
  );
}

async function restore(invocation: Invocation, postern: Postern): Promise<void> {
  const folder = await folderOf(invocation, 'from');
  const done = await whileNobodyServes(postern.database.server, () => restoreKeys(workOf(postern), folder));
  tell(
    invocation,
    done,
    `${done.file}: ${done.restored} chart keys restored; ${done.refused} of shredded charts refused.`,
  );
}

/** Throws `conflict` beside a server: it would know nothing of the keys that come back. */
async function whileNobodyServes<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ alone: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as alone',
      [SERVING_LOCK],
    );
    if (rows[0]?.alone === true) return await work();
    throw new PosternError(
      'conflict',
      'A server runs on this database. Stop it, restore, and start it again.',
    );
  } finally {
    // The lock ends with its connection.
    client.release(true);
  }
}

async function folderOf(invocation: Invocation, option: string): Promise<string> {
  const folder = required(invocation, option);
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true)
    throw new PosternError('not-configured', `There is no folder ${folder}.`);
  return folder;
}

function tell(invocation: Invocation, done: object, text: string): void {
  invocation.print(invocation.has('json') ? JSON.stringify(done) : text);
}
