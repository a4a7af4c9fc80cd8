/** Signing out, who one is, and whether the server lives. */

import type { BrowserSessions } from '../base/browser-sessions.ts';
import { jsonAnswer, type Route } from '../base/exchange.ts';
import type { Gate, Visit } from '../gate/index.ts';
import { describeVisit } from './describe-visit.ts';
import type { IdleSessions } from './idle-sessions.ts';

export interface SessionParts {
  readonly gate: Gate;
  readonly browsers: BrowserSessions;
  readonly idle: IdleSessions;
}

export function sessionRoutes({ gate, browsers, idle }: SessionParts): readonly Route<Visit>[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      summary: 'says that the server lives and its database answers',
      who: 'anyone',
      light: true,
      handle: async () => ((await gate.databaseAnswers()) ? ALIVE : AWAY),
    },
    {
      method: 'GET',
      path: '/session',
      summary: 'says whose session this is and what it reaches',
      who: 'session',
      handle: async (_request, visit) => jsonAnswer(200, await describeVisit(gate, visit)),
    },
    {
      method: 'DELETE',
      path: '/session',
      summary: 'signs out',
      who: 'session',
      handle: async (_request, visit) => {
        await gate.endSession(visit, 'sign-out');
        idle.forget(visit.scope);
        return { status: 204, headers: browsers.take(), body: null };
      },
    },
  ];
}

const ALIVE = jsonAnswer(200, { status: 'ok' });
const AWAY = jsonAnswer(503, { status: 'unavailable' }, { 'retry-after': '5' });
