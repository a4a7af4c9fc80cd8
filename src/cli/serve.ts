/** `postern serve`: opens the database, brings it up to date, and serves until it is told to stop. */

import { builtWeb } from '../../web/build/index.ts';
import { AuthorizationServer, appRoutes } from '../apps/index.ts';
import { archiveKind, archiveRoutes } from '../archive/index.ts';
import { systemClock } from '../base/clock.ts';
import type { Configuration } from '../base/configuration.ts';
import { PosternError } from '../base/errors.ts';
import { OPEN } from '../base/opening.ts';
import { birthDatesIn } from '../chart/index.ts';
import type { Database } from '../db/index.ts';
import { ClamAv, fileRoutes } from '../documents/index.ts';
import { familyRoutes, type Limits, openDoors } from '../doors/index.ts';
import { exportKind } from '../fhir/index.ts';
import type { Visit } from '../gate/index.ts';
import { createServer, openLog } from '../http/index.ts';
import { JobWorker } from '../jobs/index.ts';
import { linkRoutes } from '../links/index.ts';
import { disclosureRoutes, editionOf, isProduction, ProvedOpening } from '../watch/index.ts';
import { claimPort } from './claim-port.ts';
import type { Command } from './command.ts';
import { keepCompiledCode } from './compiled-code.ts';
import { sayWhereToLook } from './demo-links.ts';
import { deskGaps, openDesk, setUpDemoDesk } from './disclosure-desk.ts';
import { loadDemo } from './load-demo.ts';
import { openForServing } from './open-for-serving.ts';
import { listPractices, type Postern } from './open-postern.ts';
import { openPostOffice, postGaps } from './post-office.ts';
import { sayServing } from './running-server.ts';
import { unlessStopped, untilStopped } from './stop-signal.ts';
import { startUpkeep } from './upkeep.ts';

export const serve: Command = {
  summary: 'Starts the server',
  positionals: '',
  endsItself: true,
  options: {
    demo: { type: 'boolean', help: 'with the two demo practices, and prints links to look around in them' },
  },
  run: async (invocation) => {
    const { say } = invocation;
    const demo = invocation.has('demo');
    const stopped = untilStopped();
    const log = openLog('warn');
    const onError = (what: string, error: unknown) => log.error({ err: error }, what);
    const configuration = await claimPort(invocation.configuration);
    const web = await unlessStopped(stopped, builtWeb(say));
    const postern = await openForServing(configuration, { onError, demo, say });
    try {
      const { gate, store, files, previews, links, deposits, jobs } = postern;
      const uploads = fileRoutes(postern);
      const archives = archiveRoutes(postern.archives);
      const { desk, mail } = openDesk(postern, onError);
      const disclosure = disclosureRoutes<Visit>(desk, web.disclosure);
      const clock = systemClock;
      const { keychain, post, database } = postern;
      const { publicUrl } = configuration;
      const inner = { keychain, gate, clock, publicUrl, post, records: store };
      const doors = openDoors({ server: database.server, ...inner });
      const edition = await editionOf();
      const opening = openingOf(postern, edition);
      const proved = { edition, ...(opening === null ? {} : { opening }) };
      const { authorization, ...apps } = openApps(postern, doors.limits, onError);
      const families = familyRoutes({ ...inner, tickets: doors.tickets, birthDates: birthDatesIn(store) });
      const pages = { web, disclosure, ...apps, doors: [...doors.routes, ...families] };
      const rooms = { gate, store, files, previews, uploads, archives, links, deposits, jobs, ...pages };
      const ofLinks = linkRoutes({ links, limits: doors.limits, opening: opening ?? OPEN });
      const parts = { ...rooms, linkRoutes: ofLinks, configuration, log, clock };
      const server = createServer({ ...parts, ...proved });
      const people = demo ? await unlessStopped(stopped, loadDemo(postern)) : [];
      if (demo) await setUpDemoDesk(postern);
      await gate.listen(postern.database.serverConnection);
      postern.sequencer.start();
      await server.listen();
      const serving = await sayServing(configuration.dataFolder, configuration.publicUrl);
      say(`Postern serves ${configuration.publicUrl} (FHIR at ${configuration.publicUrl}/fhir).`);
      if (people.length > 0) await sayWhereToLook(say, postern, people);
      if (opening !== null && !(await opening.isOpen())) {
        say('The portal is closed to patients until postern prove has passed here.');
      }
      if (!demo) for (const gap of await gapsOf(postern)) say(gap);
      if (await scannerIsGone(configuration)) say(SCANNER_GONE);
      say('Ctrl-C stops it.');
      keepCompiledCode();
      mail.start();
      const postOffice = openPostOffice(postern, onError);
      const upkeep = startUpkeep(postern, onError);
      const worker = openWorker(postern, onError);
      worker.start();
      await Promise.race([stopped, whenLost(postern.database)]);
      await serving.end();
      await server.close();
      await worker.stop();
      await doors.close();
      await authorization.close();
      await upkeep.stop();
      await mail.stop();
      await postOffice.stop();
    } finally {
      await postern.close();
    }
  },
};

function openWorker(
  { jobs, store, configuration, archives }: Postern,
  onError: (what: string, error: unknown) => void,
): JobWorker {
  const exports = exportKind({ store, base: `${configuration.publicUrl}/fhir` });
  return new JobWorker({ jobs, kinds: [exports, archiveKind(archives)], onError });
}

/** The authorization server, with what the frame needs of it. */
function openApps(
  { configuration, database, keychain, gate, store, lines, post }: Postern,
  limits: Limits,
  onError: (what: string, error: unknown) => void,
) {
  const { publicUrl } = configuration;
  const { server } = database;
  const parts = { server, keychain, gate, lines, clock: systemClock, publicUrl, post, onError };
  const authorization = new AuthorizationServer(parts);
  const { proofs, sites } = authorization;
  return { authorization, apps: appRoutes({ authorization, gate, store, server, limits }), proofs, sites };
}

const SCANNER_GONE =
  'ClamAV does not answer where POSTERN_CLAMAV says that it listens: no file is taken until it does.';

async function scannerIsGone({ clamAv }: Pick<Configuration, 'clamAv'>): Promise<boolean> {
  if (clamAv === null) return false;
  const scanner = new ClamAv(clamAv, { stallSeconds: 5, answerSeconds: 5 });
  return (await scanner.version()) === null;
}

/** What is still to be set up, a sentence each. */
async function gapsOf(postern: Postern): Promise<string[]> {
  const empty = (await listPractices(postern)).length === 0;
  const practice =
    'There is no practice yet; postern practice add SLUG --name NAME makes one, beside the server.';
  return [...(empty ? [practice] : []), ...(await deskGaps(postern)), ...(await postGaps(postern))];
}

/** In production the portal waits for a proof; on this machine alone it is open. */
function openingOf({ configuration, database, keychain }: Postern, edition: string): ProvedOpening | null {
  const { publicUrl } = configuration;
  if (!isProduction(publicUrl)) return null;
  return new ProvedOpening({ server: database.server, keychain, clock: systemClock, edition, publicUrl });
}

/** An embedded PostgreSQL that ends under a running server takes the server with it. */
export async function whenLost(database: Database): Promise<never> {
  await database.ended;
  throw new PosternError('unavailable', 'PostgreSQL ended while the server ran; its log says why.');
}
