/** `postern invite`: asks people into a practice, where nobody at its desk does. */
import { systemClock } from '../base/clock.ts';
import { type InvitationDesk, openInvitationDesk } from '../doors/index.ts';
import { isAtHome, isRole, type Visit } from '../gate/index.ts';
import { senderOf } from '../post/index.ts';
import { type Command, columns, type Invocation, instant, required, UsageError } from './command.ts';
import { type Postern, practiceBySlug, withPostern } from './open-postern.ts';
import { runningServer } from './running-server.ts';

export const invite: Command = {
  summary: 'Asks somebody into a practice, lists who was asked, or takes it back',
  positionals: 'add | list | end ID',
  options: {
    practice: { type: 'string', value: 'SLUG', help: 'the practice' },
    role: {
      type: 'string',
      value: 'ROLE',
      help: 'add: as what; owner, front-desk, patient, parent and so on',
    },
    email: { type: 'string', value: 'EMAIL', help: 'add: by mail to that address; by letter when not given' },
    name: { type: 'string', value: 'NAME', help: 'add: what the person is called' },
    chart: { type: 'string', value: 'ID', help: 'add: whose record, for patients and those who act for one' },
    language: { type: 'string', value: 'en|de|es', help: 'add: of the mail or the letter' },
    reason: { type: 'string', value: 'TEXT', help: 'add: what was shown, of parents, guardians and carers' },
    until: { type: 'string', value: 'TIME', help: 'add: till when a proxy may see the record' },
    json: { type: 'boolean', help: 'as JSON' },
  },
  notes:
    'By mail a link goes to the address, and nobody here sees it. By letter the code is printed here, to\n' +
    'be handed over. A patient proves a date of birth besides, who comes for one the patient’s. Then they\n' +
    'make a passkey. Mails work for 72 hours, letters for 14 days. Each leaves a line in the log.',
  async run(invocation) {
    const [what, id, ...more] = invocation.positionals;
    const act = ACTS.get(what ?? '');
    if (act === undefined || (what === 'end') !== (id !== undefined) || more.length > 0) {
      throw new UsageError('invite takes add, list or end ID');
    }
    const slug = required(invocation, 'practice');
    await withPostern(invocation.configuration, async (postern) => {
      const { practiceId } = await practiceBySlug(postern, slug);
      const desk = await deskOf(postern);
      // Reads of a record what an invitation needs, and administers.
      await postern.gate.asJob(practiceId, 'system-families', 'operation', (visit) =>
        act(invocation, desk, visit, id ?? ''),
      );
    });
  },
};

type Act = (invocation: Invocation, desk: InvitationDesk, visit: Visit, id: string) => Promise<void>;
const ACTS = new Map<string, Act>([
  ['add', add],
  ['list', list],
  ['end', end],
]);

async function deskOf({ configuration, database, keychain, gate, post, store }: Postern) {
  const running = await runningServer(configuration.dataFolder);
  const publicUrl = running?.publicUrl ?? configuration.publicUrl;
  const { server } = database;
  return openInvitationDesk({ server, keychain, gate, clock: systemClock, publicUrl, post, records: store });
}

async function add(invocation: Invocation, desk: InvitationDesk, visit: Visit): Promise<void> {
  const { text, has, print, say, configuration } = invocation;
  const role = required(invocation, 'role');
  if (!isRole(role)) throw new UsageError('--role must be a role; postern grant --help lists them');
  const email = text('email');
  const until = instant(invocation, 'until');
  const asked = {
    as: role === 'patient' ? 'patient' : isAtHome(role) ? 'proxy' : 'staff',
    role,
    way: email === undefined ? 'letter' : 'mail',
    ...kept({ email, name: text('name'), chart: text('chart'), language: text('language') }),
    ...kept({ until: until?.toISOString(), reason: text('reason') }),
  };
  if (isAtHome(role)) required(invocation, 'chart');
  const { invitationId, expires } = await desk.invite(visit, asked);
  const letter = email === undefined ? await desk.letter(visit, invitationId) : null;
  const code = letter === null ? {} : { code: letter.code, link: letter.link };
  if (has('json')) {
    print(JSON.stringify({ id: invitationId, expires, ...code }, null, 2));
    return;
  }
  const works = `It works once, until ${expires.toISOString()}.`;
  if (letter !== null) {
    print(`${letter.link}`);
    say(`The code is ${letter.code}. ${works}`);
    return;
  }
  print(`A mail with a link is in the post. ${works}`);
  if (senderOf(configuration) === null) say('No mail server is set: it waits. POSTERN_SMTP_URL names one.');
}

function kept(options: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

async function list({ has, print, say }: Invocation, desk: InvitationDesk, visit: Visit): Promise<void> {
  const all = await desk.list(visit, null);
  if (has('json')) {
    print(JSON.stringify(all, null, 2));
    return;
  }
  const rows = all.map(
    ({ id, role, name, way, state, expires }) =>
      [id, `${role}  ${state}  by ${way}, until ${expires}  ${name}`] as const,
  );
  for (const line of columns(rows)) print(line.trim());
  if (all.length === 0) say('Nobody was invited.');
}

async function end({ print }: Invocation, desk: InvitationDesk, visit: Visit, id: string): Promise<void> {
  await desk.end(visit, id);
  print('Taken back: its code works no more.');
}
