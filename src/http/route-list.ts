/** The list of routes itself: what the server answers, for `postern prove` and for who programs with it. */
import type { Answer, Route } from '../base/exchange.ts';
import type { Visit } from '../gate/index.ts';

/** The routes with one more, which tells them all. `edition` says which Postern this is. */
export function withRouteList(routes: readonly Route<Visit>[], edition: string): readonly Route<Visit>[] {
  const all: Route<Visit>[] = [...routes];
  let answer: Answer | null = null;
  all.push({
    method: 'GET',
    path: '/routes',
    summary: 'says what can be asked here',
    who: 'session',
    handle: async () => {
      const listed = all.map(({ method, path, who, summary }) => ({ method, path, who, summary }));
      answer ??= {
        status: 200,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: Buffer.from(JSON.stringify({ edition, routes: listed })),
      };
      return answer;
    },
  });
  return all;
}
