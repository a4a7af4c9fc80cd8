/** The apps that a person let in: which, to what, until when, and what each has read. */
import type { Pool } from 'pg';
import { notFound, PosternError } from '../base/errors.ts';
import type { ChartId } from '../base/ids.ts';
import type { JsonObject } from '../chart/index.ts';
import { askInSession } from '../db/index.ts';
import type { Visit } from '../gate/index.ts';
import {
  bothLeave,
  type Category,
  categoryOf,
  keptScope,
  type Wanted,
  wanted,
  words,
} from './asked-scopes.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { type Consent, grantName } from './consents.ts';
import { choiceOf } from './interactions.ts';

export interface ConnectedApp {
  readonly id: string;
  readonly name: string;
  readonly clientId: string;
  readonly patient: ChartId | null;
  readonly may: readonly Wanted[];
  /** Whether it sees what is especially protected too. */
  readonly sensitive: boolean;
  readonly since: string;
  readonly until: string;
  /** Out of the access log, by type; `category` as in `may`. */
  readonly read: readonly {
    readonly type: string;
    readonly category: Category;
    readonly times: number;
    readonly last: string;
  }[];
}

/** Of the visitor's own account in this practice; the newest first. */
export async function connectedApps(
  authorization: AuthorizationServer,
  server: Pool,
  visit: Visit,
): Promise<ConnectedApp[]> {
  const consents = await authorization.consents.list(visit);
  const apps: ConnectedApp[] = [];
  for (const consent of consents) {
    const { consentId, clientId, clientName, chartId, sensitive, madeAt, endsAt } = consent;
    apps.push({
      id: consentId,
      name: clientName,
      clientId,
      patient: chartId,
      may: mayOf(consent),
      sensitive,
      since: madeAt.toISOString(),
      until: endsAt.toISOString(),
      read: await readBy(server, visit, clientId, madeAt),
    });
  }
  return apps;
}

function mayOf({ scope, left }: Consent): Wanted[] {
  return wanted(words(keptScope(scope, left)));
}

/**
 * Leaves an app less than it has: those categories of what it may, and writing, and what is especially
 * protected, where it has them and keeps them. Its tokens end at once; where it stays, it gets others for
 * what is left. Throws `not-found` as `disconnect`, `invalid` for more than it has and for nothing at all.
 */
export async function leaveLess(
  authorization: AuthorizationServer,
  visit: Visit,
  consentId: string,
  asked: JsonObject,
): Promise<void> {
  const consent = await ownConsent(authorization, visit, consentId);
  const choice = choiceOf(asked);
  const sensitive = asked.sensitive === true;
  const may = mayOf(consent);
  const isMore =
    choice.categories.some((category) => !may.some((has) => has.category === category)) ||
    (choice.writes && !may.some(({ writes }) => writes)) ||
    (sensitive && !consent.sensitive);
  if (isMore) {
    throw new PosternError('invalid', 'An app asks for more by itself: open it, and let it in once more.');
  }
  const changed = { ...consent, left: bothLeave(consent.left, choice), sensitive };
  if (mayOf(changed).length === 0) {
    throw new PosternError('invalid', 'Nothing is left of what the app may: disconnect it instead.');
  }
  if (!(await authorization.consents.change(changed))) throw notFound();
  const { practiceId, clientId } = consent;
  await authorization.tokens.note('app-change', { practiceId, client: { clientId }, consent }, visit.scope);
}

/** Ends one, at once and everywhere. Throws `not-found` for what is over, or somebody else's. */
export async function disconnect(
  authorization: AuthorizationServer,
  visit: Visit,
  consentId: string,
): Promise<void> {
  const consent = await ownConsent(authorization, visit, consentId);
  if (!(await authorization.consents.end(grantName(consent)))) throw notFound();
  const { practiceId, clientId } = consent;
  await authorization.tokens.note('app-end', { practiceId, client: { clientId }, consent }, visit.scope);
}

async function ownConsent(authorization: AuthorizationServer, visit: Visit, consentId: string) {
  const consents = await authorization.consents.list(visit);
  const consent = consents.find((each) => each.consentId === consentId);
  if (consent === undefined) throw notFound();
  return consent;
}

async function readBy(
  server: Pool,
  { scope }: Visit,
  clientId: string,
  since: Date,
): Promise<ConnectedApp['read']> {
  const { rows } = await askInSession<{ type: string; times: number; last: Date }>(
    server,
    scope.handle,
    'select r.type, r.times, r.last from postern.app_reads($1, $2, $3) r',
    [scope.accountId, clientId, since],
  );
  return rows.map(({ type, times, last }) => ({
    type,
    category: categoryOf(type),
    times,
    last: last.toISOString(),
  }));
}
