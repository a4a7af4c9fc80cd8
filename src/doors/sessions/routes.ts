/** Sessions of one's own account, a fresh touch, and going to another practice. */
import type { BrowserSessions } from '../../base/browser-sessions.ts';
import { notFound, PosternError } from '../../base/errors.ts';
import { type Answer, headerOf, jsonAnswer, type Route, type RoutedRequest } from '../../base/exchange.ts';
import { type Gate, shownAt, type Visit } from '../../gate/index.ts';
import { ownRoute } from '../door-routes.ts';
import { ownerOf } from '../factors/account-factors.ts';
import { type Asked, DONE, readAsked, textIn } from '../json-exchange.ts';
import type { Arrivals } from '../signing-in/arrivals.ts';
import type { OwnSessions } from './own-sessions.ts';
import type { Touch } from './touch.ts';

export interface SessionRouteParts {
  readonly gate: Gate;
  readonly browsers: BrowserSessions;
  readonly sessions: OwnSessions;
  readonly touch: Touch;
  readonly arrivals: Arrivals;
}

export function ownSessionRoutes(parts: SessionRouteParts): readonly Route<Visit>[] {
  const { browsers, sessions, touch } = parts;
  return [
    ownRoute('GET', '/account/sessions', 'lists where one is signed in', async (visit) =>
      jsonAnswer(200, { sessions: await sessions.describe(visit) }),
    ),
    ownRoute('DELETE', '/account/sessions/:id', 'ends a session of one’s own', async (visit, { params }) => {
      await sessions.end(visit, params.id!);
      return DONE;
    }),
    ownRoute('DELETE', '/account/sessions', 'ends all sessions of one’s own but this', async (visit) =>
      jsonAnswer(200, { ended: await sessions.endOthers(visit) }),
    ),
    ownRoute('POST', '/account/touch/options', 'says how one may show that one is there', async (visit) =>
      jsonAnswer(200, await touch.options(visit)),
    ),
    ownRoute('POST', '/account/touch', 'shows that one is there', async (visit, request) => {
      // What came with a token in `Authorization` is no browser's, and keeps it.
      const isBrowser = headerOf(request, 'authorization') === undefined;
      const own = isBrowser ? browsers.tokenOf(request) : null;
      const { freshUntil, token } = await touch.take(visit, await readAsked(request), own);
      return jsonAnswer(200, { freshUntil }, token === null ? {} : browsers.give(token));
    }),
    ownRoute(
      'POST',
      '/account/practice',
      'goes to another practice in a session of its own',
      async (visit, request) => toPractice(parts, visit, request, await readAsked(request)),
    ),
  ];
}

/** The session that asks is over with it: one is in one practice at a time. */
async function toPractice(
  { gate, browsers, arrivals }: SessionRouteParts,
  visit: Visit,
  request: RoutedRequest,
  asked: Asked,
): Promise<Answer> {
  const accountId = ownerOf(visit);
  if (asked.cookie === true) browsers.assertOwnPage(request);
  const slug = textIn(asked, 'practice', 200);
  if (visit.scope.terms.methods.includes('single-sign-on')) {
    const text = 'Single sign-on opens one practice alone. Sign in with a passkey to go to another.';
    throw new PosternError('conflict', text);
  }
  const practices = await gate.accounts.practicesOf(accountId);
  if (!practices.some((each) => each.slug === slug)) throw notFound();
  const answer = await arrivals.answer(request, asked, {
    accountId,
    // It is no fresher and lasts no longer than what it carries on, however often one goes to and fro.
    terms: { ...visit.scope.terms, shownAt: Math.floor(shownAt(visit.scope).getTime() / 1000) },
    secondsLeft: 60,
  });
  await gate.endSession(visit, 'replaced');
  return answer;
}
