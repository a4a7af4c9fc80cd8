/** Signing in and out, who one is, and whether the server lives. */
import { PosternError } from '../base/errors.ts';
import type { Answer, Route, RoutedRequest } from '../base/exchange.ts';
import { headerOf, readBody } from '../base/exchange.ts';
import { isObject, type JsonObject, parseJson } from '../chart/index.ts';
import type { Gate, Visit } from '../gate/index.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import type { IdleSessions } from './idle-sessions.ts';
import { describeVisit, signIn } from './sign-in.ts';

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
      method: 'POST',
      path: '/signin',
      summary: 'exchanges a one-time code for a session',
      who: 'anyone',
      room: 'sign-in',
      handle: async (request) => {
        const asked = await readJson(request);
        if (asked.cookie === true) browsers.assertOwnPage(request);
        const signedIn = await signIn(gate, asked, request.address);
        if (!('token' in signedIn)) return jsonAnswer(200, signedIn);
        if (asked.cookie !== true) return jsonAnswer(201, signedIn);
        // What a script of the page could read, a script that got into the page could send away.
        const { token, ...told } = signedIn;
        return jsonAnswer(201, told, browsers.give(token));
      },
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
        await gate.endSession(visit.scope);
        idle.forget(visit.scope);
        return { status: 204, headers: browsers.take(), body: null };
      },
    },
  ];
}

const ALIVE = jsonAnswer(200, { status: 'ok' });
const AWAY = jsonAnswer(503, { status: 'unavailable' }, { 'retry-after': '5' });

const SMALL = { bytes: 4096, depth: 4 };

async function readJson(request: RoutedRequest): Promise<JsonObject> {
  const [name = ''] = (headerOf(request, 'content-type') ?? '').split(';');
  if (name.trim().toLowerCase() !== 'application/json') {
    throw new PosternError('unsupported-media', 'The content must be application/json.');
  }
  const value = parseJson(await readBody(request, SMALL.bytes), SMALL);
  if (!isObject(value)) throw new PosternError('invalid', 'The content is not a JSON object.');
  return value;
}

function jsonAnswer(status: number, value: object, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}
