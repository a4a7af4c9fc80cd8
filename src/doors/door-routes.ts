/** The two kinds of routes that doors have: for who is signed in, and for who comes in. */
import type { BrowserSessions } from '../base/browser-sessions.ts';
import type { Answer, Method, Route, RoutedRequest } from '../base/exchange.ts';
import type { Visit } from '../gate/index.ts';
import { type Asked, readAsked } from './json-exchange.ts';

export type Handle = (visit: Visit, request: RoutedRequest) => Promise<Answer>;

/** For who is signed in. */
export function ownRoute(method: Method, path: string, summary: string, handle: Handle): Route<Visit> {
  return { method, path, summary, who: 'session', handle: (request, visit) => handle(visit, request) };
}

export type Arrive = (request: RoutedRequest, asked: Asked) => Promise<Answer>;

/** For anybody who comes in, with what they sent; what asks for a cookie comes from a page of our own. */
export function arrivalRoutes(
  browsers: BrowserSessions,
): (path: string, summary: string, handle: Arrive) => Route<Visit> {
  return (path, summary, handle) => ({
    method: 'POST',
    path,
    summary,
    who: 'anyone',
    room: 'sign-in',
    handle: async (request) => {
      const asked = await readAsked(request);
      // A page of another site could otherwise sign its visitor in as somebody else.
      if (asked.cookie === true) browsers.assertOwnPage(request);
      return handle(request, asked);
    },
  });
}
