/** Probes of pages and their parts, which say the same to everybody, and of sessions themselves. */
import { newId } from '../../base/ids.ts';
import type { Told } from './outside.ts';
import { signInProbe } from './sign-in-probe.ts';
import { type Probe, plain, type Stage } from './stage.ts';

const DIFFERS =
  'Pages and their parts are made of nothing that is kept here; find what made this one differ.';

/** Whoever asks, with whatever chart in the address, gets one answer, with nothing of a record in it. */
export function pageProbe(target: (chart: string) => string): Probe {
  return async (stage, route) => {
    const answers: Told[] = [];
    for (const chart of [stage.world.charts.other, newId(), 'none']) {
      const asking = { method: 'GET', target: target(chart) };
      answers.push(await stage.outside.ask(null, asking));
      answers.push(await stage.ask('patient', asking), await stage.ask('foreigner', asking));
    }
    const [first] = answers;
    for (const answer of answers) {
      const same = plain(answer) === plain(first!);
      stage.judge.expect(
        'noninterference',
        same,
        route,
        'It says different things to different people.',
        DIFFERS,
      );
      stage.expectNoLeak('matrix', route, answer, null);
    }
    const usable = first!.status < 500 || stage.closed;
    stage.judge.expect(
      'matrix',
      usable,
      route,
      `It answers ${first!.status}.`,
      'See the server log for what failed.',
    );
  };
}

const APPS = ['portal', 'desk'];
const DEPTHS = ['', '/:chart', '/:chart/:page', '/:chart/:page/:item'];

const PATHS = [
  ...APPS.flatMap((app) => DEPTHS.map((tail) => `/${app}${tail}`)),
  '/desk/:page/:chart/documents/:item',
];

const apps = PATHS.map((path): [string, Probe] => {
  const target = (chart: string) =>
    path.replace(':chart', chart).replace(':page', 'results').replace(':item', newId());
  return [`GET ${path}`, pageProbe(target)];
});

async function assets(stage: Stage, route: string): Promise<void> {
  const door = await stage.outside.ask(null, { method: 'GET', target: '/' });
  const named = /\/assets\/([\w.-]+)/.exec(door.text)?.[1];
  if (named !== undefined) await pageProbe(() => `/assets/${named}`)(stage, route);
  const absent = await stage.outside.ask(null, { method: 'GET', target: '/assets/absent-0a1b2c3d.js' });
  for (const name of ['..%2Fpackage.json', '%2e%2e%2f%2e%2e%2fpackage.json', 'constructor', '__proto__']) {
    const told = await stage.outside.ask(null, { method: 'GET', target: `/assets/${name}` });
    const same = told.status === absent.status && plain(told) === plain(absent);
    const sentence = 'A name that is no asset is not answered as one that is not there.';
    stage.judge.expect(
      'matrix',
      same,
      `${route} (${name})`,
      sentence,
      'Serve assets by name alone, from memory.',
    );
  }
}

/** Each is told of the own session and of nobody else's. */
async function session(stage: Stage, route: string): Promise<void> {
  const people = ['patient', 'doctor', 'foreigner'] as const;
  for (const who of people) {
    const told = await stage.ask(who, { method: 'GET', target: '/session' });
    stage.expectRightful(route, told, 200, null);
    const others = people.filter((each) => each !== who).map((each) => stage.cast[each].accountId);
    const named = others.some((id) => told.text.includes(id));
    const sentence = 'A session is told of another’s account.';
    stage.judge.expect(
      'matrix',
      !named,
      route,
      sentence,
      'Find what mixes sessions up, before anybody signs in.',
    );
  }
}

/** Signing out ends that session, and no other. */
async function signOut(stage: Stage, route: string): Promise<void> {
  const [leaving, staying] = [await stage.cast.patient.session(), await stage.cast.patient.session()];
  const ends = { method: 'DELETE', target: '/session' };
  const live = { method: 'GET', target: '/session' };
  stage.expectRightful(route, await stage.outside.ask(leaving, ends), 204, null);
  const after = await stage.outside.ask(leaving, live);
  stage.judge.expect(
    'revocation',
    after.status === 401,
    route,
    `A session that was signed out is answered ${after.status}.`,
    'End every session (postern account disable), and find why sessions outlive their end.',
  );
  stage.expectRightful(`${route}: another session`, await stage.outside.ask(staying, live), 200, null);
}

/** Whoever has a session is told the same list. */
async function routeList(stage: Stage, route: string): Promise<void> {
  const asking = { method: 'GET', target: '/routes' };
  const first = await stage.ask('patient', asking);
  stage.expectRightful(route, first, 200, null);
  const other = await stage.ask('foreigner', asking);
  stage.judge.expect(
    'noninterference',
    plain(first) === plain(other),
    route,
    'It differs by session.',
    DIFFERS,
  );
}

/** What is no sealed report is not taken, so nobody is woken up by it. */
async function reports(stage: Stage, route: string): Promise<void> {
  for (const type of ['text/plain', 'application/octet-stream']) {
    const told = await stage.outside.ask(null, {
      method: 'POST',
      target: '/security/reports',
      headers: { 'content-type': type },
      body: 'This is no report: postern prove sent it.',
    });
    stage.judge.expect(
      'finders',
      told.status >= 400 && told.status < 500,
      `${route} (${type})`,
      `What is no sealed report is answered ${told.status}.`,
      'Take in nothing that is not sealed to the recipient: reports must not lie here in the open.',
    );
  }
}

export const PAGE_PROBES: Readonly<Record<string, Probe>> = {
  'GET /healthz': pageProbe(() => '/healthz'),
  'GET /fhir/metadata': pageProbe(() => '/fhir/metadata'),
  'GET /': pageProbe(() => '/'),
  'GET /signin': pageProbe(() => '/signin'),
  'GET /invited': pageProbe(() => '/invited'),
  'GET /shl': pageProbe(() => '/shl'),
  'GET /developers': pageProbe(() => '/developers'),
  'GET /developers/:practice': pageProbe((chart) => `/developers/${chart}`),
  'GET /recovery': pageProbe(() => '/recovery'),
  'GET /account': pageProbe(() => '/account'),
  ...Object.fromEntries(apps),
  ...Object.fromEntries(
    ['/.well-known/security.txt', '/security', '/security/report', '/security/receipt'].map((path) => [
      `GET ${path}`,
      pageProbe(() => path),
    ]),
  ),
  'GET /security/recipient.txt': pageProbe(() => '/security/recipient.txt'),
  'POST /security/reports': reports,
  'GET /assets/:name': assets,
  'GET /routes': routeList,
  'GET /session': session,
  'DELETE /session': signOut,
  'POST /signin': signInProbe,
};
