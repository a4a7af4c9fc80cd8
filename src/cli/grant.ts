/** `postern grant`: who may do what in a practice. */
import { systemClock } from '../base/clock.ts';
import { PosternError } from '../base/errors.ts';
import { type GrantId, type PracticeId, parseId } from '../base/ids.ts';
import { sectionsIn } from '../base/section.ts';
import { type GrantLine, practiceOfGrant, ROLES, type Visit } from '../gate/index.ts';
import { appendLine, operatorLine } from '../ledger/index.ts';
import { type Command, columns, type Invocation, required, UsageError } from './command.ts';
import { accountByEmail } from './find-account.ts';
import { checkChart, grantTerms } from './grant-terms.ts';
import { type Postern, practiceBySlug, withPostern } from './open-postern.ts';

const GIVEN = Object.keys(ROLES).filter((role) => role !== 'break-glass');

export const grant: Command = {
  summary: 'Gives an account a role in a practice, ends that, or lists who holds what',
  positionals: 'add EMAIL | list | end ID',
  options: {
    practice: { type: 'string', value: 'SLUG', help: 'add, list: the practice' },
    role: { type: 'string', value: 'ROLE', help: 'add: one of those below' },
    chart: { type: 'string', value: 'ID', help: 'add: whose record, for patient, proxy and client' },
    sections: { type: 'string', value: 'A,B', help: 'add: only these sections of what the role opens' },
    from: { type: 'string', value: 'TIME', help: 'add: since when; now when not given' },
    until: { type: 'string', value: 'TIME', help: 'add: till when; without an end when not given' },
    reason: { type: 'string', value: 'TEXT', help: 'add: why; kept sealed in the access log' },
    account: { type: 'string', value: 'EMAIL', help: 'list: of that account alone' },
    all: { type: 'boolean', help: 'list: also those that have ended' },
    json: { type: 'boolean', help: 'as JSON' },
  },
  notes:
    `Roles: ${GIVEN.slice(0, 9).join(', ')},\n  ${GIVEN.slice(9).join(', ')}.\n` +
    'What each may do: test/authz/decisions.txt. Times are as in 2026-12-31 (its first moment, in UTC) or\n' +
    '2026-12-31T18:00Z. A grant cannot be changed: end it and give another. Sessions notice at once. Each\n' +
    'leaves a line in the access log of the practice.',
  async run(invocation) {
    const [what, whom, ...more] = invocation.positionals;
    const act = ACTS.get(what ?? '');
    if (act === undefined || (act === list) === (whom !== undefined) || more.length > 0) {
      throw new UsageError('grant takes add EMAIL, list or end ID');
    }
    await act(invocation, whom ?? '');
  },
};

type Act = (invocation: Invocation, whom: string) => Promise<void>;
const ACTS = new Map<string, Act>([
  ['add', add],
  ['list', list],
  ['end', end],
]);

/** As set-up, which may give any role and opens no record (ADR 0058). */
function asOperator<T>({ gate }: Postern, practiceId: PracticeId, work: (visit: Visit) => Promise<T>) {
  return gate.asJob(practiceId, 'system-setup', 'operation', work);
}

async function add(invocation: Invocation, email: string): Promise<void> {
  const { configuration, print, has } = invocation;
  const slug = required(invocation, 'practice');
  const terms = grantTerms(invocation, systemClock.now());
  const given = await withPostern(configuration, async (postern) => {
    const { practiceId } = await practiceBySlug(postern, slug);
    const accountId = await accountByEmail(postern, email);
    if (terms.chartId !== null) await checkChart(postern, practiceId, terms.chartId);
    return asOperator(postern, practiceId, async (visit) => {
      const grants = await postern.gate.grants.ofAccount(visit, accountId);
      refuseTwice(grants, terms);
      const grantId = await postern.gate.grants.give(visit, { ...terms, accountId });
      const all = await postern.gate.grants.ofAccount(visit, accountId);
      return described(all.find((each) => each.grantId === grantId)!, email);
    });
  });
  if (has('json')) print(JSON.stringify(given, null, 2));
  else print(`Given, as grant ${given.id}: ${given.role} at ${slug}, ${given.sections.join(', ')}.`);
}

