/** The apps that a person let in: which, to what, until when, and what each has read. */
import type { Pool } from 'pg';
import { notFound } from '../base/errors.ts';
import type { ChartId } from '../base/ids.ts';
import { askInSession } from '../db/index.ts';
import type { Visit } from '../gate/index.ts';
import { type Category, categoryOf, type Wanted, wanted, words } from './asked-scopes.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { grantName } from './consents.ts';

export interface ConnectedApp {
  readonly id: string;
  readonly name: string;
  readonly clientId: string;
  readonly patient: ChartId | null;
  readonly may: readonly Wanted[];
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
  for (const { consentId, clientId, clientName, chartId, scope, madeAt, endsAt } of consents) {
    apps.push({
      id: consentId,
      name: clientName,
      clientId,
      patient: chartId,
      may: wanted(words(scope)),
      since: madeAt.toISOString(),
      until: endsAt.toISOString(),
      read: await readBy(server, visit, clientId, madeAt),
    });
  }
  return apps;
}

/** Ends one, at once and everywhere. Throws `not-found` for what is over, or somebody else's. */
export async function disconnect(
  authorization: AuthorizationServer,
  visit: Visit,
  consentId: string,
): Promise<void> {
  const consents = await authorization.consents.list(visit);
  const consent = consents.find((each) => each.consentId === consentId);
  if (consent === undefined) throw notFound();
  if (!(await authorization.consents.end(grantName(consent)))) throw notFound();
  const { practiceId, clientId } = consent;
  await authorization.tokens.note('app-end', { practiceId, client: { clientId }, consent }, visit.scope);
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
