/** The server: routes, frame and carrier put together. */

import { BrowserSessions } from '../base/browser-sessions.ts';
import type { Clock } from '../base/clock.ts';
import type { Configuration } from '../base/configuration.ts';
import type { Answer, Request, Route } from '../base/exchange.ts';
import { OPEN, type Opening } from '../base/opening.ts';
import type { WebFiles } from '../base/web-files.ts';
import type { ChartStore } from '../chart/index.ts';
import type { Files, KeptPreviews } from '../documents/index.ts';
import { errorAnswer, fhirRoutes } from '../fhir/index.ts';
import type { Gate, Visit } from '../gate/index.ts';
import type { Deposits } from '../intake/index.ts';
import type { Jobs } from '../jobs/index.ts';
import type { Links } from '../links/index.ts';
import { type AppSites, CrossOrigin } from './cross-origin.ts';
import { Failures } from './failures.ts';
import { makeCarrier } from './fastify-carrier.ts';
import { Frame, type Proofs } from './frame.ts';
import { IdleSessions } from './idle-sessions.ts';
import { explainListen } from './listen-failure.ts';
import type { Log } from './log.ts';
import { Pressure, type PressureLimits } from './pressure.ts';
import { withRouteList } from './route-list.ts';
import { Router } from './router.ts';
import { securityHeaders } from './security-headers.ts';
import { sessionRoutes } from './session-routes.ts';
import { webRoutes } from './web-routes.ts';

export interface ServerParts {
  readonly gate: Gate;
  readonly store: ChartStore;
  readonly deposits: Deposits;
  readonly jobs: Jobs;
  readonly files: Files;
  readonly previews: Pick<KeptPreviews, 'preview'>;
  /** Of files that are sent in parts. */
  readonly uploads: readonly Route<Visit>[];
  /** Of whole charts as one file. */
  readonly archives: readonly Route<Visit>[];
  /** Of links, by which people send something of a record on. */
  readonly linkRoutes: readonly Route<Visit>[];
  readonly links: Pick<Links, 'recipientOf'>;
  readonly web: WebFiles;
  /** Of the disclosure desk, which needs no session. */
  readonly disclosure: readonly Route<Visit>[];
  /** Of the authorization server, and of the apps that people let in. */
  readonly apps: readonly Route<Visit>[];
  /** Of tokens that work with a key alone. */
  readonly proofs: Proofs;
  /** Sites of registered apps, whose scripts may read what their token opens. */
  readonly sites: AppSites;
  /** Of the doors: signing in and one's own account; families, staff, reviews, what a practice sets. */
  readonly doors: readonly Route<Visit>[];
  readonly configuration: Pick<Configuration, 'host' | 'port' | 'publicUrl' | 'trustedProxies'>;
  readonly log: Log;
  readonly clock: Clock;
  readonly limits?: PressureLimits;
  /** Whether the portal is open; it is where nothing is said. */
  readonly opening?: Opening;
  /** Which Postern this is; see `editionOf` of the watch. */
  readonly edition?: string;
}

export interface Server {
  /** Everything that can be asked. */
  readonly routes: readonly Route<Visit>[];
  /** Answers one request, whoever carried it. */
  handle(request: Request): Promise<Answer>;
  /** Starts to listen; resolves to the address. Throws with one sentence where it cannot. */
  listen(): Promise<string>;
  /** Takes no more, finishes what is under way within `graceMs`, then cuts it off. Repeatable. */
  close(graceMs?: number): Promise<void>;
}

const GRACE_MS = 10_000;

export function createServer(parts: ServerParts): Server {
  const { configuration, store, deposits, jobs, files, previews, links, gate, log, clock } = parts;
  const base = `${configuration.publicUrl}/fhir`;
  const browsers = new BrowserSessions(configuration.publicUrl);
  const idle = new IdleSessions(gate, clock);
  const opening = parts.opening ?? OPEN;
  const routes = withRouteList(
    [
      ...webRoutes(parts.web, opening),
      ...parts.disclosure,
      ...parts.apps,
      ...sessionRoutes({ gate, browsers, idle }),
      ...parts.doors,
      ...parts.uploads,
      ...parts.archives,
      ...parts.linkRoutes,
      ...fhirRoutes({ store, deposits, jobs, files, previews, links, gate, base, clock }),
    ],
    parts.edition ?? '',
  );
  const pressure = new Pressure(parts.limits);
  const failures = new Failures(log);
  const headers = securityHeaders(configuration.publicUrl);
  const router = new Router(routes);
  const frame = new Frame({
    router,
    gate,
    pressure,
    browsers,
    idle,
    opening,
    securityHeaders: headers,
    failures,
    log,
    proofs: parts.proofs,
    crossOrigin: new CrossOrigin(parts.sites),
  });
  const handle = (request: Request) => frame.handle(request);
  const refuse = (error: unknown): Answer => {
    const answer = errorAnswer(error);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  };
  const carrier = makeCarrier({ handle, refuse }, configuration.trustedProxies, parts.limits?.flow);
  let closing: Promise<void> | null = null;
  const close = async (graceMs: number) => {
    const cut = setTimeout(() => carrier.server.closeAllConnections(), graceMs);
    await carrier.close();
    clearTimeout(cut);
    pressure.stop();
    failures.stop();
    idle.stop();
  };
  return {
    routes,
    handle,
    listen: async () => {
      const { host, port } = configuration;
      try {
        return await carrier.listen({ host, port });
      } catch (error) {
        throw explainListen(error, host, port);
      }
    },
    close: (graceMs = GRACE_MS) => {
      closing ??= close(graceMs);
      return closing;
    },
  };
}
