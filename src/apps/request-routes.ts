/** What developers ask of a practice, and what its owner decides. */

import { notFound, PosternError } from '../base/errors.ts';
import { type Answer, jsonAnswer, type Method, type Route, type RoutedRequest } from '../base/exchange.ts';
import { networkOf } from '../base/network.ts';
import type { Visit } from '../gate/index.ts';
import { type AppRequestParts, AppRequests } from './app-requests.ts';
import type { TokenLimits } from './client-door.ts';
import { readJson } from './json-content.ts';
import { closeOperatorApp, type OperatorApp, operatorApps } from './operator-apps.ts';
import { requestedApp } from './requested-app.ts';

export function requestRoutes(parts: AppRequestParts, limits: TokenLimits): readonly Route<Visit>[] {
  const requests = new AppRequests(parts);
  return [...developersRoutes(limits, requests), ...ownersRoutes(parts, requests)];
}

function developersRoutes(limits: TokenLimits, requests: AppRequests): Route<Visit>[] {
  const anyone = (
    method: Method,
    path: string,
    summary: string,
    handle: (request: RoutedRequest) => Promise<Answer>,
  ): Route<Visit> => ({ method, path, summary, who: 'anyone', room: 'sign-in', handle });
  /** A practice that takes no requests is as one that is not there. */
  const practiceOf = async ({ params }: RoutedRequest) => {
    const practice = await requests.practice(params.practice ?? '');
    if (practice === null) throw notFound();
    return practice;
  };
  return [
    anyone('GET', '/app-requests/:practice', 'says whether a practice takes requests for apps', async (r) => {
      const { slug, name } = await practiceOf(r);
      return jsonAnswer(200, { practice: { slug, name } });
    }),
    anyone('POST', '/app-requests/:practice', 'asks a practice to register an app', async (r) => {
      const { practiceId } = await practiceOf(r);
      const app = requestedApp(await readJson(r));
      await limits.take([{ limit: 'app-request', of: networkOf(r.address) }]);
      return jsonAnswer(201, { receipt: await requests.put(practiceId, app, r.address) });
    }),
    anyone('POST', '/app-receipts', 'says what became of a request for an app', async (r) => {
      const { receipt } = await readJson(r);
      const found =
        typeof receipt === 'string' && receipt.length < 100 ? await requests.state(receipt) : null;
      if (found === null) throw notFound();
      return jsonAnswer(200, { state: found.state, clientId: found.clientId });
    }),
  ];
}

function ownersRoutes(parts: AppRequestParts, requests: AppRequests): Route<Visit>[] {
  const own = (
    method: Method,
    path: string,
    summary: string,
    handle: (request: RoutedRequest, visit: Visit) => Promise<Answer>,
  ): Route<Visit> => ({ method, path, summary, who: 'session', handle });
  return [
    own(
      'GET',
      '/practice/apps',
      'lists the apps of the practice, and those that were asked for',
      async (_, visit) => {
        const waiting = await requests.waiting(visit);
        const apps = await requests.apps(visit);
        return jsonAnswer(200, {
          requests: waiting.map(({ jwks, jwksUri, madeAt, ...app }) => ({
            ...app,
            madeAt: madeAt.toISOString(),
            confidential: jwks !== undefined || jwksUri !== undefined,
          })),
          apps: apps.map(({ client, madeAt }) => ({
            id: client.clientId,
            name: client.name,
            uri: client.uri,
            redirectUris: client.redirectUris,
            launchUri: client.launchUri,
            confidential: client.authentication !== 'none',
            madeAt: madeAt.toISOString(),
          })),
          shared: (await operatorApps(parts, visit)).map(describedShared),
        });
      },
    ),
    own(
      'POST',
      '/practice/apps/requests/:id',
      'approves a request for an app, or refuses it',
      async (r, visit) => {
        const { approve } = await readJson(r);
        if (typeof approve !== 'boolean') throw new PosternError('invalid', 'approve must be true or false.');
        return jsonAnswer(200, { clientId: await requests.settle(visit, r.params.id ?? '', approve) });
      },
    ),
    own(
      'PUT',
      '/practice/apps/:id/closed',
      'closes an app of the operator to the practice, or opens it again',
      async (r, visit) => {
        const { closed } = await readJson(r);
        if (typeof closed !== 'boolean') throw new PosternError('invalid', 'closed must be true or false.');
        await closeOperatorApp(parts, visit, r.params.id ?? '', closed);
        return { status: 204, headers: {}, body: null };
      },
    ),
    own('DELETE', '/practice/apps/:id', 'ends an app of the practice', async ({ params }, visit) => {
      await requests.end(visit, params.id ?? '');
      return { status: 204, headers: {}, body: null };
    }),
  ];
}

function describedShared({ client, closedAt, staff, others, may, sensitive }: OperatorApp) {
  return {
    id: client.clientId,
    name: client.name,
    uri: client.uri,
    returnsTo: [...new Set(client.redirectUris.map((each) => new URL(each).host || each))],
    closedAt: closedAt?.toISOString() ?? null,
    staff,
    others,
    may: may.map(({ category, reads, writes }) => ({ category, reads, writes })),
    sensitive,
  };
}
