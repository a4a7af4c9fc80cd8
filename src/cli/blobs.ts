/** `postern blobs`: looking after the store of files, beside a running server where there is one. */
import { systemClock } from '../base/clock.ts';
import { PosternError } from '../base/errors.ts';
import {
  type BlobFinding,
  type BlobStore,
  collectBlobs,
  moveBlobs,
  openBlobStores,
  type Verified,
  verifyBlobs,
} from '../documents/index.ts';
import { type Command, type Invocation, UsageError } from './command.ts';
import {
  listPractices,
  type Postern,
  type PracticeLine,
  practiceBySlug,
  withPostern,
} from './open-postern.ts';
import { type Progress, showProgress } from './progress.ts';

export const blobs: Command = {
  summary: 'Verifies, collects or moves what files are kept in',
  positionals: 'verify|collect|migrate',
  options: {
    practice: { type: 'string', value: 'SLUG', help: 'verify: of that practice alone' },
    quick: { type: 'boolean', help: 'verify, migrate: look whether all is there, without opening it' },
    all: { type: 'boolean', help: 'collect: also where so much is named by no record that it looks wrong' },
    json: { type: 'boolean', help: 'prints what was found or done as JSON' },
  },
  notes:
    'verify opens every file under its keys, and fails where one is missing or damaged. collect removes\n' +
    'what no record names and is older than a day; a server does so every day. migrate copies everything\n' +
    'from POSTERN_BLOB_URL_BEFORE to POSTERN_BLOB_URL while servers with both settings serve, and\n' +
    'verifies it there; killed, it is finished by running it again.',
  async run(invocation) {
    const [what, ...more] = invocation.positionals;
    const act = ACTS.get(what ?? '');
    if (act === undefined || more.length > 0) throw new UsageError('blobs takes verify, collect or migrate');
    await withPostern(invocation.configuration, (postern) => act(invocation, postern));
  },
};

const ACTS = new Map([
  ['verify', verify],
  ['collect', collect],
  ['migrate', migrate],
]);

async function verify(invocation: Invocation, postern: Postern): Promise<void> {
  const slug = invocation.text('practice');
  const practices = slug === undefined ? await listPractices(postern) : [await practiceBySlug(postern, slug)];
  await verifyAll(invocation, postern, practices, postern.blobs);
}

async function collect(invocation: Invocation, postern: Postern): Promise<void> {
  const practices = (await listPractices(postern)).map(({ practiceId }) => practiceId);
  const work = { owner: postern.database.owner, store: postern.blobs, clock: systemClock, practices };
  const done = await collectBlobs(work, { all: invocation.has('all') });
  if (invocation.has('json')) return invocation.print(JSON.stringify(done));
  invocation.print(
    `Removed ${done.shredded} blobs of shredded charts, ${done.unnamed} that no record names and ` +
      `${done.unfinished} that never were finished.`,
  );
  if (done.foreign > 0) {
    invocation.say(`${done.foreign} blobs are of practices that this database does not know; they stay.`);
  }
}

async function migrate(invocation: Invocation, postern: Postern): Promise<void> {
  const { blobs: now, blobsBefore } = postern.configuration;
  const { now: to, before: from } = await openBlobStores(now, blobsBefore);
  if (from === null) {
    throw new UsageError('blobs migrate copies from POSTERN_BLOB_URL_BEFORE, which is not set');
  }
  await to.assertPrivate();
  const bar = progressOf('Moving', 'blobs');
  const signal = new AbortController().signal;
  const moved = await moveBlobs({ from, to, signal, onProgress: (copied) => bar.reach(copied) }).finally(() =>
    bar.end(),
  );
  if (moved.differing.length > 0) {
    const text =
      `${moved.differing.length} blobs have another length in ${to.name} than in ${from.name}; what is ` +
      'right is not known, and nothing was replaced.';
    throw new PosternError('damaged', text);
  }
  if (!invocation.has('json')) {
    invocation.print(`Copied ${moved.copied} blobs of ${moved.bytes} bytes; ${moved.standing} were there.`);
  }
  await verifyAll(invocation, postern, await listPractices(postern), to, moved);
  if (invocation.has('json')) return;
  invocation.print(`All of it is in ${to.name}. Take POSTERN_BLOB_URL_BEFORE out, and start servers anew.`);
}

/** Findings that are printed one by one for a practice; JSON has all of them. */
const PRINTED = 20;

/**
 * Prints what was found, and throws `damaged` where anything is missing or does not open. Where all of it is
 * missing, a setting is wrong far more often than a store is lost, and no list of it helps.
 */
async function verifyAll(
  invocation: Invocation,
  { database, gate, store: records }: Postern,
  practices: readonly PracticeLine[],
  store: BlobStore,
  more: object = {},
): Promise<void> {
  const work = { owner: database.owner, gate, records, store };
  const json = invocation.has('json');
  let wrong = 0;
  let there = 0;
  const lines: string[] = [];
  for (const { practiceId, slug } of practices) {
    const bar = progressOf('Opening', 'files');
    const onProgress = (files: number) => bar.reach(files);
    const options = { presenceOnly: invocation.has('quick'), onProgress };
    const verified = await verifyBlobs(work, practiceId, options).finally(() => bar.end());
    there += verified.blobs;
    wrong += verified.findings.filter(({ what }) => what !== 'unnamed').length;
    if (json) invocation.print(JSON.stringify({ practice: slug, ...verified, ...more }));
    else lines.push(...linesOf(slug, verified));
  }
  if (wrong > 0 && there === 0) {
    const text = `Nothing of the files that records name is in ${store.name}. Is that where they are kept`;
    throw new PosternError('damaged', `${text}? POSTERN_BLOB_URL says where, and POSTERN_BLOB_URL_BEFORE.`);
  }
  for (const line of lines) invocation.print(line);
  if (wrong === 0) return;
  const text =
    wrong === 1
      ? 'One part of a file is missing or does not open.'
      : `${wrong} parts of files are missing or do not open.`;
  throw new PosternError('damaged', `${text} Bring them back from a backup of ${store.name}.`);
}

function linesOf(slug: string, { blobs: count, bytes, files, findings }: Verified): string[] {
  const unnamed = findings.filter(({ what }) => what === 'unnamed').length;
  const opened = files === 0 ? '' : `; ${files} versions of files opened`;
  const head = `${slug}: ${count} blobs of ${bytes} bytes${opened}.`;
  const wrong = findings.filter(({ what }) => what !== 'unnamed');
  const told = wrong.slice(0, PRINTED).map((each) => `  ${sentenceOf(each)}`);
  if (wrong.length > PRINTED) told.push(`  And ${wrong.length - PRINTED} more; --json lists all.`);
  const rest =
    unnamed === 0 ? [] : [`  ${unnamed} blobs are named by no record (yet); collect removes them.`];
  return [head, ...told, ...rest];
}

function sentenceOf(finding: BlobFinding): string {
  switch (finding.what) {
    case 'missing':
      return `The blob ${finding.blobId} is missing.`;
    case 'cut':
      return `The blob ${finding.blobId} has not the length that it had.`;
    case 'unnamed':
      return `The blob ${finding.blobId} is named by no record.`;
    case 'damaged':
      return `Binary/${finding.fileId}, version ${finding.version}, is damaged.`;
    case 'unknown':
      return `What is known of Binary/${finding.fileId}, version ${finding.version}, does not open.`;
  }
}

function progressOf(title: string, unit: string): Progress {
  return showProgress({ title, unit, total: null, clock: systemClock, stream: process.stderr });
}
