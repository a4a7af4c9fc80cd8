/** The routes of the authorization server, of consent, and of the apps that a person let in. */
import type { Pool } from 'pg';
import { notFound, PosternError } from '../base/errors.ts';
import { type Answer, jsonAnswer, type Method, type Route, type RoutedRequest } from '../base/exchange.ts';
import { type ChartId, parseId } from '../base/ids.ts';
import type { ChartStore, JsonObject } from '../chart/index.ts';
import type { Gate, Visit } from '../gate/index.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { carry } from './carry.ts';
import { carryClient, type TokenLimits } from './client-door.ts';
import { connectedApps, disconnect, leaveLess } from './connected-apps.ts';
import { allow, question, refuse } from './interactions.ts';
import { readJson } from './json-content.ts';
import { makeLaunch } from './launches.ts';
import { peopleRoutes } from './people-routes.ts';
import { PATHS } from './provider.ts';
import { requestRoutes } from './request-routes.ts';
import { SMART_STYLE, smartConfiguration } from './smart-configuration.ts';

export interface AppRouteParts {
  readonly authorization: AuthorizationServer;
  readonly gate: Gate;
  readonly store: ChartStore;
  readonly server: Pool;
  readonly limits: TokenLimits;
}

export function appRoutes(parts: AppRouteParts): readonly Route<Visit>[] {
  return [
    ...openRoutes(parts),
    ...carriedRoutes(parts),
    ...personRoutes(parts),
    ...peopleRoutes(parts),
    ...requestRoutes(parts.authorization.requestParts, parts.limits),
  ];
}

/** Words about the server, the same for everybody. */
function openRoutes({ authorization }: AppRouteParts): Route<Visit>[] {
  const configuration = jsonAnswer(200, smartConfiguration(authorization.publicUrl));
  const style = jsonAnswer(200, SMART_STYLE);
  const says = (path: string, summary: string, answer: Answer): Route<Visit> => ({
    method: 'GET',
    path,
    summary,
    who: 'anyone',
    light: true,
    handle: async () => answer,
  });
  return [
    says('/.well-known/smart-configuration', 'says how apps are let in', configuration),
    says('/fhir/.well-known/smart-configuration', 'says how apps are let in', configuration),
    says('/oauth/style.json', 'says in which colours the pages are', style),
  ];
}

/** What oidc-provider answers. */
function carriedRoutes({ authorization, limits }: AppRouteParts): Route<Visit>[] {
  const proved = (path: string, summary: string): Route<Visit> => ({
    method: 'POST',
    path,
    summary,
    who: 'anyone',
    room: 'sign-in',
    handle: (request) => carryClient(authorization, limits, request),
  });
  const carried = (
    method: Method,
    path: string,
    summary: string,
    queryOf: (request: RoutedRequest) => string = ({ query }) => query,
  ): Route<Visit> => ({
    method,
    path,
    summary,
    who: 'anyone',
    room: 'sign-in',
    handle: async (request) => {
      const provider = await authorization.provider();
      return carry(provider.callback(), request, authorization.browsers, { query: queryOf(request) });
    },
  });
  return [
    carried('GET', '/.well-known/openid-configuration', 'says what the authorization server offers'),
    carried('GET', '/.well-known/oauth-authorization-server', 'says what the authorization server offers'),
    carried('GET', PATHS.jwks, 'gives the keys that ID tokens are signed with'),
    carried('GET', PATHS.authorization, 'begins to let an app in', alwaysConsent),
    carried('GET', `${PATHS.authorization}/:uid`, 'goes on after a person was asked'),
    proved(PATHS.token, 'exchanges a code, a refresh token or an assertion for an access token'),
    proved(PATHS.introspection, 'tells a client about its own token'),
    proved(PATHS.revocation, 'takes a token back'),
  ];
}

/** A person is asked each time, which `offline_access` would otherwise have to be asked with. */
function alwaysConsent({ query }: RoutedRequest): string {
  const parameters = new URLSearchParams(query);
  const prompts = parameters.getAll('prompt').flatMap((each) => each.split(' '));
  if (prompts.includes('none') || prompts.includes('consent')) return query;
  parameters.set('prompt', ['consent', ...prompts.filter((each) => each !== '')].join(' '));
  return parameters.toString();
}

