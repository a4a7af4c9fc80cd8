/**
 * `postern log`: who saw whose record, whether the log of it was tampered with, and the log for outsiders.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { PosternError } from '../base/errors.ts';
import { type AccountId, type ChartId, type PracticeId, parseId } from '../base/ids.ts';
import { type Database, openDatabase } from '../db/index.ts';
import { INSTALLATION } from '../gate/index.ts';
import {
  appendLine,
  encodeVerifierKey,
  exportLines,
  type FactorFinding,
  type FactorReport,
  type Finding,
  isLineKind,
  LINE_KINDS,
  type LineQuery,
  listLines,
  logDirectory,
  logKeysOf,
  logOrigin,
  operatorLine,
  parseVerifierKey,
  type RecordFinding,
  type RecordReport,
  splitNotes,
  type VerifyReport,
  verifyFactors,
  verifyLog,
  verifyRecords,
} from '../ledger/index.ts';
import { loadPracticeKeys, openKeyVault, type WrappedPracticeKey } from '../seal/index.ts';
import { type Command, count, type Invocation, required, UsageError } from './command.ts';
import { type LogNames, withLogNames } from './log-names.ts';
import { LogTable } from './log-table.ts';

export const log: Command = {
  summary: 'Shows, verifies or exports the access log of a practice',
  positionals: 'show|verify|export',
  options: {
    practice: { type: 'string', value: 'SLUG', help: 'whose log' },
    installation: { type: 'boolean', help: "instead: the installation's own, of what spans all practices" },
    chart: { type: 'string', value: 'ID', help: 'show: only lines that name this chart' },
    account: { type: 'string', value: 'EMAIL', help: 'show: only lines of this account; its id will do' },
    kind: { type: 'string', value: 'KIND', help: `show: only ${Object.keys(LINE_KINDS).join(', ')}` },
    from: { type: 'string', value: 'TIME', help: 'show: at or after this time (RFC 3339)' },
    to: { type: 'string', value: 'TIME', help: 'show: before this time' },
    limit: { type: 'string', value: 'N', help: 'show: that many lines at most, newest first (100)' },
    earlier: {
      type: 'string',
      value: 'FILE',
      multiple: true,
      help: 'verify: a checkpoint kept from before; may be given more than once',
    },
    key: {
      type: 'string',
      value: 'KEY',
      multiple: true,
      help: "verify: the log's public key, where the key vault is not to be asked",
    },
    json: { type: 'boolean', help: 'JSON for programs' },
  },
  notes:
    'Keep a checkpoint (the file `checkpoint` in the folder of the log) where nobody who runs the server\n' +
    'can reach it: with --earlier it proves whatever was changed below it.',
  async run(invocation) {
    const [what, ...more] = invocation.positionals;
    const act = ACTS.get(what ?? '');
    if (act === undefined || more.length > 0) throw new UsageError('log takes show, verify or export');
    const database = await openDatabase(invocation.configuration, { attach: true });
    try {
      await expectTables(database);
      await act(invocation, database, await findLog(invocation, database));
    } finally {
      await database.close();
    }
  },
};

async function findLog(invocation: Invocation, database: Database): Promise<PracticeId> {
  if (!invocation.has('installation')) return findPractice(database, required(invocation, 'practice'));
  if (invocation.text('practice') === undefined) return INSTALLATION;
  throw new UsageError('log takes one of --practice and --installation');
}

/** A database that was only just made has no log yet. */
async function expectTables({ owner }: Database): Promise<void> {
  const { rows } = await owner.query<{ found: boolean }>(
    "select to_regclass('postern.access_line') is not null as found",
  );
  if (rows[0]!.found) return;
  throw new PosternError(
    'not-found',
    'There is no access log yet: this database was never served. Is POSTERN_DATA the folder you mean?',
  );
}

async function findPractice(database: Database, slug: string): Promise<PracticeId> {
  const { rows } = await database.owner.query<{ practice_id: PracticeId }>(
    'select p.practice_id from postern.practice p where p.slug = $1',
    [slug],
  );
  const [practice] = rows;
  if (practice === undefined) throw new PosternError('not-found', `There is no practice ${slug}.`);
  return practice.practice_id;
}

const ACTS = new Map([
  ['show', show],
  ['verify', verify],
  ['export', exportLog],
]);

/** Reading the log is an access too: the operator's line stands before anything is printed. */
async function noteReading(database: Database, practiceId: PracticeId, action: string): Promise<void> {
  await appendLine(database.owner, operatorLine({ practiceId, client: 'postern log', action }));
}

