/**
 * Shows the portal before its app is there: its frame at once, and whose record it is as soon as the server
 * has said so.
 */
import { askAhead, givenName, type Session, sayName } from '../client/index.ts';
import {
  appOfPage,
  drawn,
  dressPage,
  fill,
  initialsOf,
  isBefore,
  lookOf,
  pageRead,
  show,
} from '../kit/index.ts';
import { chartAt } from './chart-address.ts';
import { isWhole } from './reach-of-chart.ts';

/** How long the app waits for the server, while it could as well be put together. */
const PATIENCE_MS = 1500;
/** How long nothing is drawn, in case that the heading comes at once. */
const QUICK_MS = 400;

type Patient = Parameters<typeof givenName>[0];

const startApp = appOfPage();
dressPage();
const { chart, isFirst } = chartAt(location.pathname);
const asked = [askAhead('/session'), chart === null ? null : askAhead(`/fhir/Patient/${chart}`)] as const;
void showPortal();

/** The app comes after the heading, which says whose record it is, or after a while. */
async function showPortal(): Promise<void> {
  await pageRead();
  const overview = isFirst ? showOverview(chart!) : Promise.resolve(false);
  // Drawing the frame first would only make a quick answer late.
  const isShown = await Promise.race([overview, passed(isFirst ? QUICK_MS : 0)]);
  if (isShown !== true && isBefore()) show(lookOf('frame').content);
  await Promise.race([overview, passed(PATIENCE_MS)]);
  await drawn();
  await startApp();
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Whether there was enough to show. */
async function showOverview(chart: string): Promise<boolean> {
  const [session, patient] = (await Promise.all(asked)) as [Session | null, Patient | null];
  if (session === null || patient === null || !isBefore()) return false;
  const { content, data } = lookOf('overview');
  const own = session.charts.some((each) => each.chart === chart && each.own);
  const kind = `${own ? 'own' : 'other'}${isWhole(session, chart) ? '' : 'Part'}`;
  const words = {
    chart,
    account: session.account.name ?? '',
    given: givenName(patient),
    name: sayName(patient.name),
    practice: session.practice?.name ?? '',
  };
  const told = (text: string) => text.replace(/⟦(\w+)⟧/g, (_, name: keyof typeof words) => words[name]);
  fill(content, {
    ...words,
    initials: initialsOf(words.account),
    title: told(data[`${kind}Title`] ?? ''),
    lead: told(data[`${kind}Lead`] ?? ''),
  });
  if (session.charts.length < 2) content.querySelector('[data-several]')?.remove();
  show(content);
  return true;
}