function personRoutes(parts: AppRouteParts): Route<Visit>[] {
  const { authorization, server } = parts;
  return [
    {
      method: 'GET',
      path: '/oauth/interaction/:uid/question',
      summary: 'says what an app asks of whoever is signed in',
      who: 'session',
      handle: async (request, visit) =>
        jsonAnswer(200, await question(parts, await begun(authorization, request), visit)),
    },
    {
      method: 'POST',
      path: '/oauth/interaction/:uid/answer',
      summary: 'lets an app in, or not',
      who: 'session',
      handle: async (request, visit) => {
        const uid = await begun(authorization, request);
        const answer = await readJson(request);
        if (typeof answer.allow !== 'boolean') throw new PosternError('invalid', 'allow is missing.');
        const act = answer.allow ? allow : refuse;
        return jsonAnswer(200, { to: await act(parts, uid, visit, answer) });
      },
    },
    {
      method: 'GET',
      path: '/launches',
      summary: 'lists the apps that can be launched for a patient',
      who: 'session',
      handle: async (_request, visit) => {
        assertPerson(visit);
        const fits = await authorization.clients.fitting(visit.scope.practiceId);
        const standing = await authorization.clients.standing();
        const apps = standing.filter(
          (each) => each.launchUri !== null && each.backend === null && fits(each),
        );
        return jsonAnswer(200, { apps: apps.map(({ clientId, name }) => ({ client: clientId, name })) });
      },
    },
    {
      method: 'POST',
      path: '/launches',
      summary: 'makes a launch of an app for a patient',
      who: 'session',
      handle: async (request, visit) => jsonAnswer(201, await launch(parts, visit, await readJson(request))),
    },
    {
      method: 'GET',
      path: '/apps',
      summary: 'lists the apps that whoever is signed in let in, and what they read',
      who: 'session',
      handle: async (_request, visit) => {
        assertPerson(visit);
        return jsonAnswer(200, { apps: await connectedApps(authorization, server, visit) });
      },
    },
    {
      method: 'PATCH',
      path: '/apps/:id',
      summary: 'leaves an app less than it has',
      who: 'session',
      handle: async (request, visit) => {
        assertPerson(visit);
        await leaveLess(authorization, visit, request.params.id ?? '', await readJson(request));
        return { status: 204, headers: {}, body: null };
      },
    },
    {
      method: 'DELETE',
      path: '/apps/:id',
      summary: 'disconnects an app',
      who: 'session',
      handle: async (request, visit) => {
        assertPerson(visit);
        await disconnect(authorization, visit, request.params.id ?? '');
        return { status: 204, headers: {}, body: null };
      },
    },
  ];
}

/** Apps neither see nor end what people let in. */
function assertPerson({ scope }: Visit): void {
  if (scope.client !== null || scope.system || scope.terms.methods.includes('app')) throw notFound();
}

/** What is asked; throws `not-found` unless it is this very browser that began it. */
async function begun(authorization: AuthorizationServer, request: RoutedRequest): Promise<string> {
  const uid = request.params.uid ?? '';
  if (!(await authorization.browsers.began(request, uid))) throw notFound();
  return uid;
}

/** Where to send the browser for an EHR launch. The patient is one that the visitor may read. */
async function launch(
  { authorization, store }: AppRouteParts,
  visit: Visit,
  { client: clientId, patient }: JsonObject,
): Promise<object> {
  assertPerson(visit);
  const chartId = typeof patient === 'string' ? parseId<ChartId>(patient) : null;
  if (typeof clientId !== 'string' || chartId === null) {
    throw new PosternError('invalid', 'client and patient are missing.');
  }
  const client = await authorization.clients.find(clientId);
  const fits = await authorization.clients.fitting(visit.scope.practiceId);
  if (client === null || !fits(client) || client.launchUri === null) throw notFound();
  if ((await store.read(visit, 'Patient', chartId)) === null) {
    throw notFound({ refused: [{ type: 'Patient', id: chartId }] });
  }
  const { practiceId, accountId } = visit.scope;
  const handle = await makeLaunch(authorization, { practiceId, accountId, clientId, chartId });
  const to = new URL(client.launchUri);
  to.searchParams.set('iss', `${authorization.publicUrl}/fhir`);
  to.searchParams.set('launch', handle);
  return { launch: handle, to: to.href };
}