async function show(invocation: Invocation, database: Database, practiceId: PracticeId): Promise<void> {
  const limit = count(invocation, 'limit') ?? 100;
  await withLogNames(invocation.configuration, database, async (names) => {
    const query = readQuery(invocation, practiceId, await accountAsked(invocation, names));
    await noteReading(database, practiceId, 'log-show');
    const table = new LogTable(names);
    let shown = 0;
    for (let cursor: string | null = ''; cursor !== null && shown < limit; ) {
      const page = await listLines(database.owner, {
        ...query,
        limit: Math.min(1000, limit - shown),
        ...(cursor === '' ? {} : { cursor }),
      });
      const texts = invocation.has('json')
        ? page.lines.map((line) => JSON.stringify(line))
        : await table.rowsOf(page.lines);
      for (const text of texts) invocation.print(text);
      shown += page.lines.length;
      cursor = page.next;
    }
  });
}

async function accountAsked(invocation: Invocation, names: LogNames): Promise<AccountId | undefined> {
  const text = invocation.text('account');
  if (text === undefined) return undefined;
  if (text.includes('@')) return names.idOf(text);
  const id = parseId<AccountId>(text);
  if (id === null) throw new UsageError('--account must be an e-mail address or an id');
  return id;
}

function readQuery(
  invocation: Invocation,
  practiceId: PracticeId,
  accountId: AccountId | undefined,
): LineQuery {
  const time = (option: string): Date | undefined => {
    const text = invocation.text(option);
    if (text === undefined) return undefined;
    const parsed = new Date(text);
    if (Number.isNaN(parsed.getTime()))
      throw new UsageError(`--${option} must be a time, as in 2026-11-21T08:00Z`);
    return parsed;
  };
  const chart = invocation.text('chart');
  const chartId = chart === undefined ? undefined : parseId<ChartId>(chart);
  if (chartId === null) throw new UsageError('--chart must be an id');
  const [from, to] = [time('from'), time('to')];
  const kind = invocation.text('kind');
  if (kind !== undefined && !isLineKind(kind)) {
    throw new UsageError(`--kind must be one of ${Object.keys(LINE_KINDS).join(', ')}`);
  }
  return {
    practiceId,
    ...(kind && { actions: LINE_KINDS[kind] }),
    ...(chartId && { chartId }),
    ...(accountId && { accountId }),
    ...(from && { from }),
    ...(to && { to }),
  };
}

async function exportLog(invocation: Invocation, database: Database, practiceId: PracticeId): Promise<void> {
  await noteReading(database, practiceId, 'log-export');
  await inSnapshot(database.owner, async (client) => {
    for await (const text of exportLines(client, practiceId)) invocation.print(text);
  });
}

/** One moment of the database for every page of the export. */
async function inSnapshot(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  let sound = false;
  try {
    await client.query('begin isolation level repeatable read read only');
    await work(client);
    await client.query('commit');
    sound = true;
  } finally {
    client.release(!sound);
  }
}

async function verify(invocation: Invocation, database: Database, practiceId: PracticeId): Promise<void> {
  const publicKeys = await publicKeysOf(invocation, database, practiceId);
  const earlier = (await Promise.all(invocation.texts('earlier').map(notesIn))).flat();
  const directory = logDirectory(join(invocation.configuration.dataFolder, 'log'), practiceId);
  const report = await verifyLog({ pool: database.owner, practiceId, publicKeys, earlier, directory });
  const records = await verifyRecords(database.owner, practiceId);
  const factors = await verifyFactors(database.owner);
  if (invocation.has('json')) invocation.print(JSON.stringify({ ...report, records, factors }));
  else {
    for (const line of reportText(report, publicKeys)) invocation.print(line);
    for (const line of recordsText(records)) invocation.print(line);
    for (const line of factorsText(factors)) invocation.print(line);
  }
  if (!report.sound) {
    const found = report.findings.length + report.moreFindings;
    throw new PosternError('damaged', `The access log is not as it was signed: ${found} findings.`);
  }
  if (!records.sound) {
    const found = records.findings.length + records.moreFindings;
    throw new PosternError('damaged', `The records are not as the access log says: ${found} findings.`);
  }
  if (!factors.sound) {
    const found = factors.findings.length + factors.moreFindings;
    throw new PosternError('damaged', `Ways to sign in are not as the access log says: ${found} findings.`);
  }
}

