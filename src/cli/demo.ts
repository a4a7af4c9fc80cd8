/** `postern demo`: who of the demo practices can sign in. */
import type { ChartId } from '../base/ids.ts';
import { holdsPatient } from '../gate/index.ts';
import { type Command, columns } from './command.ts';
import { type DemoLine, listDemo } from './load-demo.ts';
import { type Postern, practiceBySlug, withPostern } from './open-postern.ts';

export const demo: Command = {
  summary: 'Lists the people of the demo practices who can sign in',
  positionals: '',
  options: { json: { type: 'boolean', help: 'as JSON: name, email, practice, roles, chart, proxyFor' } },
  run: async (invocation) => {
    const people = await withPostern(invocation.configuration, async (postern) => {
      const lines: DemoLine[] = [];
      for (const line of await listDemo(postern)) {
        const left = await stillThere(postern, line);
        if (left !== null) lines.push(left);
      }
      return lines;
    });
    if (invocation.has('json')) {
      invocation.print(JSON.stringify(people, null, 2));
      return;
    }
    const rows = people.map(
      ({ name, email, practice, roles }) =>
        [email, `${name}, ${roles.join(' and ')} at ${practice}`] as const,
    );
    if (rows.length === 0) invocation.say('Nobody of the demo can sign in any more.');
    else for (const line of columns(rows)) invocation.print(line);
  },
};

/** What is left of the line: null where the account is disabled, or has nothing in the practice any more. */
async function stillThere(postern: Postern, line: DemoLine): Promise<DemoLine | null> {
  const { accounts } = postern.gate;
  const accountId = await accounts.findAccount(line.email);
  if (accountId === null || (await accounts.describeAccount(accountId))?.disabled !== false) return null;
  const practices = await accounts.practicesOf(accountId);
  if (!practices.some(({ slug }) => slug === line.practice)) return null;
  const { practiceId } = await practiceBySlug(postern, line.practice);
  const stands = (chart: string) => holdsPatient(postern.database.owner, practiceId, chart as ChartId);
  const chart = line.chart !== null && (await stands(line.chart)) ? line.chart : null;
  const standing = await Promise.all(line.proxyFor.map((proxy) => stands(proxy.chart)));
  const proxyFor = line.proxyFor.filter((_, index) => standing[index]);
  const gone = { patient: chart === null, proxy: proxyFor.length === 0 };
  const roles = line.roles.filter((role) => !((role === 'patient' || role === 'proxy') && gone[role]));
  return roles.length === 0 ? null : { ...line, roles, chart, proxyFor };
}
