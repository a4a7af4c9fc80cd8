/** `postern post`: the mails that Postern writes to people. */
import { systemClock } from '../base/clock.ts';
import { PosternError } from '../base/errors.ts';
import { INSTALLATION } from '../gate/index.ts';
import { appendLine, operatorLine } from '../ledger/index.ts';
import { countWaiting, hurryMails, listMails, type MailLine, senderOf } from '../post/index.ts';
import { type Command, columns, count, type Invocation, UsageError } from './command.ts';
import { type Postern, withPostern } from './open-postern.ts';
import { makePostman } from './post-office.ts';

export const post: Command = {
  summary: 'Lists the mails that Postern writes to people, or sends what waits',
  positionals: 'list | send',
  options: {
    limit: { type: 'string', value: 'N', help: 'list: the newest so many; 50 when not given' },
    json: { type: 'boolean', help: 'list: as JSON' },
  },
  notes:
    'A running server sends them by itself. Neither says to whom one goes or what it says: that is\n' +
    'sealed, and removed once it is sent. One that is not taken is tried again, less and less often,\n' +
    'until what it tells of has passed; send tries all now. POSTERN_SMTP_URL names the mail server.',
  async run(invocation) {
    const [what, ...more] = invocation.positionals;
    const act = ACTS.get(what ?? '');
    if (act === undefined || more.length > 0) throw new UsageError('post takes list or send');
    await withPostern(invocation.configuration, (postern) => act(invocation, postern));
  },
};

const ACTS = new Map<string, (invocation: Invocation, postern: Postern) => Promise<void>>([
  ['list', list],
  ['send', send],
]);

const USUAL = 50;

async function list(invocation: Invocation, { database }: Postern): Promise<void> {
  const mails = await listMails(database.owner, count(invocation, 'limit') ?? USUAL);
  if (invocation.has('json')) {
    invocation.print(JSON.stringify(mails, null, 2));
    return;
  }
  for (const line of columns(mails.map((mail) => [mail.kind, stateOf(mail)]))) invocation.print(line.trim());
  if (mails.length === 0) invocation.say('Nothing has been put in the post.');
}

function stateOf({ state, at, tried, madeAt }: MailLine): string {
  const when = state === 'waits' ? `tried ${tried} times, next at ${at.toISOString()}` : at.toISOString();
  return `${madeAt.toISOString()}  ${state}  ${when}`;
}

async function send({ configuration, print, say }: Invocation, postern: Postern): Promise<void> {
  if (senderOf(configuration) === null) {
    const text = 'No mail can be sent: POSTERN_SMTP_URL and POSTERN_MAIL_FROM say how they go out.';
    throw new PosternError('not-configured', text);
  }
  const { database } = postern;
  const act = { practiceId: INSTALLATION, client: 'postern post', action: 'send-mails' };
  await appendLine(database.owner, operatorLine(act));
  await hurryMails(database.owner, systemClock.now());
  const postman = makePostman(postern, (what, error) => say(`${what} ${(error as Error).message}`));
  const sent = await postman.round();
  const waiting = await countWaiting(database.owner);
  print(`${sent} sent, ${waiting} ${waiting === 1 ? 'waits' : 'wait'}.`);
}
