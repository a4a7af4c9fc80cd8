/** Signing in and out, who one is, and whether the server lives. */
import { PosternError } from '../base/errors.ts';
import type { Answer, Route, RoutedRequest } from '../base/exchange.ts';
import { headerOf, readBody } from '../base/exchange.ts';
import { isObject, type JsonObject, parseJson } from '../chart/index.ts';
import type { Gate, Visit } from '../gate/index.ts';
import { describeVisit, signIn } from './sign-in.ts';

export function sessionRoutes({ gate }: { gate: Gate }): readonly Route<Visit>[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      summary: 'says that the server lives',
      who: 'anyone',
      light: true,
      handle: async () => jsonAnswer(200, { status: 'ok' }),
    },
    {
      method: 'POST',
      path: '/signin',
      summary: 'exchanges a one-time code for a session',
      who: 'anyone',
      handle: async (request) => {
        const signedIn = await signIn(gate, await readJson(request));
        return jsonAnswer('token' in signedIn ? 201 : 200, signedIn);
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
        return { status: 204, headers: {}, body: null };
      },
    },
  ];
}

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

function jsonAnswer(status: number, value: object): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: Buffer.from(JSON.stringify(value)),
  };
}
