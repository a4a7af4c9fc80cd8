/** `postern account`: who may sign in at all. */
import { INSTALLATION } from '../gate/index.ts';
import { appendLine, operatorLine } from '../ledger/index.ts';
import { type Command, columns, type Invocation, UsageError } from './command.ts';
import { accountByEmail } from './find-account.ts';
import { type Postern, withPostern } from './open-postern.ts';

export const account: Command = {
  summary: 'Disables an account, lets it in again, or lists all',
  positionals: 'list | disable EMAIL | enable EMAIL',
  options: { json: { type: 'boolean', help: 'list: as JSON: id, email, name, disabled' } },
  notes:
    'Disabling ends every session of the account at once, in every practice, and lets it open no more.\n' +
    'Its grants stay, and so does what it gave to others: end those where they should not. Each of these\n' +
    'leaves a line in the access log.',
  async run(invocation) {
    const [what, ...more] = invocation.positionals;
    const act = ACTS.get(what ?? '');
    if (act === undefined || more.length !== act.takes) {
      throw new UsageError('account takes list, disable EMAIL or enable EMAIL');
    }
    await withPostern(invocation.configuration, (postern) => act.run(invocation, postern, more[0] ?? ''));
  },
};

interface Act {
  /** How many positionals come behind its name. */
  readonly takes: number;
  run(invocation: Invocation, postern: Postern, email: string): Promise<void>;
}

const CLIENT = 'postern account';

const ACTS = new Map<string, Act>([
  ['list', { takes: 0, run: list }],
  ['disable', { takes: 1, run: disable }],
  ['enable', { takes: 1, run: enable }],
]);

async function disable({ print }: Invocation, postern: Postern, email: string): Promise<void> {
  const accountId = await accountByEmail(postern, email);
  const { gate, database } = postern;
  const changed = await gate.accounts.disableAccount(database.owner, accountId, CLIENT);
  print(changed ? 'Disabled. Its sessions have ended.' : 'It is disabled already.');
}

async function enable({ print }: Invocation, postern: Postern, email: string): Promise<void> {
  const accountId = await accountByEmail(postern, email);
  const { gate, database } = postern;
  const changed = await gate.accounts.enableAccount(database.owner, accountId, CLIENT);
  print(changed ? 'It may sign in again.' : 'It is not disabled.');
}

async function list({ print, has }: Invocation, { gate, database }: Postern): Promise<void> {
  // Names and addresses are shown: the line stands first.
  const act = { practiceId: INSTALLATION, client: CLIENT, action: 'list-accounts' };
  await appendLine(database.owner, operatorLine(act));
  const accounts = await gate.accounts.listAccounts(database.owner);
  if (has('json')) {
    const people = accounts.map(({ accountId: id, ...more }) => ({ id, ...more }));
    print(JSON.stringify(people, null, 2));
    return;
  }
  const rows = accounts.map(
    ({ email, name, disabled }) => [email, disabled ? `${name} (disabled)` : name] as const,
  );
  for (const line of rows.length === 0 ? [] : columns(rows)) print(line);
}