/** The checkpoints in a file: one, or the whole history. */
async function notesIn(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new PosternError('not-found', `There is no file ${file}.`);
    if (error.syscall === undefined) throw error;
    throw new PosternError('invalid', `The file ${file} cannot be read (${error.code}).`, { cause: error });
  });
  const notes = splitNotes(`${text}\n`);
  return notes.length > 0 ? notes : [text];
}

/**
 * The log's public keys: those given, or those of the key vault, whatever versions of other keys a rotation
 * has retired. A log's own keys are never retired: what each has signed is checked with it for good.
 */
async function publicKeysOf(
  invocation: Invocation,
  database: Database,
  practiceId: PracticeId,
): Promise<Buffer[]> {
  const given = invocation.texts('key');
  if (given.length > 0) {
    return given.map((text) => {
      const key = parseVerifierKey(text);
      if (key?.name !== logOrigin(practiceId))
        throw new UsageError('--key must be the public key of this log');
      return key.publicKey;
    });
  }
  const { rows } = await database.owner.query<WrappedPracticeKey>(
    `select
       $1::uuid as "practiceId",
       k.purpose,
       k.version,
       k.root_version as "rootVersion",
       k.wrapped
     from postern.practice_keys($1) k`,
    [practiceId],
  );
  const vault = await openKeyVault(invocation.configuration.keyVault, { create: false });
  try {
    const { signer, retired } = logKeysOf(await loadPracticeKeys(vault, practiceId, rows));
    return [signer.publicKey, ...retired];
  } finally {
    await vault.close();
  }
}

function reportText(report: VerifyReport, publicKeys: readonly Buffer[]): string[] {
  const { checkpoint, pending, pendingSince } = report;
  const origin = logOrigin(report.practiceId as PracticeId);
  const since = pendingSince === null ? '' : `, the oldest since ${pendingSince.toISOString()}`;
  return [
    `Lines:       ${report.lines}`,
    `Pending:     ${pending}${since}`,
    `Checkpoints: ${report.checkpoints}`,
    `Newest:      ${checkpoint === null ? 'none' : `${checkpoint.size} lines, head ${checkpoint.root}`}`,
    ...publicKeys.map((key) => `Public key:  ${encodeVerifierKey(origin, key)}`),
    ...report.findings.map(findingText),
    ...(report.moreFindings > 0 ? [`and ${report.moreFindings} findings more`] : []),
    report.sound ? 'Every line is as it was signed.' : 'The log is NOT as it was signed.',
  ];
}

const RECORD_WORDS = {
  'rolled-back': 'was written, and an older version stands',
  missing: 'is gone',
  unexplained: 'stands, and no line says that it was written',
  marked: 'is marked as deleted, or as not deleted, by hand',
} as const satisfies Record<RecordFinding['kind'], string>;

function recordsText({ versions, findings, moreFindings, sound }: RecordReport): string[] {
  return [
    `Records:     ${versions} versions`,
    ...findings.map(({ kind, type, id, version }) => {
      const what = version === null ? `${type} ${id}` : `${type}/${id}/_history/${version}`;
      return `${kind}: ${what} ${RECORD_WORDS[kind]}.`;
    }),
    ...(moreFindings > 0 ? [`and ${moreFindings} findings more`] : []),
    sound ? 'Every record is as the log says.' : 'The records are NOT as the log says.',
  ];
}

const FACTOR_WORDS = {
  returned: 'was removed or replaced, and stands again',
  unexplained: 'stands, and no line says that it was added',
  missing: 'is gone, and no line says that it was removed',
} as const satisfies Record<FactorFinding['kind'], string>;

function factorsText({ factors, findings, moreFindings, sound }: FactorReport): string[] {
  return [
    `Ways in:     ${factors}, of all accounts of the installation`,
    ...findings.map(
      ({ kind, type, id, accountId }) =>
        `${kind}: ${type} ${id} of account ${accountId} ${FACTOR_WORDS[kind]}.`,
    ),
    ...(moreFindings > 0 ? [`and ${moreFindings} findings more`] : []),
    sound ? 'Every way to sign in is one that the log knows.' : 'Ways to sign in are NOT as the log says.',
  ];
}

function findingText({ kind, seq, upTo, lineId, message }: Finding): string {
  const place = seq === null ? '' : ` at ${seq}${upTo === null || upTo === seq ? '' : ` to ${upTo}`}`;
  return `${kind}${place}${lineId === null ? '' : ` (line ${lineId})`}: ${message}`;
}
