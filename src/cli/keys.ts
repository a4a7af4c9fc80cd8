/**
 * `postern keys`: rotating, shredding, backing up and restoring keys, beside a running server where there is
 * one.
 */
import { stat } from 'node:fs/promises';
import { systemClock } from '../base/clock.ts';
import { PosternError } from '../base/errors.ts';
import { type ChartId, parseId } from '../base/ids.ts';
import {
  backUpKeys,
  type KeyRotation,
  restoreKeys,
  rotateIndexKey,
  rotatePracticeKey,
  rotateRoot,
  shredChart,
} from '../chart/index.ts';
import { type Command, type Invocation, required, UsageError } from './command.ts';
import { type Postern, practiceBySlug, withPostern } from './open-postern.ts';

export const keys: Command = {
  summary: 'Rotates, shreds, backs up or restores keys',
  positionals: 'rotate|shred|backup|restore',
  options: {
    root: { type: 'boolean', help: 'rotate: a new root key; the earlier ones are destroyed' },
    index: { type: 'string', value: 'SLUG', help: "rotate: a new key for that practice's search index" },
    practice: { type: 'string', value: 'SLUG', help: 'rotate: its key over chart keys; shred: whose chart' },
    chart: { type: 'string', value: 'ID', help: 'shred: the chart' },
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
  const asked = [invocation.has('root'), practice !== undefined, index !== undefined].filter(Boolean);
  if (asked.length !== 1) throw new UsageError('keys rotate takes one of --root, --practice and --index');
  if (practice !== undefined) {
    const { practiceId } = await practiceBySlug(postern, practice);
    const done = await rotatePracticeKey(workOf(postern), practiceId);
    tell(invocation, done, `${rotated(done)} ${done.changed} chart keys are wrapped by it.`);
    return;
  }
  if (index !== undefined) {
    const { practiceId } = await practiceBySlug(postern, index);
    const done = await rotateIndexKey(workOf(postern), practiceId, () =>
      postern.gate.asJob(practiceId, 'system-upkeep', 'key rotation', (visit) =>
        postern.store.reindex(visit, (count) => invocation.say(`${count} resources indexed`)),
      ),
    );
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
  const done = await shredChart(
    { owner: postern.database.owner, keys: await postern.keychain.of(practiceId), clock: systemClock },
    { chartId, reason, backupDays },
  );
  const completeAt = done.completeAt.toISOString();
  const day = completeAt.slice(0, 10);
  tell(
    invocation,
    { practiceId, chartId, at: done.at.toISOString(), completeAt },
    `Shredded. Complete on ${day}, when the last backup of its keys expires.`,
  );
  invocation.say(
    'Take a new backup of keys now: it carries the list of shredded charts that a restore replays.',
  );
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
  const done = await restoreKeys(workOf(postern), await folderOf(invocation, 'from'));
  tell(
    invocation,
    done,
    `${done.file}: ${done.restored} chart keys restored; ${done.refused} of shredded charts refused.`,
  );
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
