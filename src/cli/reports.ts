/** `postern reports`: what finders of weaknesses have reported, for whoever holds the identity. */
import { PosternError } from '../base/errors.ts';
import { type Database, migrate, openDatabase } from '../db/index.ts';
import { INSTALLATION } from '../gate/index.ts';
import { appendLine, operatorLine } from '../ledger/index.ts';
import {
  armoredReport,
  ensureReportIdentity,
  isReportRecipient,
  readReportIdentity,
  sealReport,
} from '../seal/index.ts';
import {
  acknowledgeReport,
  findReport,
  identityInside,
  liesWithin,
  listReports,
  type ReportLine,
  readReceipt,
  recipientNow,
  removeReport,
  type SealedReport,
  sealReportsTo,
  sendTestMail,
} from '../watch/index.ts';
import { type Command, columns, type Invocation, onOneLine, UsageError } from './command.ts';

export const reports: Command = {
  summary: 'Sets the desk up for reports of weaknesses, and lists, shows and acknowledges them',
  positionals: 'init | list | show RECEIPT | acknowledge RECEIPT... | remove RECEIPT... | test-mail',
  options: {
    identity: {
      type: 'string',
      value: 'FILE',
      help: 'the file that opens reports (POSTERN_REPORTS_IDENTITY)',
    },
    recipient: { type: 'string', value: 'AGE1', help: 'init: for an identity that is kept elsewhere' },
    waiting: { type: 'boolean', help: 'list: those alone that nobody has acknowledged' },
    sealed: { type: 'boolean', help: 'show: as it is sealed, for age --decrypt on another machine' },
    note: { type: 'string', value: 'TEXT', help: 'acknowledge: what to remember; it is sealed' },
    json: { type: 'boolean', help: 'init, list, show, acknowledge: JSON for programs' },
  },
  notes:
    'init makes an identity (mode 0600) where there is none, and has reports sealed to it from then on.\n' +
    'Only whoever has that file can read them: keep a copy, and best the file itself, away from this\n' +
    'machine. Who sent a report sees at /security/receipt that it has been acknowledged, never the note.',
  async run(invocation) {
    const [what, ...receipts] = invocation.positionals;
    const act = ACTS.get(what ?? '');
    if (act === undefined || !act.takes(receipts.length)) {
      throw new UsageError(
        'reports takes init, list, show RECEIPT, acknowledge or remove RECEIPT..., or test-mail',
      );
    }
    const named = receipts.map(receiptOf);
    // Neither records nor their keys are needed, so neither is opened.
    const database = await openDatabase(invocation.configuration, { attach: true });
    try {
      await migrate(database.owner, { serverRole: database.serverRole });
      await act.run(invocation, database, named);
    } finally {
      await database.close();
    }
  },
};

interface Act {
  /** Whether it takes so many receipts. */
  takes(receipts: number): boolean;
  run(invocation: Invocation, database: Database, receipts: readonly string[]): Promise<void>;
}

const ACTS = new Map<string, Act>([
  ['init', { takes: (count) => count === 0, run: init }],
  ['list', { takes: (count) => count === 0, run: list }],
  ['show', { takes: (count) => count === 1, run: show }],
  ['remove', { takes: (count) => count > 0, run: remove }],
  ['test-mail', { takes: (count) => count === 0, run: testMail }],
  ['acknowledge', { takes: (count) => count > 0, run: acknowledge }],
]);

function receiptOf(text: string): string {
  const receipt = readReceipt(text);
  if (receipt === null) throw new UsageError('A receipt looks like 7K3M-Q9ZD-1XWP');
  return receipt;
}

async function noteAct(database: Database, action: string): Promise<void> {
  const act = { practiceId: INSTALLATION, client: 'postern reports', action };
  await appendLine(database.owner, operatorLine(act));
}

async function init(invocation: Invocation, database: Database): Promise<void> {
  const { print, say, has, text } = invocation;
  const { path, recipient, made } = await chosenRecipient(invocation, text('recipient'));
  const { owner } = database;
  await noteAct(database, 'reports-init');
  const changed = await sealReportsTo(owner, recipient);
  if (has('json')) {
    print(JSON.stringify({ recipient, identity: path, made, changed }));
    return;
  }
  if (made) say(`Made ${path}. Whoever has it can read the reports; without it nobody can. Keep a copy.`);
  say(changed ? 'Reports are sealed to it from now on:' : 'Reports are sealed to it already:');
  print(recipient);
}

async function chosenRecipient(
  invocation: Invocation,
  given: string | undefined,
): Promise<{ path: string | null; recipient: string; made: boolean }> {
  if (given !== undefined) {
    if (invocation.text('identity') !== undefined) {
      throw new UsageError('init takes one of --identity and --recipient');
    }
    if (!isReportRecipient(given)) throw new UsageError('--recipient must be an age recipient, age1...');
    return { path: null, recipient: given, made: false };
  }
  const path = identityPath(invocation);
  if (await liesWithin(path, invocation.configuration.dataFolder)) {
    throw new PosternError('not-configured', identityInside(path));
  }
  const { identity, made } = await ensureReportIdentity(path);
  return { path, recipient: identity.recipient, made };
}