/** The same grant given twice would have to be ended twice, and the second is forgotten. */
function refuseTwice(grants: readonly GrantLine[], { role, chartId, endsAt }: ReturnType<typeof grantTerms>) {
  const same = grants.find(
    (each) =>
      each.endedAt === null &&
      each.role === role &&
      each.chartId === chartId &&
      each.endsAt?.getTime() === endsAt?.getTime(),
  );
  if (same === undefined) return;
  throw new PosternError(
    'conflict',
    `The account holds that already; postern grant end ${same.grantId} ends it, to give it otherwise.`,
  );
}

async function list(invocation: Invocation): Promise<void> {
  const slug = required(invocation, 'practice');
  const email = invocation.text('account');
  const grants = await withPostern(invocation.configuration, async (postern) => {
    const { gate, database } = postern;
    const { practiceId } = await practiceBySlug(postern, slug);
    const only = email === undefined ? null : await accountByEmail(postern, email);
    // Names and addresses are shown: the line stands first.
    const act = { practiceId, client: 'postern grant', action: 'list-grants' };
    await appendLine(database.owner, operatorLine(act));
    const found = await asOperator(postern, practiceId, (visit) =>
      only === null ? gate.grants.ofPractice(visit) : gate.grants.ofAccount(visit, only),
    );
    const shown = invocation.has('all') ? found : found.filter(stands);
    return Promise.all(shown.map(async (each) => described(each, await emailOf(postern, each.accountId))));
  });
  if (invocation.has('json')) {
    invocation.print(JSON.stringify(grants, null, 2));
  } else if (grants.length === 0) {
    invocation.say('There is none.');
  } else {
    for (const line of columns(grants.map((each) => [each.id, textOf(each)]))) invocation.print(line);
  }
}

function stands({ endedAt, endsAt }: GrantLine): boolean {
  return endedAt === null && (endsAt === null || endsAt > systemClock.now());
}

async function emailOf({ gate }: Postern, accountId: GrantLine['accountId']): Promise<string | null> {
  return (await gate.accounts.describeAccount(accountId))?.email ?? null;
}

async function end({ configuration, print }: Invocation, id: string): Promise<void> {
  const grantId = parseId<GrantId>(id);
  if (grantId === null) throw new UsageError('ID must be the id of a grant; postern grant list shows it');
  const ended = await withPostern(configuration, async (postern) => {
    const practiceId = await practiceOfGrant(postern.database.owner, grantId);
    if (practiceId === null) {
      throw new PosternError(
        'not-found',
        'There is no such grant; postern grant list shows those there are.',
      );
    }
    return asOperator(postern, practiceId, (visit) => postern.gate.grants.end(visit, grantId));
  });
  print(ended ? 'Ended, with all that was given under it.' : 'It has ended already.');
}

/** A grant as programs read it. Times are RFC 3339 in UTC. */
function described(line: GrantLine, email: string | null) {
  return {
    id: line.grantId,
    email,
    role: line.role,
    chart: line.chartId,
    sections: sectionsIn(line.sections),
    from: line.startsAt.toISOString(),
    until: line.endsAt?.toISOString() ?? null,
    ended: line.endedAt?.toISOString() ?? null,
  };
}

function textOf({ email, role, chart, sections, until, ended }: ReturnType<typeof described>): string {
  const of = chart === null ? '' : ` of chart ${chart}`;
  const time = ended !== null ? ` (ended ${ended})` : until === null ? '' : ` (until ${until})`;
  return `${email ?? 'nobody'}  ${role}${of}: ${sections.join(', ')}${time}`;
}
