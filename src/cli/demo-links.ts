/** Sign-in links to people of the demo, so that whoever starts it looks around at once. */
import { LAKESIDE_SLUG, RIVERSIDE_SLUG } from '../../demo/index.ts';
import type { AccountId } from '../base/ids.ts';
import { columns } from './command.ts';
import type { DemoLine } from './load-demo.ts';
import { listPractices, type Postern } from './open-postern.ts';
import { issueSigninLink } from './signin.ts';

/** Long enough to read on before one opens the next. */
const LINK_SECONDS = 3600;

export interface DemoLink {
  readonly person: DemoLine;
  /** What there is to see with their eyes. */
  readonly sees: string;
  /** Signs in once, within the hour. */
  readonly link: string;
}

/** Whose eyes show the most, the portal first: the first person of a practice with just these roles. */
const TOUR: readonly (readonly [roles: string, practice: string, sees: string])[] = [
  ['patient proxy', LAKESIDE_SLUG, 'the portal: their own record, and those of the children they act for'],
  ['patient', RIVERSIDE_SLUG, 'the portal of a dental patient'],
  ['doctor', LAKESIDE_SLUG, 'the desk: patients, and charts at a glance'],
  ['dentist', RIVERSIDE_SLUG, 'the desk of a dental practice: findings by tooth'],
  ['front-desk', LAKESIDE_SLUG, 'the desk without the clinical record'],
  ['privacy-officer', LAKESIDE_SLUG, 'who opened what, and no chart'],
];

/** One link for each stop of the tour. Each is an act of the operator's, and leaves a line. */
export async function demoLinks(postern: Postern, people: readonly DemoLine[]): Promise<DemoLink[]> {
  const links: DemoLink[] = [];
  for (const [roles, practice, sees] of TOUR) {
    const person = people.find((each) => each.roles.join(' ') === roles && each.practice === practice);
    const accountId = person === undefined ? null : await liveAccount(postern, person.email);
    if (person === undefined || accountId === null) continue;
    const link = await issueSigninLink(postern, accountId, {
      client: 'postern serve',
      seconds: LINK_SECONDS,
      publicUrl: postern.configuration.publicUrl,
    });
    links.push({ person, sees, link });
  }
  return links;
}

/** Where to look first. Links stand alone on their lines, so that a terminal opens them by a click. */
export async function sayWhereToLook(
  say: (line: string) => void,
  postern: Postern,
  people: readonly DemoLine[],
): Promise<void> {
  const names = new Map((await listPractices(postern)).map(({ slug, name }) => [slug, name]));
  say('');
  say('Two practices of invented people are in it. Open one of these; each signs in once, within the hour:');
  for (const { person, sees, link } of await demoLinks(postern, people)) {
    say('');
    say(`  ${person.name}, ${person.roles.join(' and ')} at ${names.get(person.practice)}`);
    say(`  sees ${sees}`);
    say(`  ${link}`);
  }
  say('');
  for (const line of columns([
    ['npm run -s postern -- signin EMAIL', 'another link, for any of them'],
    ['npm run -s postern -- demo', 'all of them'],
    ['npm run -s postern -- token EMAIL', 'a bearer token, for FHIR requests'],
  ])) {
    say(line);
  }
  say('');
}

/** Null for an account that somebody has disabled since: that is no reason not to start. */
async function liveAccount({ gate }: Postern, email: string): Promise<AccountId | null> {
  const accountId = await gate.accounts.findAccount(email);
  const described = accountId === null ? null : await gate.accounts.describeAccount(accountId);
  return described === null || described.disabled ? null : accountId;
}
