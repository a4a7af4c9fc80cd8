/** `postern account`: who may sign in at all. */
import { INSTALLATION } from '../gate/index.ts';
import { appendLine, operatorLine } from '../ledger/index.ts';
import { type Command, columns, type Invocation, UsageError } from './command.ts';
import { accountByEmail } from './find-account.ts';
import { nameOption } from './name-option.ts';
import { type Postern, withPostern } from './open-postern.ts';

export const account: Command = {
  summary: 'Adds an account, disables it, lets it in again, or lists all',
  positionals: 'list | add EMAIL | disable EMAIL | enable EMAIL',
  options: {
    name: { type: 'string', value: 'NAME', help: 'add: what the person is called' },
    json: { type: 'boolean', help: 'list, add: as JSON: id, email, name, language, disabled' },
  },
  notes:
    'A new account may do nothing before it holds a grant: postern grant add EMAIL.\n' +
    'Disabling ends every session of the account at once, in every practice, and lets it open no more.\n' +
    'Its grants stay, and so does what it gave to others: end those where they should not. Each of these\n' +
    'leaves a line in the access log.',
  async run(invocation) {
    const [what, ...more] = invocation.positionals;
    const act = ACTS.get(what ?? '');
    if (act === undefined || more.length !== act.takes) {
      throw new UsageError('account takes list, add EMAIL, disable EMAIL or enable EMAIL');
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
  ['add', { takes: 1, run: add }],
  ['disable', { takes: 1, run: disable }],
  ['enable', { takes: 1, run: enable }],
]);

async function add(invocation: Invocation, postern: Postern, email: string): Promise<void> {
  const name = nameOption(invocation);
  const { gate, database } = postern;
  const id = await gate.accounts.addAccount(database.owner, { email, name }, CLIENT);
  if (invocation.has('json')) {
    const added = await gate.accounts.describeAccount(id);
    invocation.print(
      JSON.stringify({ id, email: added?.email, name, language: null, disabled: false }, null, 2),
    );
    return;
  }
  invocation.print('The account is there.');
  invocation.say('Next, what it may do: postern grant add EMAIL --practice SLUG --role ROLE');
}

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

async function list({ print, has, say }: Invocation, { gate, database }: Postern): Promise<void> {
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
  if (rows.length === 0) say('There is none yet; postern account add EMAIL --name NAME makes one.');
  else for (const line of columns(rows)) print(line);
}
