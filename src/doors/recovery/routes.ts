/** What is asked about recoveries: by who cannot sign in, and by the desk that saw them. */
import type { BrowserSessions } from '../../base/browser-sessions.ts';
import { jsonAnswer, type Route } from '../../base/exchange.ts';
import type { Visit } from '../../gate/index.ts';
import { arrivalRoutes } from '../door-routes.ts';
import { DONE, readAsked } from '../json-exchange.ts';
import type { Recoveries } from './recoveries.ts';
import type { WaitingRecovery } from './waiting-recoveries.ts';

export function recoveryRoutes(
  browsers: BrowserSessions,
  recoveries: Recoveries,
  waiting: (visit: Visit) => Promise<readonly WaitingRecovery[]>,
): readonly Route<Visit>[] {
  const anyone = arrivalRoutes(browsers);
  return [
    anyone('/recovery', 'sends a link to who cannot sign in any more', (request, asked) =>
      recoveries.ask(request, asked),
    ),
    anyone('/recovery/begin', 'takes the link of a recovery', (request, asked) =>
      recoveries.begin(request, asked),
    ),
    anyone('/recovery/finish', 'takes the code that the desk handed over', (request, asked) =>
      recoveries.finish(request, asked),
    ),
    anyone('/recovery/stop', 'stops a recovery', (request, asked) => recoveries.stop(request, asked)),
    {
      method: 'POST',
      path: '/recoveries',
      summary: 'says that the desk saw who lost every way to sign in',
      who: 'session',
      handle: async (request, visit) => {
        const { code, ready, expires } = await recoveries.see(visit, await readAsked(request));
        return jsonAnswer(201, { code, ready: ready.toISOString(), expires: expires.toISOString() });
      },
    },
    {
      method: 'GET',
      path: '/recoveries',
      summary: 'lists the recoveries that the practice began',
      who: 'session',
      handle: async (_request, visit) => jsonAnswer(200, { recoveries: await waiting(visit) }),
    },
    {
      method: 'DELETE',
      path: '/recoveries/:account',
      summary: 'takes a recovery back',
      who: 'session',
      handle: async ({ params }, visit) => {
        await recoveries.takeBack(visit, params.account!);
        return DONE;
      },
    },
  ];
}
