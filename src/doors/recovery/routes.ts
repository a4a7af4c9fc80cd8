/** What is asked about recoveries: by who cannot sign in, and by the desk that saw them. */
import type { BrowserSessions } from '../../base/browser-sessions.ts';
import { jsonAnswer, type Route } from '../../base/exchange.ts';
import type { Visit } from '../../gate/index.ts';
import { arrivalRoutes, ownRoute } from '../door-routes.ts';
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
    ownRoute(
      'POST',
      '/recoveries',
      'says that the desk saw who lost every way to sign in',
      async (visit, request) => {
        const { code, ready, expires } = await recoveries.see(visit, await readAsked(request));
        return jsonAnswer(201, { code, ready: ready.toISOString(), expires: expires.toISOString() });
      },
    ),
    ownRoute('GET', '/recoveries', 'lists the recoveries that the practice began', async (visit) =>
      jsonAnswer(200, { recoveries: await waiting(visit) }),
    ),
    ownRoute('DELETE', '/recoveries/:account', 'takes a recovery back', async (visit, { params }) => {
      await recoveries.takeBack(visit, params.account!);
      return DONE;
    }),
  ];
}
