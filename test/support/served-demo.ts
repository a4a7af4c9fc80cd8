/** The demo practices behind a server that listens, with the real pages: what a browser is sent to. */
import { createServer as createListener } from 'node:net';
import type { DemoPersonLine } from '../../demo/index.ts';
import { AuthorizationServer, appRoutes } from '../../src/apps/index.ts';
import { archiveKind, archiveRoutes } from '../../src/archive/index.ts';
import { systemClock } from '../../src/base/clock.ts';
import { OPEN } from '../../src/base/opening.ts';
import { birthDatesIn } from '../../src/chart/index.ts';
import { fileRoutes } from '../../src/documents/index.ts';
import { familyRoutes, openDoors } from '../../src/doors/index.ts';
import type { Visit } from '../../src/gate/index.ts';
import { createServer, openLog } from '../../src/http/index.ts';
import { JobWorker } from '../../src/jobs/index.ts';
import { linkRoutes } from '../../src/links/index.ts';
import { disclosureRoutes } from '../../src/watch/index.ts';
import { builtWeb } from '../../web/build/index.ts';
import type { InstalledDemo } from './installed-demo.ts';
import { loadedDemo } from './loaded-demo.ts';
import { openReportDesk } from './report-desk.ts';

export interface ServedDemo {
  readonly installed: InstalledDemo;
  readonly origin: string;
  /** Everyone who can sign in. */
  readonly people: readonly DemoPersonLine[];
  /** A sign-in link as `postern signin EMAIL` prints it. */
  signinLink(email: string): Promise<string>;
  /** A bearer token of somebody who is in one practice. */
  token(email: string): Promise<string>;
  /** The chart of a patient in a practice. */
  chartOf(email: string, practice: string): string;
  close(): Promise<void>;
}

/** The demo of today, so that there is something to come as well as something that was. */
export async function serveDemo(): Promise<ServedDemo> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const [web, { installed, people }] = await Promise.all([
    builtWeb(),
    loadedDemo({ day: systemClock.now().toISOString().slice(0, 10), publicUrl: origin, port }),
  ]);
  const { postern } = installed;
  const { gate, store, files, previews, links, deposits, jobs, configuration } = postern;
  const log = openLog('warn', { write: (line) => void process.stderr.write(line) });
  const desk = await openReportDesk(postern.database, { publicUrl: origin });
  const disclosure = disclosureRoutes<Visit>(desk, web.disclosure);
  const clock = systemClock;
  const { keychain, lines, database } = postern;
  const inner = { keychain, gate, clock, publicUrl: origin, post: postern.post, records: store };
  const doors = openDoors({ server: database.server, ...inner });
  const authorization = new AuthorizationServer({
    server: database.server,
    keychain,
    gate,
    lines,
    clock,
    publicUrl: origin,
    post: postern.post,
  });
  const { proofs, sites } = authorization;
  const apps = appRoutes({ authorization, gate, store, server: database.server, limits: doors.limits });
  const families = familyRoutes({ ...inner, tickets: doors.tickets, birthDates: birthDatesIn(store) });
  const rooms = { apps, proofs, sites, doors: [...doors.routes, ...families] };
  const uploads = fileRoutes(postern);
  const ofLinks = linkRoutes({ links, limits: doors.limits, opening: OPEN });
  const parts = { gate, store, files, previews, uploads, links, deposits, jobs, web, disclosure, ...rooms };
  const archives = archiveRoutes(postern.archives);
  const server = createServer({ ...parts, archives, linkRoutes: ofLinks, configuration, log, clock });
  const onError = (what: string, error: unknown) => log.error({ err: error }, what);
  const worker = new JobWorker({ jobs, kinds: [archiveKind(postern.archives)], onError });
  worker.start();
  postern.sequencer.start();
  await server.listen();
  const codeOf = async (email: string) => {
    const accountId = await gate.accounts.findAccount(email);
    if (accountId === null) throw new Error(`Nobody of the demo has the address ${email}`);
    return gate.accounts.signinCode(accountId, 300);
  };
  return {
    installed,
    origin,
    people,
    signinLink: async (email) => `${origin}/signin#${await codeOf(email)}`,
    token: async (email) => {
      const answer = await fetch(`${origin}/signin`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code: await codeOf(email) }),
      });
      return ((await answer.json()) as { token: string }).token;
    },
    chartOf: (email, practice) => {
      const person = people.find((each) => each.email === email && each.practice === practice);
      if (person === undefined || person.chart === null) throw new Error(`${email} is no patient there`);
      return person.chart;
    },
    close: async () => {
      await server.close(0);
      await worker.stop();
      await doors.close();
      await authorization.close();
      await installed.close();
    },
  };
}

/** Cookies and origins hang on the port, so it must be known before the server is made. */
export async function freePort(): Promise<number> {
  const listener = createListener();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no port');
  return address.port;
}
