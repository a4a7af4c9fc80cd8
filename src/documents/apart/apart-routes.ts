/** The addresses of files that are kept apart. */
import { jsonAnswer, type Route } from '../../base/exchange.ts';
import type { Visit } from '../../gate/index.ts';
import { readAsked, reasonIn } from '../rules/asked.ts';
import type { KeptApart } from './kept-apart.ts';

const DONE = { status: 204, headers: {}, body: null } as const;

export function apartRoutes(apart: KeptApart): readonly Route<Visit>[] {
  return [
    {
      method: 'GET',
      path: '/files-apart',
      summary: 'lists files in which a scanner found something',
      who: 'session',
      handle: async (_, visit) => jsonAnswer(200, { files: await apart.list(visit) }),
    },
    {
      method: 'DELETE',
      path: '/files-apart/:id',
      summary: 'removes one of them now',
      who: 'session',
      handle: async ({ params }, visit) => {
        await apart.remove(visit, params.id!);
        return DONE;
      },
    },
    {
      method: 'POST',
      path: '/files-apart/:id/release',
      summary: 'files one of them after a false alarm',
      who: 'session',
      handle: async (request, visit) => {
        const asked = await readAsked(request);
        const { finding } = asked;
        const known = typeof finding === 'string' ? finding : null;
        await apart.release(visit, request.params.id!, reasonIn(asked), known);
        return DONE;
      },
    },
  ];
}
