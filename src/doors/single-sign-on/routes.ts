/** What is asked about single sign-on: at the door, by whoever joins accounts, and by the owner. */
import type { BrowserSessions } from '../../base/browser-sessions.ts';
import { notFound, PosternError } from '../../base/errors.ts';
import { type Answer, jsonAnswer, type Route } from '../../base/exchange.ts';
import { administers, type Gate, type Visit } from '../../gate/index.ts';
import { ownRoute } from '../door-routes.ts';
import { ownerOf } from '../factors/account-factors.ts';
import { DONE, maybeTextIn, readAsked } from '../json-exchange.ts';
import { FlowCookie } from './flow-cookie.ts';
import { logoutAddressOf, toldOf } from './provider-terms.ts';
import { FLOW_SECONDS, type SingleSignOn } from './single-sign-on.ts';
import { troublePage } from './trouble-page.ts';

export interface SingleSignOnRouteParts {
  readonly gate: Gate;
  readonly browsers: BrowserSessions;
  readonly publicUrl: string;
  readonly singleSignOn: SingleSignOn;
}

export function singleSignOnRoutes(parts: SingleSignOnRouteParts): readonly Route<Visit>[] {
  return [...atTheDoor(parts), ...ofAccounts(parts), ...ofThePractice(parts)];
}

function atTheDoor({ browsers, publicUrl, singleSignOn }: SingleSignOnRouteParts): Route<Visit>[] {
  const cookie = new FlowCookie(browsers, publicUrl);
  return [
    {
      method: 'GET',
      path: '/signin/single-sign-on',
      summary: 'sends a browser to the practice’s identity provider',
      who: 'anyone',
      room: 'sign-in',
      handle: async (request) => {
        // A page of another site could otherwise sign its visitor in, or out of what they had open.
        browsers.assertOwnPage(request);
        const query = new URLSearchParams(request.query);
        try {
          const begun = await singleSignOn.begin(request, query.get('practice') ?? '', query.get('provider'));
          if (begun === null) return troublePage(request, 'absent', []);
          return goTo(begun.to, [cookie.give(begun.ticket, FLOW_SECONDS)]);
        } catch (error) {
          if (!isOutage(error)) throw error;
          return troublePage(request, 'unavailable', []);
        }
      },
    },
    {
      method: 'GET',
      path: '/signin/single-sign-on/return/:slug/:provider',
      summary: 'takes a browser back from the practice’s identity provider',
      who: 'anyone',
      room: 'sign-in',
      handle: async (request) => {
        const finished = await singleSignOn.finish(request, cookie.of(request));
        if ('trouble' in finished) return troublePage(request, finished.trouble, [cookie.take()]);
        const { token, device } = finished;
        const given = token === null ? [] : [browsers.give(token)['set-cookie']!];
        if (device !== null) given.push(browsers.giveDevice(device));
        // Always there: no request says where to go.
        return goTo('/', [cookie.take(), ...given]);
      },
    },
    {
      method: 'POST',
      path: '/signin/single-sign-on/logout/:slug/:provider',
      summary: 'takes an identity provider’s word that somebody signed out there',
      who: 'anyone',
      room: 'sign-in',
      handle: (request) => singleSignOn.takeLogout(request),
    },
  ];
}

function ofAccounts({ browsers, publicUrl, singleSignOn }: SingleSignOnRouteParts): Route<Visit>[] {
  const cookie = new FlowCookie(browsers, publicUrl);
  const path = '/account/single-sign-on';
  return [
    ownRoute('GET', path, 'says what one’s own account is joined to', async (visit) =>
      jsonAnswer(200, await singleSignOn.describe(visit)),
    ),
    ownRoute('POST', path, 'begins to join a provider’s account to one’s own', async (visit, request) => {
      const asked = await readAsked(request);
      const provider = maybeTextIn(asked, 'provider', 40) ?? null;
      const { to, ticket } = await singleSignOn.beginJoining(request, visit, provider);
      return { ...jsonAnswer(200, { to }), cookies: [cookie.give(ticket, FLOW_SECONDS)] };
    }),
    ownRoute('DELETE', path, 'parts accounts of the practice from one’s own', async (visit) => {
      await singleSignOn.part(visit);
      return DONE;
    }),
  ];
}

function ofThePractice({ gate, publicUrl, singleSignOn }: SingleSignOnRouteParts): Route<Visit>[] {
  const { providers } = singleSignOn;
  const path = '/practice/single-sign-on';
  const told = async ({ scope }: Visit) => {
    const standing = await providers.of(scope.practiceId);
    const slug = (await gate.accounts.practicesOf(scope.accountId)).find(
      ({ practiceId }) => practiceId === scope.practiceId,
    )?.slug;
    return standing.providers.map((provider) => ({
      ...toldOf(provider),
      returnAddress: slug === undefined ? null : singleSignOn.returnAddress(slug, provider.id),
      logoutAddress: slug === undefined ? null : logoutAddressOf(publicUrl, slug, provider.id),
    }));
  };
  return [
    ownRoute('GET', path, 'says which identity providers the practice trusts', async (visit) => {
      assertAdministers(visit);
      return jsonAnswer(200, { providers: await told(visit) });
    }),
    ownRoute('PUT', path, 'sets one of them', async (visit, request) => {
      assertAdministers(visit);
      const asked = await readAsked(request);
      await gate.assertFresh(visit);
      await providers.set(visit, asked);
      return jsonAnswer(200, { providers: await told(visit) });
    }),
    ownRoute('DELETE', path, 'trusts one of them no more', async (visit, request) => {
      assertAdministers(visit);
      await providers.end(visit, new URLSearchParams(request.query).get('id') ?? 'main');
      return DONE;
    }),
  ];
}

function assertAdministers(visit: Visit): void {
  ownerOf(visit);
  if (!administers(visit.scope)) throw notFound();
}

function goTo(location: string, cookies: readonly string[]): Answer {
  return { status: 303, headers: { location, 'cache-control': 'no-store' }, cookies, body: null };
}

function isOutage(error: unknown): boolean {
  return error instanceof PosternError && error.code === 'unavailable';
}