function identityPath({ text, configuration }: Invocation): string {
  return text('identity') ?? configuration.reportsIdentity;
}

async function list({ print, say, has }: Invocation, database: Database): Promise<void> {
  const lines = await listReports(database.owner, { waiting: has('waiting') });
  if (has('json')) {
    print(JSON.stringify(lines, null, 2));
    return;
  }
  if (lines.length === 0) {
    say((await recipientNow(database.owner)) === null ? NOT_SET_UP : 'There are no reports.');
    return;
  }
  for (const line of columns(lines.map((each) => [each.receipt, stateOf(each)] as const))) print(line);
}

const NOT_SET_UP = 'Sealed reports are not set up yet: postern reports init.';

function stateOf({ receivedAt, acknowledgedAt, bytes }: ReportLine): string {
  const state = acknowledgedAt === null ? 'waits' : `acknowledged ${acknowledgedAt.toISOString()}`;
  return `received ${receivedAt.toISOString()}  ${bytes} bytes  ${state}`;
}

async function reportOf(database: Database, receipt: string): Promise<SealedReport> {
  const report = await findReport(database.owner, receipt);
  if (report === null) throw new PosternError('not-found', `No report has the receipt ${receipt}.`);
  return report;
}

async function show(invocation: Invocation, database: Database, receipts: readonly string[]): Promise<void> {
  const { print, has } = invocation;
  const report = await reportOf(database, receipts[0]!);
  if (has('sealed')) {
    await noteAct(database, 'reports-show');
    print(armoredReport(report.sealed).trimEnd());
    return;
  }
  const path = identityPath(invocation);
  const identity = await readReportIdentity(path);
  if (identity === null) {
    throw new PosternError(
      'not-found',
      `There is no identity at ${path}; name it by --identity, or open the report elsewhere with --sealed.`,
    );
  }
  await noteAct(database, 'reports-show');
  const content = fieldsOf(await identity.open(report.sealed));
  const note = report.note === null ? null : await identity.open(report.note);
  const { receipt, receivedAt, acknowledgedAt } = report;
  if (has('json')) {
    print(JSON.stringify({ receipt, receivedAt, acknowledgedAt, report: content, note }, null, 2));
    return;
  }
  print(`${receipt}  ${stateOf(report)}`);
  for (const [name, text] of Object.entries({ ...content, ...(note === null ? {} : { note }) })) {
    if (text === '') continue;
    print('');
    print(`${onOneLine(LABELS.get(name) ?? name)}:`);
    // Each line is marked, so that nothing in a report can pass for a line of ours.
    for (const line of text.split('\n')) print(`  | ${onOneLine(line)}`);
  }
}

const LABELS = new Map([
  ['what', 'What was found'],
  ['where', 'Where'],
  ['how', 'How to see it'],
  ['contact', 'Whom to answer'],
  ['language', 'Language'],
  ['note', 'Note'],
]);

/** The fields of the form; of what was sealed in another way, its whole text. */
function fieldsOf(text: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const entries = Object.entries(value).filter(([name]) => LABELS.has(name) && name !== 'note');
      if (entries.length > 0 && entries.every(([, field]) => typeof field === 'string')) {
        return Object.fromEntries(entries) as Record<string, string>;
      }
    }
  } catch {
    // Sealed by hand.
  }
  return { what: text };
}

async function acknowledge(
  { print, has, text }: Invocation,
  database: Database,
  receipts: readonly string[],
): Promise<void> {
  const { owner } = database;
  for (const receipt of receipts) await reportOf(database, receipt);
  await noteAct(database, 'reports-acknowledge');
  const note = text('note');
  const recipient = await recipientNow(owner);
  const sealed = note === undefined || recipient === null ? null : await sealReport(recipient, note);
  for (const receipt of receipts) {
    const at = await acknowledgeReport(owner, receipt, sealed);
    const acknowledgedAt = at?.toISOString() ?? null;
    print(has('json') ? JSON.stringify({ receipt, acknowledgedAt }) : `${receipt}  ${acknowledgedAt}`);
  }
}

/** For good: what a report says of patients need not stay longer than it is needed. */
async function remove({ print }: Invocation, database: Database, receipts: readonly string[]): Promise<void> {
  for (const receipt of receipts) {
    const { acknowledgedAt } = await reportOf(database, receipt);
    if (acknowledgedAt === null) {
      throw new PosternError('conflict', `The report ${receipt} has not been acknowledged yet.`);
    }
  }
  await noteAct(database, 'reports-remove');
  for (const receipt of receipts) {
    await removeReport(database.owner, receipt);
    print(`${receipt}  removed`);
  }
}

/** Whether the addresses that are told of reports take mail at all. */
async function testMail({ print, configuration }: Invocation): Promise<void> {
  const to = await sendTestMail(configuration);
  print(`The mail server took a mail to ${to.join(', ')}. Look whether it has come.`);
}
